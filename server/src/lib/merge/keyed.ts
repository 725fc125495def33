import { isObject, type Json, type JsonObject } from '../json.ts';
import type { Sides } from './sides.ts';

/** The items of an array by the text of their key, in order. */
export type Items = ReadonlyMap<string, JsonObject>;

const KEYS = ['id', 'slug', 'name'];

/** The first of `id`, `slug` and `name` that every item of every array carries as a string or number; undefined when there is none. */
const keyOf = (arrays: readonly (readonly Json[])[]): string | undefined =>
  KEYS.find((key) => arrays.every((array) => array.every((item) => carries(item, key))));

function carries(item: Json, key: string): item is JsonObject {
  return isObject(item) && Object.hasOwn(item, key) && (typeof item[key] === 'string' || typeof item[key] === 'number');
}

/**
 * The items of these arrays by the key that all carry (`id`, else `slug`, else `name`). Null when there is none, or when two items of
 * one array have the same; `1` and `"1"` are the same.
 */
export function itemsByKey(arrays: readonly (readonly Json[])[]): Items[] | null {
  const key = keyOf(arrays);
  if (key === undefined) return null;
  const lists = arrays.map((array) => new Map((array as JsonObject[]).map((item) => [String(item[key]), item])));
  return lists.every((list, i) => list.size === arrays[i]?.length) ? lists : null;
}

/** The three arrays as items by key; an absent base has none. */
export interface KeyedSides {
  readonly base: Items;
  readonly ours: Items;
  readonly theirs: Items;
}

/**
 * The sides as items by key, when they merge item by item: ours and theirs are arrays, and the base is one or absent. Null as well
 * when both added an item that only one of them gave, say, an `id`, while others have a `name` only: the merged item would have it,
 * and the next merge might find all items to have one and go by `id`.
 */
export function keyedSides({ base = [], ours, theirs }: Sides): KeyedSides | null {
  if (!Array.isArray(base) || !Array.isArray(ours) || !Array.isArray(theirs)) return null;
  const [baseItems, ourItems, theirItems] = itemsByKey([base, ours, theirs]) ?? [];
  if (!baseItems || !ourItems || !theirItems) return null;
  const sides = { base: baseItems, ours: ourItems, theirs: theirItems };
  const better = KEYS.slice(0, KEYS.indexOf(keyOf([base, ours, theirs]) ?? ''));
  return better.some((key) => mayGain(key, sides)) ? null : sides;
}

/** Whether an item that both added carries this key on one side only. */
const mayGain = (key: string, { base, ours, theirs }: KeyedSides): boolean =>
  [...ours].some(([text, item]) => {
    const other = theirs.get(text);
    return other !== undefined && !base.has(text) && carries(item, key) !== carries(other, key);
  });
