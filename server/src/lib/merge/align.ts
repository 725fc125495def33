/** Two places that go together, in the first list and in the second. */
export type Pair = readonly [a: number, b: number];

/** How often what is between two anchors is looked through for further ones. */
const MOST_ROUNDS = 8;

/**
 * The items that two lists have in the same order, as pairs of places that ascend in both: what they begin and end with, and between
 * that the longest run of items that are in each just once; then the same between these. After Bram Cohen's patience diff, in n·log n.
 */
export function align(a: readonly number[], b: readonly number[]): Pair[] {
  return alignWithin(a, b, { a: 0, b: 0, endA: a.length, endB: b.length }, MOST_ROUNDS);
}

/** A part of each list. */
interface Window {
  readonly a: number;
  readonly b: number;
  readonly endA: number;
  readonly endB: number;
}

function alignWithin(a: readonly number[], b: readonly number[], window: Window, rounds: number): Pair[] {
  const { start, inner, end } = trimmed(a, b, window);
  if (rounds === 0 || inner.a === inner.endA || inner.b === inner.endB) return [...start, ...end];
  const anchors = ascending(unique(a, b, inner));
  if (anchors.length === 0) return [...start, ...end];
  const middle = windowsBetween(anchors, inner).flatMap((each, i) => {
    const anchor = anchors[i - 1];
    return [...(anchor ? [anchor] : []), ...alignWithin(a, b, each, rounds - 1)];
  });
  return [...start, ...middle, ...end];
}

interface Trimmed {
  readonly start: readonly Pair[];
  readonly inner: Window;
  readonly end: readonly Pair[];
}

/** Without what both begin with, then without what both end with. */
function trimmed(a: readonly number[], b: readonly number[], window: Window): Trimmed {
  const most = Math.min(window.endA - window.a, window.endB - window.b);
  let first = 0;
  while (first < most && a[window.a + first] === b[window.b + first]) first++;
  let last = 0;
  while (last < most - first && a[window.endA - 1 - last] === b[window.endB - 1 - last]) last++;
  const inner = { a: window.a + first, b: window.b + first, endA: window.endA - last, endB: window.endB - last };
  const pairs = (count: number, x: number, y: number): Pair[] => Array.from({ length: count }, (_, i) => [x + i, y + i] as const);
  return { start: pairs(first, window.a, window.b), inner, end: pairs(last, inner.endA, inner.endB) };
}

/** Pairs of items that are in both parts just once, in the order of the first. */
function unique(a: readonly number[], b: readonly number[], window: Window): Pair[] {
  const [inA, inB] = [placesOnce(a, window.a, window.endA), placesOnce(b, window.b, window.endB)];
  return [...inA].flatMap(([item, at]): Pair[] => {
    const other = inB.get(item);
    return at === REPEATED || other === undefined || other === REPEATED ? [] : [[at, other]];
  });
}

const REPEATED = -1;

function placesOnce(list: readonly number[], from: number, to: number): Map<number, number> {
  const places = new Map<number, number>();
  for (let i = from; i < to; i++) {
    const item = list[i] as number;
    places.set(item, places.has(item) ? REPEATED : i);
  }
  return places;
}

/** A longest subsequence whose second places ascend as the first do. */
export function ascending(pairs: readonly Pair[]): Pair[] {
  const ends: number[] = [];
  const before = pairs.map(([, place], i) => {
    const length = lengthBelow(pairs, ends, place);
    ends[length] = i;
    return length === 0 ? -1 : (ends[length - 1] ?? -1);
  });
  const longest: Pair[] = [];
  for (let i = ends.at(-1) ?? -1; i >= 0; i = before[i] ?? -1) longest.push(pairs[i] as Pair);
  return longest.reverse();
}

/** How long a subsequence there is whose last place is below this one. `ends`: for each length, the pair that ends one lowest. */
function lengthBelow(pairs: readonly Pair[], ends: readonly number[], place: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((pairs[ends[middle] ?? 0]?.[1] ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The parts before, between and behind the anchors. */
function windowsBetween(anchors: readonly Pair[], { a, b, endA, endB }: Window): Window[] {
  const starts = [[a, b], ...anchors.map(([x, y]) => [x + 1, y + 1])];
  const ends = [...anchors, [endA, endB]];
  return starts.map(([x = 0, y = 0], i) => ({ a: x, b: y, endA: ends[i]?.[0] ?? endA, endB: ends[i]?.[1] ?? endB }));
}
