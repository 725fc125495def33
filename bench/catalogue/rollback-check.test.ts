import type { ChangeReport } from '@mortise/sdk/changes';
import type { InstallMember, IntegrationInstall, JsonObject } from '@mortise/sdk/resources';
import { describe, expect, test } from 'vitest';
import { Ledger } from './ledger.ts';
import { noRollbacks, type Rollback, returnFaults, rollbackFaults } from './rollback-check.ts';
import type { View } from './subscription.ts';

const memberOf = (slug: string, more: Partial<InstallMember> = {}) =>
  ({ sourceMemberSlug: slug, entityId: `fun_${slug}`, entityVersionId: '1', isClone: true, detached: false, ...more }) as InstallMember;
const viewOf = (version: string, members: InstallMember[], definitions: Record<string, JsonObject>): View => ({
  install: { integrationVersionId: version, variables: { zone: 'eu' } } as unknown as IntegrationInstall,
  members,
  definitions: new Map(Object.entries(definitions)),
});

const [kept, edited] = [memberOf('kept'), memberOf('edited', { detached: true })];
const first = viewOf('v1', [kept, memberOf('edited')], { fun_kept: { v: 1 }, fun_edited: { v: 1, items: [{ name: 'p', w: 1 }] } });
const before = viewOf('v2', [kept, edited, memberOf('late')], {
  fun_kept: { v: 2 },
  fun_edited: { v: 2, own: true, items: [{ name: 'q' }, { name: 'p', w: 'mine' }] },
  fun_late: {},
});
const after = viewOf('v1', [kept, edited], { fun_kept: { v: 1 }, fun_edited: { v: 1, own: true, items: [{ name: 'p', w: 1 }] } });
const ledger = new Ledger();
ledger.record({ path: ['own'], value: true }, {}, { own: true });
const item = { name: 'p', w: 2 };
ledger.record({ path: ['items', { by: 'name', is: 'p' }, 'w'], value: 'mine' }, { items: [item] }, { items: [{ ...item, w: 'mine' }] });
const report: ChangeReport = {
  updated: ['kept', 'edited'],
  added: [],
  removed: ['late'],
  skipped: [],
  merged: ['edited'],
  conflicts: [{ slug: 'edited', pointer: '/items/1/w', base: 2, ours: 'mine', theirs: 1 }],
  revision: 3,
};
const good: Rollback = { first, before, after, report, ledgers: new Map([['fun_edited', ledger]]) };
const faultsOf = (more: Partial<Rollback>) => rollbackFaults({ ...good, ...more }, noRollbacks());

describe('a rollback to the first revision', () => {
  test('has no fault when everything is as it was, edits are there or told, and they are counted', () => {
    const counts = noRollbacks();
    expect(rollbackFaults(good, counts)).toEqual([]);
    expect(counts).toEqual({ clones: 1, editsHeld: 1, editsReported: 1, editsLost: 0 });
  });

  test.each<[string, Partial<Rollback>, string]>([
    ['an edit is gone and not told', { report: { ...report, conflicts: [] } }, 'edited: the edit at /items/[name=p]/w is lost'],
    ['another edit is told', { report: { ...report, conflicts: [{ slug: 'edited', pointer: '/items/1/w', ours: 3 }] } }, 'is lost'],
    ['an unedited clone is another', { after: withKept({ v: 2 }) }, 'kept: /v is not as it was at first'],
    ['a clone has what nobody put there', { after: withKept({ v: 1, more: 1 }) }, 'kept: /more is not as it was at first'],
    ['the version stays', { after: { ...after, install: before.install } }, 'it is at v2'],
    ['a member stays', { after: { ...after, members: [...after.members, memberOf('late')] } }, 'the members are kept'],
    ['a change is not told', { report: { ...report, updated: ['edited'] } }, 'updated is edited, but kept,edited changed'],
    ['a removal is not told', { report: { ...report, removed: [] } }, 'removed is , skipped , but late went'],
    [
      'an edited clone is gone',
      { before: { ...before, members: [kept, edited, memberOf('late', { detached: true })] } },
      'late left the install',
    ],
  ])('has one when %s', (_what, wrong, fault) => {
    expect(faultsOf(wrong)).toContainEqual(expect.stringContaining(fault));
  });
});

function withKept(definition: JsonObject): View {
  return { ...after, definitions: new Map([...after.definitions, ['fun_kept', definition]]) };
}

describe('the rollback of a rollback', () => {
  test('has no fault when everything is as before both', () => {
    expect(returnFaults(before, before)).toEqual([]);
  });

  test('has one where a clone, a pin or the version is another', () => {
    const faults = returnFaults(before, { ...before, members: [{ ...kept, entityVersionId: '0' }, edited, memberOf('late')] });
    expect(faults).toEqual(['back to the last revision: kept has another pin or is detached otherwise']);
    const changed = { ...before, definitions: new Map([...before.definitions, ['fun_late', { v: 1 }]]) };
    expect(returnFaults(before, changed)).toEqual(['back to the last revision: late changed']);
    expect(returnFaults(before, { ...before, install: first.install })).toEqual(['back to the last revision: it is at v1']);
  });
});
