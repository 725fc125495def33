/**
 * Totals that are expensive to count, kept up with changes. For each, a transaction is held that sees the state in which the total was
 * exact. When something has changed, a new one is taken: rows that the changes concern are counted in both, and the total moves by the
 * difference. What it says is exact in the new state, and the page that goes with it can be read there.
 */
import { hot } from '../db/hot.ts';
import type { Db, Held } from '../db/pool.ts';
import type { Change } from './changes.ts';
import { MOST_CONCERNED, type Tally } from './list.ts';
import type { Counted, Totals } from './totals.ts';

/** As many totals are kept up at a time, each with a transaction of its own; the least recently used go first. */
const MOST = 6;
/** How long one state is held. It keeps PostgreSQL from clearing away rows that were deleted since. */
const EVERY_MS = 15_000;

interface Watch {
  readonly tally: Tally;
  readonly held: Held;
  readonly counted: Counted;
  readonly timer: NodeJS.Timeout;
  asked: boolean;
}

export class Watches {
  readonly #hold: () => Promise<Held>;
  readonly #totals: Totals;
  readonly #watched = new Map<string, Watch>();
  #closed = false;

  constructor(hold: () => Promise<Held>, totals: Totals) {
    this.#hold = hold;
    this.#totals = totals;
  }

  has(key: string): boolean {
    return this.#watched.has(key);
  }

  /** The state to which the total was brought last. */
  state(key: string): { readonly db: Db; readonly counted: Counted } | null {
    const watch = this.#watched.get(key);
    return watch === undefined ? null : { db: watch.held.db, counted: watch.counted };
  }

  /** Somebody asks for this total: it is worth being kept up. */
  touch(key: string): void {
    const watch = this.#watched.get(key);
    if (watch !== undefined) watch.asked = true;
  }

  /** Keeps the total up from now on, behind everybody's back. Who finds it overtaken meanwhile waits for this. */
  start(tally: Tally): void {
    if (this.#closed) return;
    const started = this.#totals.alone(tally.key, () => this.advance(tally, async () => {}));
    started.catch(() => this.#release(tally.key)); // the next one who asks counts, and is told what is wrong
  }

  /**
   * Keeps the total up from now on: brings it to the present state, in which `work` then reads. Alone for each key, see `Totals.alone`.
   */
  async advance<T>(tally: Tally, work: (state: Db, counted: Counted) => Promise<T>): Promise<T> {
    const held = await this.#hold().catch((error) => {
      this.#release(tally.key); // the next one who asks counts
      throw error;
    });
    try {
      const known = this.#watched.get(tally.key)?.counted ?? this.#totals.get(tally.key);
      const counted = { total: await this.#totalIn(held.db, tally, known), snapshot: held.snapshot };
      this.#totals.set(tally.key, counted);
      const result = await work(held.db, counted);
      this.#replace(tally, held, counted);
      return result;
    } catch (error) {
      await held.release();
      throw error;
    }
  }

  async #totalIn(now: Db, tally: Tally, known: Counted | null): Promise<number> {
    const changes = known && (await now.many<Change>(hot(tally.changes(known.snapshot))));
    if (known && changes?.length === 0) return known.total;
    const before = this.#watched.get(tally.key)?.held.db;
    const moved = changes && before && (await difference(tally, changes, before, now));
    return known && typeof moved === 'number' ? known.total + moved : countIn(now, tally);
  }

  #replace(tally: Tally, held: Held, counted: Counted): void {
    this.#release(tally.key);
    const [oldest] = this.#watched.keys();
    if (this.#watched.size === MOST && oldest !== undefined) this.#release(oldest);
    const timer = setInterval(() => this.#renew(tally.key), EVERY_MS).unref();
    this.#watched.set(tally.key, { tally, held, counted, timer, asked: false });
    if (this.#closed) this.#release(tally.key);
  }

  /** Holds a younger state, or none when nobody asked for a while. */
  #renew(key: string): void {
    const watch = this.#watched.get(key);
    if (watch === undefined) return;
    if (watch.asked) this.start(watch.tally);
    else this.#release(key);
  }

  #release(key: string): void {
    const watch = this.#watched.get(key);
    if (watch === undefined) return;
    this.#watched.delete(key);
    clearInterval(watch.timer);
    void watch.held.release();
  }

  close(): void {
    this.#closed = true;
    for (const key of [...this.#watched.keys()]) this.#release(key);
  }
}

const countIn = async (db: Db, tally: Tally, among?: readonly string[]): Promise<number> =>
  (await db.one<{ total: number }>(hot(tally.count(among)))).total;

/** By how much the total moved between two states; null when that is not to be told from the changes. */
async function difference(tally: Tally, changes: readonly Change[], before: Db, now: Db): Promise<number | null> {
  const statement = tally.concerned(changes);
  if (statement === null) return null;
  try {
    const found = await Promise.all([before, now].map((db) => db.many<{ id: string }>(hot(statement))));
    const ids = [...new Set(found.flat().map(({ id }) => id))];
    if (ids.length > MOST_CONCERNED) return null;
    const [was, is] = await Promise.all([countIn(before, tally, ids), countIn(now, tally, ids)]);
    return is - was;
  } catch {
    return null; // the state before is gone, with its connection
  }
}
