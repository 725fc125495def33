/** Whether an upgrade goes by itself, or needs a person, and why. */
import type { ReadCtx } from '../../context.ts';
import type { Problem } from '../../lib/errors.ts';
import { consentNeeds } from '../integration/consent/consent.ts';
import { comparables } from '../integration/consent/load.ts';
import { upgradeBlockers } from './blockers.ts';
import type { Rise } from './change/plan-digest.ts';
import type { Group } from './group.ts';

/** Why an upgrade waits for a person. */
export interface Reason {
  /** An error's code, or `needs_consent` or `conflicts`. */
  readonly code: string;
  /** The install that it is about; null: all that would move. */
  readonly installId: string | null;
  readonly detail: string;
}

/** What can be told without planning: what stands in the way, and what the versions ask anew of the workspace. */
export async function reasonsBefore(ctx: ReadCtx, group: Group): Promise<Reason[]> {
  const { problems } = await upgradeBlockers(ctx, group, 'dependencies');
  const reasons = problems.map((problem) => reasonOf(problem, null));
  for (const { install, from, to } of group.ascents) {
    const sides = await comparables(ctx, from, to);
    const needs = consentNeeds(sides.from, sides.to);
    reasons.push(...needs.map(({ detail }) => ({ code: 'needs_consent', installId: install.id, detail })));
  }
  return reasons;
}

export const reasonOf = ({ code, message }: Problem, installId: string | null): Reason => ({ code, installId, detail: message });

/** What a plan tells: places that both sides changed. Pure. */
export const reasonsIn = (rises: readonly Rise[]): Reason[] =>
  rises.flatMap(({ ascent: { install }, planned: { plan } }): Reason[] => {
    const { conflicted } = plan.merges;
    if (conflicted.length === 0) return [];
    const detail = `The version and the workspace changed the same in ${conflicted.join(', ')}.`;
    return [{ code: 'conflicts', installId: install.id, detail }];
  });
