import { isObject, type Json } from '../json.ts';

/** What took more steps than this to compare is remembered: small values are compared again as fast as looked up. */
const LONG = 128;

/**
 * Whether two values are equal as JSON, or both nothing. A merge asks that at every level of a document; a long answer is given once,
 * so that all of them together take linear time. Only values that do not change may be given.
 */
export class SameValues {
  readonly #known = new WeakMap<object, Map<object, boolean>>();
  #steps = 0;

  same(a: Json | undefined, b: Json | undefined): boolean {
    this.#steps++;
    if (a === b) return true;
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
    const known = this.#known.get(a)?.get(b);
    if (known !== undefined) return known;
    const before = this.#steps;
    const answer = this.#compare(a, b);
    if (this.#steps - before > LONG) this.#remember(a, b, answer);
    return answer;
  }

  #compare(a: object, b: object): boolean {
    if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => this.same(item, b[i]));
    if (!isObject(a) || !isObject(b)) return false;
    const keys = Object.keys(a);
    this.#steps += keys.length;
    return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && this.same(a[key], b[key]));
  }

  #remember(a: object, b: object, answer: boolean): void {
    const known = this.#known.get(a) ?? new Map<object, boolean>();
    known.set(b, answer);
    this.#known.set(a, known);
  }
}
