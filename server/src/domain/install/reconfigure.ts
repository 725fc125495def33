import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { WriteCtx } from '../../context.ts';
import { assign } from '../../db/assign.ts';
import type { JsonObject } from '../../lib/json.ts';
import { sameJson } from '../../lib/json-walk.ts';
import { type Reply, shown, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import type { Snapshot } from '../integration/snapshot.ts';
import { placeOf } from './change/apply.ts';
import { materialize } from './change/materialize.ts';
import { settle } from './change/settle.ts';
import { refuseBadAuthState } from './credentials.ts';
import { installResource } from './resource.ts';
import type { InstallUpdate } from './schema.ts';
import { loadLiveMembers } from './state/live.ts';
import { type InstallRow, lockInstall, refuseDeletedInstall, versionOf } from './state/lock.ts';
import { completeVariables, refuseBadVariables } from './variables.ts';

type Update = Static<typeof InstallUpdate>;

/** Changes an install's settings. Other variables render its attached clones again, as a revision; detached ones are left alone. */
export async function reconfigureInstall(ctx: WriteCtx, { target, body }: { target: Target; body: Update }): Promise<Reply> {
  const { install } = await lockInstall(ctx, target.id);
  refuseDeletedInstall(install);
  const version = await versionOf(ctx, install);
  if (body.authStateId !== undefined) await refuseBadAuthState(ctx, version, install.workspaceId, body.authStateId);
  await changeSettings(ctx, install, body);
  if (body.variables !== undefined) await changeVariables(ctx, install, version, body.variables);
  return shown(ctx, installResource, install.id);
}

async function changeSettings(ctx: WriteCtx, install: InstallRow, { variables: _, ...settings }: Update): Promise<void> {
  const changed = Object.keys(settings);
  if (changed.length === 0) return;
  const columns = assign({
    auth_state_id: settings.authStateId,
    member_policy: settings.memberPolicy,
    upgrade_policy: settings.upgradePolicy,
    channel: settings.channel,
    min_release_age_hours: settings.minReleaseAgeHours,
  });
  await ctx.db.run(sql`update integration_installs set ${columns} where id = ${install.id}`);
  const data = { integrationId: install.integrationId, changed };
  await record(ctx, { type: 'integration_install.updated', workspaceId: install.workspaceId, subjectId: install.id, data });
}

async function changeVariables(ctx: WriteCtx, install: InstallRow, version: Snapshot, given: JsonObject): Promise<void> {
  const variables = completeVariables(version, given);
  refuseBadVariables(version, variables);
  if (sameJson(variables, install.variables)) return;
  const place = placeOf(install);
  const { plan } = await materialize(ctx, place, {
    from: version,
    to: version,
    live: await loadLiveMembers(ctx.db, install.id),
    selection: { policy: install.memberPolicy },
    strategy: 'skip',
    resolutions: [],
    variablesBefore: install.variables,
    variables,
  });
  await settle(ctx, place, install, { action: 'reconfigure', from: version, to: version, variables, plan });
}
