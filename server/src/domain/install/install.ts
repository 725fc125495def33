import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import { isPlatformAdmin } from '../../access/authorize.ts';
import type { WriteCtx } from '../../context.ts';
import { type Fault, Problem } from '../../lib/errors.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import { type Reply, shown, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { type IntegrationRow, lockIntegration, refuseDeleted } from '../integration/lock.ts';
import { loadSnapshot, type Snapshot } from '../integration/snapshot.ts';
import { userOf } from '../workspace/workspaces.ts';
import type { Place } from './apply.ts';
import { inReview, isAvailable } from './availability.ts';
import { activeInstall } from './lock.ts';
import { materialize } from './materialize.ts';
import { refuseBadAuthState, refuseMissingDependencies } from './prerequisites.ts';
import { installAsMade } from './resource.ts';
import { writeRevision } from './revision.ts';
import type { InstallCreate } from './schema.ts';
import { completeVariables, refuseBadVariables } from './variables.ts';

type Body = Static<typeof InstallCreate>;

/** Installs a version into the body's workspace: load, refuse, plan, apply, record; whole or not at all. */
export async function installIntegration(ctx: WriteCtx, { target, body }: { target: Target; body: Body }): Promise<Reply> {
  const integration = await lockIntegration(ctx, target.id, 'share');
  refuseDeleted(integration);
  await refuseUnavailable(ctx, integration, body.workspaceId);
  const snapshot = await versionToInstall(ctx, integration, body.integrationVersionId);
  const blocked = inReview(integration, snapshot, body.workspaceId);
  if (blocked !== null) throw blocked;
  const variables = completeVariables(snapshot, body.variables ?? {});
  refuseBadVariables(snapshot, variables);
  refuseUnknownSlugs(snapshot, body.selectedMemberSlugs ?? []);
  await refuseBadAuthState(ctx, snapshot, body.workspaceId, body.authStateId ?? null);
  const parent = await parentOf(ctx, body);
  await refuseSecondInstall(ctx, integration, body);
  await refuseMissingDependencies(ctx, snapshot, body.workspaceId);

  const policy = body.memberPolicy ?? snapshot.manifest.defaults?.memberPolicy ?? 'auto_defaults';
  const place: Place = {
    installId: newId(PREFIX.install),
    workspaceId: body.workspaceId,
    solutionId: parent?.solutionId ?? (await createSolution(ctx, body.workspaceId, integration.name)),
    versionId: snapshot.id,
  };
  await ctx.db.run(sql`
    insert into integration_installs (id, workspace_id, integration_id, integration_version_id, variables, auth_state_id, member_policy,
      parent_install_id, solution_id, installed_by, installed_at)
    values (${place.installId}, ${place.workspaceId}, ${integration.id}, ${snapshot.id}, ${JSON.stringify(variables)},
      ${body.authStateId ?? null}, ${policy}, ${parent?.id ?? null}, ${place.solutionId}, ${userOf(ctx)}, ${ctx.now})`);
  const selection = { policy, slugs: body.selectedMemberSlugs };
  const { outcome } = await materialize(ctx, place, { from: null, to: snapshot, live: [], selection, variablesBefore: {}, variables });
  await writeRevision(ctx, place, { number: 1, action: 'install', fromVersionId: null, variables, outcome });
  const data = { integrationId: integration.id, version: snapshot.version, added: outcome.added.length };
  await record(ctx, { type: 'integration_install.created', workspaceId: place.workspaceId, subjectId: place.installId, data });
  return shown(ctx, installAsMade, place.installId, 'created');
}

async function refuseUnavailable(ctx: WriteCtx, integration: IntegrationRow, workspaceId: string): Promise<void> {
  if (isPlatformAdmin(ctx.actor) || (await isAvailable(ctx, integration, workspaceId))) return;
  throw new Problem('forbidden', `The integration ${integration.id} is private and the workspace ${workspaceId} holds no grant of it.`);
}

async function versionToInstall(ctx: WriteCtx, integration: IntegrationRow, asked: string | undefined): Promise<Snapshot> {
  const versionId = asked ?? integration.currentVersionId;
  if (versionId === null)
    throw new Problem('not_published', `The integration ${integration.id} has no current version; publish one first.`);
  const snapshot = await loadSnapshot(ctx.db, integration.id, versionId);
  if (snapshot === null) {
    const message = `is no version of the integration ${integration.id}`;
    throw new Problem('invalid_body', `${versionId} ${message}.`, { faults: [{ pointer: '/integrationVersionId', message }] });
  }
  if (snapshot.yanked) throw new Problem('version_yanked', `Version ${snapshot.version} is yanked; install another one.`);
  return snapshot;
}

function refuseUnknownSlugs(snapshot: Snapshot, slugs: readonly string[]): void {
  const declared = new Set(snapshot.members.filter((member) => member.origin === 'declared').map((member) => member.slug));
  const faults = slugs.flatMap((slug, index): Fault[] =>
    declared.has(slug)
      ? []
      : [{ pointer: `/selectedMemberSlugs/${index}`, message: `names no member of version ${snapshot.version}: ${slug}` }],
  );
  if (faults.length > 0) throw new Problem('invalid_body', 'selectedMemberSlugs names members that the version does not have.', { faults });
}

interface Parent {
  id: string;
  solutionId: string;
}

/** The install that this one is an add-on of; locked, so that it is not uninstalled meanwhile. */
async function parentOf(ctx: WriteCtx, body: Body): Promise<Parent | null> {
  if (body.parentInstallId === undefined || body.parentInstallId === null) return null;
  const parent = await ctx.db.maybe<Parent>(sql`
    select id, solution_id as "solutionId" from integration_installs
    where id = ${body.parentInstallId} and workspace_id = ${body.workspaceId} and deleted_at is null for share`);
  if (parent !== null) return parent;
  const message = `names no active install of the workspace ${body.workspaceId}`;
  throw new Problem('invalid_body', `parentInstallId ${message}.`, { faults: [{ pointer: '/parentInstallId', message }] });
}

async function refuseSecondInstall(ctx: WriteCtx, integration: IntegrationRow, body: Body): Promise<void> {
  const place = { workspaceId: body.workspaceId, integrationId: integration.id, parentInstallId: body.parentInstallId ?? null };
  const installId = await activeInstall(ctx, place);
  if (installId === null) return;
  const name = `${integration.publisher}/${integration.slug}`;
  throw new Problem('already_installed', `${name} is installed already as ${installId}; upgrade that.`, { facts: { installId } });
}

async function createSolution(ctx: WriteCtx, workspaceId: string, name: string): Promise<string> {
  const id = newId(PREFIX.solution);
  await ctx.db.run(sql`
    insert into solutions (id, workspace_id, name, created_by, created_at) values (${id}, ${workspaceId}, ${name}, ${userOf(ctx)}, ${ctx.now})`);
  return id;
}
