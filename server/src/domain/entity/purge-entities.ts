import sql from 'sql-template-tag';
import type { WriteCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { type Reply, SUCCESS, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { lockInstallOfClone } from './clone.ts';

/** Removes deleted entities for good. A clone that its member still names stays as a tombstone that nobody sees. */
export async function purgeEntities(ctx: WriteCtx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const clones = sql`select entity_id from integration_members where entity_id = any(${[...ids]}::text[]) and is_clone`;
  const kept = await ctx.db.many<{ id: string }>(sql`
    update entities set purged_at = ${ctx.now} where id in (${clones}) and deleted_at is not null returning id`);
  const stays = new Set(kept.map(({ id }) => id));
  const gone = ids.filter((id) => !stays.has(id));
  await ctx.db.run(sql`delete from entity_versions where entity_id = any(${gone}::text[])`);
  await ctx.db.run(sql`delete from entities where id = any(${gone}::text[])`);
}

export async function purgeEntity(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  await lockInstallOfClone(ctx, target.id);
  const row = await ctx.db.maybe<{ deleted: boolean }>(sql`
    select deleted_at is not null as deleted from entities where id = ${target.id} and purged_at is null for update`);
  if (row === null) throw new Problem('not_found', `The entity ${target.id} is gone already.`);
  if (!row.deleted) throw new Problem('not_deleted', `The entity ${target.id} is active; delete it first.`);
  await purgeEntities(ctx, [target.id]);
  await record(ctx, { type: 'entity.purged', workspaceId: target.workspaceId, subjectId: target.id });
  return SUCCESS;
}
