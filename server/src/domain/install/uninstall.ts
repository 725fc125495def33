import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { WriteCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { must } from '../../lib/must.ts';
import { type Reply, SUCCESS, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { tierOf } from '../workspace/retention.ts';
import { deleteClones, placeOf } from './change/apply.ts';
import { isOwn, type Plan, planRemoval } from './change/plan.ts';
import { writeRevision } from './change/revision.ts';
import { loadInstalled, loadWants } from './dependencies/installed.ts';
import { broken, type Installed, type NamedWant, nameOf, needsOf } from './dependencies/wants.ts';
import type { UninstallQuery } from './schema.ts';
import { type LiveMember, loadLiveMembers, loadReferrals } from './state/live.ts';
import { type InstallRow, lockInstall, refuseDeletedInstall } from './state/lock.ts';
import { loadAddOns, lockAddOns, uninstallOrder } from './state/tree.ts';

type Keep = NonNullable<Static<typeof UninstallQuery>['keep']>;

/**
 * Soft-deletes the install, its members and attached clones, and with `cascade` its add-ons, transitively. Detached clones stay as the
 * workspace's own, and so does every clone that something staying refers to.
 */
export async function uninstall(
  ctx: WriteCtx,
  { target, query }: { target: Target; query: Static<typeof UninstallQuery> },
): Promise<Reply> {
  const { install } = await lockInstall(ctx, target.id);
  refuseDeletedInstall(install);
  const addOns = query.cascade ? await lockAddOns(ctx, install.id) : [];
  const leaving = [install, ...addOns];
  const picture = await loadPicture(ctx, install.workspaceId, leaving);
  await refuseNeeded(ctx, install, leaving, picture);
  const byId = new Map(leaving.map((each) => [each.id, each]));
  for (const id of uninstallOrder(leaving, needsOf(picture.wants, picture.installed)))
    await takeAway(ctx, must(byId.get(id), 'the order is of those that leave'), query.keep ?? 'detached');
  return SUCCESS;
}

async function takeAway(ctx: WriteCtx, install: InstallRow, keep: Keep): Promise<void> {
  const live = await loadLiveMembers(ctx.db, install.id);
  const plan = await removalPlan(ctx, install, live, keep);
  await remove(ctx, install, plan);
  await record(ctx, {
    type: 'integration_install.deleted',
    workspaceId: install.workspaceId,
    subjectId: install.id,
    data: { integrationId: install.integrationId, removed: plan.outcome.removed.length, kept: plan.outcome.skipped.length },
  });
}

/** All installs of the integrations that leave, and who wants these. */
interface Picture {
  readonly installed: readonly Installed[];
  readonly wants: readonly NamedWant[];
}

async function loadPicture(ctx: WriteCtx, workspaceId: string, leaving: readonly InstallRow[]): Promise<Picture> {
  const rows = await ctx.db.many<{ publisher: string; slug: string }>(
    sql`select publisher, slug from integrations where id = any(${leaving.map((each) => each.integrationId)}::text[])`,
  );
  const names = rows.map(nameOf);
  return { installed: await loadInstalled(ctx, workspaceId, names), wants: await loadWants(ctx, workspaceId, names) };
}

/** Everything that stands in the way, named at once: add-ons that stay, and installs whose wants nothing else would meet. */
async function refuseNeeded(ctx: WriteCtx, install: InstallRow, leaving: readonly InstallRow[], picture: Picture): Promise<void> {
  const leaves = new Set(leaving.map(({ id }) => id));
  const addOns = (await loadAddOns(ctx, install.id)).map(({ id }) => id).filter((id) => !leaves.has(id));
  const others = picture.wants.filter((want) => !leaves.has(want.installId ?? ''));
  const staying = picture.installed.filter((each) => !leaves.has(each.installId));
  const wants = broken(others, picture.installed, staying);
  if (addOns.length + wants.length === 0) return;
  const facts = { addOns, dependents: [...new Set(wants.map((want) => want.installId))] };
  const named = [
    ...addOns.map((id) => `${id} (add-on)`),
    ...wants.map(({ installId, by, integration, range }) => `${installId} (${by} wants ${integration} ${range})`),
  ];
  throw new Problem('install_needed', `The install ${install.id} is needed by ${named.join(', ')}; uninstall those first.`, { facts });
}

/** `keep`: `detached` leaves detached and edited clones to the workspace, `none` takes them along, `all` leaves every clone. */
async function removalPlan(ctx: WriteCtx, install: InstallRow, live: readonly LiveMember[], keep: Keep): Promise<Plan> {
  const stays = { detached: isOwn, none: () => false, all: (member: LiveMember) => member.isClone };
  // What stays is decided here: with nothing applied, being edited decides no more.
  const leaving = live.map((member) => ({ ...member, detached: stays[keep](member), appliedDigest: null }));
  const clones = leaving.filter((member) => member.isClone && !member.detached).map((member) => member.entityId);
  return planRemoval(leaving, await loadReferrals(ctx.db, install.workspaceId, clones));
}

async function remove(ctx: WriteCtx, install: InstallRow, plan: Plan): Promise<void> {
  const number = install.revision + 1;
  await writeRevision(ctx, placeOf(install), {
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
