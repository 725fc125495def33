/** An edit of a clone may decide conflicts that are open at its member. */
import sql from 'sql-template-tag';
import type { WriteCtx } from '../../context.ts';
import { holdConflicts, loadConflicts } from './conflicts.ts';
import { storeDefinitions } from './definitions.ts';
import { stillOpen } from './merge/open-merge.ts';

interface Row {
  readonly versionId: string;
  readonly id: string;
  readonly workspaceId: string;
  readonly entityId: string;
  readonly applied: Buffer;
  readonly mergeBase: Buffer | null;
  readonly ours: Buffer;
}

/**
 * Looks again at what is open at the active members with these clones, which have just changed; maybe nothing. `versionId`: what their
 * install moves to, if it does.
 */
export async function followEdits(ctx: WriteCtx, entityIds: readonly string[], versionId?: string): Promise<void> {
  if (entityIds.length === 0) return;
  const rows = await ctx.db.many<Row>(sql`
    select made_from(m.source_version_id, i.integration_version_id) as "versionId", m.id, m.workspace_id as "workspaceId", m.entity_id as "entityId", m.applied_digest as applied, m.merge_base_digest as "mergeBase",
      e.definition_digest as ours
    from integration_members m join integration_installs i on i.id = m.integration_install_id
    join entities e on e.workspace_id = m.workspace_id and e.id = m.entity_id
    where m.entity_id = any(${[...entityIds]}::text[]) and m.is_clone and m.deleted_at is null
      and (m.open_conflicts > 0 or m.merge_base_digest is not null)`);
  for (const row of rows) await followEdit(ctx, versionId === undefined ? row : { ...row, versionId });
}

async function followEdit(ctx: WriteCtx, { id: memberId, workspaceId, versionId, ...clone }: Row): Promise<void> {
  const before = (await loadConflicts(ctx.db, [memberId])).get(memberId) ?? [];
  const { mergeBase, conflicts } = await stillOpen(ctx, { ...clone, conflicts: before });
  if (mergeBase !== null) await storeDefinitions(ctx.db, [mergeBase]);
  await ctx.db.run(sql`update integration_members set merge_base_digest = ${mergeBase?.digest ?? null} where id = ${memberId}`);
  await holdConflicts(ctx, [{ memberId, workspaceId, versionId: before[0]?.sinceVersionId ?? versionId, conflicts }]);
}
