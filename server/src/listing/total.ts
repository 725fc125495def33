/**
 * Exact totals without counting on each request. Every change writes an audit event in its own transaction, so a total counted in
 * one snapshot still holds in another when no event of what it depends on lies between the two. The check is one look into an index,
 * inside the list's own statement: total and page come from one snapshot and cannot contradict each other. When it fails, the list is
 * asked once more, with its count.
 */
import { createHash } from 'node:crypto';
import sql, { type Sql } from 'sql-template-tag';
import type { Filter } from '../query/filter.ts';
import type { Resource } from '../query/resource.ts';

/** A total, and the snapshot (PostgreSQL's text of a `pg_snapshot`) in which it was counted. */
export interface Counted {
  readonly total: number;
  readonly snapshot: string;
}

/** The totals counted last, by what was counted; the least recently used go first. */
export class Totals {
  readonly #kept = new Map<string, Counted>();
  readonly #size: number;
  readonly #counting = new Map<string, Promise<unknown>>();

  constructor(size = 10_000) {
    this.#size = size;
  }

  /** Runs `count` unless the same is being counted already: then waits for that, and answers null. A crowd counts once. */
  async alone<T>(key: string, count: () => Promise<T>): Promise<T | null> {
    const running = this.#counting.get(key);
    if (running !== undefined) {
      await running.catch(() => {}); // it tells whoever started it
      return null;
    }
    const counting = count().finally(() => this.#counting.delete(key));
    this.#counting.set(key, counting);
    return counting;
  }

  get(key: string): Counted | null {
    const found = this.#kept.get(key);
    if (found === undefined) return null;
    this.#kept.delete(key);
    this.#kept.set(key, found);
    return found;
  }

  set(key: string, counted: Counted): void {
    this.#kept.delete(key);
    this.#kept.set(key, counted);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#size && oldest !== undefined) this.#kept.delete(oldest);
  }
}

/** The total of one list: the known one while it holds, else counted again. */
export class KnownTotal {
  readonly #totals: Totals;
  readonly #nouns: readonly string[] | null;
  readonly key: string;
  readonly #known: Counted | null;
  /** The total, counted. */
  readonly count: Sql;

  /** Whether totals like this one are kept at all. */
  get kept(): boolean {
    return this.#nouns !== null;
  }

  get known(): boolean {
    return this.kept && this.#known !== null;
  }

  /** `nouns`: of the events that tell of every change that the count can see; null: there are no such events, count each time. */
  constructor(totals: Totals, count: Sql, nouns: readonly string[] | null) {
    this.#totals = totals;
    this.#nouns = nouns;
    this.key = createHash('sha256')
      .update(JSON.stringify([count.text, count.values]))
      .digest('base64url');
    this.#known = totals.get(this.key);
    this.count = count;
  }

  /**
   * The known total, or SQL's null when something changed since; the count where nothing is known. The count is left out of the
   * statement, not just not run: planning it would cost more than the page.
   */
  sql(): Sql {
    if (this.#nouns === null || this.#known === null) return this.count;
    const { total, snapshot } = this.#known;
    return sql`case when exists (
      select 1 from events e
      where e.noun = any(${this.#nouns}::text[]) and e.transaction_id >= pg_snapshot_xmin(${snapshot}::pg_snapshot)
        and not pg_visible_in_snapshot(e.transaction_id, ${snapshot}::pg_snapshot)) then null else ${total}::bigint end`;
  }

  /** Keeps what a page told: counted, or known and found to hold still. */
  learn(counted: Counted): void {
    if (this.#nouns !== null) this.#totals.set(this.key, counted);
  }
}

/** The nouns of the events that a list of this resource with this filter depends on, or null when one of its resources has none. */
export function nounsOf<A>(resource: Resource<A>, filter: Filter<A>): readonly string[] | null {
  const nouns = new Set<string>();
  for (const each of [resource, ...targetsOf(filter)]) {
    if (each.events === undefined) return null;
    for (const noun of each.events) nouns.add(noun);
  }
  return [...nouns].sort();
}

function targetsOf<A>(filter: Filter<A>): Resource<A>[] {
  if (filter.is === 'compare') return [];
  if (filter.is === 'related') return [filter.relation.to(), ...targetsOf(filter.of)];
  return [filter.of].flat().flatMap(targetsOf);
}
