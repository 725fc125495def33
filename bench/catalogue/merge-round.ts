/** Whether an upgrade that merges lost nothing of what the workspace edited, and nothing of what the version changed. */
import type { ChangeReport, MemberConflict } from '@mortise/sdk/changes';
import type { InstallMember, Json, JsonObject } from '@mortise/sdk/resources';
import { membersOf } from './check.ts';
import { fared, type Ledger, tellLost } from './ledger.ts';
import { type Proof, proveMerge } from './merge-proof.ts';
import { nextBase } from './next-base.ts';
import { same } from './paths.ts';
import type { View } from './subscription.ts';

export interface MergeRound {
  readonly before: View;
  readonly after: View;
  /** Both versions as they are rendered, by clone. */
  readonly base: ReadonlyMap<string, JsonObject>;
  readonly theirs: ReadonlyMap<string, JsonObject>;
  readonly ledgers: ReadonlyMap<string, Ledger>;
  /** Clones with open conflicts → where their merges start from; null where that cannot be said. Kept up here. */
  readonly bases: Map<string, Json | null>;
  readonly report: ChangeReport;
}

/** What became of edited clones. */
export interface MergeCounts {
  clean: number;
  withConflicts: number;
  allInConflict: number;
  conflicts: number;
  editsHeld: number;
  editsInConflict: number;
  editsLost: number;
  upstreamTaken: number;
  upstreamInConflict: number;
  upstreamLost: number;
  /** Merges that started from conflicts whose places have no names. */
  unproven: number;
  /** Clones that were overwritten, with what they had in their history. */
  overwritten: number;
}

export const noMerges = (): MergeCounts => ({
  clean: 0,
  withConflicts: 0,
  allInConflict: 0,
  conflicts: 0,
  editsHeld: 0,
  editsInConflict: 0,
  editsLost: 0,
  upstreamTaken: 0,
  upstreamInConflict: 0,
  upstreamLost: 0,
  unproven: 0,
  overwritten: 0,
});

/** Proves the merge of every edited clone that the version has, and adds up what it came to. */
export function mergeRoundFaults(round: MergeRound, counts: MergeCounts): string[] {
  const edited = [...membersOf(round.after).values()].filter(({ entityId }) => round.ledgers.has(entityId));
  const slugs = new Set(edited.map(({ sourceMemberSlug }) => sourceMemberSlug));
  const odd = round.report.conflicts.filter(({ slug }) => !slugs.has(slug));
  return [
    ...odd.map(({ slug, pointer }) => `a conflict at ${pointer} of ${slug}, which nobody edited`),
    ...edited.flatMap((member) => memberFaults(member, round, counts).map((fault) => `${member.sourceMemberSlug}: ${fault}`)),
  ];
}

function memberFaults({ sourceMemberSlug: slug, entityId }: InstallMember, round: MergeRound, counts: MergeCounts): string[] {
  const { before, after, report, ledgers } = round;
  const started = round.bases.get(entityId);
  const [base, theirs] = [started ?? round.base.get(entityId), round.theirs.get(entityId)];
  const [ours, result] = [before.definitions.get(entityId), after.definitions.get(entityId)];
  if (base === undefined || theirs === undefined || ours === undefined || result === undefined) return ['there is nothing to compare'];
  const conflicts = report.conflicts.filter((conflict) => conflict.slug === slug).map(withoutSlug);
  const merge = { base, ours, theirs, result, conflicts };
  if (conflicts.length === 0) round.bases.delete(entityId);
  else round.bases.set(entityId, started === null ? null : nextBase(merge));
  if (started === null) counts.unproven += 1;
  const { faults, contested, upstream } = started === null ? UNPROVEN : proveMerge(merge);
  const { held, inConflict, lost } = fared(ledgers.get(entityId)?.open ?? [], result, contested);
  counts.clean += conflicts.length === 0 && !same(base, theirs) ? 1 : 0;
  counts.withConflicts += conflicts.length > 0 ? 1 : 0;
  counts.allInConflict += conflicts.length > 0 && same(ours, result) ? 1 : 0;
  counts.conflicts += conflicts.length;
  counts.editsHeld += held;
  counts.editsInConflict += inConflict;
  counts.editsLost += lost.length;
  counts.upstreamTaken += upstream.taken;
  counts.upstreamInConflict += upstream.inConflict;
  counts.upstreamLost += upstream.lost;
  return [...faults, ...tellLost(lost)];
}

/** Of a merge that starts where conflicts were left in a list or text that cannot be told by name. */
const UNPROVEN: Proof = { faults: [], contested: [], upstream: { taken: 0, inConflict: 0, lost: 0 } };

const withoutSlug = ({ slug: _, ...conflict }: MemberConflict) => conflict;
