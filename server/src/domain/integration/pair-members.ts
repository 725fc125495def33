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

/** Finds each member by its slug, else by a slug that it had before, newest first. In the order of the later version. Pure. */
export function pairMembers(from: readonly SnapshotMember[], to: readonly SnapshotMember[]): Paired {
  const known = new Map(from.map((member) => [member.slug, member]));
  const names = new Set(to.flatMap((member) => [member.slug, ...member.formerSlugs]));
  const earlier = ({ slug, formerSlugs }: SnapshotMember) => known.get(slug) ?? formerSlugs.flatMap((former) => known.get(former) ?? [])[0];
  return {
    pairs: to.map((after) => ({ before: earlier(after) ?? null, after })),
    removed: from.filter((member) => !names.has(member.slug)),
  };
}
