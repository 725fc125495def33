import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitMerge } from './git.ts';
import { share, tallyOf, verdictOn } from './verdict.ts';

test('a clean merge is the person’s whatever the order of its keys, and otherwise in any other order of items', () => {
  expect(verdictOn(true, { a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toBe('human');
  expect(verdictOn(true, { a: 1, b: [2, 1] }, { b: [1, 2], a: 1 })).toBe('otherwise');
  expect(verdictOn(true, undefined, {})).toBe('otherwise');
  expect(verdictOn(false, 1, 1)).toBe('conflict');
});

test('verdicts add up', () => {
  const tally = tallyOf(['human', 'conflict', 'otherwise', 'human']);
  expect(tally).toEqual({ clean: 3, human: 2, otherwise: 1, conflict: 1 });
  expect(share(tally)).toBe('66.7 %');
  expect(share(tallyOf(['conflict']))).toBe('–');
});

test('git merges lines that are apart, and leaves neighbours to a person', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'mortise-git-'));
  try {
    const base = { a: 1, b: 1, c: 1, d: 1 };
    expect(await gitMerge(directory, { ...base, a: 2 }, base, { ...base, d: 2 })).toEqual({ clean: true, value: { ...base, a: 2, d: 2 } });
    expect(await gitMerge(directory, { ...base, a: 2 }, base, { ...base, b: 2 })).toEqual({ clean: false });
  } finally {
    await rm(directory, { recursive: true });
  }
});
