import type { WriteCtx } from '../../context.ts';
import { newId } from '../../lib/ids.ts';
import type { JsonObject } from '../../lib/json.ts';
import { must } from '../../lib/must.ts';
import type { Snapshot } from '../integration/snapshot.ts';
import { apply, type Place } from './apply.ts';
import { arrange, type Selection } from './arrange.ts';
import { type LiveMember, loadReferrals } from './live.ts';
import { leavingClones, type Plan, plan, toRender } from './plan.ts';
import { renderMembers } from './render-members.ts';

/** An install's way from what it has to a version: nothing is decided by anything else. */
export interface Move {
  readonly from: Snapshot | null;
  readonly to: Snapshot;
  readonly live: readonly LiveMember[];
  readonly selection: Selection;
  readonly variablesBefore: JsonObject;
  readonly variables: JsonObject;
}

/** Arranges, renders and plans the move. Stores renderings, which change nothing by themselves; everything else is left to `apply`. */
async function planMove(ctx: WriteCtx, workspaceId: string, move: Move): Promise<Plan> {
  const arrangement = arrange(move.from, move.to, move.live, move.selection, (member) =>
    newId(must(ctx.kinds.ofId(member.entityId), 'pinned entities have a kind').prefix),
  );
  const inputs = { ...arrangement, variables: move.variables, variablesBefore: move.variablesBefore };
  const rendered = await renderMembers(ctx, toRender(arrangement, inputs), inputs);
  const referrals = await loadReferrals(ctx.db, workspaceId, leavingClones(arrangement));
  return plan(arrangement, inputs, rendered, referrals);
}

export async function materialize(ctx: WriteCtx, place: Place, move: Move): Promise<Plan> {
  const changes = await planMove(ctx, place.workspaceId, move);
  await apply(ctx, place, changes);
  return changes;
}
