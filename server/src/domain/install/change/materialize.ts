import type { ReadCtx, WriteCtx } from '../../../context.ts';
import { newId } from '../../../lib/ids.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { must } from '../../../lib/must.ts';
import { Turns } from '../../../lib/turns.ts';
import { storeDefinitions } from '../../entity/definitions.ts';
import type { Snapshot, SnapshotMember } from '../../integration/snapshot.ts';
import { type LiveMember, loadReferrals, type Referral } from '../state/live.ts';
import { apply, type Place } from './apply.ts';
import { arrange, type Selection, type Strategy } from './arrange.ts';
import { type MemberResolution, mergeMembers } from './merge-members.ts';
import { leavingClones, type Made, type Plan, plan, referralsThen, toMerge, toRender } from './plan.ts';
import { refusing, renderMembers, type Workshop } from './render-members.ts';

/** An install's way from what it has to a version: nothing is decided by anything else. */
export interface Move {
  readonly from: Snapshot | null;
  readonly to: Snapshot;
  readonly live: readonly LiveMember[];
  readonly selection: Selection;
  readonly strategy: Strategy;
  readonly resolutions: readonly MemberResolution[];
  readonly variablesBefore: JsonObject;
  readonly variables: JsonObject;
}

/** A plan with what was made for it, and who refers to the clones that would go. */
export interface Planned extends Made {
  readonly plan: Plan;
  readonly referrals: readonly Referral[];
}

/** Gives the ids of clones still to be made. */
export type Allot = (member: SnapshotMember) => string;

export const newCloneIds =
  ({ kinds }: ReadCtx): Allot =>
  ({ entityId }) =>
    newId(must(kinds.ofId(entityId), 'pinned entities have a kind').prefix);

/** Arranges, renders, merges and plans the move. What becomes of the definitions that it makes is the workshop's; nothing else is written. */
export async function planMove(
  ctx: ReadCtx,
  workspaceId: string,
  move: Move,
  workshop: Workshop,
  allot = newCloneIds(ctx),
): Promise<Planned> {
  const arrangement = arrange(move.from, move.to, move.live, move.selection, move.strategy, allot);
  const turns = new Turns();
  await turns.pass();
  const inputs = { ...arrangement, variables: move.variables, variablesBefore: move.variablesBefore };
  const made = {
    rendered: await renderMembers(ctx, toRender(arrangement, inputs), inputs, workshop),
    merged: await mergeMembers(ctx, toMerge(arrangement), inputs, move.resolutions, workshop),
  };
  await turns.pass();
  const leaving = leavingClones(arrangement);
  await turns.pass();
  const referrals = referralsThen(arrangement, made, leaving, await loadReferrals(ctx.db, workspaceId, leaving));
  return { ...made, referrals, plan: plan(arrangement, inputs, made, referrals) };
}

/** Stores definitions for good. Renderings change nothing by themselves. */
export const storing = (ctx: WriteCtx): Workshop => ({ ...refusing, keep: (definitions) => storeDefinitions(ctx.db, definitions) });

/** Plans the move and does it. */
export async function materialize(ctx: WriteCtx, place: Place, move: Move): Promise<Planned> {
  const planned = await planMove(ctx, place.workspaceId, move, storing(ctx));
  await apply(ctx, place, planned.plan);
  return planned;
}
