import type { ReadCtx } from '../../context.ts';
import { jsonInTurns } from '../../lib/json-pieces.ts';
import { jumpOf } from '../../lib/semver.ts';
import { Turns } from '../../lib/turns.ts';
import type { Reply, Target } from '../../route.ts';
import { loadConflicts } from '../entity/conflicts.ts';
import type { ConsentNeed } from '../integration/consent/comparable.ts';
import { consentNeeds } from '../integration/consent/consent.ts';
import { comparables } from '../integration/consent/load.ts';
import { upgradeBlockers } from './blockers.ts';
import { describePlan } from './change/describe-plan.ts';
import { type Move, type Planned, planMove } from './change/materialize.ts';
import { isChange } from './change/plan.ts';
import { planDigestOf, presentState, sealPlan } from './change/plan-digest.ts';
import { Preview } from './change/preview.ts';
import { type Ascent, ascentOf } from './state/ascent.ts';
import { loadInstall } from './state/lock.ts';
import { told } from './told.ts';
import { moveOf, type Options, refuseIdleOptions } from './upgrade.ts';
import { missingVariables } from './variables.ts';

/** What an upgrade with the same options would do, member by member, and everything that stands in its way. Writes nothing. */
export async function planUpgrade(
  ctx: ReadCtx,
  { target, body }: { target: Target; body: Omit<Options, 'planDigest' | 'detail'> },
): Promise<Reply> {
  refuseIdleOptions(body);
  const { install, integration } = await loadInstall(ctx, target.id);
  const asked = await ascentOf(ctx, install, integration, body);
  const { problems, hidden } = await upgradeBlockers(ctx, asked);
  // Whoever may not take the version is not told what is in it.
  const ascent = hidden ? { ...asked, to: asked.from } : asked;
  const move = await moveOf(ctx, ascent, body);
  const preview = new Preview();
  const planned = await planMove(ctx, install.workspaceId, move, preview);
  const patches = await preview.patches(ctx, planned.plan.updates.filter(isChange));
  const turns = new Turns();
  const open = await loadConflicts(
    ctx.db,
    move.live.flatMap(({ id, openConflicts }) => (openConflicts > 0 ? [id] : [])),
  );
  const members = describePlan({ ...planned, to: ascent.to, patches, open, refused: preview.refused });
  await turns.pass();
  return jsonInTurns({
    ...facts(ascent, move, planned),
    consent: await consentOf(ctx, ascent),
    blockers: [...problems, ...preview.refused.values()].map(told),
    members,
    planDigest: sealPlan(planDigestOf(ascent, move, planned), await presentState(ctx.db)),
  });
}

function facts({ install, from, to }: Ascent, move: Move, { plan }: Planned) {
  return {
    installId: install.id,
    revision: install.revision,
    from: { id: from.id, version: from.version },
    to: { id: to.id, version: to.version },
    jump: jumpOf(from.version, to.version),
    strategy: move.strategy,
    ...plan.outcome,
    ...plan.merges,
    variables: {
      added: Object.keys(move.variables).filter((name) => !Object.hasOwn(install.variables, name)),
      missing: missingVariables(to, move.variables),
    },
  };
}

async function consentOf(ctx: ReadCtx, { from, to }: Ascent): Promise<readonly ConsentNeed[]> {
  const sides = await comparables(ctx, from, to);
  return consentNeeds(sides.from, sides.to);
}
