/** What versions pin: rows of their own, which outlive the publisher's. */
import sql from 'sql-template-tag';
import type { WriteCtx } from '../../context.ts';
import type { SnapshotMember } from './snapshot.ts';

/** Writes down the members' entity versions and definitions as they are, where an earlier version did not already. */
export async function pinEntities(ctx: WriteCtx, workspaceId: string, members: readonly SnapshotMember[]): Promise<void> {
  const ids = members.map(({ entityVersionId }) => entityVersionId);
  await ctx.db.run(sql`
    insert into published_definitions (digest, body, refs, variables)
    select d.digest, d.body, d.refs, d.variables from definitions d
    where d.digest in (select v.definition_digest from entity_versions v where v.id = any(${ids}::text[]) and v.workspace_id = ${workspaceId})
      and not exists (select 1 from published_definitions p where p.digest = d.digest)
    order by d.digest
    on conflict do nothing`);
  await ctx.db.run(sql`
    insert into published_entity_versions (id, workspace_id, entity_id, kind, number, definition_digest, created_by, created_at)
    select v.id, v.workspace_id, v.entity_id, e.kind, v.number, v.definition_digest, v.created_by, v.created_at
    from entity_versions v join entities e on e.workspace_id = v.workspace_id and e.id = v.entity_id
    where v.id = any(${ids}::text[]) and v.workspace_id = ${workspaceId}
      and not exists (select 1 from published_entity_versions p where p.id = v.id)
    order by v.id
    on conflict do nothing`);
}

/** Removes what only this integration's versions pinned, with the last of them gone. To be called after they are deleted. */
export async function unpinEntities(ctx: WriteCtx, entityVersionIds: readonly string[]): Promise<void> {
  const gone = await ctx.db.many<{ digest: Buffer }>(sql`
    delete from published_entity_versions p
    where p.id = any(${[...entityVersionIds]}::text[])
      and not exists (select 1 from integration_version_members m where m.entity_version_id = p.id)
      and not exists (select 1 from integration_members m where m.entity_version_id = p.id)
    returning p.definition_digest as digest`);
  await ctx.db.run(sql`
    delete from published_definitions d
    where d.digest = any(${gone.map(({ digest }) => digest)}::bytea[])
      and not exists (select 1 from published_entity_versions p where p.definition_digest = d.digest)`);
}
