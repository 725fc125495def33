import { setImmediate } from 'node:timers/promises';

/** How long something works before others get their turn. Milliseconds; well below what anybody should notice. */
const TURN_MS = 10;

/**
 * Lets others get on while something long is worked at, piece by piece: `await turns.pass()` between pieces waits for a turn of the event
 * loop when the last one was too long ago, and else costs next to nothing. Pieces themselves should take no more than some milliseconds.
 */
export class Turns {
  #since = performance.now();

  /** Whether it is time to let others get on. For loops that are too tight to await in. */
  get over(): boolean {
    return performance.now() - this.#since > TURN_MS;
  }

  async pass(): Promise<void> {
    if (!this.over) return;
    await setImmediate();
    this.#since = performance.now();
  }

  /** Runs a generator to its end: where it yields, others may get on. */
  async run<T>(work: Generator<void, T, undefined>): Promise<T> {
    for (let step = work.next(); ; step = work.next()) {
      if (step.done) return step.value;
      await this.pass();
    }
  }

  /** What `change` makes of each item, in order. */
  async map<T, R>(items: Iterable<T>, change: (item: T) => R): Promise<R[]> {
    const made: R[] = [];
    for (const item of items) {
      made.push(change(item));
      await this.pass();
    }
    return made;
  }
}

/** Runs a generator to its end at once. */
export function atOnce<T>(work: Generator<void, T, undefined>): T {
  for (let step = work.next(); ; step = work.next()) if (step.done) return step.value;
}
