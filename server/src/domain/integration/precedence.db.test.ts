import fc from 'fast-check';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { compareVersions, jumpOf, parseVersion } from '../../lib/semver.ts';

let world: TestDatabase;
beforeAll(async () => {
  world = await testDatabase();
});
afterAll(() => world.drop());

/** Numbers on both sides of each change of length, up to the 16 digits that a double holds. */
const number = fc
  .oneof(
    fc.nat(11),
    fc.integer({ min: 0, max: 15 }).map((digits) => 10 ** digits),
    fc.maxSafeNat(),
    fc.constant(Number.MAX_SAFE_INTEGER),
  )
  .map(String);
/** Words that look like numbers, begin one another, or hold the lowest and highest characters that are allowed. */
const word = fc.oneof(
  fc.constantFrom(
    'a',
    'A',
    'Z',
    'z',
    'alpha',
    'alpha-',
    'alpha-1',
    'alpha0',
    'alphabet',
    '-',
    '--',
    '-1',
    '0a',
    '00a',
    '1a',
    '1-',
    '9Z',
    'rc',
    'rc1',
  ),
  fc.stringMatching(/^[0-9A-Za-z-]{0,6}[A-Za-z-][0-9A-Za-z-]{0,6}$/),
);
const identifier = fc.oneof(number, word);
const version = fc
  .tuple(fc.tuple(number, number, number), fc.array(identifier, { maxLength: 4 }), fc.constantFrom('', '', '+b', '+1.a-z', '+0-0'))
  .map(([numbers, prerelease, build]) => `${numbers.join('.')}${prerelease.length > 0 ? '-' : ''}${prerelease.join('.')}${build}`)
  .filter((text) => parseVersion(text) !== null);
/** Neighbours: the same numbers, so that the prerelease decides. */
const neighbours = fc
  .array(identifier, { maxLength: 4 })
  .map((prerelease) => `1.2.3${prerelease.length > 0 ? '-' : ''}${prerelease.join('.')}`);

async function orderOf(pairs: readonly (readonly [string, string])[]): Promise<number[]> {
  const rows = await world.database.db.many<{ sign: number }>(sql`
    select case when a collate "C" = b then 0 when a collate "C" < b then -1 else 1 end as sign
    from (select n, semver_key(x ->> 0) as a, semver_key(x ->> 1) as b
      from json_array_elements(${JSON.stringify(pairs)}::json) with ordinality as p(x, n)) keys
    order by n`);
  return rows.map(({ sign }) => sign);
}

describe('the byte order of semver_key', () => {
  test.each([
    ['any two versions', version, 4_000],
    ['two prereleases of the same numbers', neighbours.filter((text) => parseVersion(text) !== null), 8_000],
  ])('is the precedence of %s', async (_, arbitrary, runs) => {
    const pairs = fc.sample(fc.tuple(arbitrary, arbitrary), { numRuns: runs, seed: 20_260_101 });
    const found = await orderOf(pairs);
    for (const [index, [a, b]] of pairs.entries()) expect(found[index], `${a} against ${b}`).toBe(compareVersions(a, b));
  });

  test('is that of the example in the specification', async () => {
    const ascending = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
    ];
    const pairs = ascending.slice(1).map((upper, index): [string, string] => [ascending[index] as string, upper]);
    expect(await orderOf(pairs)).toEqual(pairs.map(() => -1));
  });
});

describe('version_jump and jumpOf', () => {
  test.each([
    ['1.2.3', '2.0.0', 'major'],
    ['1.2.3', '1.3.0', 'minor'],
    ['1.2.3', '1.2.4', 'patch'],
    ['1.2.3', '2.0.0-rc.1', 'prerelease'],
    ['2.0.0-rc.1', '2.0.0', 'prerelease'],
    ['2.0.0-rc.1', '2.0.0-rc.2', 'prerelease'],
    ['2.0.0-rc.1', '2.0.1', 'patch'],
    ['0.1.0', '0.2.0', 'minor'],
    ['9.0.0', '10.0.0', 'major'],
  ])('from %s to %s is %s', async (lower, upper, jump) => {
    expect(jumpOf(lower, upper)).toBe(jump);
    expect(jumpOf(upper, lower)).toBe('none');
    expect(await world.database.db.one(sql`select version_jump(${lower}, ${upper}) as jump`)).toEqual({ jump });
  });
});
