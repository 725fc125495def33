import type { Static } from 'typebox';
import type { ReadCtx, WriteCtx } from '../../context.ts';
import { badBody } from '../../lib/errors.ts';
import { sameJson } from '../../lib/json-walk.ts';
import { must } from '../../lib/must.ts';
import { type Reply, reply, type Target } from '../../route.ts';
import { upgradeBlockers } from './blockers.ts';
import { apply, placeOf } from './change/apply.ts';
import { type Allot, type Move, type Planned, planMove, storing } from './change/materialize.ts';
import { isEmpty } from './change/plan.ts';
import { presentTogether, presentUpgrade, type Rise, refuseMoved } from './change/plan-digest.ts';
import { refuseIdleValues } from './change/refuse-resolutions.ts';
import type { Workshop } from './change/render-members.ts';
import { settle } from './change/settle.ts';
import { holdDependencies } from './dependencies/blockers.ts';
import { type Group, lockGroup } from './group.ts';
import type { UpgradeOptions } from './schema.ts';
import type { Ascent } from './state/ascent.ts';
import { loadDropped, loadLiveMembers } from './state/live.ts';
import { completeVariables } from './variables.ts';

export type Options = Static<typeof UpgradeOptions>;

/**
 * Moves an install to the integration's current version, or the one that is asked for, with what has to move along: load, refuse, plan,
 * apply, record. Only the two snapshots, the install and its clones decide. An install that is current gets back what drifted, and
 * otherwise nothing changes.
 */
export async function upgradeInstall(ctx: WriteCtx, { target, body }: { target: Target; body: Options }): Promise<Reply> {
  refuseIdleOptions(body);
  const group = await lockGroup(ctx, target.id, body);
  return reply(toldOf(group, await upgradeGroup(ctx, group, body), body));
}

/** An upgrade that was done. `revision`: null where nothing changed. */
export interface Done extends Rise {
  readonly revision: number | null;
}

/** Upgrades a locked group: all of it, or nothing. */
async function upgradeGroup(ctx: WriteCtx, group: Group, options: Options): Promise<Done[]> {
  await holdGroup(ctx, group);
  const [blocker] = (await upgradeBlockers(ctx, group, options.with)).problems;
  if (blocker !== undefined) throw blocker;
  const workshop = storing(ctx);
  const rises = await planGroup(ctx, group, options, () => workshop);
  if (options.planDigest !== undefined) await refuseMoved(ctx, options.planDigest, presentTogether(rises.map(presentUpgrade)));
  return applyGroup(ctx, rises, options.reason);
}

/** Holds what a locked group relies on. */
export const holdGroup = (ctx: WriteCtx, { root, ascents }: Group): Promise<void> =>
  holdDependencies(
    ctx,
    root.install.workspaceId,
    ascents.map(({ to }) => to),
  );

/** Does what was planned. */
export async function applyGroup(ctx: WriteCtx, rises: readonly Rise[], reason?: string): Promise<Done[]> {
  const done: Done[] = [];
  for (const rise of rises) done.push({ ...rise, revision: await riseOne(ctx, rise, reason) });
  return done;
}

async function riseOne(ctx: WriteCtx, { ascent: { install, from, to }, move, planned }: Rise, reason?: string): Promise<number | null> {
  const place = placeOf(install, to.id);
  await apply(ctx, place, planned.plan);
  const changed = to.id !== from.id || !isEmpty(planned.plan) || !sameJson(move.variables, install.variables);
  const change = { action: 'upgrade', from, to, variables: move.variables, plan: planned.plan, reason } as const;
  return changed ? settle(ctx, place, install, change) : null;
}

/** Plans each upgrade of a group on what there is now: none depends on what the others write. */
export async function planGroup(
  ctx: ReadCtx,
  { root, ascents }: Group,
  options: Options,
  workshopOf: (ascent: Ascent) => Workshop,
  allot?: Allot,
): Promise<Rise[]> {
  const rises: Rise[] = [];
  for (const ascent of ascents) {
    const move = await moveOf(ctx, ascent, ascent === root ? options : alongOptions(options));
    rises.push({ ascent, move, planned: await planMove(ctx, ascent.install.workspaceId, move, workshopOf(ascent), allot) });
  }
  return rises;
}

/** What is said of the install that was asked for is not said of those that move along. */
const alongOptions = ({ strategy }: Options): Options => (strategy === undefined ? {} : { strategy });

/** The lists of the install that was asked for; those of what moved along only where that was asked for. */
export function toldOf({ root }: Group, done: readonly Done[], { detail, with: along }: Options) {
  const tell = ({ planned, revision }: Done) =>
    detail ? { ...planned.plan.outcome, ...detailOf(planned), revision } : planned.plan.outcome;
  const [own] = done.filter(({ ascent }) => ascent === root);
  const lists = tell(must(own, 'the upgrade that was asked for is in its group'));
  if (along === undefined) return lists;
  const others = done.filter(({ ascent }) => ascent !== root);
  return { ...lists, along: others.map((each) => ({ ...whichOf(each.ascent), ...tell(each) })) };
}

/** Which install moves, from where to where. */
export const whichOf = ({ install, from, to }: Ascent) => ({
  installId: install.id,
  integrationId: install.integrationId,
  from: { id: from.id, version: from.version },
  to: { id: to.id, version: to.version },
});

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
