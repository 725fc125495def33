import type { Placed, Plan } from './plan.ts';

/** A clone that an earlier install left to the workspace, with what its member said of it. */
export interface Adopted {
  readonly entityId: string;
  /** The definition last applied to it, and the one that it has: where they differ, a merge finds what is the workspace's own. */
  readonly applied: Buffer;
  readonly digest: Buffer;
  /** What it was made from. */
  readonly sourceEntityId: string;
  readonly entityVersionId: string;
  readonly sourceVersionId: string;
}

/**
 * The plan with these clones taken over instead of made, by member slug: detached, as they are, at the version that they were made from.
 * The others refer to them by their ids already. Pure.
 */
export function adopting(plan: Plan, adopted: ReadonlyMap<string, Adopted>): Plan {
  if (adopted.size === 0) return plan;
  const place = (placed: Placed): Placed => {
    const found = adopted.get(placed.member.slug);
    return found === undefined ? placed : takenOver(placed, found);
  };
  return { ...plan, inserts: plan.inserts.map(place) };
}

const takenOver = (placed: Placed, { sourceEntityId, entityVersionId, sourceVersionId, applied, digest }: Adopted): Placed => ({
  ...placed,
  member: { ...placed.member, entityId: sourceEntityId, entityVersionId },
  digest,
  applied,
  detached: true,
  write: 'none',
  pinned: { sourceVersionId, stale: true },
});
