import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { ReadCtx } from '../../context.ts';
import { type Fault, Problem } from '../../lib/errors.ts';
import { must } from '../../lib/must.ts';
import type { Target } from '../../route.ts';
import type { IntegrationRow } from '../integration/lock.ts';
import { namedVersion } from '../integration/named-version.ts';
import { loadSnapshot, type Snapshot } from '../integration/snapshot.ts';
import { refuseUntakeable, takingOf } from '../integration/taking.ts';
import { adoptionsOf } from './adoption.ts';
import { chooseDependencies } from './choose-dependencies.ts';
import type { InstallCreate, InstallQuery } from './create-schema.ts';
import { refuseBadAuthState } from './credentials.ts';
import { unmetProblem } from './dependencies/refuse-unmet.ts';
import { usesOf } from './dependencies/uses.ts';
import { namedWants, nameOf, type Uses, wantsOf } from './dependencies/wants.ts';
import type { Footing } from './footing.ts';
import type { Order, Taken } from './install-version.ts';
import { refuseByPolicy } from './policy.ts';
import { type Channel, offeredOn } from './state/channels.ts';
import { activeInstall } from './state/lock.ts';
import { completeVariables, refuseBadVariables } from './variables.ts';

type Body = Static<typeof InstallCreate>;

export interface Asked {
  readonly target: Target;
  readonly query: Static<typeof InstallQuery>;
  readonly body: Body;
}

/** What an install comes to: the install itself, and those that are made before it, dependencies first. */
export interface Prepared {
  readonly order: Order;
  readonly first: readonly Order[];
}

/** Load, refuse: everything that an install decides before it plans. What the workspace may not take at all is refused on any footing. */
export async function prepareInstall(ctx: ReadCtx, { target, query, body }: Asked, footing: Footing): Promise<Prepared> {
  const { workspaceId, memberPolicy, selectedMemberSlugs: slugs, channel = 'stable' } = body;
  const along = query.install_dependencies ?? false;
  if (along) await footing.reachable(target.id, workspaceId, body.integrationVersionId ?? (await newestOf(ctx, target.id, channel)));
  const integration = await footing.integration(target.id);
  const snapshot = await versionToInstall(ctx, integration, body);
  const taken = { integration, snapshot };
  const variables = completeVariables(snapshot, body.variables ?? {});
  await footing.heed(() => refuseBadVariables(snapshot, variables), undefined);
  await footing.heed(() => refuseUnknownSlugs(snapshot, slugs ?? []), undefined);
  const authStateId = await footing.heed(() => authStateOf(ctx, snapshot, body), null);
  const parent = await footing.heed(() => parentOf(ctx, body, footing), null);
  await footing.heed(() => refuseSecondInstall(ctx, integration, body), undefined);
  const uses = await footing.heed(() => usesOf(ctx, taken, workspaceId, body.uses ?? []), new Map<string, string>());
  const named = { ...taken, uses };
  const adopt = await footing.heed(() => adoptionsOf(ctx, taken, workspaceId, body.adopt ?? []), new Map());
  const first = await footing.heed(
    () => (along ? chooseDependencies(ctx, named, workspaceId, footing) : refuseUnprepared(ctx, named, workspaceId, footing)),
    [],
  );
  return {
    order: { ...named, name: body.name ?? null, workspaceId, variables, authStateId, memberPolicy, channel, slugs, parent, adopt },
    first,
  };
}

/** What somebody who follows prereleases would get, as far as that is not the current version. */
async function newestOf(ctx: ReadCtx, id: string, channel: Channel): Promise<string | undefined> {
  if (channel === 'stable') return undefined;
  const row = await ctx.db.maybe<{ id: string | null }>(sql`select newest_version_id as id from integrations where id = ${id}`);
  return row?.id ?? undefined;
}

async function refuseUnprepared(ctx: ReadCtx, taken: Taken & { uses: Uses }, workspaceId: string, footing: Footing): Promise<Order[]> {
  await footing.heed(() => refuseByPolicy(ctx, workspaceId, [taken]), undefined);
  const [integration, { version, manifest }] = [nameOf(taken.integration), taken.snapshot];
  const wants = namedWants(`${integration} ${version}`, wantsOf(manifest, taken.uses));
  await footing.installed(
    workspaceId,
    wants.map((want) => want.integration),
  );
  const problem = await unmetProblem(ctx, { workspaceId, integration, version, wants });
  if (problem !== null) throw problem;
  return [];
}

/** The version that is asked for, else what the channel offers; refused where the workspace may not take it. */
async function versionToInstall(ctx: ReadCtx, integration: IntegrationRow, body: Body): Promise<Snapshot> {
  const integrationId = integration.id;
  const taking = takingOf(ctx, 'id', body.workspaceId);
  const { integrationVersionId: asked } = body;
  const named = asked === undefined ? null : await namedVersion(ctx, taking, integrationId, asked);
  const versionId = asked ?? offeredOn(body.channel ?? 'stable', integration);
  await refuseUntakeable(ctx, taking, { integrationId, versionId });
  if (versionId === null) throw new Problem('not_published', `The integration ${integrationId} has no current version; publish one first.`);
  return named ?? must(await loadSnapshot(ctx.db, integrationId, versionId), 'what is offered exists');
}

export function refuseUnknownSlugs(snapshot: Snapshot, slugs: readonly string[], pointer = '/selectedMemberSlugs'): void {
  const declared = new Set(snapshot.members.filter((member) => member.origin === 'declared').map((member) => member.slug));
  const faults = slugs.flatMap((slug, index): Fault[] =>
    declared.has(slug) ? [] : [{ pointer: `${pointer}/${index}`, message: `names no member of version ${snapshot.version}: ${slug}` }],
  );
  if (faults.length > 0) throw new Problem('invalid_body', `${pointer.slice(1)} names members that the version does not have.`, { faults });
}

/** The auth state that the install is bound to. */
async function authStateOf(ctx: ReadCtx, snapshot: Snapshot, { workspaceId, authStateId = null }: Body): Promise<string | null> {
  await refuseBadAuthState(ctx, snapshot, workspaceId, authStateId);
  return authStateId;
}

interface Parent {
  id: string;
  solutionId: string;
}

/** The install that this one is an add-on of; locked, so that it is not uninstalled meanwhile. */
async function parentOf(ctx: ReadCtx, body: Body, { share }: Footing): Promise<Parent | null> {
  if (body.parentInstallId === undefined || body.parentInstallId === null) return null;
  const parent = await ctx.db.maybe<Parent>(sql`
    select id, solution_id as "solutionId" from integration_installs
    where id = ${body.parentInstallId} and workspace_id = ${body.workspaceId} and deleted_at is null ${share}`);
  if (parent !== null) return parent;
  const message = `names no active install of the workspace ${body.workspaceId}`;
  throw new Problem('invalid_body', `parentInstallId ${message}.`, { faults: [{ pointer: '/parentInstallId', message }] });
}

async function refuseSecondInstall(ctx: ReadCtx, integration: IntegrationRow, body: Body): Promise<void> {
  const place = {
    workspaceId: body.workspaceId,
    integrationId: integration.id,
    parentInstallId: body.parentInstallId ?? null,
    name: body.name ?? null,
  };
  const installId = await activeInstall(ctx, place);
  if (installId === null) return;
  throw new Problem(
    'already_installed',
    `${nameOf(integration)} is installed already as ${installId}; upgrade that, or give this one another \`name\`.`,
    {
      facts: { installId },
    },
  );
}
