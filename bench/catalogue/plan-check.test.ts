import type { ChangeReport, PlannedMember, UpgradePlan } from '@mortise/sdk/changes';
import type { InstallMember, IntegrationInstall, JsonObject } from '@mortise/sdk/resources';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../server/src/lib/json.ts';
import { diffJson } from '../../server/src/lib/json-patch.ts';
import { patched } from './patched.ts';
import { planFaults } from './plan-check.ts';
import type { View } from './subscription.ts';

const conflict = { pointer: '/v', base: 1, ours: 2, theirs: 3 };
const report: ChangeReport = {
  updated: ['a'],
  added: ['b'],
  removed: [],
  skipped: [],
  merged: ['a'],
  conflicts: [{ slug: 'a', ...conflict }],
  revision: 2,
};
const MADE = 'con_01jd0000000000000000000000';
const GUESSED = 'con_01jd0000000000000000000001';
const viewOf = (definition: JsonObject): View => ({
  install: {} as IntegrationInstall,
  members: [{ sourceMemberSlug: 'a', entityId: 'fun_a', isClone: true } as InstallMember],
  definitions: new Map([['fun_a', definition]]),
});
const before = viewOf({ v: 2, w: 1 });
const after = viewOf({ v: 2, w: 2, uses: MADE });
const member: PlannedMember = {
  slug: 'a',
  formerSlug: null,
  memberId: 'member',
  entityId: 'fun_a',
  disposition: 'merge',
  reason: '',
  diff: [
    { op: 'replace', path: '/w', value: 2 },
    { op: 'add', path: '/uses', value: GUESSED },
  ],
  conflicts: [conflict],
  referencedBy: [],
};
const plan = {
  ...report,
  revision: 1,
  conflicted: ['a'],
  blockers: [],
  members: [member],
} as unknown as UpgradePlan;

const faultsOf = (more: Partial<UpgradePlan>) => planFaults({ ...plan, ...more }, report, before, after);
const withMember = (more: Partial<PlannedMember>) => faultsOf({ members: [{ ...member, ...more }] });

describe('a plan', () => {
  test('that told what the upgrade did has no fault, whatever the ids of clones that it had to guess', () => {
    expect(faultsOf({})).toEqual([]);
  });

  test.each([
    ['another list', faultsOf({ skipped: ['c'] }), 'planned: skipped was c, and became '],
    ['a merge too few', faultsOf({ merged: [] }), 'planned: merged was , and became a'],
    ['no conflict', withMember({ conflicts: [] }), 'other conflicts'],
    ['another conflict', withMember({ conflicts: [{ ...conflict, theirs: 4 }] }), 'other conflicts'],
    ['others in conflict', faultsOf({ conflicted: [] }), 'conflicted was '],
    ['another change', withMember({ diff: [] }), 'another change of a'],
    ['no change', withMember({ diff: null }), 'no change of a'],
    ['a blocker', faultsOf({ blockers: [{ code: 'yanked', title: '', detail: '', facts: {} }] }), 'blocked by yanked'],
    ['another revision', faultsOf({ revision: 2 }), 'revision 2 became 2'],
  ])('that told %s has that fault', (_what, faults, fault) => {
    expect(faults).toEqual([expect.stringContaining(fault)]);
  });
});

test.each<[Json, Json]>([
  [
    { a: 1, b: [1, 2, 3], c: { d: 1 } },
    { b: [1, 4], c: { d: 1, 'e/~f': [] } },
  ],
  [[{ name: 'p' }, { name: 'q' }], [{ name: 'q', v: 1 }]],
  [{ a: 1 }, [1]],
])('a patch leads from %j to %j', (from, to) => {
  expect(patched(from, diffJson(from, to))).toEqual(to);
});
