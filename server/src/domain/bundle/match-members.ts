import type { BundleMember } from './schema.ts';

/** An entity of the importing workspace that an earlier version of the integration pins, under this member slug. */
export interface KnownMember {
  readonly slug: string;
  readonly kind: string;
  readonly entityId: string;
}

const key = ({ kind, slug }: { kind: string; slug: string }): string => `${kind} ${slug}`;

/**
 * The entity behind each member, where the integration had that member before: by its slug, then by a slug that it had earlier. None is
 * given to two members, and one that bears the slug itself goes before one that bore it. Pure; `known` has the latest of each slug.
 */
export function matchMembers(members: readonly BundleMember[], known: readonly KnownMember[]): ReadonlyMap<BundleMember, string> {
  const entities = new Map(known.map((each) => [key(each), each.entityId]));
  const matched = new Map<BundleMember, string>();
  const taken = new Set<string>();
  const match = (member: BundleMember, slug: string): void => {
    const entityId = entities.get(key({ kind: member.kind, slug }));
    if (entityId === undefined || matched.has(member) || taken.has(entityId)) return;
    matched.set(member, entityId);
    taken.add(entityId);
  };
  for (const member of members) match(member, member.slug);
  for (const member of members) for (const slug of member.formerSlugs) match(member, slug);
  return matched;
}
