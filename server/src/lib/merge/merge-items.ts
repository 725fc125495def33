import type { Json } from '../json.ts';
import { pointer } from '../json-pointer.ts';
import type { Items, KeyedSides } from './keyed.ts';
import { mergeOrder } from './order.ts';
import { type Sides, same, sidesOf } from './sides.ts';

/**
 * Merges arrays item by item: items are added and deleted as keys of objects are, and their order is merged too (`mergeOrder`).
 * `merge` is called for each item that some side wants kept, with the pointer of its place and its sides.
 *
 * The place is the item's index in the result that keeps ours at every conflict, so it is the same whatever has been resolved. An item
 * that ours deleted and theirs changed is not in that result: its place is `-`, where RFC 6901 says there is nothing, and then the
 * key: `/steps/-/send-mail`.
 */
export function mergeItems(at: string, lists: KeyedSides, merge: (at: string, sides: Sides) => Json | undefined): Json[] {
  let index = 0;
  return wantedKeys(lists).flatMap((key) => {
    const sides = sidesOf(lists, (items) => items.get(key));
    const place = isDeleted(sides) ? pointer('-', key) : pointer(index++);
    const value = merge(at + place, sides);
    return value === undefined ? [] : [value];
  });
}

/** The keys of all items but those that one side deleted and the other left alone, in merged order. */
function wantedKeys(lists: KeyedSides): string[] {
  const isWanted = (key: string): boolean => !isGone(sidesOf(lists, (items) => items.get(key)));
  const wanted = new Set([...lists.ours.keys(), ...lists.theirs.keys()].filter(isWanted));
  const keysOf = (items: Items): string[] => [...items.keys()].filter((key) => wanted.has(key));
  return mergeOrder(keysOf(lists.base), keysOf(lists.ours), keysOf(lists.theirs));
}

const isGone = ({ base, ours, theirs }: Sides): boolean =>
  (ours === undefined && same(base, theirs)) || (theirs === undefined && same(base, ours));

const isDeleted = ({ base, ours }: Sides): boolean => ours === undefined && base !== undefined;
