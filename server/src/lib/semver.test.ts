import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bumped, compareVersions, currentOf, isRange, parseVersion, precedence, satisfies } from './semver.ts';

const number = fc.nat(30);
const identifier = fc.oneof(number.map(String), fc.constantFrom('alpha', 'beta', 'rc', 'x-1'));
const prerelease = fc.oneof(
  fc.constant(''),
  fc.array(identifier, { minLength: 1, maxLength: 3 }).map((parts) => `-${parts.join('.')}`),
);
const build = fc.constantFrom('', '+5', '+001', '+a-b.c');
const version = fc.tuple(number, number, number, prerelease, build).map(([a, b, c, pre, meta]) => `${a}.${b}.${c}${pre}${meta}`);

describe('parseVersion', () => {
  it('takes every SemVer 2.0.0 version apart', () => {
    expect(parseVersion('1.2.3-rc.1+build.7')).toMatchObject({
      major: 1,
      minor: 2,
      patch: 3,
      prerelease: ['rc', 1],
      build: ['build', '7'],
    });
    fc.assert(fc.property(version, (text) => void expect(parseVersion(text)).not.toBeNull()));
  });

  it.each([
    ...[
      'v1.2.3',
      '=1.2.3',
      ' 1.2.3',
      '1.2.3 ',
      '1.2.3\n',
      '1.2',
      '1',
      '',
      '1.2.3.4',
      '01.2.3',
      '1.02.3',
      '1.2.03',
      '1.2.3-01',
      '1.2.3-',
      '1.2.3+',
    ],
    ...['1.2.3-a..b', '1.2.3+a+b', '1.2.3-ä', '-1.2.3', '1.2.x', '١.2.3', '12345678901234567890.0.0', '1.12345678901234567890.0'],
    ...['1.0.0-12345678901234567890', '9007199254740992.0.0', `1.2.3-${'a'.repeat(60)}`],
  ])('INP-06: %j is no version', (text) => expect(parseVersion(text)).toBeNull());

  it('64 characters are the most', () => {
    expect(parseVersion(`1.2.3-${'a'.repeat(58)}`)).not.toBeNull();
    expect(parseVersion(`1.2.3-${'a'.repeat(59)}`)).toBeNull();
  });
});

it('precedence leaves out build metadata, and nothing else', () => {
  expect(precedence('1.2.3-rc.1+5.a')).toBe('1.2.3-rc.1');
  fc.assert(fc.property(version, (text) => void expect(compareVersions(text, precedence(text))).toBe(0)));
  fc.assert(fc.property(version, version, (a, b) => void expect(compareVersions(a, b) === 0).toBe(precedence(a) === precedence(b))));
});

it('compareVersions is the order of the specification', () => {
  const ordered = [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.9.0',
    '1.10.0',
    '2.0.0',
  ];
  expect(ordered.toReversed().toSorted(compareVersions)).toEqual(ordered);
  fc.assert(fc.property(version, version, (a, b) => void expect(compareVersions(a, b) + compareVersions(b, a)).toBe(0)));
});

describe('currentOf', () => {
  it.each([
    [[], null],
    [['1.0.0', '1.1.0', '1.0.5'], '1.1.0'],
    [['1.0.0-beta.1', '1.0.0-beta.2'], '1.0.0-beta.2'],
    [['1.0.0', '2.0.0-rc.1'], '1.0.0'],
    [['2.0.0-rc.1', '0.1.0'], '0.1.0'],
  ])('of %j is %j', (versions, current) => expect(currentOf(versions)).toBe(current));

  it('is one of the versions, stable if any is, and none of its sort is higher; the order does not matter', () => {
    const distinct = fc.uniqueArray(version, { minLength: 1, maxLength: 12, selector: precedence });
    fc.assert(
      fc.property(distinct, (versions) => {
        const current = currentOf(versions) ?? '';
        const stable = versions.filter((each) => parseVersion(each)?.prerelease.length === 0);
        const sort = stable.length > 0 ? stable : versions;
        expect(sort).toContain(current);
        for (const each of sort) expect(compareVersions(each, current)).toBeLessThanOrEqual(0);
        expect(currentOf(versions.toReversed())).toBe(current);
      }),
    );
  });
});

it('ranges', () => {
  for (const range of ['^1.2', '~1.2.3', '>=1 <3', '1.x || 2.x', '*', '1.0.0']) expect(isRange(range)).toBe(true);
  for (const text of ['latest', '^^1', '1.2.3.4', '>=', `^1${' '.repeat(300)}`]) expect(isRange(text)).toBe(false);
  expect(satisfies('1.4.0', '^1.2')).toBe(true);
  expect(satisfies('2.0.0', '^1.2')).toBe(false);
  expect(satisfies('1.4.0-rc.1', '^1.2')).toBe(false);
  expect(satisfies('1.4.0-rc.2', '>=1.4.0-rc.1')).toBe(true);
  expect(satisfies('1.4.0+build', '^1.2')).toBe(true);
});

it('bumped is the next version by one step', () => {
  expect(bumped('1.2.3', 'major')).toBe('2.0.0');
  expect(bumped('1.2.3+5', 'minor')).toBe('1.3.0');
  expect(bumped('1.2.3', 'patch')).toBe('1.2.4');
  fc.assert(
    fc.property(
      version,
      fc.constantFrom('major', 'minor', 'patch'),
      (from, step) => void expect(compareVersions(bumped(from, step), from)).toBe(1),
    ),
  );
});
