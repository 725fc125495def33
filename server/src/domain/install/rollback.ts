import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { ReadCtx, WriteCtx } from '../../context.ts';
import { badBody, Problem } from '../../lib/errors.ts';
import type { JsonObject } from '../../lib/json.ts';
import { sameJson } from '../../lib/json-walk.ts';
import { Turns } from '../../lib/turns.ts';
import { type Reply, reply, type Target } from '../../route.ts';
import { storeDefinitions } from '../entity/definitions.ts';
import type { Snapshot } from '../integration/snapshot.ts';
import { refuseUntakeable, takingOf } from '../integration/taking.ts';
import { apply, placeOf } from './change/apply.ts';
import { isEmpty } from './change/plan.ts';
import { type Clone, type PastMember, planReturn, type Return } from './change/plan-return.ts';
import type { Written } from './change/reverse.ts';
import { settle } from './change/settle.ts';
import { referralsAfter, undoMembers } from './change/undo-members.ts';
import { dependencyBlockers, holdDependencies } from './dependencies/blockers.ts';
import { refuseByPolicy } from './policy.ts';
import { refuseAdopted } from './refuse-adopted.ts';
import type { RollbackRequest } from './schema.ts';
import { loadLiveMembers, loadMembersById } from './state/live.ts';
import { type InstallRow, lockInstall, refuseDeletedInstall, versionOf } from './state/lock.ts';

/**
 * Takes an install back to what it was at an earlier revision: version, variables, members and clones, in place, as a new revision,
 * so that it can be undone too. Each later revision is undone by a three-way merge in reverse: what the workspace edited since stays,
 * unless it is in a place that is undone.
 */
export async function rollbackInstall(
  ctx: WriteCtx,
  { target, body }: { target: Target; body: Static<typeof RollbackRequest> },
): Promise<Reply> {
  const { install, integration } = await lockInstall(ctx, target.id);
  refuseDeletedInstall(install);
  const past = await pastRevision(ctx, install, body.revision);
  const [from, to] = await Promise.all([versionOf(ctx, install), versionOf(ctx, install, past.versionId)]);
  await refuseUntakeable(ctx, takingOf(ctx, to.id === from.id ? 'again' : 'back', install.workspaceId), {
    integrationId: integration.id,
    versionId: to.id,
  });
  if (to.id !== from.id) await refuseByPolicy(ctx, install.workspaceId, [{ integration, snapshot: to }]);
  await holdDependencies(ctx, install.workspaceId, [to]);
  const [blocker] = await dependencyBlockers(ctx, [{ install, integration, from, to }]);
  if (blocker !== undefined) throw blocker;
  await refuseAdopted(
    ctx,
    install,
    past.members.flatMap(({ isClone, entityId }) => (isClone ? [entityId] : [])),
  );
  const turns = new Turns();
  const back = await returnTo(ctx, install, to, past);
  await turns.pass();
  const plan = planReturn(back, await referralsAfter(ctx, install.workspaceId, back));
  const changed = to.id !== from.id || !isEmpty(plan) || !sameJson(past.variables, install.variables);
  const told = { ...plan.outcome, merged: plan.merges.merged, conflicts: back.undone.conflicts };
  if (body.dryRun || !changed) return reply({ ...told, revision: null });
  await storeDefinitions(ctx.db, back.undone.made);
  const place = placeOf(install, to.id);
  await apply(ctx, place, plan);
  const revision = await settle(ctx, place, install, {
    action: 'rollback',
    from,
    to,
    variables: past.variables,
    plan,
    reason: body.reason,
  });
  return reply({ ...told, revision });
}

interface Past {
  readonly number: number;
  readonly versionId: string;
  readonly variables: JsonObject;
  readonly members: readonly PastMember[];
}

async function pastRevision(ctx: ReadCtx, install: InstallRow, number: number): Promise<Past> {
  const row = await ctx.db.maybe<{ action: string; versionId: string; variables: string; members: string }>(sql`
    select action, to_version_id as "versionId", variables, members from install_revisions
    where integration_install_id = ${install.id} and number = ${number} and number < ${install.revision}`);
  if (row === null) throw badBody('/revision', `is no earlier revision of the install ${install.id}, which is at ${install.revision}`);
  if (row.action === 'uninstall') throw badBody('/revision', `${number} uninstalled it; name the revision before`);
  const members = Object.entries(JSON.parse(row.members) as Record<string, Omit<PastMember, 'slug'>>);
  return {
    number,
    versionId: row.versionId,
    variables: JSON.parse(row.variables) as JsonObject,
    members: members.map(([slug, member]) => ({ ...member, slug })),
  };
}

async function returnTo(ctx: ReadCtx, install: InstallRow, to: Snapshot, past: Past): Promise<Return> {
  const members = inOrder(past.members, to);
  const rows = await loadMembersById(
    ctx.db,
    members.map(({ memberId }) => memberId),
  );
  const live = await loadLiveMembers(ctx.db, install.id);
  const clones = await loadClones(ctx, members);
  refusePurged(members, clones);
  const undone = await undoMembers(ctx, members, clones, await writesSince(ctx, install, past.number));
  return { to, past: members, rows: new Map(rows.map((row) => [row.id, row])), live, clones, undone };
}

/** As the version of then has them. */
function inOrder(members: readonly PastMember[], { members: ordered }: Snapshot): PastMember[] {
  const bySlug = new Map(members.map((member) => [member.slug, member]));
  return ordered.flatMap(({ slug }) => bySlug.get(slug) ?? []);
}

async function loadClones(ctx: ReadCtx, members: readonly PastMember[]): Promise<ReadonlyMap<string, Clone>> {
  const ids = members.filter(({ isClone }) => isClone).map(({ entityId }) => entityId);
  const rows = await ctx.db.many<Clone & { id: string }>(sql`
    select id, definition_digest as digest, deleted_at is not null as deleted, purged_at is not null as purged
    from entities where id = any(${ids}::text[])`);
  return new Map(rows.map((row) => [row.id, row]));
}

/** A clone that the workspace had deleted by then stays so, unless not even its row is left. */
function refusePurged(members: readonly PastMember[], clones: ReadonlyMap<string, Clone>): void {
  const isLost = ({ missing, entityId }: PastMember) => (missing ? !clones.has(entityId) : (clones.get(entityId)?.purged ?? true));
  const gone = members.filter((member) => member.isClone && isLost(member)).map(({ slug }) => slug);
  if (gone.length > 0) throw new Problem('clone_purged', `The clones of ${gone.join(', ')} were purged.`, { facts: { members: gone } });
}

/** What each later revision wrote into which clone, the newest first. */
async function writesSince(ctx: ReadCtx, install: InstallRow, number: number): Promise<ReadonlyMap<string, readonly Written[]>> {
  const rows = await ctx.db.many<{ entityId: string; before: string; after: string }>(sql`
    select m.value ->> 'entityId' as "entityId", m.value ->> 'before' as before, m.value ->> 'definition' as after
    from install_revisions r cross join lateral json_each(r.members) m
    where r.integration_install_id = ${install.id} and r.number > ${number} and m.value ->> 'before' is not null
    order by r.number desc`);
  const written = Map.groupBy(rows, ({ entityId }) => entityId);
  const bytes = (hex: string) => Buffer.from(hex, 'hex');
  return new Map(
    [...written].map(([id, steps]) => [id, steps.map(({ before, after }) => ({ before: bytes(before), after: bytes(after) }))]),
  );
}
