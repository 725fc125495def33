import type { SnapshotMember } from './snapshot.ts';

/** A member of the later version, and what it was in the earlier one: null when it is new. */
export interface Pair {
  readonly before: SnapshotMember | null;
  readonly after: SnapshotMember;
}

export interface Paired {
  readonly pairs: readonly Pair[];
  /** Members of the earlier version that the later one has under no name. */
  readonly removed: readonly SnapshotMember[];
}

/**
 * Finds each member by lineage: an entity under a name that it had before, then under the same name; then another entity that was declared
 * to be what an earlier name stood for (`renamedFrom`). A slug that passed to another entity without that is a new member. Schemas of the
 * closure are known by their entity, whatever they are called. In the order of the later version. Pure.
 */
export function pairMembers(from: readonly SnapshotMember[], to: readonly SnapshotMember[]): Paired {
  const found = lineage(from, to);
  const kept = new Set(found.values());
  return {
    pairs: to.map((after) => ({ before: found.get(after) ?? null, after })),
    removed: from.filter((member) => !kept.has(member)),
  };
}

function lineage(from: readonly SnapshotMember[], to: readonly SnapshotMember[]): ReadonlyMap<SnapshotMember, SnapshotMember> {
  const bySlug = new Map(from.map((member) => [member.slug, member]));
  const byEntity = new Map(from.map((member) => [member.entityId, member]));
  const names = new Set(to.map(({ slug }) => slug));
  const pairs = new Map<SnapshotMember, SnapshotMember>();
  const taken = new Set<SnapshotMember>();
  const pair = (after: SnapshotMember, before: SnapshotMember | undefined): void => {
    if (before === undefined || taken.has(before) || pairs.has(after)) return;
    pairs.set(after, before);
    taken.add(before);
  };
  const called = (slug: string, { entityId }: SnapshotMember) => {
    const before = bySlug.get(slug);
    return before?.entityId === entityId ? before : undefined;
  };
  const inClosure = (after: SnapshotMember) => {
    const before = byEntity.get(after.entityId);
    return isClosure(after) || (before && isClosure(before)) ? before : undefined;
  };
  const declared = to.filter((member) => !isClosure(member));
  for (const after of to.filter(isClosure)) pair(after, inClosure(after));
  for (const after of declared) for (const slug of after.formerSlugs) pair(after, called(slug, after));
  for (const after of declared) pair(after, called(after.slug, after));
  for (const after of declared) for (const slug of after.formerSlugs) if (!names.has(slug)) pair(after, bySlug.get(slug));
  for (const after of declared) pair(after, inClosure(after));
  return pairs;
}

const isClosure = ({ origin }: SnapshotMember): boolean => origin === 'schema_closure';
