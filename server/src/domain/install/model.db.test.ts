import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestApi } from '../../../test/api.ts';
import * as clone from '../../../test/model/clone-steps.ts';
import { expectHistories } from '../../../test/model/compare.ts';
import * as installs from '../../../test/model/install-steps.ts';
import { publish } from '../../../test/model/publisher-steps.ts';
import { Site } from '../../../test/model/site.ts';
import { upgrade } from '../../../test/model/upgrade-step.ts';
import { type Invariant, readInvariants } from '../../db/invariants.ts';

/** The short form; by hand: `MODEL_RUNS=500 MODEL_SEED=$RANDOM`. A failure is replayed by its seed and path (`MODEL_PATH`, `MODEL_REPLAY`). */
const { MODEL_RUNS = '8', MODEL_SEED = '20', MODEL_STEPS = '24', MODEL_PATH, MODEL_REPLAY } = process.env;
const INVARIANTS = new URL('../../../invariants.sql', import.meta.url).pathname;

let api: TestApi;
let invariants: Invariant[];
beforeAll(async () => {
  api = await TestApi.start();
  invariants = await readInvariants(INVARIANTS);
});
afterAll(() => api.stop());

const often = <T>(arbitrary: fc.Arbitrary<T>, times: number): fc.Arbitrary<T>[] => Array.from({ length: times }, () => arbitrary);

const walks = fc.commands(
  [
    ...often(publish, 4),
    ...often(installs.install, 2),
    ...often(clone.edit, 5),
    clone.remove,
    clone.bringBack,
    clone.purge,
    clone.own,
    ...often(clone.detach, 2),
    clone.revert,
    clone.compare,
    ...often(upgrade, 5),
    installs.reconfigure,
    installs.add,
    installs.drop,
    ...often(installs.rollback, 3),
    installs.uninstall,
    ...often(installs.restore, 2),
  ],
  { maxCommands: Number(MODEL_STEPS), size: 'max', ...(MODEL_REPLAY !== undefined && { replayPath: MODEL_REPLAY }) },
);

test('whatever a publisher and a workspace do, the workspace has what the model says, and the invariants hold', async () => {
  const property = fc.asyncProperty(installs.install, walks, async (first, steps) => {
    const site = await Site.open(api, invariants);
    const world = await site.world();
    await site.publish(world);
    await first.run(world, site);
    await fc.asyncModelRun(() => ({ model: world, real: site }), steps);
    await expectHistories(world, site);
  });
  const replay = MODEL_PATH === undefined ? {} : { path: MODEL_PATH };
  await fc.assert(property, { numRuns: Number(MODEL_RUNS), seed: Number(MODEL_SEED), unbiased: true, ...replay });
  expect(invariants.length).toBeGreaterThan(0);
}, 14_400_000);
