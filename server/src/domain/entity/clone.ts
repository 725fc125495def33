import sql from 'sql-template-tag';
import type { WriteCtx } from '../../context.ts';
import { record } from '../audit/record.ts';

/** When the entity is the clone of an active member, shares a lock on its install: upgrades wait, other edits don't. */
export async function lockInstallOfClone(ctx: WriteCtx, entityId: string): Promise<void> {
  await ctx.db.run(sql`
    select 1 from integration_installs
    where id = (select integration_install_id from integration_members where entity_id = ${entityId} and is_clone and deleted_at is null)
    for share`);
}

/** The workspace took the clone into its own hands: from now on upgrades leave it alone. */
export async function detachClone(ctx: WriteCtx, entityId: string, reason: 'edited' | 'deleted'): Promise<void> {
  const detached = await ctx.db.maybe<{ id: string; workspaceId: string }>(sql`
    update integration_members set detached = true
    where entity_id = ${entityId} and is_clone and deleted_at is null and not detached
    returning id, workspace_id as "workspaceId"`);
  if (detached === null) return;
  const data = { reason, entityId };
  await record(ctx, { type: 'integration_member.detached', workspaceId: detached.workspaceId, subjectId: detached.id, data });
}
