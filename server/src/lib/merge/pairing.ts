import type { Json } from '../json.ts';
import { align, type Pair } from './align.ts';
import type { Matter } from './matter.ts';
import { isScalar } from './values.ts';

/** As alike as this, an item is another version of one that is gone; less, and it is a new one. */
const ALIKE = 0.5;
/** Texts have much in common by chance. */
const ALIKE_TEXTS = 0.6;

/**
 * Which item of the base each item of a side is: equal ones in the same order first, then equal ones that moved, then between those in
 * the same order such as are alike, at last such as are beside the same. Place in the side → place in the base, or -1 for a new one. In n·log n.
 */
export function pairItems(base: readonly Json[], side: readonly Json[], matter: Matter): Int32Array {
  const [a, b] = [matter.values.numbersOf(base), matter.values.numbersOf(side)];
  const mates = new Int32Array(side.length).fill(-1);
  const anchors = align(a, b);
  for (const [x, y] of anchors) mates[y] = x;
  for (const [x, y] of pairEqual(untaken(a, mates), unmated(b, mates))) mates[y] = x;
  const isTaken = takenBy(mates, a.length);
  for (const gap of gapsBetween(anchors, a.length, b.length)) {
    const left = range(gap.a, gap.endA).filter((x) => isTaken[x] === 0);
    const right = range(gap.b, gap.endB).filter((y) => mates[y] === -1);
    const isInPlace = (i: number, j: number): boolean => left.length === right.length && i === j;
    const score = (i: number, j: number): number =>
      alikeness(base[left[i] ?? -1] ?? null, side[right[j] ?? -1] ?? null, isInPlace(i, j), matter);
    for (const [i, j] of pairAlike(left.length, right.length, score)) mates[right[j] ?? -1] = left[i] ?? -1;
  }
  pairNeighbours(mates, a.length, (x, y) => alikeness(base[x] ?? null, side[y] ?? null, false, matter));
  return mates;
}

/** Pairs items that stand behind, or before, items that are paired. */
function pairNeighbours(mates: Int32Array, length: number, score: (x: number, y: number) => number): void {
  const isTaken = takenBy(mates, length);
  const visit = (y: number, x: number): void => {
    if (mates[y] !== -1 || x < 0 || isTaken[x] !== 0 || score(x, y) === 0) return;
    mates[y] = x;
    isTaken[x] = 1;
  };
  const mateOf = (y: number): number => mates[y] ?? -1;
  for (let y = 1; y < mates.length; y++) if (mateOf(y - 1) >= 0) visit(y, mateOf(y - 1) + 1);
  for (let y = mates.length - 2; y >= 0; y--) visit(y, mateOf(y + 1) - 1);
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** How alike they are, or 0 when that is too little. Numbers and the like are versions of one another by their place alone. */
function alikeness(a: Json, b: Json, inPlace: boolean, matter: Matter): number {
  const areTexts = typeof a === 'string' && typeof b === 'string';
  if (isScalar(a) && isScalar(b) && !areTexts) return inPlace ? 1 : 0;
  const score = matter.likeness(a, b);
  return score < (areTexts ? ALIKE_TEXTS : ALIKE) ? 0 : score;
}

/** Places with the numbers of their items. */
type Numbered = readonly (readonly [place: number, item: number])[];

const untaken = (items: readonly number[], mates: Int32Array): Numbered => {
  const isTaken = takenBy(mates, items.length);
  return [...items.entries()].filter(([x]) => isTaken[x] === 0);
};
const unmated = (items: readonly number[], mates: Int32Array): Numbered => [...items.entries()].filter(([y]) => mates[y] === -1);

function takenBy(mates: Int32Array, length: number): Uint8Array {
  const isTaken = new Uint8Array(length);
  for (const mate of mates) if (mate >= 0) isTaken[mate] = 1;
  return isTaken;
}

/** Equal items, the first with the first and so on. */
export function pairEqual(a: Numbered, b: Numbered): Pair[] {
  const places = Map.groupBy(a, ([, item]) => item);
  const used = new Map<number, number>();
  return b.flatMap(([y, item]): Pair[] => {
    const nth = used.get(item) ?? 0;
    const x = places.get(item)?.[nth]?.[0];
    used.set(item, nth + 1);
    return x === undefined ? [] : [[x, y]];
  });
}

/** How far from its place in proportion an item is looked for. */
const REACH = 16;

/**
 * The most alike of two lists, each once. `score`: 0 where they are not alike. The same pairs the other way round when the lists change
 * places, as long as the score is.
 */
export function pairAlike(lengthA: number, lengthB: number, score: (a: number, b: number) => number): Pair[] {
  const reach = REACH * Math.max(lengthA, lengthB);
  const scored = range(0, lengthA).flatMap((i) => {
    const [first, last] = [((i + 0.5) * lengthB - reach) / lengthA - 0.5, ((i + 0.5) * lengthB + reach) / lengthA - 0.5];
    const near = range(Math.max(0, Math.ceil(first)), Math.min(lengthB, Math.floor(last) + 1));
    return near.map((j) => ({ i, j, alike: score(i, j) })).filter(({ alike }) => alike > 0);
  });
  scored.sort((p, q) => q.alike - p.alike || Math.abs(p.i - p.j) - Math.abs(q.i - q.j) || Math.min(p.i, p.j) - Math.min(q.i, q.j));
  const [usedA, usedB] = [new Set<number>(), new Set<number>()];
  return scored.flatMap(({ i, j }): Pair[] => {
    if (usedA.has(i) || usedB.has(j)) return [];
    usedA.add(i);
    usedB.add(j);
    return [[i, j]];
  });
}

interface Gap {
  readonly a: number;
  readonly b: number;
  readonly endA: number;
  readonly endB: number;
}

/** What is between pairs that ascend in both lists, where both have something there. */
function gapsBetween(anchors: readonly Pair[], lengthA: number, lengthB: number): Gap[] {
  const starts: Pair[] = [[0, 0], ...anchors.map(([x, y]): Pair => [x + 1, y + 1])];
  const ends: Pair[] = [...anchors, [lengthA, lengthB]];
  return starts.flatMap(([a, b], i) => {
    const [endA, endB] = ends[i] ?? [a, b];
    return a < endA && b < endB ? [{ a, b, endA, endB }] : [];
  });
}
