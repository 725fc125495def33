import sql from 'sql-template-tag';
import type { WriteCtx } from '../../context.ts';
import { sameJson } from '../../lib/json-walk.ts';
import { must } from '../../lib/must.ts';
import { compareVersions } from '../../lib/semver.ts';
import { type Reply, reply, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import type { IntegrationRow } from '../integration/lock.ts';
import { loadSnapshot, type Snapshot } from '../integration/snapshot.ts';
import type { Place } from './apply.ts';
import { upgradeBlockers } from './blockers.ts';
import { holdDependencies } from './dependency-blockers.ts';
import { loadLiveMembers } from './live.ts';
import { type InstallRow, lockInstall } from './lock.ts';
import { lockDependencies } from './lock-dependencies.ts';
import { materialize } from './materialize.ts';
import { isEmpty } from './plan.ts';
import { writeRevision } from './revision.ts';
import { completeVariables } from './variables.ts';

/**
 * Moves an install to the integration's current version: load, refuse, plan, apply, record. Only the two snapshots, the install and
 * its clones decide. An install that is current gets back what drifted, and otherwise nothing changes.
 */
export async function upgradeInstall(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  const { install, integration } = await lockInstall(ctx, target.id);
  const from = must(await loadSnapshot(ctx.db, install.integrationId, install.versionId), 'installs pin a version');
  const to = await targetOf(ctx, integration, from);
  await holdDependencies(ctx, install.workspaceId, to);
  const [blocker] = await upgradeBlockers(ctx, { install, integration, from, to });
  if (blocker !== undefined) throw blocker;
  const variables = completeVariables(to, install.variables);
  const place: Place = { installId: install.id, workspaceId: install.workspaceId, solutionId: install.solutionId, versionId: to.id };
  const plan = await materialize(ctx, place, {
    from,
    to,
    live: await loadLiveMembers(ctx.db, install.id),
    selection: { policy: install.memberPolicy },
    variablesBefore: install.variables,
    variables,
  });
  const changed = to.id !== from.id || !isEmpty(plan) || !sameJson(variables, install.variables);
  if (changed) await settle(ctx, place, install, { from, to, variables, outcome: plan.outcome });
  return reply(plan.outcome);
}

/** The current version, or what the install has when that is newer: a pinned prerelease is not taken back. */
async function targetOf(ctx: WriteCtx, integration: IntegrationRow, from: Snapshot): Promise<Snapshot> {
  const { currentVersionId, currentVersion } = integration;
  if (currentVersionId === null || currentVersion === null || compareVersions(from.version, currentVersion) >= 0) return from;
  return must(await loadSnapshot(ctx.db, integration.id, currentVersionId), 'the current version exists');
}

interface Done {
  readonly from: Snapshot;
  readonly to: Snapshot;
  readonly variables: InstallRow['variables'];
  readonly outcome: { updated: readonly string[]; added: readonly string[]; removed: readonly string[]; skipped: readonly string[] };
}

async function settle(ctx: WriteCtx, place: Place, install: InstallRow, { from, to, variables, outcome }: Done): Promise<void> {
  const number = install.revision + 1;
  await ctx.db.run(sql`
    update integration_installs set integration_version_id = ${to.id}, variables = ${JSON.stringify(variables)}, revision = ${number},
      last_upgraded_at = ${ctx.now}
    where id = ${install.id}`);
  await lockDependencies(ctx, install.id, install.workspaceId, to);
  await writeRevision(ctx, place, { number, action: 'upgrade', fromVersionId: from.id, variables, outcome });
  const counts = Object.fromEntries(Object.entries(outcome).map(([list, slugs]) => [list, slugs.length]));
  const data = { integrationId: install.integrationId, from: from.version, to: to.version, revision: number, ...counts };
  await record(ctx, { type: 'integration_install.upgraded', workspaceId: install.workspaceId, subjectId: install.id, data });
}
