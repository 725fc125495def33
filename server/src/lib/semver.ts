import semver, { type SemVer } from 'semver';
import { must } from './must.ts';

/** A SemVer 2.0.0 version, taken apart. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly prerelease: readonly (string | number)[];
  readonly build: readonly string[];
}

const MAX_LENGTH = 64;
const MAX_RANGE_LENGTH = 256;

/** The expression that semver.org suggests. The library alone would also take `v1.2.3` and spaces. */
const STRICT =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/;

/** The version that `text` spells, or null when it is none: not SemVer 2.0.0, over 64 characters, or with a number past 2^53. */
export function parseVersion(text: string): Version | null {
  if (text.length > MAX_LENGTH || !STRICT.test(text)) return null;
  const version = semver.parse(text);
  return version?.prerelease.some(isUnreadNumber) ? null : version;
}

/** The library leaves a number it cannot hold as text, and would then order it as text. */
const isUnreadNumber = (identifier: string | number): boolean => typeof identifier === 'string' && /^\d+$/.test(identifier);

/** The version without build metadata: what makes it unique. */
export const precedence = (version: string): string => version.replace(/\+.*$/, '');

/** Order by precedence; negative when `a` comes first. Build metadata does not count. Both must be versions. */
export const compareVersions = (a: string, b: string): -1 | 0 | 1 => semver.compare(a, b);

/** How far it is from one version up to another; see `jumpOf`. */
export const JUMPS = ['none', 'patch', 'minor', 'major', 'prerelease'] as const;
export type Jump = (typeof JUMPS)[number];

/**
 * The first of the three numbers that differs. `prerelease` when none does, and whenever the upper one is a prerelease; `none` when it is
 * not higher. The database says the same with `version_jump`.
 */
export function jumpOf(lower: string, upper: string): Jump {
  if (compareVersions(upper, lower) <= 0) return 'none';
  const [from, to] = [lower, upper].map((text) => must(semver.parse(text), 'both are versions')) as [SemVer, SemVer];
  if (to.prerelease.length > 0) return 'prerelease';
  return (['major', 'minor', 'patch'] as const).find((part) => from[part] !== to[part]) ?? 'prerelease';
}

/** The version that `currentVersion` names: the highest stable one, else the highest prerelease; null when there is none. */
export function currentOf(versions: readonly string[]): string | null {
  const stable = versions.filter((version) => semver.prerelease(version) === null);
  const candidates = stable.length > 0 ? stable : versions;
  return candidates.toSorted(compareVersions).at(-1) ?? null;
}

/** Whether `text` is a range of versions, such as `^1.2 || 3.x`. */
export const isRange = (text: string): boolean => text.length <= MAX_RANGE_LENGTH && semver.validRange(text) !== null;

/** Whether the version is in the range. A prerelease is only in ranges that name a prerelease of the same numbers, as in npm. */
export const satisfies = (version: string, range: string): boolean => semver.satisfies(version, range);

/** The next version by one step, without prerelease and build: `bumped('1.2.3', 'minor')` is `1.3.0`. */
export const bumped = (version: string, step: 'major' | 'minor' | 'patch'): string =>
  must(semver.inc(version, step), 'versions are checked before they are stored');
