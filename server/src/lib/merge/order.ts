import { must } from '../must.ts';

/**
 * Merges the order of three lists without duplicates: every key of ours and theirs, once. When one side moved what all three have and
 * the other did not, the side that moved leads; when both did, ours leads. The keys that only the other has follow the key that
 * precedes them there. Where both have keys of their own behind the same one, those whose first sorts first come first, so that
 * ours and theirs can change places as long as they agree on the order of what they share.
 */
export function mergeOrder(base: readonly string[], ours: readonly string[], theirs: readonly string[]): string[] {
  const [lead, other] = moved(base, theirs, ours) && !moved(base, ours, theirs) ? [theirs, ours] : [ours, theirs];
  const anchors = new Set(lead).intersection(new Set(other));
  const leading = runsAfter(lead, anchors);
  const following = runsAfter(other, anchors);
  return [...leading].flatMap(([anchor, run]) => {
    const own = must(following.get(anchor), 'both lists have every anchor');
    return [...(anchor === START ? [] : [anchor]), ...inOrder(run, own)];
  });
}

/** Whether a side has what all three have in another order than the base. */
function moved(base: readonly string[], side: readonly string[], other: readonly string[]): boolean {
  const shared = new Set(base).intersection(new Set(side)).intersection(new Set(other));
  const before = base.filter((key) => shared.has(key));
  return side.filter((key) => shared.has(key)).some((key, i) => key !== before[i]);
}

const START = Symbol('before the first anchor');

/** The keys between the anchors, by the anchor that precedes them. Anchors come in the order of the list. */
function runsAfter(list: readonly string[], anchors: ReadonlySet<string>): Map<string | typeof START, string[]> {
  const runs = new Map<string | typeof START, string[]>();
  let run: string[] = [];
  for (const key of [START, ...list] as const) {
    if (key === START || anchors.has(key)) {
      run = [];
      runs.set(key, run);
    } else run.push(key);
  }
  return runs;
}

function inOrder(a: readonly string[], b: readonly string[]): string[] {
  const [first = '', second = ''] = [a[0], b[0]];
  return first <= second ? [...a, ...b] : [...b, ...a];
}
