import { isObject, type Json, type JsonObject } from '../json.ts';
import type { MergeKeys } from './keys.ts';
import { Matter } from './matter.ts';
import { mergeItems } from './merge-items.ts';
import { mergeText, mergeWords } from './merge-text.ts';
import { nextBase } from './next-base.ts';
import { contested, type Outcome, objectOutcome, settle, settled, textOutcome } from './outcome.ts';
import { type Place, pointerOf, propertyAt, WHOLE } from './place.ts';
import { type Conflict, type Resolution, Settlement } from './settle.ts';
import { type Sides, sidesOf } from './sides.ts';

/** What came out of a merge. It shares parts with the documents that went in, which are not changed. */
export interface Merged {
  readonly value: Json;
  /** The conflicts that no resolution settled, in the order of the document. */
  readonly conflicts: readonly Conflict[];
  /** What the next merge starts from: theirs, but what both came from at every conflict that stays open (`nextBase`). */
  readonly base: Json;
  /** The resolutions that settled nothing: they should be refused. */
  readonly unused: readonly Resolution[];
}

/**
 * Merges what ours and theirs made of the base, so that no change of either is lost. Objects merge key by key, lists item by item
 * (`merge-items.ts`), texts line by line and long lines word by word (`merge-text.ts`), everything else as one value. What both changed
 * in different ways is a conflict: it keeps ours, also when ours deleted it, unless a resolution says otherwise. `keys`: those that name
 * the items of lists in documents of this kind.
 *
 * A conflict's pointer leads to its place in the value that keeps ours at every conflict, and is the same whatever the resolutions; for
 * items that ours deleted see `mergeItems`. With ours and theirs in each other's place the conflicts are the same, and without any so is
 * the value, up to the order of items that both moved (`mergeOrder`) and to line ends (`withOneLineEnd`). Merging the value again
 * changes nothing. Pure.
 */
export const mergeJson = (base: Json, ours: Json, theirs: Json, resolutions: readonly Resolution[] = [], keys: MergeKeys = {}): Merged =>
  settleMerge(outcomeOf(base, ours, theirs, keys), resolutions);

const outcomeOf = (base: Json, ours: Json, theirs: Json, keys: MergeKeys = {}): Outcome =>
  mergeAt(WHOLE, { base, ours, theirs }, new Matter(keys));

export function settleMerge(outcome: Outcome, resolutions: readonly Resolution[] = []): Merged {
  const settlement = new Settlement(resolutions);
  const value = settle(outcome, settlement) as Json; // every side has the whole, so no pick deletes it
  const base = nextBase(outcome, settlement.open) as Json;
  return { value, base, conflicts: settlement.open, unused: settlement.unused() };
}

function mergeAt(at: Place, sides: Sides, matter: Matter): Outcome {
  const { base, ours, theirs } = sides;
  if (matter.same(base, ours)) return settled(theirs, theirs);
  if (matter.same(base, theirs) || matter.same(ours, theirs)) return settled(ours, theirs);
  return mergeParts(at, sides, matter) ?? mergeIfText(at, sides) ?? contested(pointerOf(at), sides);
}

/** Longer lists are data rather than something that people edit side by side, and taking them apart would take seconds. */
const MOST_ITEMS = 20_000;

/** Objects by their keys, lists by their items; null for what is to be taken as a whole. */
function mergeParts(at: Place, { base, ours, theirs }: Sides, matter: Matter): Outcome | null {
  if (isObject(ours) && isObject(theirs) && (base === undefined || isObject(base)))
    return mergeObjects(at, { base: base ?? {}, ours, theirs }, matter);
  if (!Array.isArray(ours) || !Array.isArray(theirs) || !(base === undefined || Array.isArray(base))) return null;
  if ([base ?? [], ours, theirs].some(({ length }) => length > MOST_ITEMS)) return null;
  return mergeItems(at, { base, ours, theirs }, matter, (place, each) => mergeAt(place, each, matter));
}

type ObjectSides = Readonly<Record<keyof Sides, JsonObject>>;

function mergeObjects(at: Place, sides: ObjectSides, matter: Matter): Outcome {
  const keys = new Set([...Object.keys(sides.ours), ...Object.keys(sides.theirs)]);
  const parts = [...keys].map((key) => {
    const here = sidesOf(sides, (object: JsonObject) => (Object.hasOwn(object, key) ? object[key] : undefined));
    return { key, outcome: mergeAt(propertyAt(at, key), here, matter) };
  });
  return objectOutcome(parts, sides.theirs);
}

function mergeIfText(at: Place, { base, ours, theirs }: Sides): Outcome | null {
  if (typeof base !== 'string' || typeof ours !== 'string' || typeof theirs !== 'string') return null;
  if (![base, ours, theirs].some((text) => text.includes('\n'))) {
    const words = mergeWords(base, ours, theirs);
    return words === null ? null : settled(words, theirs);
  }
  const merged = mergeText(base, ours, theirs);
  return merged && textOutcome(pointerOf(at), merged, theirs);
}
