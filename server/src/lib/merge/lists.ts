import type { Json } from '../json.ts';
import type { Matter } from './matter.ts';
import type { Sides } from './sides.ts';

/** Three lists; where a base is absent it is empty. */
export type Lists = Readonly<Record<keyof Sides, readonly Json[]>>;

/** Which items of three lists are versions of the same one: these have the same number, in no list twice. */
export interface Identity {
  readonly tokens: Readonly<Record<keyof Sides, readonly number[]>>;
  /** The key that names the items, where there is one. */
  readonly key: string | undefined;
}

/** Three lists without what all of them begin and end with. */
export interface Trimmed {
  readonly lists: Lists;
  readonly head: readonly Json[];
  readonly tail: readonly Json[];
}

/** Takes away what the three begin with, then what they end with: most of a long list is the same in all. */
export function trimmed(lists: Lists, matter: Matter): Trimmed {
  const { base, ours, theirs } = lists;
  const isSame = (i: number): boolean => matter.same(base.at(i), ours.at(i)) && matter.same(base.at(i), theirs.at(i));
  const most = Math.min(base.length, ours.length, theirs.length);
  let head = 0;
  while (head < most && isSame(head)) head++;
  let tail = 0;
  while (tail < most - head && isSame(-1 - tail)) tail++;
  const middle = (list: readonly Json[]): readonly Json[] => list.slice(head, list.length - tail);
  return {
    lists: { base: middle(base), ours: middle(ours), theirs: middle(theirs) },
    head: ours.slice(0, head),
    tail: ours.slice(ours.length - tail),
  };
}
