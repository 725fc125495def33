import type { Strategy } from '@mortise/sdk/changes';
import { membersOf } from './check.ts';
import { type MergeCounts, type MergeRound, mergeRoundFaults } from './merge-round.ts';
import { same } from './paths.ts';
import type { Subscription } from './subscription.ts';

/** An upgrade as the workspace lives on with it: what its own clones are from now on. Gives what did not hold. */
export async function settleRound(
  strategy: Strategy,
  subscription: Subscription,
  round: MergeRound,
  counts: MergeCounts,
): Promise<string[]> {
  if (strategy === 'skip') return [];
  return strategy === 'merge' ? settleMerge(subscription, round, counts) : settleOverwrite(subscription, round, counts);
}

/** The edited clones are what the merge made of them, which has been proved to be right. */
function settleMerge({ ledgers, edits }: Subscription, round: MergeRound, counts: MergeCounts): string[] {
  const faults = mergeRoundFaults(round, counts);
  for (const { entityId } of round.after.members) {
    const [definition, theirs] = [round.after.definitions.get(entityId), round.theirs.get(entityId)];
    if (!ledgers.has(entityId) || definition === undefined || theirs === undefined) continue;
    ledgers.get(entityId)?.settle(theirs);
    edits.set(entityId, definition);
  }
  return faults;
}

/** Nothing of the edits is left but in the history of the clones, where all of it has to be. */
async function settleOverwrite(subscription: Subscription, { before, after }: MergeRound, counts: MergeCounts): Promise<string[]> {
  const { ledgers, edits } = subscription;
  const faults: string[] = [];
  for (const [slug, { entityId }] of membersOf(after)) {
    if (!edits.has(entityId)) continue;
    const history = await subscription.historyOf(entityId);
    const isKept = history.some((definition) => same(definition, before.definitions.get(entityId)));
    if (!isKept) faults.push(`${slug}: what was edited is in no history`);
    counts.overwritten += isKept ? 1 : 0;
    ledgers.get(entityId)?.settleAll();
    edits.delete(entityId);
  }
  return faults;
}
