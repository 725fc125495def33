import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { WriteCtx } from '../../context.ts';
import { assign } from '../../db/assign.ts';
import { Problem } from '../../lib/errors.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import { must } from '../../lib/must.ts';
import type { Input, Reply } from '../../route.ts';
import { shown } from '../../route.ts';
import { record } from '../audit/record.ts';
import { refuseReserved } from './handles.ts';
import { workspaceResource } from './resource.ts';
import type { WorkspaceCreate, WorkspaceUpdate } from './schema.ts';

/** The user behind the actor, where the row must name one. */
export const userOf = (ctx: WriteCtx): string => must(ctx.actor.userId, 'only publishable keys have no user, and they never write');

export async function createWorkspace(ctx: WriteCtx, { body }: { body: Static<typeof WorkspaceCreate> }): Promise<Reply> {
  refuseReserved(body.handle);
  await refuseTakenHandle(ctx, body.handle);
  const id = newId(PREFIX.workspace);
  await ctx.db.run(sql`
    insert into workspaces (id, name, handle, retention_tier, created_by, created_at, updated_at)
    values (${id}, ${body.name}, ${body.handle}, ${body.retentionTier ?? 'medium'}, ${userOf(ctx)}, ${ctx.now}, ${ctx.now})`);
  await record(ctx, { type: 'workspace.created', workspaceId: id, subjectId: id, data: { handle: body.handle } });
  return shown(ctx, workspaceResource, id, 'created');
}

async function refuseTakenHandle(ctx: WriteCtx, handle: string): Promise<void> {
  const taken = await ctx.db.maybe(sql`select 1 from workspaces where handle = ${handle}`);
  if (taken !== null) throw new Problem('handle_taken', `The handle ${handle} belongs to another workspace; choose another one.`);
}

type Targeted = Pick<Input<never, never>, 'target'>;

export async function updateWorkspace(
  ctx: WriteCtx,
  { target, body }: Targeted & { body: Static<typeof WorkspaceUpdate> },
): Promise<Reply> {
  const { installPolicy: policy } = body;
  const columns = {
    name: body.name,
    retention_tier: body.retentionTier,
    least_trust_tier: policy?.leastTrustTier,
    allowed_publishers: policy?.allowedPublishers && [...new Set(policy.allowedPublishers)],
    min_release_age_hours: policy?.minReleaseAgeHours,
    updated_at: ctx.now,
  };
  await ctx.db.run(sql`update workspaces set ${assign(columns)} where id = ${target.id}`);
  await record(ctx, { type: 'workspace.updated', workspaceId: target.id, subjectId: target.id, data: body });
  return shown(ctx, workspaceResource, target.id);
}

/** Suspends or unsuspends; doing it twice changes nothing. */
export const suspendWorkspace = (suspend: boolean) =>
  async function setSuspension(ctx: WriteCtx, { target }: Targeted): Promise<Reply> {
    const changed = await ctx.db.run(sql`
      update workspaces set suspended_at = ${suspend ? ctx.now : null}, updated_at = ${ctx.now}
      where id = ${target.id} and (suspended_at is null) = ${suspend}`);
    const type = suspend ? 'workspace.suspended' : 'workspace.unsuspended';
    if (changed > 0) await record(ctx, { type, workspaceId: target.id, subjectId: target.id });
    return shown(ctx, workspaceResource, target.id);
  };
