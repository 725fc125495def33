import sql from 'sql-template-tag';
import type { WriteCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { type Reply, SUCCESS, shown, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { tierOf } from '../workspace/retention.ts';
import { refuseTakenSlug } from './drafts.ts';
import { type IntegrationRow, lockIntegration, refuseDeleted } from './lock.ts';
import { unpinEntities } from './pin.ts';
import { integrationResource } from './resource.ts';

/** Soft-deletes: no new installs, versions or changes; existing installs keep working and can be upgraded to what is published. */
export async function deleteIntegration(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  const integration = await lockIntegration(ctx, target.id, 'change');
  refuseDeleted(integration);
  await ctx.db.run(sql`
    update integrations set deleted_at = ${ctx.now}, updated_at = ${ctx.now},
      retention_tier = ${tierOf(sql`integrations.workspace_id`)}
    where id = ${target.id}`);
  await record(ctx, { type: 'integration.deleted', workspaceId: integration.workspaceId, subjectId: target.id });
  return SUCCESS;
}

export async function restoreIntegration(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  const integration = await lockIntegration(ctx, target.id, 'change');
  refuseActive(integration);
  await refuseTakenSlug(ctx, integration.publisher, integration.slug);
  await ctx.db.run(sql`update integrations set deleted_at = null, retention_tier = null, updated_at = ${ctx.now} where id = ${target.id}`);
  await record(ctx, { type: 'integration.restored', workspaceId: integration.workspaceId, subjectId: target.id });
  return shown(ctx, integrationResource, target.id);
}

function refuseActive(integration: IntegrationRow): void {
  if (!integration.deleted) throw new Problem('not_deleted', `The integration ${integration.id} is not deleted.`);
}

/** Removes a deleted integration, its versions, grants and deleted installs for good. The audit events stay. */
export async function purgeIntegration(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  const integration = await lockIntegration(ctx, target.id, 'remove');
  refuseActive(integration);
  await refusePinned(ctx, target.id);
  await purgeInstalls(ctx, target.id);
  await ctx.db.run(
    sql`update integrations set current_version_id = null, current_version = null, newest_version_id = null where id = ${target.id}`,
  );
  await deleteVersions(ctx, target.id);
  await ctx.db.run(sql`delete from integrations where id = ${target.id}`);
  const data = { publisher: integration.publisher, slug: integration.slug };
  await record(ctx, { type: 'integration.purged', workspaceId: integration.workspaceId, subjectId: target.id, data });
  return SUCCESS;
}

async function deleteVersions(ctx: WriteCtx, id: string): Promise<void> {
  const pins = await ctx.db.many<{ id: string }>(sql`
    select distinct m.entity_version_id as id from integration_versions v
    join integration_version_members m on m.integration_version_id = v.id where v.integration_id = ${id}`);
  await ctx.db.run(sql`delete from integration_versions where integration_id = ${id}`);
  await unpinEntities(
    ctx,
    pins.map((pin) => pin.id),
  );
}

async function refusePinned(ctx: WriteCtx, id: string): Promise<void> {
  const { active, retained } = await ctx.db.one<{ active: number; retained: number }>(sql`
    select count(*) filter (where deleted_at is null) as active,
      count(*) filter (where deleted_at is not null and coalesce(deleted_at + retention_period(retention_tier) > ${ctx.now}, true)) as retained
    from integration_installs where integration_id = ${id}`);
  if (active + retained === 0) return;
  throw new Problem(
    'integration_has_installs',
    `${active} active installs and ${retained} deleted ones within their retention pin versions of ${id}; it can be purged when they are gone.`,
    { facts: { activeInstalls: active, retainedInstalls: retained } },
  );
}

async function purgeInstalls(ctx: WriteCtx, integrationId: string): Promise<void> {
  const installs = sql`select id from integration_installs where integration_id = ${integrationId}`;
  await ctx.db.run(sql`delete from install_revisions where integration_install_id in (${installs})`);
  await ctx.db.run(sql`delete from integration_members where integration_install_id in (${installs})`);
  await ctx.db.run(sql`update integration_installs set parent_install_id = null where parent_install_id in (${installs})`);
  const gone = await ctx.db.many<{ solutionId: string }>(
    sql`delete from integration_installs where integration_id = ${integrationId} returning solution_id as "solutionId"`,
  );
  await ctx.db.run(sql`
    delete from solutions s where s.id = any(${gone.map((row) => row.solutionId)}::text[])
      and not exists (select 1 from integration_installs i where i.solution_id = s.id)`);
}
