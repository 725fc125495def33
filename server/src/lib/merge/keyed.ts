import { isObject, type Json, type JsonObject } from '../json.ts';
import type { Sides } from './sides.ts';

/** The items of an array by the text of their key, in order. */
export type Items = ReadonlyMap<string, JsonObject>;

const KEYS = ['id', 'slug', 'name'];

/**
 * The items of these arrays by their key: the first of `id`, `slug` and `name` that every item of every array carries, as a string or
 * number. Null when there is none, or when two items of one array have the same; `1` and `"1"` are the same.
 */
export function itemsByKey(arrays: readonly (readonly Json[])[]): Items[] | null {
  const key = KEYS.find((each) => arrays.every((array) => array.every((item) => keyOf(item, each) !== null)));
  if (key === undefined) return null;
  const lists = arrays.map((array) => new Map(array.map((item) => [String(keyOf(item, key)), item as JsonObject])));
  return lists.every((list, i) => list.size === arrays[i]?.length) ? lists : null;
}

function keyOf(item: Json, key: string): string | number | null {
  const value = isObject(item) && Object.hasOwn(item, key) ? item[key] : null;
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

/** The three arrays as items by key; an absent base has none. */
export interface KeyedSides {
  readonly base: Items;
  readonly ours: Items;
  readonly theirs: Items;
}

/** The sides as items by key, when they merge item by item: ours and theirs are arrays, and the base is one or absent. */
export function keyedSides({ base = [], ours, theirs }: Sides): KeyedSides | null {
  if (!Array.isArray(base) || !Array.isArray(ours) || !Array.isArray(theirs)) return null;
  const [baseItems, ourItems, theirItems] = itemsByKey([base, ours, theirs]) ?? [];
  return baseItems && ourItems && theirItems ? { base: baseItems, ours: ourItems, theirs: theirItems } : null;
}
