import type { Json } from '../json.ts';
import { canonicalJson } from '../json-canonical.ts';
import { must } from '../must.ts';
import { identify } from './identity.ts';
import { keyOf, nameOf } from './keys.ts';
import { type Identity, type Lists, trimmed } from './lists.ts';
import type { Matter } from './matter.ts';
import { type IsFirst, mergeOrder, moved } from './order.ts';
import { contested, isClean, type ListParts, listOutcome, type Outcome } from './outcome.ts';
import { itemAt, type Place, pointerOf } from './place.ts';
import { isReused } from './reuse.ts';
import { type Sides, sidesOf } from './sides.ts';
import { isStable } from './stability.ts';
import { isScalar } from './values.ts';

type MergePart = (at: Place, sides: Sides) => Outcome;

/**
 * Merges lists item by item: items are added and deleted as keys of objects are, and their order is merged too (`mergeOrder`). Which
 * items are the same tells `identify`. `merge` is called for each item that some side wants kept, with the pointer of its place and its
 * sides. Null where the list has to be taken as a whole: a base is missing and items have no key, both sides moved such items, or
 * merging again would give something else.
 *
 * The place of an item is its index in the result that keeps ours at every conflict, so it is the same whatever has been resolved. An
 * item that ours deleted and theirs changed is not in that result: its place is `-`, where RFC 6901 says there is nothing, and then its
 * key, or its index in the base where it has none: `/steps/-/send-mail`.
 */
export function mergeItems(at: Place, { base, ours = [], theirs = [] }: Sides<Json[]>, matter: Matter, merge: MergePart): Outcome | null {
  const named = matter.keyAt(at);
  const key = keyOf([base ?? [], ours, theirs], named);
  if (key === undefined && base === undefined) return null;
  const { lists, head, tail } = trimmed({ base: base ?? [], ours, theirs }, matter);
  const identity = identify(lists, key, matter);
  if (key === undefined && isShuffled(lists, identity)) return null;
  const items = itemsOf(lists, identity);
  const tokens = orderOf(items, identity, matter);
  const mergeOne: MergePart = (place, each) => mergeItem(place, each, key, matter, merge);
  const parts = mergedParts(at, tokens, items, { key, before: head.length }, mergeOne);
  const outcome = listOutcome({ head, parts, tail, theirs: theirsOf(identity, items, tokens, parts) }, theirs as Json[]);
  if (!isClean(outcome)) return outcome;
  const merged = outcome.kept as Json[];
  if ([theirs, ours].some((side) => keyOf([base ?? [], side, merged], named) !== key)) return null;
  const values = new Map(tokens.map((token, i) => [token, merged[head.length + i] as Json]));
  const orders = [tokens, orderOf(swapped(items), { ...identity, tokens: swapped(identity.tokens) }, matter)];
  return orders.every((order) =>
    isStable(
      lists,
      identity,
      order.map((token) => values.get(token) as Json),
      order,
      matter,
    ),
  )
    ? outcome
    : null;
}

/** With the sides in each other's place, which may decide the order: whether a list merges does not depend on that. */
const swapped = <T>({ base, ours, theirs }: Readonly<Record<keyof Sides, T>>): Record<keyof Sides, T> => ({
  base,
  ours: theirs,
  theirs: ours,
});

/** Whether both sides moved items that have no key, each in a way of its own. Where all are different scalars they are a set: their order matters less. */
function isShuffled(lists: Lists, { tokens: { base, ours, theirs } }: Identity): boolean {
  return moved(base, ours, theirs) && moved(base, theirs, ours) && moved(ours, theirs, base) && !Object.values(lists).every(isSet);
}

const isSet = (list: readonly Json[]): boolean => list.every(isScalar) && new Set(list).size === list.length;

type Items = ReadonlyMap<number, Json>;

function itemsOf(lists: Lists, { tokens }: Identity): Readonly<Record<keyof Sides, Items>> {
  const side = (which: keyof Lists): Items => new Map(lists[which].map((item, i) => [must(tokens[which][i], 'each has one'), item]));
  return { base: side('base'), ours: side('ours'), theirs: side('theirs') };
}

/** All items but those that one side deleted and the other left alone, in merged order. */
function orderOf(items: Readonly<Record<keyof Sides, Items>>, { key, tokens }: Identity, matter: Matter): number[] {
  const isWanted = (token: number): boolean =>
    !isGone(
      sidesOf(items, (side) => side.get(token)),
      matter,
    );
  const wanted = new Set([...tokens.ours, ...tokens.theirs].filter(isWanted));
  const kept = (side: readonly number[]): number[] => side.filter((token) => wanted.has(token));
  return mergeOrder(kept(tokens.base), kept(tokens.ours), kept(tokens.theirs), firstBy(items, key));
}

/** What both added at one place: by the key of the first, or where items have none, first what is more. */
function firstBy({ ours, theirs }: Sides<Items>, key: string | undefined): IsFirst<number> {
  const textOf = ([token = -1]: readonly number[]): string => {
    const item = (ours?.has(token) ? ours : theirs)?.get(token) ?? null;
    return (key === undefined ? undefined : nameOf(item, key)) ?? canonicalJson(item);
  };
  return (a, b) => (key === undefined && a.length !== b.length ? a.length > b.length : textOf(a) <= textOf(b));
}

const isGone = ({ base, ours, theirs }: Sides, matter: Matter): boolean =>
  (ours === undefined && matter.same(base, theirs)) || (theirs === undefined && matter.same(base, ours));

/** `before`: how many items stand before these. */
function mergedParts(
  at: Place,
  order: readonly number[],
  items: Sides<Items>,
  { key, before }: { readonly key: string | undefined; readonly before: number },
  merge: MergePart,
): Outcome[] {
  let index = before;
  return order.map((token) => {
    const sides = sidesOf(items, (side) => side.get(token));
    const former = (key === undefined ? undefined : nameOf(sides.base ?? null, key)) ?? String(before + token);
    return merge(isDeleted(sides) ? itemAt(at, '-', former) : itemAt(at, index++), sides);
  });
}

const isDeleted = ({ base, ours }: Sides): boolean => ours === undefined && base !== undefined;

/**
 * What theirs has, item by item, and what only the base has of what is in conflict: behind the item that precedes it there. One that ours
 * deleted and theirs left alone is none of the parts.
 */
function theirsOf({ tokens }: Identity, items: Sides<Items>, order: readonly number[], parts: readonly Outcome[]): ListParts['theirs'] {
  const partOf = new Map(order.map((token, i) => [token, must(parts[i], 'each has one')]));
  const there = new Set(tokens.theirs);
  const former = tokens.base.filter((token) => there.has(token) || partOf.has(token));
  return mergeOrder(former, tokens.theirs, former, () => true).map((token) => {
    const part = partOf.get(token);
    return part === undefined ? { item: items.theirs?.get(token) ?? null } : { part }; // what is no part is theirs, a null too
  });
}

/** An item whose identity is in doubt is in conflict as a whole, lest the result be a mixture of two. */
function mergeItem(at: Place, sides: Sides, key: string | undefined, matter: Matter, merge: MergePart): Outcome {
  const { base, ours, theirs } = sides;
  if (ours === undefined || theirs === undefined || matter.same(ours, theirs)) return merge(at, sides);
  const whole = () => contested(pointerOf(at), sides);
  if (base === undefined) return whole();
  if (matter.same(base, ours) || matter.same(base, theirs)) return merge(at, sides);
  if (key !== undefined && nameOf(ours, key) !== nameOf(theirs, key)) return whole();
  if (isReused(base, ours, key) || isReused(base, theirs, key)) return whole();
  const outcome = merge(at, sides);
  return isClean(outcome) && outcome.kept !== undefined && isReused(base, outcome.kept, key) ? whole() : outcome;
}
