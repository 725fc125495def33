import type { Static } from 'typebox';
import type { ReadCtx, WriteCtx } from '../../context.ts';
import { badBody } from '../../lib/errors.ts';
import { sameJson } from '../../lib/json-walk.ts';
import { type Reply, reply, type Target } from '../../route.ts';
import { upgradeBlockers } from './blockers.ts';
import { apply, placeOf } from './change/apply.ts';
import { type Move, type Planned, planMove, storing } from './change/materialize.ts';
import { isEmpty } from './change/plan.ts';
import { presentUpgrade, refuseMoved } from './change/plan-digest.ts';
import { refuseIdleValues } from './change/refuse-resolutions.ts';
import { settle } from './change/settle.ts';
import { holdDependencies } from './dependencies/blockers.ts';
import type { UpgradeOptions } from './schema.ts';
import { type Ascent, ascentOf } from './state/ascent.ts';
import { loadDropped, loadLiveMembers } from './state/live.ts';
import { lockInstall } from './state/lock.ts';
import { completeVariables } from './variables.ts';

export type Options = Static<typeof UpgradeOptions>;

/**
 * Moves an install to the integration's current version, or the one that is asked for: load, refuse, plan, apply, record. Only the two
 * snapshots, the install and its clones decide. An install that is current gets back what drifted, and otherwise nothing changes.
 */
export async function upgradeInstall(ctx: WriteCtx, { target, body }: { target: Target; body: Options }): Promise<Reply> {
  refuseIdleOptions(body);
  const { install, integration } = await lockInstall(ctx, target.id);
  const ascent = await ascentOf(ctx, install, integration, body);
  await holdDependencies(ctx, install.workspaceId, ascent.to);
  const [blocker] = (await upgradeBlockers(ctx, ascent)).problems;
  if (blocker !== undefined) throw blocker;
  const move = await moveOf(ctx, ascent, body);
  const planned = await planMove(ctx, install.workspaceId, move, storing(ctx));
  if (body.planDigest !== undefined) await refuseMoved(ctx, body.planDigest, presentUpgrade(ascent, move, planned));
  const { from, to } = ascent;
  const place = placeOf(install, to.id);
  await apply(ctx, place, planned.plan);
  const changed = to.id !== from.id || !isEmpty(planned.plan) || !sameJson(move.variables, install.variables);
  const change = { action: 'upgrade', from, to, variables: move.variables, plan: planned.plan } as const;
  const revision = changed ? await settle(ctx, place, install, change) : null;
  return reply(body.detail ? { ...planned.plan.outcome, ...detailOf(planned), revision } : planned.plan.outcome);
}

/** What an answer tells to those who ask for more than the four lists. */
const detailOf = ({ plan, merged }: Planned) => ({
  merged: plan.merges.merged,
  conflicts: [...merged].flatMap(([slug, { conflicts }]) => conflicts.map((conflict) => ({ slug, ...conflict }))),
});

/** Refuses options that could have no effect: whoever sends them expects one. */
export function refuseIdleOptions({ strategy = 'skip', resolutions = [] }: Options): void {
  if (resolutions.length > 0 && strategy !== 'merge')
    throw badBody('/resolutions', 'settle conflicts of the strategy merge; send `"strategy": "merge"` with them');
  refuseIdleValues(resolutions);
}

export async function moveOf(ctx: ReadCtx, { install, from, to }: Ascent, { strategy = 'skip', resolutions = [] }: Options): Promise<Move> {
  return {
    from,
    to,
    live: await loadLiveMembers(ctx.db, install.id),
    selection: { policy: install.memberPolicy, droppedBefore: await loadDropped(ctx.db, install.id) },
    strategy,
    resolutions,
    variablesBefore: install.variables,
    variables: completeVariables(to, install.variables),
  };
}
