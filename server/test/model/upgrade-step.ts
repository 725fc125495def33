import fc from 'fast-check';
import { expect } from 'vitest';
import type { Json } from '../../src/lib/json.ts';
import type { KeyConflict } from './documents.ts';
import { noted } from './install-steps.ts';
import { droppedOf } from './match.ts';
import { inOneList, type Move, move } from './move.ts';
import type { Site } from './site.ts';
import { activeOf, complete, conflictsOf, expectLists, hasActive, listsOf, oneOf, path, type Step, step } from './step.ts';
import type { Version } from './versions.ts';
import type { Install, World } from './world.ts';

interface Asked {
  readonly strategy: 'skip' | 'merge' | 'overwrite';
  /** A version by number; null: the current one. */
  readonly version: number | null;
  /** How the first conflicts are settled: by a side, or by the id of an entity. */
  readonly picks: readonly ('base' | 'ours' | 'theirs' | number)[];
  /** With the digest of the plan. */
  readonly asPlanned: boolean;
}

const asked: fc.Arbitrary<Asked> = fc.record({
  strategy: fc.constantFrom('skip' as const, 'merge', 'merge', 'overwrite'),
  version: fc.option(fc.nat(11), { freq: 3 }),
  picks: fc.array(fc.oneof(fc.constantFrom('base' as const, 'ours', 'theirs'), fc.nat(11)), { maxLength: 3 }),
  asPlanned: fc.boolean(),
});

const wordsOf = ({ strategy, version, picks, asPlanned }: Asked): string =>
  [
    strategy,
    ...(version === null ? [] : [`version ${version}`]),
    ...picks.map((pick) => `pick ${pick}`),
    ...(asPlanned ? ['as planned'] : []),
  ].join(', ');

/** Plans an upgrade, does it, finds that it did what was planned, and that doing it again changes nothing. */
export const upgrade: fc.Arbitrary<Step> = asked.map((ask) =>
  step(`upgrade(${wordsOf(ask)})`, hasActive, async (world, site) => {
    const install = activeOf(world);
    const to = targetOf(world, ask);
    const options = { strategy: ask.strategy, ...(ask.version !== null && { integrationVersionId: to.id }) };
    if (to.number < install.version.number) {
      const refused = await site.buyer.editor.call('POST', path(install, '/upgrade'), options);
      return expect(refused).toMatchObject({ status: 409, body: { code: 'would_downgrade' } });
    }
    const settling = await settlements(world, site, install, options, ask);
    const plan = await site.buyer.viewer.post(path(install, '/upgrade-plan'), { ...options, ...settling.body }, 200);
    const last = await upgradeOnce(world, site, install, to, { options: { ...options, ...settling.body }, settling, ask, plan });
    expect(last).toBe(true);
    const again = await site.buyer.editor.post(path(install, '/upgrade'), { ...options, detail: true }, 200);
    expect(again, 'the second upgrade').toMatchObject({ updated: [], added: [], removed: [], revision: null });
    const moved = move(world, install, install.version, await moveTo(site, install, to, ask.strategy));
    expectLists(again, moved.lists);
    expect(moved.changed).toBe(false);
  }),
);

function targetOf(world: World, { version }: Asked): Version {
  if (version !== null) return oneOf(world.versions, version);
  return world.current;
}

interface Plan {
  readonly updated: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly skipped: readonly string[];
  readonly members: readonly { slug: string; disposition: string; conflicts: readonly KeyConflict[] }[];
  readonly planDigest: string;
}

interface Settling {
  readonly body: object;
  readonly settled: ReadonlyMap<string, Json | undefined>;
}

/** Resolutions for the first conflicts that a plan tells. */
async function settlements(world: World, site: Site, install: Install, options: object, { strategy, picks }: Asked): Promise<Settling> {
  if (strategy !== 'merge' || picks.length === 0) return { body: {}, settled: new Map() };
  const plan: Plan = await site.buyer.viewer.post(path(install, '/upgrade-plan'), options, 200);
  const conflicts = plan.members.flatMap(({ slug, conflicts: some }) => some.map((each) => ({ slug, ...each })));
  const chosen = picks.slice(0, conflicts.length).map((pick, index) => {
    const conflict = oneOf(conflicts, index);
    const { slug, pointer } = conflict;
    if (typeof pick === 'number') {
      const value = oneOf(world.present(), pick);
      return { resolution: { slug, pointer, pick: 'value', value }, at: slug + pointer, value };
    }
    return { resolution: { slug, pointer, pick }, at: slug + pointer, value: conflict[pick] };
  });
  const resolutions = chosen.map(({ resolution }) => resolution);
  return { body: { resolutions }, settled: new Map(chosen.map(({ at, value }) => [at, value])) };
}

interface Once {
  readonly options: object;
  readonly settling: Settling;
  readonly ask: Asked;
  readonly plan: Plan;
}

async function upgradeOnce(
  world: World,
  site: Site,
  install: Install,
  to: Version,
  { options, settling, ask, plan }: Once,
): Promise<boolean> {
  const body = { ...options, detail: true, ...(ask.asPlanned && { planDigest: plan.planDigest }) };
  const answer = await site.buyer.editor.post(path(install, '/upgrade'), body, 200);
  const how = await moveTo(site, install, to, ask.strategy);
  const moved = move(world, install, install.version, { ...how, settled: settling.settled });
  noted(world, install, 'upgrade', moved);
  expectLists(answer, moved.lists);
  expect(conflictsOf(answer.conflicts)).toEqual(conflictsOf(moved.conflicts));
  expect(answer.revision).toBe(moved.changed ? install.revisions.length : null);
  expect(listsOf(plan), 'the plan').toEqual(moved.lists);
  expect(dispositionsOf(plan), 'the dispositions of the plan').toEqual(moved.lists);
  return true;
}

const moveTo = async (site: Site, install: Install, to: Version, strategy: Asked['strategy']): Promise<Move> => ({
  to,
  variables: complete(to, install.variables),
  strategy,
  choice: { policy: install.policy, dropped: droppedOf(install) },
  given: await site.given(install.id),
});

/** The four lists as the dispositions of the members say them. */
function dispositionsOf({ members }: Plan) {
  const having = (...some: string[]) => members.filter(({ disposition }) => some.includes(disposition)).map(({ slug }) => slug);
  return inOneList({
    updated: having('update', 'merge'),
    added: having('insert'),
    removed: having('remove'),
    skipped: having('skip_detached', 'skip_conflict', 'keep'),
  });
}
