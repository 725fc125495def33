import type { ChangeReport } from '@mortise/sdk/changes';
import type { InstallMember, IntegrationInstall, JsonObject } from '@mortise/sdk/resources';
import { describe, expect, test } from 'vitest';
import { Ledger } from './ledger.ts';
import { type MergeRound, mergeRoundFaults, noMerges } from './merge-round.ts';
import type { View } from './subscription.ts';

const base = { a: 1, b: 1, c: 1 };
const ours = { a: 'mine', b: 'mine', c: 1 };
const theirs = { a: 2, b: 1, c: 2 };
const result = { a: 'mine', b: 'mine', c: 2 };

const viewOf = (definition: JsonObject): View => ({
  install: {} as IntegrationInstall,
  members: [{ sourceMemberSlug: 'run', entityId: 'fun_1', isClone: true, detached: true } as InstallMember],
  definitions: new Map([['fun_1', definition]]),
});
const ledger = new Ledger();
ledger.record({ path: ['a'], value: 'mine' }, base, { ...base, a: 'mine' });
ledger.record({ path: ['b'], value: 'mine' }, { ...base, a: 'mine' }, ours);

const report: ChangeReport = {
  updated: ['run'],
  added: [],
  removed: [],
  skipped: [],
  merged: ['run'],
  conflicts: [{ slug: 'run', pointer: '/a', base: 1, ours: 'mine', theirs: 2 }],
  revision: 2,
};
const round: Omit<MergeRound, 'bases'> = {
  before: viewOf(ours),
  after: viewOf(result),
  base: new Map([['fun_1', base]]),
  theirs: new Map([['fun_1', theirs]]),
  ledgers: new Map([['fun_1', ledger]]),
  report,
};

describe('a round of merges', () => {
  test('is proved clone by clone, and counted', () => {
    const counts = noMerges();
    expect(mergeRoundFaults({ ...round, bases: new Map() }, counts)).toEqual([]);
    expect(counts).toEqual({
      ...noMerges(),
      withConflicts: 1,
      conflicts: 1,
      editsHeld: 2,
      editsInConflict: 1,
      upstreamTaken: 1,
      upstreamInConflict: 1,
    });
  });

  test('counts what is lost', () => {
    const counts = noMerges();
    const faults = mergeRoundFaults({ ...round, bases: new Map(), after: viewOf({ ...base, a: 'mine' }) }, counts);
    expect(faults).toContain('run: the edit at /b is lost');
    expect(faults).toContain("run: the version's change at /c is lost");
    expect(counts).toMatchObject({ editsHeld: 1, editsLost: 1, upstreamLost: 1 });
  });

  test('knows an edit that the server had lost before it merged', () => {
    const forgotten = { ...ours, b: 1 };
    const faults = mergeRoundFaults(
      { ...round, bases: new Map(), before: viewOf(forgotten), after: viewOf({ ...result, b: 1 }) },
      noMerges(),
    );
    expect(faults).toEqual(['run: the edit at /b is lost']);
  });

  test('takes no conflict of a clone that nobody edited, and no clone that is not there', () => {
    expect(mergeRoundFaults({ ...round, bases: new Map(), ledgers: new Map() }, noMerges())).toEqual([
      'a conflict at /a of run, which nobody edited',
    ]);
    expect(mergeRoundFaults({ ...round, bases: new Map(), base: new Map() }, noMerges())).toEqual(['run: there is nothing to compare']);
  });
});
