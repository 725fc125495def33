import { Recent } from '../lib/recent.ts';
import type { Listing, Read } from './list.ts';

/** As many pages are kept, and none that is longer: 32 MB at most. */
const SIZE = 256;
const LONGEST = 128 * 1024;

/** Pages that are asked for again and again, by askers who see the same. Whether they still look the same, the database tells. */
export class Pages {
  /** Null where a page was asked for once. */
  readonly #kept = new Recent<Read | null>(SIZE);

  recall(list: Listing): Read | null {
    return this.#kept.get(list.key) ?? null;
  }

  /** From the second time on. */
  keep(list: Listing, page: Read): void {
    const again = this.#kept.get(list.key) !== undefined;
    this.#kept.set(list.key, again && page.rest === undefined && page.json.length <= LONGEST ? page : null);
  }
}
