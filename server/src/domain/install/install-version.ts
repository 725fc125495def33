import sql from 'sql-template-tag';
import type { WriteCtx } from '../../context.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import type { JsonObject } from '../../lib/json.ts';
import { record } from '../audit/record.ts';
import type { IntegrationRow } from '../integration/lock.ts';
import type { MemberPolicy } from '../integration/manifest.ts';
import type { Snapshot } from '../integration/snapshot.ts';
import { userOf } from '../workspace/workspaces.ts';
import type { Place } from './change/apply.ts';
import { materialize } from './change/materialize.ts';
import { writeRevision } from './change/revision.ts';
import { lockDependencies } from './dependencies/lock.ts';

/** An install to make, with nothing left to refuse. */
export interface Order {
  readonly integration: IntegrationRow;
  readonly snapshot: Snapshot;
  readonly workspaceId: string;
  readonly variables: JsonObject;
  readonly authStateId?: string | null | undefined;
  readonly memberPolicy?: MemberPolicy | undefined;
  readonly slugs?: readonly string[] | undefined;
  readonly parent?: { readonly id: string; readonly solutionId: string } | null;
  /** The integration that needs this one, where that was what was asked for. */
  readonly neededBy?: string;
}

/** Writes an install: row, members, dependencies, revision 1, event. Returns its id. */
export async function installVersion(ctx: WriteCtx, order: Order): Promise<string> {
  const { integration, snapshot, workspaceId, variables, parent = null } = order;
  const policy = order.memberPolicy ?? snapshot.manifest.defaults?.memberPolicy ?? 'auto_defaults';
  const place: Place = {
    installId: newId(PREFIX.install),
    workspaceId,
    solutionId: parent?.solutionId ?? (await createSolution(ctx, workspaceId, snapshot.name)),
    versionId: snapshot.id,
  };
  await ctx.db.run(sql`
    insert into integration_installs (id, workspace_id, integration_id, integration_version_id, variables, auth_state_id, member_policy,
      parent_install_id, solution_id, installed_by, installed_at)
    values (${place.installId}, ${place.workspaceId}, ${integration.id}, ${snapshot.id}, ${JSON.stringify(variables)},
      ${order.authStateId ?? null}, ${policy}, ${parent?.id ?? null}, ${place.solutionId}, ${userOf(ctx)}, ${ctx.now})`);
  const selection = { policy, slugs: order.slugs };
  const { plan } = await materialize(ctx, place, {
    from: null,
    to: snapshot,
    live: [],
    selection,
    strategy: 'skip',
    resolutions: [],
    variablesBefore: {},
    variables,
  });
  const { outcome } = plan;
  await lockDependencies(ctx, place.installId, workspaceId, snapshot);
  await writeRevision(ctx, place, { number: 1, action: 'install', fromVersionId: null, variables, outcome });
  const { neededBy } = order;
  const data = { integrationId: integration.id, version: snapshot.version, added: outcome.added.length, ...(neededBy && { neededBy }) };
  await record(ctx, { type: 'integration_install.created', workspaceId, subjectId: place.installId, data });
  return place.installId;
}

async function createSolution(ctx: WriteCtx, workspaceId: string, name: string): Promise<string> {
  const id = newId(PREFIX.solution);
  await ctx.db.run(sql`
    insert into solutions (id, workspace_id, name, created_by, created_at) values (${id}, ${workspaceId}, ${name}, ${userOf(ctx)}, ${ctx.now})`);
  return id;
}
