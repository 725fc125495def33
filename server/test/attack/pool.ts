import { newId } from '../../src/lib/ids.ts';
import { isObject, type Json } from '../../src/lib/json.ts';
import type { Known } from './tokens.ts';

const ID = /^([a-z]+)_[0-7][0-9a-hjkmnp-tv-z]{25}$/;
/** One of so many ids is of nothing that exists. */
const STRAY = 12;
const NEWEST = 60;
const BUNDLE = 'mortise-bundle/1';

/** So many rows of a page. */
const ROWS = 5;

/** Keys are learned only from who mints them: those that the attack itself uses are not revoked. */
const isNoKey = (row: Json): boolean => isObject(row) && !String(row.id).startsWith('key_');

/** The ids and cursors that the answers have told so far. */
export class Pool implements Known {
  readonly #ids = new Map<string, string[]>();
  readonly #entityPrefixes: ReadonlySet<string>;
  readonly #cursors: string[] = [];
  readonly #bundles: Json[] = [];

  constructor(entityPrefixes: readonly string[]) {
    this.#entityPrefixes = new Set(entityPrefixes);
  }

  /** Entities are one type, whatever their kind. */
  #typeOf(prefix: string): string {
    return this.#entityPrefixes.has(prefix) ? 'agt' : prefix;
  }

  add(id: string): void {
    const prefix = ID.exec(id)?.[1];
    if (prefix === undefined) return;
    const type = this.#typeOf(prefix);
    const known = this.#ids.get(type) ?? [];
    if (!known.includes(id)) known.push(id);
    if (known.length > NEWEST) known.shift();
    this.#ids.set(type, known);
  }

  id(prefix: string, number: number): string {
    const known = this.#ids.get(this.#typeOf(prefix)) ?? [];
    const found = number % STRAY === 0 ? undefined : known.at(-1 - (number % Math.max(1, known.length)));
    return found ?? newId(prefix);
  }

  cursor(number: number): string {
    return this.#cursors.at(number % Math.max(1, this.#cursors.length)) ?? 'eyJ2IjpbXX0';
  }

  bundle(number: number): Json {
    return this.#bundles.at(number % Math.max(1, this.#bundles.length)) ?? {};
  }

  /** Keeps what an answer tells: of what was made or changed, its id; of a page, its rows' ids and its cursors. */
  learn(answer: Json): void {
    if (!isObject(answer)) return;
    if (answer.format === BUNDLE) keep(this.#bundles, answer);
    if (isObject(answer.pageInfo)) this.#learnCursor(answer.pageInfo.endCursor);
    const rows = Array.isArray(answer.data) ? answer.data.slice(0, ROWS).filter(isNoKey) : [answer];
    for (const row of rows) if (isObject(row) && typeof row.id === 'string') this.add(row.id);
  }

  #learnCursor(cursor: Json | undefined): void {
    if (typeof cursor === 'string') keep(this.#cursors, cursor);
  }
}

/** The newest come first, and the oldest go. */
function keep<T>(all: T[], newest: T): void {
  all.unshift(newest);
  all.length = Math.min(all.length, 20);
}
