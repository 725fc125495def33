import sql from 'sql-template-tag';
import type { WriteCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import { type Reply, SUCCESS, shown, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { followEdits } from '../entity/follow-edit.ts';
import { purgeEntities } from '../entity/purge-entities.ts';
import type { IntegrationRow } from '../integration/lock.ts';
import { refuseUntakeable, takingOf } from '../integration/taking.ts';
import { placeOf, restoreClones } from './change/apply.ts';
import { writeRevision } from './change/revision.ts';
import { loadWantsOf } from './dependencies/installed.ts';
import { refuseUnmetDependencies } from './dependencies/refuse-unmet.ts';
import { nameOf } from './dependencies/wants.ts';
import { refuseByPolicy } from './policy.ts';
import { refuseAdopted } from './refuse-adopted.ts';
import { installResource } from './resource.ts';
import { activeInstall, type InstallRow, lockInstall } from './state/lock.ts';

/**
 * Brings an install back to what it was when it was uninstalled. A clone that the workspace kept and changed or deleted since comes
 * back detached, so that no upgrade overwrites it.
 */
export async function restoreInstall(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  const { install, integration } = await lockInstall(ctx, target.id);
  refuseActive(install);
  await refuseReinstalled(ctx, install);
  await refuseInactiveParent(ctx, install);
  await refusePurgedClones(ctx, install);
  await refuseAdopted(ctx, install, await clonesOf(ctx, install));
  await refuseUntakeable(ctx, takingOf(ctx, 'restore', install.workspaceId), install);
  await refuseLost(ctx, install, integration);
  const number = install.revision + 1;
  await ctx.db.run(
    sql`update solutions set deleted_at = null, retention_tier = null where id = ${install.solutionId} and deleted_at is not null`,
  );
  await restoreClones(ctx, install.workspaceId, await clonesDeletedWith(ctx, install));
  await ctx.db.run(
    sql`update integration_installs set deleted_at = null, retention_tier = null, revision = ${number} where id = ${install.id}`,
  );
  await restoreMembers(ctx, install);
  const outcome = { updated: [], added: [], removed: [], skipped: [] };
  await writeRevision(ctx, placeOf(install), {
    number,
    action: 'restore',
    fromVersionId: install.versionId,
    variables: install.variables,
    outcome,
  });
  const data = { integrationId: install.integrationId, revision: number };
  await record(ctx, { type: 'integration_install.restored', workspaceId: install.workspaceId, subjectId: install.id, data });
  return shown(ctx, installResource, install.id);
}

function refuseActive(install: InstallRow): void {
  if (!install.deleted)
    throw new Problem('not_deleted', `The install ${install.id} is active; only a deleted one can be restored or purged.`);
}

async function refuseReinstalled(ctx: WriteCtx, install: InstallRow): Promise<void> {
  const installId = await activeInstall(ctx, install);
  if (installId === null) return;
  throw new Problem('already_installed', `The integration was installed again meanwhile as ${installId}.`, { facts: { installId } });
}

async function refuseInactiveParent(ctx: WriteCtx, { id, parentInstallId }: InstallRow): Promise<void> {
  if (parentInstallId === null) return;
  const parent = await ctx.db.maybe(sql`select 1 from integration_installs where id = ${parentInstallId} and deleted_at is null for share`);
  if (parent === null) throw new Problem('parent_inactive', `The parent ${parentInstallId} of ${id} is deleted; restore it first.`);
}

/** The members that the uninstall took away, with their clones. */
const uninstalled = (install: InstallRow) => sql`
  from integration_members m join integration_installs i on i.id = m.integration_install_id
  left join entities e on m.is_clone and e.workspace_id = m.workspace_id and e.id = m.entity_id
  where m.integration_install_id = ${install.id} and m.removed_as = 'uninstalled' and m.deleted_at = i.deleted_at`;

/** Those that were purged before were missing at the uninstall, and stay so. */
async function refusePurgedClones(ctx: WriteCtx, install: InstallRow): Promise<void> {
  const gone = await ctx.db.many<{ slug: string }>(sql`
    select m.source_member_slug as slug ${uninstalled(install)} and m.is_clone and e.purged_at >= i.deleted_at order by 1`);
  if (gone.length === 0) return;
  const slugs = gone.map(({ slug }) => slug);
  throw new Problem('clone_purged', `The clones of ${slugs.join(', ')} were purged.`, { facts: { members: slugs } });
}

/**
 * The workspace's policy may have become stricter. What the install wants may have gone meanwhile, and others may have come that want it
 * in another version.
 */
async function refuseLost(ctx: WriteCtx, install: InstallRow, integration: IntegrationRow): Promise<void> {
  const { workspaceId, versionId: id } = install;
  const { version } = await ctx.db.one<{ version: string }>(sql`select version from integration_versions where id = ${id}`);
  await refuseByPolicy(ctx, workspaceId, [{ integration, snapshot: { id, version } }]);
  const wants = await loadWantsOf(ctx, install.id);
  await refuseUnmetDependencies(ctx, { workspaceId, integration: nameOf(integration), version, wants });
}

async function clonesOf(ctx: WriteCtx, install: InstallRow): Promise<string[]> {
  const rows = await ctx.db.many<{ id: string }>(sql`select m.entity_id as id ${uninstalled(install)} and m.is_clone`);
  return rows.map(({ id }) => id);
}

async function clonesDeletedWith(ctx: WriteCtx, install: InstallRow): Promise<string[]> {
  const rows = await ctx.db.many<{ id: string }>(sql`
    select e.id ${uninstalled(install)} and m.is_clone and e.deleted_at = i.deleted_at`);
  return rows.map(({ id }) => id);
}

/** Called after the install's own row is active again, so the members are found by how they went. */
async function restoreMembers(ctx: WriteCtx, install: InstallRow): Promise<void> {
  const members = await ctx.db.many<{ id: string; entityId: string }>(sql`
    update integration_members m set deleted_at = null, retention_tier = null, removed_as = null,
      detached = m.detached or (m.is_clone and exists (
        select 1 from entities e where e.workspace_id = m.workspace_id and e.id = m.entity_id
          and (e.deleted_at is not null or e.definition_digest <> m.applied_digest)))
    where m.workspace_id = ${install.workspaceId} and m.integration_install_id = ${install.id} and m.removed_as = 'uninstalled'
    returning m.id, m.entity_id as "entityId"`);
  const rows = members.map(({ id, entityId }) => ({ id: newId(PREFIX.solutionMember), member_id: id, entity_id: entityId }));
  await ctx.db.run(sql`
    insert into solution_members (id, workspace_id, solution_id, integration_member_id, entity_id, added_at)
    select id, ${install.workspaceId}, ${install.solutionId}, member_id, entity_id, ${ctx.now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id id, member_id id, entity_id id)`);
  await followEdits(
    ctx,
    members.map(({ entityId }) => entityId),
  );
}

/** Removes a deleted install for good, with its members, revisions, and the clones that were deleted with it. The events stay. */
export async function purgeInstall(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  const { install } = await lockInstall(ctx, target.id);
  refuseActive(install);
  const clones = await clonesDeletedWith(ctx, install);
  await ctx.db.run(sql`delete from install_revisions where integration_install_id = ${install.id}`);
  await ctx.db.run(sql`delete from integration_members where integration_install_id = ${install.id}`);
  await ctx.db.run(sql`update integration_installs set parent_install_id = null where parent_install_id = ${install.id}`);
  await ctx.db.run(sql`delete from integration_installs where id = ${install.id}`);
  await ctx.db.run(sql`
    delete from solutions s where id = ${install.solutionId} and not exists (select 1 from integration_installs i where i.solution_id = s.id)`);
  await purgeEntities(ctx, clones);
  const data = { integrationId: install.integrationId };
  await record(ctx, { type: 'integration_install.purged', workspaceId: install.workspaceId, subjectId: install.id, data });
  return SUCCESS;
}
