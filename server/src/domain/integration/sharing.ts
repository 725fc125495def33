import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { WriteCtx } from '../../context.ts';
import { badBody, Problem } from '../../lib/errors.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import { type Reply, SUCCESS, shown, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { userOf } from '../workspace/workspaces.ts';
import { lockIntegration, refuseDeleted } from './lock.ts';
import { grantResource } from './resource.ts';
import type { GrantCreate } from './schema.ts';

export async function createGrant(ctx: WriteCtx, { target, body }: { target: Target; body: Static<typeof GrantCreate> }): Promise<Reply> {
  const integration = await lockIntegration(ctx, target.id, 'change');
  refuseDeleted(integration);
  await refuseUnknownWorkspace(ctx, body.workspaceId);
  await refuseSecondGrant(ctx, target.id, body.workspaceId);
  const id = newId(PREFIX.grant);
  await ctx.db.run(sql`
    insert into integration_grants (id, integration_id, workspace_id, created_by, created_at)
    values (${id}, ${target.id}, ${body.workspaceId}, ${userOf(ctx)}, ${ctx.now})`);
  const data = { integrationId: target.id, grantee: body.workspaceId };
  await record(ctx, { type: 'integration_grant.created', workspaceId: integration.workspaceId, subjectId: id, data });
  return shown(ctx, grantResource, id, 'created');
}

/** A grant names a workspace that its giver need not belong to: knowing the id is how the grantee asks for it. */
async function refuseUnknownWorkspace(ctx: WriteCtx, id: string): Promise<void> {
  if ((await ctx.db.maybe(sql`select 1 from workspaces where id = ${id}`)) === null) throw badBody('/workspaceId', 'names no workspace');
}

async function refuseSecondGrant(ctx: WriteCtx, integrationId: string, workspaceId: string): Promise<void> {
  const found = await ctx.db.maybe<{ id: string }>(
    sql`select id from integration_grants where integration_id = ${integrationId} and workspace_id = ${workspaceId}`,
  );
  if (found !== null)
    throw new Problem('already_granted', `${workspaceId} holds the grant ${found.id} of this integration already.`, {
      facts: { grantId: found.id },
    });
}

export async function deleteGrant(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  const grant = await ctx.db.maybe<{ integrationId: string; grantee: string }>(
    sql`delete from integration_grants where id = ${target.id} returning integration_id as "integrationId", workspace_id as grantee`,
  );
  if (grant === null) throw new Problem('not_found', `The grant ${target.id} was deleted meanwhile.`);
  await record(ctx, { type: 'integration_grant.deleted', workspaceId: target.workspaceId, subjectId: target.id, data: grant });
  return SUCCESS;
}
