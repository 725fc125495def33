import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import { isPlatformAdmin } from '../../access/authorize.ts';
import type { WriteCtx } from '../../context.ts';
import { type Fault, Problem } from '../../lib/errors.ts';
import { type Reply, shown, type Target } from '../../route.ts';
import { type IntegrationRow, lockIntegration, refuseDeleted } from '../integration/lock.ts';
import { loadSnapshot, type Snapshot } from '../integration/snapshot.ts';
import { inReview, isAvailable } from './availability.ts';
import { installDependencies, type Taken } from './install-dependencies.ts';
import { installVersion } from './install-version.ts';
import { activeInstall } from './lock.ts';
import { lockReachable } from './offers.ts';
import { refuseByPolicy } from './policy.ts';
import { refuseBadAuthState, refuseUnmetDependencies } from './prerequisites.ts';
import { installAsMade } from './resource.ts';
import type { InstallCreate, InstallQuery } from './schema.ts';
import { completeVariables, refuseBadVariables } from './variables.ts';
import { namedWants, nameOf, wantsOf } from './wants.ts';

type Body = Static<typeof InstallCreate>;

interface Asked {
  target: Target;
  query: Static<typeof InstallQuery>;
  body: Body;
}

/** Installs a version into the body's workspace: load, refuse, plan, apply, record; whole or not at all. */
export async function installIntegration(ctx: WriteCtx, { target, query, body }: Asked): Promise<Reply> {
  const { workspaceId } = body;
  const along = query.install_dependencies ?? false;
  if (along) await lockReachable(ctx, target.id, workspaceId, body.integrationVersionId);
  const integration = await lockIntegration(ctx, target.id, 'rely');
  refuseDeleted(integration);
  await refuseUnavailable(ctx, integration, workspaceId);
  const snapshot = await versionToInstall(ctx, integration, body.integrationVersionId);
  const blocked = inReview(integration, snapshot, body.workspaceId);
  if (blocked !== null) throw blocked;
  const variables = completeVariables(snapshot, body.variables ?? {});
  refuseBadVariables(snapshot, variables);
  refuseUnknownSlugs(snapshot, body.selectedMemberSlugs ?? []);
  await refuseBadAuthState(ctx, snapshot, workspaceId, body.authStateId ?? null);
  const parent = await parentOf(ctx, body);
  await refuseSecondInstall(ctx, integration, body);
  if (along) await installDependencies(ctx, { integration, snapshot }, workspaceId);
  else await refuseUnprepared(ctx, { integration, snapshot }, workspaceId);

  const { authStateId, memberPolicy, selectedMemberSlugs: slugs } = body;
  const installId = await installVersion(ctx, { integration, snapshot, workspaceId, variables, authStateId, memberPolicy, slugs, parent });
  return shown(ctx, installAsMade, installId, 'created');
}

async function refuseUnprepared(ctx: WriteCtx, taken: Taken, workspaceId: string): Promise<void> {
  await refuseByPolicy(ctx, workspaceId, [taken]);
  const [integration, { version, manifest }] = [nameOf(taken.integration), taken.snapshot];
  await refuseUnmetDependencies(ctx, {
    workspaceId,
    integration,
    version,
    wants: namedWants(`${integration} ${version}`, wantsOf(manifest)),
  });
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

export function refuseUnknownSlugs(snapshot: Snapshot, slugs: readonly string[], pointer = '/selectedMemberSlugs'): void {
  const declared = new Set(snapshot.members.filter((member) => member.origin === 'declared').map((member) => member.slug));
  const faults = slugs.flatMap((slug, index): Fault[] =>
    declared.has(slug) ? [] : [{ pointer: `${pointer}/${index}`, message: `names no member of version ${snapshot.version}: ${slug}` }],
  );
  if (faults.length > 0) throw new Problem('invalid_body', `${pointer.slice(1)} names members that the version does not have.`, { faults });
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
  throw new Problem('already_installed', `${nameOf(integration)} is installed already as ${installId}; upgrade that.`, {
    facts: { installId },
  });
}
