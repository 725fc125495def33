import type { ChangeReport, Strategy } from '@mortise/sdk/changes';
import type { InstallMember, IntegrationInstall, IntegrationVersion, JsonObject } from '@mortise/sdk/resources';
import { describe, expect, test } from 'vitest';
import { repeatFaults, resultFaults, viewFaults } from './check.ts';
import type { Snapshot } from './snapshots.ts';
import type { View } from './subscription.ts';

/** A version with `run`, which refers to `input`; both are clones in the view. */
const snapshot: Snapshot = {
  version: { id: 'intver_2' } as IntegrationVersion,
  members: new Map([
    ['input', { entityId: 'sch_1', entityVersionId: 'schver_1', definition: { type: 'object' } }],
    ['run', { entityId: 'fun_1', entityVersionId: 'funver_1', definition: { takes: 'sch_1', zone: '{{ variables.zone }}' } }],
  ]),
  faults: [],
};
const memberOf = (slug: string, entityId: string, entityVersionId: string, more: Partial<InstallMember> = {}) =>
  ({ sourceMemberSlug: slug, entityId, entityVersionId, isClone: true, detached: false, name: slug, ...more }) as InstallMember;
const input = memberOf('input', 'sch_c', 'schver_1');
const run = memberOf('run', 'fun_c', 'funver_1');
const good: Record<string, JsonObject> = { sch_c: { type: 'object' }, fun_c: { zone: 'eu', takes: 'sch_c' } };
const variables = { zone: 'eu' };

const viewOf = (members: InstallMember[], definitions: Record<string, JsonObject>, more: Partial<IntegrationInstall> = {}): View => ({
  install: { integrationVersionId: 'intver_2', variables, ...more } as IntegrationInstall,
  members,
  definitions: new Map(Object.entries(definitions)),
});
const faultsOf = (view: View, edits: Record<string, JsonObject> = {}, strategy: Strategy = 'skip') =>
  viewFaults(view, snapshot, { variables, edits: new Map(Object.entries(edits)), policy: 'auto_all', strategy });
const NOTHING: ChangeReport = { updated: [], added: [], removed: [], skipped: [], merged: [], conflicts: [], revision: null };
const resultOf = (lists: Partial<ChangeReport>): ChangeReport => ({ ...NOTHING, ...lists });

describe('an install', () => {
  test('whose clones are as rendered has no fault', () => {
    expect(faultsOf(viewOf([input, run], good))).toEqual([]);
  });

  test.each([
    [
      'a clone that still refers to the source',
      viewOf([input, run], { ...good, fun_c: { zone: 'eu', takes: 'sch_1' } }),
      'not as rendered',
    ],
    ['a clone without its variable', viewOf([input, run], { ...good, fun_c: { zone: null, takes: 'sch_c' } }), 'not as rendered'],
    ['a clone that is gone', viewOf([input, run], { sch_c: { type: 'object' } }), 'not as rendered'],
    ['a member that is missing', viewOf([input], good), 'of the version only'],
    ['a member too many', viewOf([input, run, memberOf('old', 'fun_o', 'funver_o')], good), 'of the install only'],
    ['an old pin', viewOf([input, { ...run, entityVersionId: 'funver_0' }], good), 'run pins funver_0'],
    ['another version', viewOf([input, run], good, { integrationVersionId: 'intver_1' }), 'is at intver_1'],
    ['lost variables', viewOf([input, run], good, { variables: {} }), 'the variables are {}'],
    ['a member detached by nobody', viewOf([input, { ...run, detached: true }], good), 'run is detached'],
    ['a reference to something else', viewOf([input, { ...run, isClone: false }], good), 'run refers to fun_c'],
  ])('%s is a fault', (_what, view, fault) => {
    expect(faultsOf(view)).toContainEqual(expect.stringContaining(fault));
  });

  test('an edited clone is a fault when it changed, or is not detached', () => {
    const edit = { zone: 'us' };
    const detached = { ...run, detached: true };
    expect(faultsOf(viewOf([input, detached], { ...good, fun_c: edit }), { fun_c: edit })).toEqual([]);
    expect(faultsOf(viewOf([input, detached], good), { fun_c: edit })).toEqual(['edited clone fun_c was changed']);
    expect(faultsOf(viewOf([input, run], { ...good, fun_c: edit }), { fun_c: edit })).toEqual(['run is not detached']);
  });
});

describe('the result of an upgrade', () => {
  const before = viewOf([input, run], { ...good, fun_c: { zone: 'eu' } });
  const after = viewOf([input, run], good);
  const faults = (from: View, to: View, lists: Partial<ChangeReport>, strategy: Strategy = 'skip') =>
    resultFaults(from, to, resultOf(lists), strategy);

  test('that tells what changed has no fault', () => {
    expect(faults(before, after, { updated: ['run'] })).toEqual([]);
    expect(faults(before, viewOf([run], good), { updated: ['run'], removed: ['input'] })).toEqual([]);
    expect(faults(before, viewOf([run], good), { updated: ['run'], skipped: ['input'] })).toEqual([]);
    expect(faults(viewOf([input], good), after, { added: ['run'] })).toEqual([]);
  });

  test.each([
    ['a change that is not told', before, after, {}, 'updated is , but run changed'],
    ['a change that was none', after, after, { updated: ['run'] }, 'updated is run, but  changed'],
    ['a member that came unsaid', viewOf([input], good), after, {}, 'added is , but run came'],
    ['a member that went unsaid', after, viewOf([input], good), {}, 'run went'],
    ['a removal that was none', after, after, { removed: ['run'] }, 'removed is run'],
    ['a slug in two lists', before, after, { updated: ['run'], skipped: ['run'] }, 'two lists'],
    ['a detached member that is not skipped', after, viewOf([input, { ...run, detached: true }], good), {}, 'run were left alone'],
  ])('%s is a fault', (_what, from, to, lists, fault) => {
    expect(faults(from, to, lists)).toContainEqual(expect.stringContaining(fault));
  });

  describe('with a merge', () => {
    const detached = { ...run, detached: true };
    const [was, is] = [viewOf([input, detached], { ...good, fun_c: { zone: 'us' } }), viewOf([input, detached], good)];
    const conflicts = [{ slug: 'run', pointer: '/zone', base: 'eu', ours: 'us', theirs: 'as' }];

    test('lists what is detached as merged, or as skipped where there is nothing but conflicts', () => {
      expect(faults(was, is, { updated: ['run'], merged: ['run'], conflicts }, 'merge')).toEqual([]);
      expect(faults(is, is, { skipped: ['run'], conflicts }, 'merge')).toEqual([]);
      expect(faults(is, is, {}, 'merge')).toEqual([]);
    });

    test.each([
      ['merged in secret', was, { updated: ['run'] }, 'merged is , but run'],
      ['merged without a change', is, { merged: ['run'] }, 'merged is run, but '],
      ['skipped without conflicts', is, { skipped: ['run'] }, 'skipped is run'],
      ['in conflict and in no list', is, { conflicts }, 'run were left alone'],
    ])('%s is a fault', (_what, from, lists, fault) => {
      expect(faults(from, is, lists, 'merge')).toContainEqual(expect.stringContaining(fault));
    });

    test('takes the pins along', () => {
      const edit = { fun_c: { zone: 'us' } };
      expect(faultsOf(was, edit, 'merge')).toEqual([]);
      const behind = viewOf([input, { ...detached, entityVersionId: 'funver_0' }], { ...good, ...edit });
      expect(faultsOf(behind, edit)).toEqual([]);
      expect(faultsOf(behind, edit, 'merge')).toEqual(['run pins funver_0']);
    });
  });
});

describe('an upgrade of a current install', () => {
  const view = viewOf([input, { ...run, detached: true }], good);
  const conflicts = [{ slug: 'run', pointer: '' }];

  test('lists the detached members that it skips and nothing else', () => {
    expect(repeatFaults(view, resultOf({ skipped: ['run'] }), 'skip')).toEqual([]);
    expect(repeatFaults(view, resultOf({}), 'merge')).toEqual([]);
    expect(repeatFaults(view, resultOf({}), 'overwrite')).toEqual([]);
  });

  test.each([{}, { skipped: ['run'], updated: ['input'] }, { skipped: ['run', 'input'] }, { skipped: ['run'], revision: 3 }])(
    '%j is a fault where it skips',
    (lists) => {
      expect(repeatFaults(view, resultOf(lists), 'skip')).toHaveLength(1);
    },
  );

  test.each([{ skipped: ['run'] }, { conflicts }, { updated: ['run'], merged: ['run'], revision: 3 }])(
    '%j is one where it merges',
    (lists) => {
      expect(repeatFaults(view, resultOf(lists), 'merge')).not.toEqual([]);
    },
  );
});
