import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import { isPlatformAdmin } from '../../access/authorize.ts';
import type { WriteCtx } from '../../context.ts';
import { badBody, Problem } from '../../lib/errors.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import { must } from '../../lib/must.ts';
import { type Reply, SUCCESS, shown, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { type MembershipState, membershipResource, membershipState } from './resource.ts';
import type { MembershipCreate, MembershipUpdate } from './schema.ts';
import { userOf } from './workspaces.ts';

export interface Membership {
  userId: string;
  role: string;
  state: MembershipState;
}

/**
 * Invites, so that nobody comes into sight of a workspace without wanting to. Whether the user exists is not asked: the id is written down
 * as it came, and whoever invites sees the same either way. A platform admin speaks for users, and sees them all: theirs are accepted.
 */
export async function createMembership(
  ctx: WriteCtx,
  { target, body }: { target: Target; body: Static<typeof MembershipCreate> },
): Promise<Reply> {
  const accepted = isPlatformAdmin(ctx.actor);
  if (accepted && !(await isUser(ctx, body.userId))) throw badBody('/userId', 'names no user');
  await refuseSecondMembership(ctx, target.id, body.userId);
  const id = newId(PREFIX.membership);
  await ctx.db.run(sql`
    insert into workspace_memberships (id, workspace_id, user_id, role, created_by, created_at, updated_at, accepted_at)
    values (${id}, ${target.id}, ${body.userId}, ${body.role}, ${userOf(ctx)}, ${ctx.now}, ${ctx.now}, ${accepted ? ctx.now : null})`);
  const data = { ...body, state: accepted ? 'accepted' : 'invited' };
  await record(ctx, { type: 'workspace_membership.created', workspaceId: target.id, subjectId: id, data });
  return shown(ctx, membershipResource, id, 'created');
}

export const isUser = async (ctx: WriteCtx, id: string): Promise<boolean> =>
  (await ctx.db.maybe(sql`select 1 from users where id = ${id}`)) !== null;

async function refuseSecondMembership(ctx: WriteCtx, workspaceId: string, userId: string): Promise<void> {
  const found = await ctx.db.maybe<{ id: string }>(
    sql`select id from workspace_memberships where workspace_id = ${workspaceId} and user_id = ${userId}`,
  );
  if (found !== null)
    throw new Problem('already_member', `${userId} has the membership ${found.id} of this workspace already; change its role instead.`, {
      facts: { membershipId: found.id },
    });
}

export async function updateMembership(
  ctx: WriteCtx,
  { target, body }: { target: Target; body: Static<typeof MembershipUpdate> },
): Promise<Reply> {
  const membership = await lockMembership(ctx, target);
  if (body.role !== 'admin') await refuseLastAdmin(ctx, target, membership);
  await ctx.db.run(sql`update workspace_memberships set role = ${body.role}, updated_at = ${ctx.now} where id = ${target.id}`);
  const data = { userId: membership.userId, from: membership.role, to: body.role };
  await record(ctx, { type: 'workspace_membership.updated', workspaceId: target.workspaceId, subjectId: target.id, data });
  return shown(ctx, membershipResource, target.id);
}

export async function deleteMembership(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  const membership = await lockMembership(ctx, target);
  await refuseLastAdmin(ctx, target, membership);
  await ctx.db.run(sql`delete from workspace_memberships where id = ${target.id}`);
  await record(ctx, { type: 'workspace_membership.deleted', workspaceId: target.workspaceId, subjectId: target.id, data: membership });
  return SUCCESS;
}

/** Locks the workspace first, so that two admins who demote each other cannot leave none. */
export async function lockMembership(ctx: WriteCtx, target: Target): Promise<Membership> {
  await ctx.db.run(sql`select 1 from workspaces where id = ${target.workspaceId} for update`);
  const found = await ctx.db.maybe<Membership>(sql`
    select user_id as "userId", role, ${membershipState(sql`m`)} as state from workspace_memberships m where id = ${target.id} for update`);
  if (found === null) throw new Problem('not_found', `The membership ${target.id} was deleted meanwhile.`);
  return found;
}

async function refuseLastAdmin(ctx: WriteCtx, target: Target, membership: Membership): Promise<void> {
  if (membership.role !== 'admin' || membership.state !== 'accepted') return;
  const { admins } = await ctx.db.one<{ admins: number }>(
    sql`select count(*) as admins from workspace_memberships
      where workspace_id = ${target.workspaceId} and role = 'admin' and accepted_at is not null`,
  );
  if (admins === 1)
    throw new Problem('last_admin', `${membership.userId} is the last admin of ${must(target.workspaceId, 'memberships have one')}.`);
}
