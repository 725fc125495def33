import { Recent } from '../lib/recent.ts';

/** A total, and the snapshot (PostgreSQL's text of a `pg_snapshot`) in which it is exact. */
export interface Counted {
  readonly total: number;
  readonly snapshot: string;
}

const SIZE = 10_000;

/** The totals told last, by what is counted. */
export class Totals {
  readonly #kept = new Recent<Counted>(SIZE);
  readonly #counting = new Map<string, Promise<unknown>>();

  get(key: string): Counted | null {
    return this.#kept.get(key) ?? null;
  }

  set(key: string, counted: Counted): void {
    this.#kept.set(key, counted);
  }

  /** Keeps what a page told, unless somebody has told something since `known` was looked up. */
  learn(key: string, known: Counted | null, counted: Counted): void {
    if (this.get(key) === known) this.set(key, counted);
  }

  /** Runs `work` unless somebody is at the same key already: then waits for that, and answers null. A crowd counts once. */
  async alone<T>(key: string, work: () => Promise<T>): Promise<T | null> {
    const running = this.#counting.get(key);
    if (running !== undefined) {
      await running.catch(() => {}); // it tells whoever started it
      return null;
    }
    const counting = work().finally(() => this.#counting.delete(key));
    this.#counting.set(key, counting);
    return counting;
  }
}
