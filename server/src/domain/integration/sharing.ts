import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import { isPlatformAdmin } from '../../access/authorize.ts';
import type { WriteCtx } from '../../context.ts';
import { badBody, Problem } from '../../lib/errors.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import { type Reply, SUCCESS, shown, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { userOf } from '../workspace/workspaces.ts';
import { lockIntegration, refuseDeleted } from './lock.ts';
import { grantResource } from './resource.ts';
import type { GrantCreate } from './schema.ts';

/**
 * Whether the workspace exists is not asked: the id is written down as it came, and whoever gives sees the same either way. Knowing the id is
 * how a grantee asks for it. A platform admin sees all workspaces, and is told.
 */
export async function createGrant(ctx: WriteCtx, { target, body }: { target: Target; body: Static<typeof GrantCreate> }): Promise<Reply> {
  const integration = await lockIntegration(ctx, target.id, 'change');
  refuseDeleted(integration);
  if (isPlatformAdmin(ctx.actor) && !(await isWorkspace(ctx, body.workspaceId))) throw badBody('/workspaceId', 'names no workspace');
  await refuseSecondGrant(ctx, target.id, body.workspaceId);
  const id = newId(PREFIX.grant);
  await ctx.db.run(sql`
    insert into integration_grants (id, integration_id, workspace_id, created_by, created_at)
    values (${id}, ${target.id}, ${body.workspaceId}, ${userOf(ctx)}, ${ctx.now})`);
  await tellBoth(ctx, 'created', id, { integrationId: target.id, grantee: body.workspaceId, giver: integration.workspaceId });
  return shown(ctx, grantResource, id, 'created');
}

const isWorkspace = async (ctx: WriteCtx, id: string): Promise<boolean> =>
  (await ctx.db.maybe(sql`select 1 from workspaces where id = ${id}`)) !== null;

async function refuseSecondGrant(ctx: WriteCtx, integrationId: string, workspaceId: string): Promise<void> {
  const found = await ctx.db.maybe<{ id: string }>(
    sql`select id from integration_grants where integration_id = ${integrationId} and workspace_id = ${workspaceId}`,
  );
  if (found !== null)
    throw new Problem('already_granted', `${workspaceId} holds the grant ${found.id} of this integration already.`, {
      facts: { grantId: found.id },
    });
}

interface Grant {
  integrationId: string;
  grantee: string;
  giver: string;
}

/** Either side ends a grant: its giver takes it back, whoever got it declines it. Both are told; what is installed already stays. */
export async function deleteGrant(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  const grant = await ctx.db.maybe<Grant>(sql`
    delete from integration_grants g using integrations i where g.id = ${target.id} and i.id = g.integration_id
    returning g.integration_id as "integrationId", g.workspace_id as grantee, i.workspace_id as giver`);
  if (grant === null) throw new Problem('not_found', `The grant ${target.id} was deleted meanwhile.`);
  await tellBoth(ctx, target.workspaceId === grant.giver ? 'deleted' : 'declined', target.id, grant);
  return SUCCESS;
}

/** In the audit of the side that did it, and of the other, which is not told by whom. */
async function tellBoth(ctx: WriteCtx, what: 'created' | 'deleted' | 'declined', id: string, grant: Grant): Promise<void> {
  const { integrationId, grantee, giver } = grant;
  const [doer, other] = what === 'declined' ? [grantee, giver] : [giver, grantee];
  const told = { type: `integration_grant.${what}`, subjectId: id, data: { integrationId, grantee } };
  const others = other !== doer && (await isWorkspace(ctx, other)) ? [{ ...told, workspaceId: other, byOthers: true as const }] : [];
  await record(ctx, { ...told, workspaceId: doer }, ...others);
}
