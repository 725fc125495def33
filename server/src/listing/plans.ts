import { hot } from '../db/hot.ts';
import type { Statement } from '../db/pool.ts';
import { Recent } from '../lib/recent.ts';
import type { Text } from './frozen.ts';
import type { Listing } from './list.ts';

/** As many lists are known whose pages take long by the plan for all values. */
const SIZE = 1_000;
/** A page that takes longer is worth a plan of its own. Milliseconds. */
const WORTH_PLANNING = 100;
/** For as many pages a plan is left that took long, the first time and at most: twice as many each time that it takes long again. */
const FIRST_LEAVE = 50;
const LONGEST_LEAVE = 6_400;

interface Leave {
  /** How many pages are still to be planned for their values. */
  readonly left: number;
  readonly next: number;
}

/**
 * Which statements of pages are planned for their values. A statement that comes often has one plan for everybody, which saves the time
 * of planning, but is made for an asker of middling size: who has a thousand times as many rows as others is better off with another. Since
 * it may have been the machine that was slow, the plan for all values is tried again now and then.
 */
export class Plans {
  /** Name of a statement and whose list → how long the plan for all values is left. */
  readonly #leaves = new Recent<Leave>(SIZE);

  choose(list: Listing, statement: Text): Statement {
    const prepared = hot(statement);
    if (prepared.name === undefined) return prepared;
    const key = keyOf(list, prepared);
    const leave = this.#leaves.get(key);
    if (leave === undefined || leave.left === 0) return prepared;
    this.#leaves.set(key, { ...leave, left: leave.left - 1 });
    return statement;
  }

  /** `ms`: how long the page took in the database. */
  took(list: Listing, statement: Statement, ms: number): void {
    if (statement.name === undefined) return;
    const key = keyOf(list, statement);
    const leave = this.#leaves.get(key);
    if (ms > WORTH_PLANNING) {
      const left = leave?.next ?? FIRST_LEAVE;
      this.#leaves.set(key, { left, next: Math.min(2 * left, LONGEST_LEAVE) });
    } else if (leave !== undefined && leave.left === 0) this.#leaves.set(key, { left: 0, next: FIRST_LEAVE });
  }
}

const keyOf = ({ question }: Listing, { name }: Statement): string => `${name} ${question}`;
