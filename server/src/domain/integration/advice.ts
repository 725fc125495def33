import type { JsonObject } from '../../lib/json.ts';
import { isObject } from '../../lib/json.ts';
import { sameJson } from '../../lib/json-walk.ts';
import { bumped } from '../../lib/semver.ts';
import type { Comparable } from './consent/comparable.ts';
import { consentNeeds } from './consent/consent.ts';
import { type Pair, pairMembers } from './pair-members.ts';

const BUMPS = ['none', 'patch', 'minor', 'major'] as const;
type Bump = (typeof BUMPS)[number];

export interface Advice {
  readonly bump: Bump | 'initial';
  readonly suggestedVersion: string | null;
  readonly reasons: readonly string[];
}

/** Nothing was published yet. */
export const INITIAL: Advice = { bump: 'initial', suggestedVersion: '1.0.0', reasons: [] };

type Change = readonly [Bump, string];

/**
 * The least SemVer step that fits the change: what takes something from installers or asks something new of them is major, what
 * adds is minor, other changes are patches. Pure.
 */
export function adviseVersion(version: string, from: Comparable, to: Comparable): Advice {
  const consent = consentNeeds(from, to).map(({ detail }): Change => ['major', detail]);
  const changes = [...memberChanges(from, to), ...variableChanges(from, to), ...consent];
  const bump = BUMPS[Math.max(0, ...changes.map(([step]) => BUMPS.indexOf(step)))] ?? 'none';
  const suggestedVersion = bump === 'none' ? null : bumped(version, bump);
  return { bump, suggestedVersion, reasons: changes.map(([step, reason]) => `${step}: ${reason}`) };
}

function memberChanges(from: Comparable, to: Comparable): Change[] {
  const { pairs, removed } = pairMembers(from.members, to.members);
  return [...removed.map(({ slug }): Change => ['major', `the member ${slug} is gone`]), ...pairs.flatMap(memberChange)];
}

function memberChange({ before, after }: Pair): Change[] {
  if (before === null) return [['minor', `the member ${after.slug} is new`]];
  if (before.slug !== after.slug) return [['minor', `the member ${before.slug} is renamed to ${after.slug}`]];
  return before.digest.equals(after.digest) ? [] : [['patch', `the definition of ${after.slug} changed`]];
}

const propertiesOf = (schema: JsonObject): JsonObject => (isObject(schema.properties) ? schema.properties : {});

function variableChanges(from: Comparable, to: Comparable): Change[] {
  const before = propertiesOf(from.variablesSchema);
  const after = propertiesOf(to.variablesSchema);
  return [
    ...Object.keys(before).flatMap((name): Change[] => (Object.hasOwn(after, name) ? [] : [['major', `the variable ${name} is gone`]])),
    ...Object.keys(after).flatMap((name): Change[] => variableChange(before, after, name)),
  ];
}

function variableChange(before: JsonObject, after: JsonObject, name: string): Change[] {
  if (!Object.hasOwn(before, name)) return [['minor', `the variable ${name} is new`]];
  return sameJson(before[name] ?? null, after[name] ?? null) ? [] : [['patch', `the schema of the variable ${name} changed`]];
}
