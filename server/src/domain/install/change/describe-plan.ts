import type { PatchOperation } from '../../../lib/json-patch.ts';
import type { Conflict } from '../../../lib/merge/settle.ts';
import { type OpenConflict, sinceWhen } from '../../entity/conflicts.ts';
import { requiredByOf } from '../../integration/graph.ts';
import type { Snapshot, SnapshotMember } from '../../integration/snapshot.ts';
import type { Referral } from '../state/live.ts';
import type { Wanted } from './arrange.ts';
import type { Made, Plan, Removal, Update } from './plan.ts';
import { isChange, isOwn } from './plan.ts';

export const DISPOSITIONS = [
  'insert',
  'update',
  'merge',
  'keep',
  'skip_detached',
  'skip_conflict',
  'up_to_date',
  'remove',
  'blocked',
] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

/** What would become of one member, and why. */
export interface MemberPlan {
  readonly slug: string;
  readonly formerSlug: string | null;
  readonly memberId: string | null;
  /** The clone or the publisher's entity; null for a clone still to be made. */
  readonly entityId: string | null;
  readonly disposition: Disposition;
  readonly reason: string;
  /** RFC 6902, from what the member shows now to what it would show; null where nothing changes or no room was left. */
  readonly diff: readonly PatchOperation[] | null;
  /** Those that are open already tell since which version. */
  readonly conflicts: readonly (Conflict & Partial<Pick<OpenConflict, 'sinceVersionId'>>)[];
  /** Entities of the workspace that refer to a clone which the version gives no more. */
  readonly referencedBy: readonly string[];
}

/** Everything that the description is made of. */
export interface Described extends Made {
  readonly plan: Plan;
  readonly to: Snapshot;
  readonly referrals: readonly Referral[];
  readonly patches: ReadonlyMap<string, readonly PatchOperation[]>;
  /** What is open now, by member. */
  readonly open: ReadonlyMap<string, readonly OpenConflict[]>;
  /** Members whose definition cannot be made, and why. */
  readonly refused: ReadonlyMap<string, Error>;
}

/** A plan member by member: in the target's order, then what goes. Pure. */
export function describePlan(of: Described): MemberPlan[] {
  const { plan } = of;
  const neededBy = requiredByOf(of.to.members.filter(isThere(plan)));
  const referrers = stayingReferrers(of);
  const staying: readonly [number, MemberPlan][] = [
    ...plan.inserts.map((each): [number, MemberPlan] => [each.member.position, inserted(each, of, neededBy.get(each.member.slug) ?? [])]),
    ...plan.updates.map((each): [number, MemberPlan] => [each.member.position, updated(each, of)]),
    ...plan.left.map((each): [number, MemberPlan] => [each.member.position, skipped(each, of)]),
  ];
  return [
    ...[...staying].sort(([a], [b]) => a - b).map(([, member]) => member),
    ...plan.removals.map((each) => removed(each, referrers.get(each.live.entityId) ?? [])),
  ];
}

/** Whether the install has the member when the plan is done. */
function isThere({ inserts, updates, left }: Plan): (member: SnapshotMember) => boolean {
  const slugs = new Set([...inserts, ...updates, ...left].map(({ member }) => member.slug));
  return ({ slug }) => slugs.has(slug);
}

/** Leaving clone → the entities that refer to it and do not go themselves. */
function stayingReferrers({ referrals, plan }: Described): ReadonlyMap<string, readonly string[]> {
  const leaving = new Set(plan.removals.filter(({ keep }) => !keep).map(({ live }) => live.entityId));
  const staying = Map.groupBy(
    referrals.filter(({ referrer }) => !leaving.has(referrer)),
    ({ target }) => target,
  );
  return new Map([...staying].map(([target, found]) => [target, found.map(({ referrer }) => referrer)]));
}

const plain = { formerSlug: null, diff: null, conflicts: [], referencedBy: [] };

function inserted({ member, clone, entityId }: Wanted, of: Described, neededBy: readonly string[]): MemberPlan {
  const about = { ...plain, slug: member.slug, memberId: null, entityId: clone ? null : entityId };
  return refusedOr(of, { ...about, disposition: 'insert', reason: reasonToAdd(member, neededBy) });
}

function reasonToAdd({ required }: SnapshotMember, neededBy: readonly string[]): string {
  if (required) return 'The version requires it.';
  return neededBy.length > 0 ? `It is needed by ${neededBy.slice(0, 5).join(', ')}.` : 'It is new, and the member policy takes it.';
}

function updated(update: Update, of: Described): MemberPlan {
  const { live, member, entityId, write } = update;
  const { conflicts = [] } = of.merged.get(member.slug) ?? {};
  const change = isChange(update);
  const about = {
    ...plain,
    slug: member.slug,
    formerSlug: live.slug === member.slug ? null : live.slug,
    memberId: live.id,
    entityId: write === 'create' ? null : entityId,
    diff: change ? (of.patches.get(member.slug) ?? null) : null,
    conflicts: conflicts.map((each) => withSince(each, of.open.get(live.id) ?? [])),
  };
  return refusedOr(of, { ...about, ...verdict(update, change, conflicts.length) });
}

function withSince(conflict: Conflict, open: readonly OpenConflict[]): MemberPlan['conflicts'][number] {
  const sinceVersionId = sinceWhen(conflict, open);
  return sinceVersionId === undefined ? conflict : { ...conflict, sinceVersionId };
}

function verdict(update: Update, change: boolean, conflicts: number): Pick<MemberPlan, 'disposition' | 'reason'> {
  const { live, treatment, write, clone } = update;
  const places = `${conflicts} ${conflicts === 1 ? 'place' : 'places'}`;
  if (treatment === 'merge') {
    if (!change && conflicts > 0)
      return { disposition: 'skip_conflict', reason: `Both sides changed the same: the workspace's stays at ${places}.` };
    if (!change)
      return { disposition: 'up_to_date', reason: "It is the workspace's own, and the version brings nothing to merge into it." };
    const settled = conflicts > 0 ? `; at ${places} both changed the same, and the workspace's stays` : '';
    return { disposition: 'merge', reason: `The new definition goes in beside the workspace's changes${settled}.` };
  }
  if (!change) return { disposition: 'up_to_date', reason: 'Nothing changes.' };
  return { disposition: 'update', reason: reasonToUpdate(update, { live, write, clone }) };
}

function reasonToUpdate({ member }: Update, { live, write, clone }: Pick<Update, 'live' | 'write' | 'clone'>): string {
  if (live.isClone !== clone) return clone ? 'It becomes a clone.' : "It becomes a reference to the publisher's entity.";
  if (write === 'restore') return 'Its clone was deleted, and comes back.';
  if (write === 'create') return live.purged ? 'Its clone was purged, and is made anew.' : 'It is of another kind, and gets a new clone.';
  if (live.detached) return "The workspace's changes are replaced.";
  if (live.slug !== member.slug) return `It is renamed from ${live.slug}.`;
  return live.isClone && live.cloneDigest.equals(live.appliedDigest ?? live.cloneDigest)
    ? 'The version has a new definition.'
    : live.isClone
      ? 'Its clone differs from the version.'
      : 'The version pins another entity version.';
}

function skipped({ member, live }: Wanted, { open }: Described): MemberPlan {
  return {
    ...plain,
    slug: member.slug,
    formerSlug: live && live.slug !== member.slug ? live.slug : null,
    memberId: live?.id ?? null,
    entityId: live?.entityId ?? null,
    conflicts: (open.get(live?.id ?? '') ?? []).map(({ kept: _, ...conflict }) => conflict),
    disposition: 'skip_detached',
    reason: live?.deleted ? 'The workspace deleted its clone.' : "It is detached: the workspace's own.",
  };
}

function removed({ live, keep }: Removal, referencedBy: readonly string[]): MemberPlan {
  const about = { ...plain, slug: live.slug, memberId: live.id, entityId: live.entityId, referencedBy };
  if (!keep) return { ...about, disposition: 'remove', reason: 'The version has it no more.' };
  const why = live.detached ? 'is detached' : isOwn(live) ? 'is edited' : 'is still referred to';
  return { ...about, disposition: 'keep', reason: `The version has it no more, but its clone ${why}: it becomes the workspace's own.` };
}

function refusedOr({ refused }: Described, member: MemberPlan): MemberPlan {
  const problem = refused.get(member.slug);
  return problem === undefined ? member : { ...member, disposition: 'blocked', reason: problem.message, diff: null };
}
