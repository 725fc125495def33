import { isObject, type Json, type JsonObject } from '../json.ts';
import { pointer } from '../json-pointer.ts';
import { keyedSides } from './keyed.ts';
import { mergeItems } from './merge-items.ts';
import { mergeText } from './merge-text.ts';
import { type Conflict, type Resolution, Settlement } from './settle.ts';
import { type Sides, same, sidesOf } from './sides.ts';

/** What came out of a merge. It shares parts with the documents that went in, which are not changed. */
export interface Merged {
  readonly value: Json;
  /** The conflicts that no resolution settled, in the order of the document. */
  readonly conflicts: readonly Conflict[];
  /** The resolutions that settled nothing: they should be refused. */
  readonly unused: readonly Resolution[];
}

/**
 * Merges what ours and theirs made of the base, so that no change of either is lost. Objects merge key by key, arrays of objects with
 * an `id`, `slug` or `name` item by item (`keyed.ts`), texts line by line, everything else as one value. What both changed in different
 * ways is a conflict: it keeps ours, also when ours deleted it, unless a resolution says otherwise.
 *
 * A conflict's pointer leads to its place in the value that keeps ours at every conflict, and is the same whatever the resolutions; for
 * an array's items that ours deleted see `mergeItems`. With ours and theirs in each other's place the conflicts are the same, and
 * without any so is the value, up to the order of items that both moved (`mergeOrder`). Merging the value again changes nothing. Pure.
 */
export function mergeJson(base: Json, ours: Json, theirs: Json, resolutions: readonly Resolution[] = []): Merged {
  const settlement = new Settlement(resolutions);
  const value = mergeAt('', { base, ours, theirs }, settlement) as Json; // every side has the whole, so no pick deletes it
  return { value, conflicts: settlement.open, unused: settlement.unused() };
}

function mergeAt(at: string, sides: Sides, settlement: Settlement): Json | undefined {
  const { base, ours, theirs } = sides;
  if (isObject(ours) && isObject(theirs) && (base === undefined || isObject(base)))
    return mergeObjects(at, { base: base ?? {}, ours, theirs }, settlement);
  const items = keyedSides(sides);
  if (items) return mergeItems(at, items, (place, each) => mergeAt(place, each, settlement));
  if (same(base, ours)) return theirs;
  if (same(base, theirs) || same(ours, theirs)) return ours;
  return mergeIfText(sides) ?? settlement.settle(at, sides);
}

type ObjectSides = Readonly<Record<keyof Sides, JsonObject>>;

function mergeObjects(at: string, sides: ObjectSides, settlement: Settlement): JsonObject {
  const keys = new Set([...Object.keys(sides.ours), ...Object.keys(sides.theirs)]);
  const entries = [...keys].flatMap((key): [string, Json][] => {
    const here = sidesOf(sides, (object: JsonObject) => (Object.hasOwn(object, key) ? object[key] : undefined));
    const value = mergeAt(at + pointer(key), here, settlement);
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(entries);
}

function mergeIfText({ base, ours, theirs }: Sides): string | null {
  if (typeof base !== 'string' || typeof ours !== 'string' || typeof theirs !== 'string') return null;
  return [base, ours, theirs].some((text) => text.includes('\n')) ? mergeText(base, ours, theirs) : null;
}
