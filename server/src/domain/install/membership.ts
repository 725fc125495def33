/** Which members an install has can change later: more of its version's, or fewer. Nothing else of it moves. */
import type { Static } from 'typebox';
import type { WriteCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { type Reply, reply, SUCCESS, type Target } from '../../route.ts';
import { reach, requiredByOf } from '../integration/graph.ts';
import type { Snapshot } from '../integration/snapshot.ts';
import { refuseUntakeable, takingOf } from '../integration/taking.ts';
import { placeOf } from './change/apply.ts';
import type { Selection } from './change/arrange.ts';
import { materialize } from './change/materialize.ts';
import { isEmpty, type Plan } from './change/plan.ts';
import { settle } from './change/settle.ts';
import { loadMember, refuseDeletedMember } from './change-member.ts';
import { refuseUnknownSlugs } from './prepare-install.ts';
import type { MembersAdd } from './schema.ts';
import { type LiveMember, loadLiveMembers } from './state/live.ts';
import { type InstallRow, lockInstall, refuseDeletedInstall, versionOf } from './state/lock.ts';

/**
 * Adds members of the pinned version, with everything that they need. Those that are there already stay as they are; only a schema of
 * the closure becomes a clone where a clone leads to it now.
 */
export async function addMembers(ctx: WriteCtx, { target, body }: { target: Target; body: Static<typeof MembersAdd> }): Promise<Reply> {
  const { install, version } = await lockActive(ctx, target.id);
  await refuseUntakeable(ctx, takingOf(ctx, 'again', install.workspaceId), install);
  refuseUnknownSlugs(version, body.slugs, '/slugs');
  const plan = await rearrange(ctx, install, version, { add: body.slugs }, 'add_members');
  return reply(plan.outcome);
}

/** Takes a member out: its clone goes along, unless the workspace changed it or something still refers to it. */
export async function dropMember(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  const { install, version } = await lockActive(ctx, (await loadMember(ctx, target.id)).installId);
  const { slug, ...member } = await loadMember(ctx, target.id);
  refuseDeletedMember(member);
  refuseRequired(version, slug);
  refuseNeeded(version, slug, await loadLiveMembers(ctx.db, install.id));
  await rearrange(ctx, install, version, { drop: [slug] }, 'drop_member');
  return SUCCESS;
}

/** Locks the install that a member belongs to as its dropping does. */
export const lockInstallToDrop = async (ctx: WriteCtx, memberId: string): Promise<unknown> =>
  lockInstall(ctx, (await loadMember(ctx, memberId)).installId);

async function lockActive(ctx: WriteCtx, installId: string): Promise<{ install: InstallRow; version: Snapshot }> {
  const { install } = await lockInstall(ctx, installId);
  refuseDeletedInstall(install);
  return { install, version: await versionOf(ctx, install) };
}

async function rearrange(
  ctx: WriteCtx,
  install: InstallRow,
  version: Snapshot,
  change: Pick<Selection, 'add' | 'drop'>,
  action: 'add_members' | 'drop_member',
): Promise<Plan> {
  const { variables } = install;
  const place = { ...placeOf(install), removedAs: 'dropped' } as const;
  const { plan } = await materialize(ctx, place, {
    from: version,
    to: version,
    live: await loadLiveMembers(ctx.db, install.id),
    selection: { policy: install.memberPolicy, ...change },
    strategy: 'hold',
    resolutions: [],
    variablesBefore: variables,
    variables,
  });
  if (!isEmpty(plan)) await settle(ctx, place, install, { action, from: version, to: version, variables, plan });
  return plan;
}

function refuseRequired({ members, version }: Snapshot, slug: string): void {
  if (members.find((member) => member.slug === slug)?.required)
    throw new Problem('member_needed', `Version ${version} requires the member ${slug}.`, { facts: { neededBy: [] } });
}

/** The members that are there and lead to this one, directly or through others. */
function refuseNeeded({ members }: Snapshot, slug: string, live: readonly LiveMember[]): void {
  const there = new Set(live.map((member) => member.slug));
  const needing = reach(requiredByOf(members), [slug]);
  const neededBy = members.map((member) => member.slug).filter((each) => each !== slug && there.has(each) && needing.has(each));
  if (neededBy.length === 0) return;
  const named = neededBy.slice(0, 5).join(', ');
  throw new Problem('member_needed', `The member ${slug} is needed by ${named}; drop those first.`, { facts: { neededBy } });
}
