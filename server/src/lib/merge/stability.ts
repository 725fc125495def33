import type { Json } from '../json.ts';
import { identify } from './identity.ts';
import type { Identity, Lists } from './lists.ts';
import type { Matter } from './matter.ts';

/**
 * Whether merging a list again with either side would find the same items to be the same, when the lists go by this key (see
 * `identify`). It may not: an item may have become more like another one. `tokens`: those of the merged items.
 */
export function isStable(lists: Lists, identity: Identity, merged: readonly Json[], tokens: readonly number[], matter: Matter): boolean {
  return (['ours', 'theirs'] as const).every((side) => {
    const again = identify({ ...lists, [side]: merged }, identity.key, matter);
    return isOneToOne({ ...identity.tokens, [side]: tokens }, again.tokens);
  });
}

/** Whether two ways to number the items tell the same ones together. */
function isOneToOne(a: Identity['tokens'], b: Identity['tokens']): boolean {
  const [there, back] = [new Map<number, number>(), new Map<number, number>()];
  return (['base', 'ours', 'theirs'] as const).every((side) =>
    a[side].every((x, i) => {
      const y = b[side][i] ?? -1;
      return meets(there, x, y) && meets(back, y, x);
    }),
  );
}

/** Notes that one goes with the other, unless it goes with another one. */
function meets(mates: Map<number, number>, one: number, other: number): boolean {
  const mate = mates.get(one);
  if (mate === undefined) mates.set(one, other);
  return mate === undefined || mate === other;
}
