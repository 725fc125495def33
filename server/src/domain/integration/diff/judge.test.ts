import { expect, test } from 'vitest';
import { judge } from './judge.ts';

test.each([
  ['1.2.3', '1.2.4', 'patch', 'patch', true],
  ['1.2.3', '1.2.4', 'minor', 'patch', false],
  ['1.2.3', '1.3.0', 'patch', 'minor', true],
  ['1.2.3', '2.0.0', 'major', 'major', true],
  ['1.2.3', '1.3.0', 'major', 'minor', false],
  ['0.2.3', '0.3.0', 'major', 'minor', true],
  ['0.2.3', '0.2.4', 'minor', 'patch', true],
  ['0.2.3', '0.2.4', 'major', 'patch', false],
  ['1.2.3', '2.0.0-rc.1', 'major', 'prerelease', true],
  ['2.0.0-rc.1', '2.0.0', 'major', 'prerelease', true],
  ['2.0.0', '1.0.0', 'none', 'none', true],
  ['2.0.0', '1.0.0', 'patch', 'none', false],
] as const)('from %s to %s, where %s is needed: %s is made, which fits: %s', (from, to, bump, made, fits) => {
  expect(judge(from, to, { bump, suggestedVersion: null, reasons: ['why'] })).toEqual({ least: bump, made, fits, reasons: ['why'] });
});
