import { hot } from '../db/hot.ts';
import type { Statement } from '../db/pool.ts';
import { Recent } from '../lib/recent.ts';
import type { Text } from './frozen.ts';
import type { Listing } from './list.ts';

/** As many lists are known whose pages take long by a plan for all values. */
const SIZE = 1_000;
/** A page that takes longer is worth being planned, which takes a tenth of it. Milliseconds. */
const SLOW = 100;
/** After as many pages, the plan for all values is tried again: it may have been the machine that was slow. */
const AGAIN = 1_000;

/**
 * Which statements of pages are planned for their values. A statement that comes often has one plan for everybody, which saves the time
 * of planning, but is made for an asker of middling size: who has a thousand times as many rows as others is better off with another.
 */
export class Plans {
  /** Name of a statement and whose list → how many pages are still to be planned for their values. */
  readonly #slow = new Recent<number>(SIZE);
  readonly #limit: number;

  constructor(limit = SLOW) {
    this.#limit = limit;
  }

  choose(list: Listing, statement: Text): Statement {
    const prepared = hot(statement);
    if (prepared.name === undefined) return prepared;
    const key = keyOf(list, prepared);
    const left = this.#slow.get(key) ?? 0;
    if (left === 0) return prepared;
    this.#slow.set(key, left - 1);
    return statement;
  }

  /** `ms`: how long the page took in the database. */
  took(list: Listing, statement: Statement, ms: number): void {
    if (statement.name !== undefined && ms > this.#limit) this.#slow.set(keyOf(list, statement), AGAIN);
  }
}

const keyOf = ({ question }: Listing, { name }: Statement): string => `${name} ${question}`;
