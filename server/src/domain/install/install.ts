import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { WriteCtx } from '../../context.ts';
import { badBody, type Fault, Problem } from '../../lib/errors.ts';
import { type Reply, shown, type Target } from '../../route.ts';
import { type IntegrationRow, lockIntegration } from '../integration/lock.ts';
import { loadSnapshot, type Snapshot } from '../integration/snapshot.ts';
import { refuseUntakeable, takingOf } from '../integration/taking.ts';
import { refuseBadAuthState } from './credentials.ts';
import { lockReachable } from './dependencies/offers.ts';
import { refuseUnmetDependencies } from './dependencies/refuse-unmet.ts';
import { namedWants, nameOf, wantsOf } from './dependencies/wants.ts';
import { installDependencies, type Taken } from './install-dependencies.ts';
import { installVersion } from './install-version.ts';
import { refuseByPolicy } from './policy.ts';
import { installAsMade } from './resource.ts';
import type { InstallCreate, InstallQuery } from './schema.ts';
import { activeInstall } from './state/lock.ts';
import { completeVariables, refuseBadVariables } from './variables.ts';

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
  const versionId = body.integrationVersionId ?? integration.currentVersionId;
  await refuseUntakeable(ctx, takingOf(ctx, 'id', workspaceId), { integrationId: integration.id, versionId });
  const snapshot = await versionToInstall(ctx, integration, versionId);
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

async function versionToInstall(ctx: WriteCtx, integration: IntegrationRow, versionId: string | null): Promise<Snapshot> {
  if (versionId === null)
    throw new Problem('not_published', `The integration ${integration.id} has no current version; publish one first.`);
  const snapshot = await loadSnapshot(ctx.db, integration.id, versionId);
  if (snapshot === null) throw badBody('/integrationVersionId', `is no version of the integration ${integration.id}: ${versionId}`);
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
