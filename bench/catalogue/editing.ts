/** Which clones are edited before an upgrade, and where. */
import type { JsonObject } from '@mortise/sdk/resources';
import type { Random } from '../random.ts';
import { type Change, changesOf } from './changes.ts';
import { type Edit, editContested, editElsewhere } from './edit.ts';
import type { Clone, View } from './subscription.ts';

/** A clone, and what the next version changes in what the one before made of it. */
export interface Outlook extends Clone {
  readonly changes: readonly Change[];
}

/** The outlook of every clone. `now`, `next`: both versions rendered; a clone that the next one has no more sees no changes. */
export function outlooksOf(view: View, now: ReadonlyMap<string, JsonObject>, next: ReadonlyMap<string, JsonObject>): Outlook[] {
  return view.members.flatMap(({ entityId, isClone }) => {
    const definition = view.definitions.get(entityId);
    if (!isClone || definition === undefined) return [];
    const [base, theirs] = [now.get(entityId), next.get(entityId)];
    return [{ entityId, definition, changes: base && theirs ? changesOf(base, theirs, [definition]) : [] }];
  });
}

/** How likely a clone is edited: where the next version changes it, and where it does not. */
export interface Chances {
  readonly changing: number;
  readonly others: number;
}

/** Some of the clones that change stay unedited, however few they are. */
const MOST = 0.8;

/**
 * A share of all clones is edited. As long as that leaves enough, those come first that the next version changes, which few are: they
 * are what a merge is about.
 */
export function chancesOf(outlooks: readonly Outlook[], share: number): Chances {
  const changing = outlooks.filter(({ changes }) => changes.length > 0).length;
  const wanted = outlooks.length * share;
  const first = changing === 0 ? 0 : Math.min(MOST, wanted / changing);
  const others = outlooks.length - changing;
  return { changing: first, others: others === 0 ? 0 : Math.max(0, wanted - first * changing) / others };
}

export interface PlannedEdit extends Edit {
  /** Whether it is at a place that the next version changes as well. */
  readonly contested: boolean;
}

/** Decides on an edit. Where the next version changes the clone, every other one is at a place that it changes. */
export function planEdit({ definition, changes }: Outlook, chances: Chances, mark: string, random: Random): PlannedEdit | null {
  if (random() >= (changes.length > 0 ? chances.changing : chances.others)) return null;
  const contested = changes.length > 0 && random() < 0.5 ? editContested(definition, changes, mark, random) : null;
  const edit = contested ?? editElsewhere(definition, changes, mark, random);
  return { ...edit, contested: contested !== null };
}
