import { isObject, type Json, type JsonObject } from '../json.ts';
import { must } from '../must.ts';

/**
 * Numbers for JSON values, the same for equal ones (the order of keys does not matter), so that comparing many items with many is cheap.
 * Each value is looked at once, however often it is asked for: only values that do not change may be given.
 */
export class Values {
  readonly #scalars = new Map<Json, number>();
  readonly #structures = new Map<string, number>();
  readonly #known = new WeakMap<object, number>();
  #next = 0;

  numberOf(value: Json): number {
    if (typeof value !== 'object' || value === null) return this.#numbered(this.#scalars, value);
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const number = this.#numbered(this.#structures, Array.isArray(value) ? this.#listText(value) : this.#objectText(value));
    this.#known.set(value, number);
    return number;
  }

  numbersOf = (items: readonly Json[]): number[] => items.map((item) => this.numberOf(item));

  #numbered<T>(numbers: Map<T, number>, value: T): number {
    if (!numbers.has(value)) numbers.set(value, this.#next++);
    return must(numbers.get(value), 'it was just set');
  }

  #listText(list: readonly Json[]): string {
    return `[${this.numbersOf(list).join()}]`;
  }

  #objectText(object: JsonObject): string {
    const keys = Object.keys(object).sort();
    return `{${keys.map((key) => `${this.numberOf(key)}:${this.numberOf(object[key] ?? null)}`).join()}}`;
  }
}

/** Whether it has no parts. */
export const isScalar = (value: Json): boolean => !isObject(value) && !Array.isArray(value);
