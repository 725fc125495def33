/** Clones that an uninstall left to the workspace: a later install of the same integration may take them instead of making second ones. */
import sql from 'sql-template-tag';
import type { ReadCtx } from '../../context.ts';
import { type Fault, Problem } from '../../lib/errors.ts';
import { clonedSlugs } from '../integration/publish-faults.ts';
import type { SnapshotMember } from '../integration/snapshot.ts';
import type { Adopted } from './change/adopt.ts';
import type { Taken } from './install-version.ts';

/** A clone that may be adopted. */
export interface Leftover extends Adopted {
  readonly kind: string;
  readonly slug: string;
  readonly name: string;
  /** What its member was called, the install that it was of, and when that left it. */
  readonly memberSlug: string;
  readonly installId: string;
  readonly leftAt: string;
}

/** What uninstalled installs of the integration left to the workspace and nobody has taken since, the latest first. */
export const loadLeftovers = (ctx: ReadCtx, workspaceId: string, integrationId: string): Promise<Leftover[]> =>
  ctx.db.many<Leftover>(sql`
    select * from (
      select distinct on (m.entity_id) m.entity_id as "entityId", m.applied_digest as applied, e.definition_digest as digest,
        m.source_entity_id as "sourceEntityId", m.entity_version_id as "entityVersionId",
        made_from(m.source_version_id, i.integration_version_id) as "sourceVersionId", e.kind, e.slug, e.name,
        m.source_member_slug as "memberSlug", i.id as "installId", iso(m.deleted_at) as "leftAt"
      from integration_installs i
      join integration_members m on m.integration_install_id = i.id and m.is_clone
      join entities e on e.workspace_id = m.workspace_id and e.id = m.entity_id and e.deleted_at is null
      where i.workspace_id = ${workspaceId} and i.integration_id = ${integrationId} and i.deleted_at is not null
        and not exists (select 1 from integration_members o where o.entity_id = m.entity_id and o.is_clone and o.deleted_at is null)
      order by m.entity_id, m.deleted_at desc, i.id desc) as found
    order by "leftAt" desc, "entityId" desc`);

/** Whether the member could have the clone: it was made from the same entity, or was called the same. Pure. */
export const fits = ({ entityId, slug, formerSlugs, kind }: SnapshotMember, leftover: Leftover): boolean =>
  leftover.kind === kind && (leftover.sourceEntityId === entityId || [slug, ...formerSlugs].includes(leftover.memberSlug));

interface Wish {
  readonly slug: string;
  readonly entityId: string;
}

/** Member slug → the clone that it shall take over, as asked for. */
export async function adoptionsOf(
  ctx: ReadCtx,
  { integration, snapshot }: Taken,
  workspaceId: string,
  wishes: readonly Wish[],
): Promise<ReadonlyMap<string, Adopted>> {
  if (wishes.length === 0) return new Map();
  const leftovers = await loadLeftovers(ctx, workspaceId, integration.id);
  const { adopted, faults } = matched(snapshot.members, leftovers, wishes);
  if (faults.length > 0) throw new Problem('invalid_body', '`adopt` names what cannot be taken over; see errors.', { faults });
  return adopted;
}

/** What is asked for held against what is there. Pure. */
export function matched(
  members: readonly SnapshotMember[],
  leftovers: readonly Leftover[],
  wishes: readonly Wish[],
): { adopted: ReadonlyMap<string, Adopted>; faults: readonly Fault[] } {
  const bySlug = new Map(members.map((member) => [member.slug, member]));
  const byId = new Map(leftovers.map((leftover) => [leftover.entityId, leftover]));
  const cloned = clonedSlugs(members);
  const adopted = new Map<string, Adopted>();
  const used = new Set<string>();
  const faults = wishes.flatMap(({ slug, entityId }, index): Fault[] => {
    const [member, leftover] = [bySlug.get(slug), byId.get(entityId)];
    const at = `/adopt/${index}`;
    if (member === undefined || !cloned.has(slug)) return [{ pointer: `${at}/slug`, message: `names no cloned member: ${slug}` }];
    if (leftover === undefined || !fits(member, leftover))
      return [{ pointer: `${at}/entityId`, message: `is no clone that an uninstall left for the member ${slug}: ${entityId}` }];
    if (adopted.has(slug) || used.has(entityId)) return [{ pointer: at, message: 'names a member or a clone for the second time' }];
    adopted.set(slug, leftover);
    used.add(entityId);
    return [];
  });
  return { adopted, faults };
}
