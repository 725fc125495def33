import { must } from '../must.ts';

/**
 * Merges the order of three lists without duplicates: every key of ours and theirs, once. When one side moved what all three have and
 * the other did not, the side that moved leads; when both did, ours leads. The keys that only the other has follow the key that
 * precedes them there. Where both have keys of their own behind the same one, `isFirst` says which come first, so that ours and theirs
 * can change places as long as they agree on the order of what they share.
 */
export function mergeOrder<T>(base: readonly T[], ours: readonly T[], theirs: readonly T[], isFirst: IsFirst<T>): T[] {
  const [lead, other] = moved(base, theirs, ours) && !moved(base, ours, theirs) ? [theirs, ours] : [ours, theirs];
  const anchors = new Set(lead).intersection(new Set(other));
  const leading = runsAfter(lead, anchors);
  const following = runsAfter(other, anchors);
  return [...leading].flatMap(([anchor, run]) => {
    const own = must(following.get(anchor), 'both lists have every anchor');
    return [...(anchor === START ? [] : [anchor]), ...inOrder(run, own, isFirst)];
  });
}

/** Whether a side has what all three have in another order than the base. */
export function moved<T>(base: readonly T[], side: readonly T[], other: readonly T[]): boolean {
  const shared = new Set(base).intersection(new Set(side)).intersection(new Set(other));
  const before = base.filter((key) => shared.has(key));
  return side.filter((key) => shared.has(key)).some((key, i) => key !== before[i]);
}

const START = Symbol('before the first anchor');

/** The keys between the anchors, by the anchor that precedes them. Anchors come in the order of the list. */
function runsAfter<T>(list: readonly T[], anchors: ReadonlySet<T>): Map<T | typeof START, T[]> {
  const runs = new Map<T | typeof START, T[]>();
  let run: T[] = [];
  for (const key of [START, ...list] as const) {
    if (key === START || anchors.has(key)) {
      run = [];
      runs.set(key, run);
    } else run.push(key);
  }
  return runs;
}

/** Whether of two runs of keys, neither empty, the first goes first; the same whoever asks. */
export type IsFirst<T> = (a: readonly T[], b: readonly T[]) => boolean;

const inOrder = <T>(a: readonly T[], b: readonly T[], isFirst: IsFirst<T>): T[] =>
  b.length === 0 || (a.length > 0 && isFirst(a, b)) ? [...a, ...b] : [...b, ...a];
