import type { Epoch } from '../db/history.ts';
import type { Held } from '../db/pool.ts';
import { Pages } from './pages.ts';
import { Plans } from './plans.ts';
import { Totals } from './totals.ts';
import { Watches } from './watches.ts';

/** What every list of a server shares: totals told last, those kept up with changes, pages asked for again, and how statements are planned. */
export interface Ledger {
  readonly totals: Totals;
  readonly watches: Watches;
  readonly pages: Pages;
  readonly plans: Plans;
  /** Nothing was in it when the request came, and nobody else has it. */
  readonly blank: boolean;
}

/** Where lists keep what they told: for as long as the database is in the same history, and nothing where it cannot be kept. */
export class Ledgers {
  readonly #epoch: () => Epoch;
  readonly #hold: () => Promise<Held>;
  /** How statements are planned best is true of any history. */
  readonly #plans = new Plans();
  #kept: { readonly epoch: Epoch; readonly ledger: Ledger } | null = null;
  #closed = false;

  constructor(epoch: () => Epoch, hold: () => Promise<Held>) {
    this.#epoch = epoch;
    this.#hold = hold;
  }

  /** That of the present epoch; a blank one where nothing may be kept. */
  current(): Ledger {
    const epoch = this.#epoch();
    if (this.#kept?.epoch === epoch) return this.#kept.ledger;
    this.#kept?.ledger.watches.close();
    if (this.#closed || !epoch.keeps) {
      this.#kept = null;
      return this.blank();
    }
    const ledger = this.#make();
    this.#kept = { epoch, ledger };
    return ledger;
  }

  /** Whether what was told out of it is still of the present epoch. A blank one has told nothing of before. */
  holds(ledger: Ledger): boolean {
    return ledger.blank || (this.#kept?.ledger === ledger && this.#kept.epoch === this.#epoch());
  }

  /** One that is forgotten with the request. */
  blank(): Ledger {
    const ledger = { ...this.#make(), blank: true };
    ledger.watches.close();
    return ledger;
  }

  close(): void {
    this.#closed = true;
    this.#kept?.ledger.watches.close();
  }

  #make(): Ledger {
    const totals = new Totals();
    return { totals, watches: new Watches(this.#hold, totals), pages: new Pages(), plans: this.#plans, blank: false };
  }
}
