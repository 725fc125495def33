import type { Json } from '../json.ts';
import type { MergeKeys } from './keys.ts';
import { type Features, featuresOf, likeness } from './likeness.ts';
import { type Place, shapeOf } from './place.ts';
import { SameValues } from './same-values.ts';
import { Values } from './values.ts';

/** What one merge knows of the values in it, each looked at once, and the keys that the kind names. */
export class Matter {
  readonly values = new Values();
  readonly #keys: ReadonlyMap<string, string>;
  readonly #same = new SameValues();
  readonly #features = new WeakMap<object, Features>();

  constructor(keys: MergeKeys) {
    this.#keys = new Map(Object.entries(keys));
  }

  /** The key that the kind names for the items of a list. */
  keyAt(place: Place): string | undefined {
    return this.#keys.size === 0 ? undefined : this.#keys.get(shapeOf(place));
  }

  /** Whether two sides have the same: equal values, or both nothing. */
  same(a: Json | undefined, b: Json | undefined): boolean {
    return this.#same.same(a, b);
  }

  /** From 0 to 1, as `likeness`. */
  likeness(a: Json, b: Json): number {
    return likeness(a, b, (value) => this.#featuresOf(value));
  }

  #featuresOf(value: Json): Features {
    if (typeof value !== 'object' || value === null) return featuresOf(value);
    const features = this.#features.get(value) ?? featuresOf(value);
    this.#features.set(value, features);
    return features;
  }
}
