import sql from 'sql-template-tag';
import { isPlatformAdmin } from '../../access/authorize.ts';
import { personOf } from '../../access/scope.ts';
import type { WriteCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { type Reply, SUCCESS, shown, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { isUser, lockMembership, type Membership } from './memberships.ts';
import { membershipResource } from './resource.ts';

/** From now on the user belongs to the workspace, and its members see them. Accepting twice changes nothing. */
export async function acceptInvitation(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  const membership = await lockMembership(ctx, target);
  refuseOthers(ctx, membership);
  if (membership.state === 'invited') {
    await refuseNobody(ctx, membership);
    await ctx.db.run(sql`update workspace_memberships set accepted_at = ${ctx.now}, updated_at = ${ctx.now} where id = ${target.id}`);
    await tell(ctx, target, 'accepted', membership);
  }
  return shown(ctx, membershipResource, target.id);
}

/** The invitation is gone, as if nobody had made it; the workspace may invite again. */
export async function declineInvitation(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  const membership = await lockMembership(ctx, target);
  refuseOthers(ctx, membership);
  if (membership.state === 'accepted')
    throw new Problem(
      'membership_accepted',
      `The membership ${target.id} was accepted; end it with DELETE /api/workspace-memberships/{id}.`,
    );
  await ctx.db.run(sql`delete from workspace_memberships where id = ${target.id}`);
  await tell(ctx, target, 'declined', membership);
  return SUCCESS;
}

/** The door let in people only; of these, it is up to whom the invitation names. */
function refuseOthers(ctx: WriteCtx, { userId }: Membership): void {
  if (personOf(ctx.actor) === userId || isPlatformAdmin(ctx.actor)) return;
  throw new Problem('forbidden', 'An invitation is accepted or declined by its user in person, or by a platform admin in their name.');
}

/** Only who sees all users comes here with an id that nobody has. */
async function refuseNobody(ctx: WriteCtx, { userId }: Membership): Promise<void> {
  if (!(await isUser(ctx, userId)))
    throw new Problem(
      'no_such_user',
      `The invitation names ${userId}, which no user has; end it with DELETE /api/workspace-memberships/{id}.`,
    );
}

const tell = (ctx: WriteCtx, target: Target, what: string, { userId, role }: Membership): Promise<void> =>
  record(ctx, {
    type: `workspace_membership.${what}`,
    workspaceId: target.workspaceId,
    subjectId: target.id,
    data: { userId, role },
  });
