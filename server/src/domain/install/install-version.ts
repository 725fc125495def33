import sql from 'sql-template-tag';
import type { ReadCtx, WriteCtx } from '../../context.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import type { JsonObject } from '../../lib/json.ts';
import { record } from '../audit/record.ts';
import type { IntegrationRow } from '../integration/lock.ts';
import type { MemberPolicy } from '../integration/manifest.ts';
import type { Snapshot } from '../integration/snapshot.ts';
import { userOf } from '../workspace/workspaces.ts';
import { type Adopted, adopting } from './change/adopt.ts';
import { apply, type Place } from './change/apply.ts';
import { type Allot, newCloneIds, type Planned, planMove } from './change/materialize.ts';
import type { Workshop } from './change/render-members.ts';
import { writeRevision } from './change/revision.ts';
import { lockDependencies } from './dependencies/lock.ts';
import type { Uses } from './dependencies/wants.ts';
import type { Channel } from './state/channels.ts';

/** A version to install, of which integration. */
export interface Taken {
  readonly integration: IntegrationRow;
  readonly snapshot: Snapshot;
}

/** An install to make, with nothing left to refuse. */
export interface Order extends Taken {
  readonly workspaceId: string;
  readonly variables: JsonObject;
  readonly authStateId?: string | null | undefined;
  readonly memberPolicy?: MemberPolicy | undefined;
  readonly channel?: Channel | undefined;
  readonly slugs?: readonly string[] | undefined;
  readonly parent?: { readonly id: string; readonly solutionId: string } | null;
  /** Tells it from other installs of the same integration. */
  readonly name?: string | null;
  /** Which named installs shall meet its wants. */
  readonly uses?: Uses;
  /** Member slug → the clone left from an earlier install that it takes over. */
  readonly adopt?: ReadonlyMap<string, Adopted>;
  /** The integration that needs this one, where that was what was asked for. */
  readonly neededBy?: string;
}

/** An order with everything that it will make. */
export interface PlannedInstall extends Order, Planned {
  readonly policy: MemberPolicy;
}

/** Plans an install and those that are made before it. None of them depends on what the others write but the slugs of clones. */
export async function planInstalls(
  ctx: ReadCtx,
  { order, first }: { readonly order: Order; readonly first: readonly Order[] },
  workshop: Workshop,
  allot: Allot = newCloneIds(ctx),
): Promise<{ planned: PlannedInstall; first: PlannedInstall[] }> {
  const before: PlannedInstall[] = [];
  for (const each of first) before.push(await planInstall(ctx, each, workshop, allot));
  return { planned: await planInstall(ctx, order, workshop, allot), first: before };
}

async function planInstall(ctx: ReadCtx, order: Order, workshop: Workshop, allot: Allot): Promise<PlannedInstall> {
  const { snapshot, workspaceId, variables, slugs, adopt = new Map() } = order;
  const policy = order.memberPolicy ?? snapshot.manifest.defaults?.memberPolicy ?? 'auto_defaults';
  const move = {
    from: null,
    to: snapshot,
    live: [],
    selection: { policy, slugs },
    strategy: 'skip',
    resolutions: [],
    variablesBefore: {},
    variables,
  } as const;
  const planned = await planMove(ctx, workspaceId, move, workshop, (member) => adopt.get(member.slug)?.entityId ?? allot(member));
  return { ...order, ...planned, policy, plan: adopting(planned.plan, adopt) };
}

/** Writes a planned install: row, members, dependencies, revision 1, event. Returns its id. */
export async function makeInstall(ctx: WriteCtx, order: PlannedInstall): Promise<string> {
  const { integration, snapshot, workspaceId, variables, plan, policy, parent = null } = order;
  const place: Place = {
    installId: newId(PREFIX.install),
    workspaceId,
    solutionId: parent?.solutionId ?? (await createSolution(ctx, workspaceId, titleOf(snapshot.name, order.name))),
    versionId: snapshot.id,
  };
  await ctx.db.run(sql`
    insert into integration_installs (id, workspace_id, integration_id, integration_version_id, variables, auth_state_id, member_policy,
      channel, parent_install_id, name, solution_id, installed_by, installed_at)
    values (${place.installId}, ${place.workspaceId}, ${integration.id}, ${snapshot.id}, ${JSON.stringify(variables)},
      ${order.authStateId ?? null}, ${policy}, ${order.channel ?? 'stable'}, ${parent?.id ?? null}, ${order.name ?? null}, ${place.solutionId}, ${userOf(ctx)}, ${ctx.now})`);
  await apply(ctx, place, plan);
  const { outcome } = plan;
  await lockDependencies(ctx, place.installId, workspaceId, snapshot, order.uses ?? new Map());
  await writeRevision(ctx, place, { number: 1, action: 'install', fromVersionId: null, variables, outcome });
  const { neededBy, adopt } = order;
  const counts = { added: outcome.added.length, ...(adopt && adopt.size > 0 && { adopted: adopt.size }) };
  const data = {
    integrationId: integration.id,
    version: snapshot.version,
    ...counts,
    ...(order.name && { name: order.name }),
    ...(neededBy && { neededBy }),
  };
  await record(ctx, { type: 'integration_install.created', workspaceId, subjectId: place.installId, data });
  return place.installId;
}

/** What people call it: 200 characters at most. */
const titleOf = (title: string, name: string | null | undefined): string => (name ? `${title} (${name})`.slice(0, 200) : title);

async function createSolution(ctx: WriteCtx, workspaceId: string, name: string): Promise<string> {
  const id = newId(PREFIX.solution);
  await ctx.db.run(sql`
    insert into solutions (id, workspace_id, name, created_by, created_at) values (${id}, ${workspaceId}, ${name}, ${userOf(ctx)}, ${ctx.now})`);
  return id;
}
