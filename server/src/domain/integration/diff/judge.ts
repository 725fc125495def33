import { type Jump, jumpOf, parseVersion } from '../../../lib/semver.ts';
import type { Advice } from '../advice.ts';

const STEPS = ['none', 'patch', 'minor', 'major'] as const;
type Step = (typeof STEPS)[number];

export interface Judgement {
  readonly least: Step;
  readonly made: Jump;
  readonly fits: boolean;
  readonly reasons: readonly string[];
}

/**
 * Holds the step that the numbers make against the least one that fits. While the major number is 0, a step promises what the next
 * smaller one does later, as ranges like `^0.1` have it; a prerelease promises nothing. Pure.
 */
export function judge(from: string, to: string, { bump, reasons }: Advice): Judgement {
  const least = bump === 'initial' ? 'none' : bump;
  const made = jumpOf(from, to);
  const weight = made === 'prerelease' ? STEPS.length : STEPS.indexOf(made) + (made !== 'none' && isEarly(from) ? 1 : 0);
  return { least, made, fits: weight >= STEPS.indexOf(least), reasons };
}

const isEarly = (version: string): boolean => parseVersion(version)?.major === 0;
