import type { Json } from '../json.ts';
import { must } from '../must.ts';
import { setOne } from './likeness.ts';
import type { Identity, Lists } from './lists.ts';
import type { Matter } from './matter.ts';
import { namedIdentity } from './named-identity.ts';
import { pairAlike, pairEqual, pairItems } from './pairing.ts';

/**
 * Items go by the key, where there is one, and else are paired by what they say: each side's with the base's, and what both added with
 * each other where it is equal or as good as. Where items have keys, one that a side lacks is looked for among what it added: so a renamed item
 * is told from a new one.
 */
export const identify = (lists: Lists, key: string | undefined, matter: Matter): Identity =>
  key === undefined ? byContent(lists, matter) : namedIdentity(lists, key);

function byContent(lists: Lists, matter: Matter): Identity {
  const base = lists.base.map((_, i) => i);
  const [mine, yours] = [pairItems(lists.base, lists.ours, matter), pairItems(lists.base, lists.theirs, matter)];
  let next = base.length;
  const ours = [...mine].map((mate) => (mate === -1 ? next++ : mate));
  const theirs: number[] = [...yours];
  for (const [x, y] of pairNew(newIn(lists.ours, mine), newIn(lists.theirs, yours), matter)) theirs[y] = must(ours[x], 'x is a place');
  return {
    tokens: { base, ours, theirs: theirs.map((token) => (token === -1 ? next++ : token)) },
    key: undefined,
  };
}

interface NewItem {
  readonly place: number;
  readonly item: Json;
  /** The item of the base that precedes it, or -1. */
  readonly behind: number;
}

function newIn(list: readonly Json[], mates: Int32Array): NewItem[] {
  let behind = -1;
  return list.flatMap((item, place) => {
    const mate = mates[place] ?? -1;
    if (mate >= 0) behind = mate;
    return mate === -1 ? [{ place, item, behind }] : [];
  });
}

/** As alike as this, two new items at one place are one that both added. */
const AS_GOOD_AS = 0.8;

function pairNew(ours: readonly NewItem[], theirs: readonly NewItem[], matter: Matter): (readonly [x: number, y: number])[] {
  const numbered = (items: readonly NewItem[]) => items.map(({ place, item }) => [place, matter.values.numberOf(item)] as const);
  const equal = pairEqual(numbered(ours), numbered(theirs));
  const [mine, yours] = [new Set(equal.map(([x]) => x)), new Set(equal.map(([, y]) => y))];
  const [a, b] = [ours.filter(({ place }) => !mine.has(place)), theirs.filter(({ place }) => !yours.has(place))];
  const alike = pairAlike(a.length, b.length, (i, j) => newLikeness(a[i], b[j], matter));
  return [...equal, ...alike.map(([i, j]) => [a[i]?.place ?? -1, b[j]?.place ?? -1] as const)];
}

function newLikeness(a: NewItem | undefined, b: NewItem | undefined, matter: Matter): number {
  if (a === undefined || b === undefined || a.behind !== b.behind) return 0;
  if (typeof a.item === 'string' && typeof b.item === 'string') return setOne(a.item, b.item) ? 1 : 0;
  const score = matter.likeness(a.item, b.item);
  return score < AS_GOOD_AS ? 0 : score;
}
