import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { WriteCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { type Reply, SUCCESS, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import type { IntegrationRow } from '../integration/lock.ts';
import { tierOf } from '../workspace/retention.ts';
import { deleteClones, type Place } from './apply.ts';
import { type LiveMember, loadLiveMembers, loadReferrals } from './live.ts';
import { type InstallRow, lockInstall, refuseDeletedInstall } from './lock.ts';
import { type Plan, planRemoval } from './plan.ts';
import { writeRevision } from './revision.ts';
import type { UninstallQuery } from './schema.ts';

type Keep = NonNullable<Static<typeof UninstallQuery>['keep']>;

/**
 * Soft-deletes the install, its members and attached clones. Detached clones stay as the workspace's own, and so does every clone
 * that something staying refers to.
 */
export async function uninstall(
  ctx: WriteCtx,
  { target, query }: { target: Target; query: Static<typeof UninstallQuery> },
): Promise<Reply> {
  const { install, integration } = await lockInstall(ctx, target.id);
  refuseDeletedInstall(install);
  const addOns = await activeAddOns(ctx, install.id);
  await refuseNeeded(ctx, install, integration, query.cascade ? [] : addOns);
  for (const id of addOns) await uninstall(ctx, { target: { ...target, id }, query });
  const live = await loadLiveMembers(ctx.db, install.id);
  const plan = await removalPlan(ctx, install, live, query.keep ?? 'detached');
  await remove(ctx, install, plan);
  await record(ctx, {
    type: 'integration_install.deleted',
    workspaceId: install.workspaceId,
    subjectId: install.id,
    data: { integrationId: install.integrationId, removed: plan.outcome.removed.length, kept: plan.outcome.skipped.length },
  });
  return SUCCESS;
}

async function activeAddOns(ctx: WriteCtx, installId: string): Promise<string[]> {
  const rows = await ctx.db.many<{ id: string }>(
    sql`select id from integration_installs where parent_install_id = ${installId} and deleted_at is null order by id`,
  );
  return rows.map(({ id }) => id);
}

/** Everything that stands in the way, named at once: add-ons, and installs whose version depends on this integration. */
async function refuseNeeded(ctx: WriteCtx, install: InstallRow, integration: IntegrationRow, addOns: readonly string[]): Promise<void> {
  const dependents = await ctx.db.many<{ id: string }>(sql`
    select i.id from integration_installs i join integration_versions v on v.id = i.integration_version_id
    where i.workspace_id = ${install.workspaceId} and i.deleted_at is null and i.id <> ${install.id}
      and exists (
        select 1 from json_array_elements(coalesce(v.manifest_snapshot -> 'dependencies', '[]')) d
        where d ->> 'integration' = ${`${integration.publisher}/${integration.slug}`} and not coalesce((d ->> 'optional')::boolean, false))
      and not exists (
        select 1 from integration_installs o
        where o.workspace_id = i.workspace_id and o.integration_id = ${integration.id} and o.deleted_at is null and o.id <> ${install.id})
    order by i.id`);
  if (addOns.length + dependents.length === 0) return;
  const facts = { addOns, dependents: dependents.map(({ id }) => id) };
  const named = [...addOns.map((id) => `${id} (add-on)`), ...facts.dependents.map((id) => `${id} (depends on it)`)].join(', ');
  throw new Problem('install_needed', `The install ${install.id} is needed by ${named}; uninstall those first.`, { facts });
}

/** `keep`: `detached` leaves detached clones to the workspace, `none` takes them along, `all` leaves every clone. */
async function removalPlan(ctx: WriteCtx, install: InstallRow, live: readonly LiveMember[], keep: Keep): Promise<Plan> {
  const stays = { detached: (member: LiveMember) => member.detached, none: () => false, all: (member: LiveMember) => member.isClone };
  const leaving = live.map((member) => ({ ...member, detached: stays[keep](member) }));
  const clones = leaving.filter((member) => member.isClone && !member.detached).map((member) => member.entityId);
  return planRemoval(leaving, await loadReferrals(ctx.db, install.workspaceId, clones));
}

async function remove(ctx: WriteCtx, install: InstallRow, plan: Plan): Promise<void> {
  const number = install.revision + 1;
  const place: Place = {
    installId: install.id,
    workspaceId: install.workspaceId,
    solutionId: install.solutionId,
    versionId: install.versionId,
  };
  await writeRevision(ctx, place, {
    number,
    action: 'uninstall',
    fromVersionId: install.versionId,
    variables: install.variables,
    outcome: plan.outcome,
  });
  const tier = tierOf(sql`${install.workspaceId}`);
  await ctx.db.run(sql`
    delete from solution_members where integration_member_id in (
      select id from integration_members where integration_install_id = ${install.id} and deleted_at is null)`);
  await ctx.db.run(sql`
    update integration_members set deleted_at = ${ctx.now}, removed_as = 'uninstalled', retention_tier = ${tier}
    where integration_install_id = ${install.id} and deleted_at is null`);
  await deleteClones(
    ctx,
    plan.removals.flatMap(({ live, keep }) => (live.isClone && !keep ? [live.entityId] : [])),
  );
  await ctx.db.run(sql`
    update integration_installs set deleted_at = ${ctx.now}, retention_tier = ${tier}, revision = ${number} where id = ${install.id}`);
  await ctx.db.run(sql`
    update solutions s set deleted_at = ${ctx.now}, retention_tier = ${tier}
    where id = ${install.solutionId}
      and not exists (select 1 from integration_installs i where i.solution_id = s.id and i.deleted_at is null)`);
}
