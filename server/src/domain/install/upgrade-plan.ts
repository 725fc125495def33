import type { ReadCtx } from '../../context.ts';
import type { Problem } from '../../lib/errors.ts';
import { jsonInTurns } from '../../lib/json-pieces.ts';
import { must } from '../../lib/must.ts';
import { jumpOf } from '../../lib/semver.ts';
import { Turns } from '../../lib/turns.ts';
import type { Reply, Target } from '../../route.ts';
import { loadConflicts } from '../entity/conflicts.ts';
import type { ConsentNeed } from '../integration/consent/comparable.ts';
import { consentNeeds } from '../integration/consent/consent.ts';
import { comparables } from '../integration/consent/load.ts';
import { upgradeBlockers } from './blockers.ts';
import { describePlan } from './change/describe-plan.ts';
import type { Move, Planned } from './change/materialize.ts';
import { isChange } from './change/plan.ts';
import { presentState, presentTogether, presentUpgrade, type Rise, sealPlan } from './change/plan-digest.ts';
import { Preview } from './change/preview.ts';
import { type Group, groupOf } from './group.ts';
import { memberToken } from './install-plan.ts';
import type { Ascent } from './state/ascent.ts';
import { told } from './told.ts';
import { type Options, planGroup, refuseIdleOptions, whichOf } from './upgrade.ts';
import { missingVariables } from './variables.ts';

/** What an upgrade with the same options would do, member by member, and everything that stands in its way. Writes nothing. */
export async function planUpgrade(
  ctx: ReadCtx,
  { target, body }: { target: Target; body: Omit<Options, 'planDigest' | 'detail'> },
): Promise<Reply> {
  refuseIdleOptions(body);
  const asked = await groupOf(ctx, target.id, body);
  const { problems, hidden } = await upgradeBlockers(ctx, asked, body.with);
  const group = hidden ? withheld(asked) : asked;
  const preview = new Preview();
  const refused = new Map(group.ascents.map((ascent) => [ascent, new Map<string, Problem>()]));
  const refusedOf = (ascent: Ascent) => must(refused.get(ascent), 'one for each');
  const rises = await planGroup(
    ctx,
    group,
    body,
    (ascent) => ({
      keep: preview.keep,
      refuse: (slug, problem) => refusedOf(ascent).set(slug, problem),
    }),
    ({ slug }) => memberToken(slug),
  );
  const described = new Map<Ascent, object>();
  for (const rise of rises) described.set(rise.ascent, await describe(ctx, rise, preview, refusedOf(rise.ascent)));
  const others = rises.filter(({ ascent }) => ascent !== group.root).map(({ ascent }) => described.get(ascent));
  return jsonInTurns({
    ...described.get(group.root),
    blockers: [...problems, ...[...refused.values()].flatMap((each) => [...each.values()])].map(told),
    ...(body.with !== undefined && { along: others }),
    planDigest: sealPlan(presentTogether(rises.map(presentUpgrade)).digest, await presentState(ctx.db)),
  });
}

/** Whoever may not take the version is not told what is in it. */
function withheld({ root }: Group): Group {
  const alone = { ...root, to: root.from };
  return { root: alone, ascents: [alone] };
}

async function describe(ctx: ReadCtx, { ascent, move, planned }: Rise, preview: Preview, refused: ReadonlyMap<string, Problem>) {
  const patches = await preview.patches(ctx, planned.plan.updates.filter(isChange));
  const turns = new Turns();
  const open = await loadConflicts(
    ctx.db,
    move.live.flatMap(({ id, openConflicts }) => (openConflicts > 0 ? [id] : [])),
  );
  const members = describePlan({ ...planned, to: ascent.to, patches, open, refused });
  await turns.pass();
  return { ...facts(ascent, move, planned), consent: await consentOf(ctx, ascent), members };
}

function facts(ascent: Ascent, move: Move, { plan }: Planned) {
  const { install, from, to } = ascent;
  return {
    ...whichOf(ascent),
    revision: install.revision,
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
