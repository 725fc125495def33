import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestApi } from '../../../test/api.ts';
import { JointSite } from '../../../test/model/joint-site.ts';
import { jointWalks } from '../../../test/model/joint-steps.ts';
import { type Invariant, readInvariants } from '../../db/invariants.ts';

/** The short form; by hand: `MODEL_RUNS=500 MODEL_SEED=$RANDOM`. */
const { MODEL_RUNS = '6', MODEL_SEED = '21', MODEL_STEPS = '24' } = process.env;
const INVARIANTS = new URL('../../../invariants.sql', import.meta.url).pathname;

let api: TestApi;
let invariants: Invariant[];
beforeAll(async () => {
  api = await TestApi.start();
  invariants = await readInvariants(INVARIANTS);
});
afterAll(() => api.stop());

test('whatever is published in lock step and installed under names, joint moves do as they were told, and the invariants hold', async () => {
  const property = fc.asyncProperty(jointWalks(Number(MODEL_STEPS)), async (steps) => {
    const site = await JointSite.open(api, invariants);
    for (const step of steps) {
      await step(site);
      await site.expectSound();
    }
  });
  await fc.assert(property, { numRuns: Number(MODEL_RUNS), seed: Number(MODEL_SEED), endOnFailure: true });
  expect(invariants.length).toBeGreaterThan(0);
}, 14_400_000);
