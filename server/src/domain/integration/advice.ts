import type { JsonObject } from '../../lib/json.ts';
import { isObject } from '../../lib/json.ts';
import { sameJson } from '../../lib/json-walk.ts';
import { bumped } from '../../lib/semver.ts';
import { consentNeeds } from './consent.ts';
import type { AuthConfig } from './manifest.ts';
import type { SnapshotMember } from './snapshot.ts';

const BUMPS = ['none', 'patch', 'minor', 'major'] as const;
type Bump = (typeof BUMPS)[number];

/** What two versions are compared by. */
export interface Comparable {
  readonly members: readonly SnapshotMember[];
  readonly variablesSchema: JsonObject;
  readonly authConfig: AuthConfig;
}

export interface Advice {
  readonly bump: Bump | 'initial';
  readonly suggestedVersion: string | null;
  readonly reasons: readonly string[];
}

type Change = readonly [Bump, string];

/**
 * The least SemVer step that fits the change: what takes something from installers or asks something new of them is major, what
 * adds is minor, other changes are patches. `from` null: nothing was published yet. Pure.
 */
export function adviseVersion(from: (Comparable & { version: string }) | null, to: Comparable): Advice {
  if (from === null) return { bump: 'initial', suggestedVersion: '1.0.0', reasons: [] };
  const consent = consentNeeds(from, to).map(({ detail }): Change => ['major', detail]);
  const changes = [...memberChanges(from, to), ...variableChanges(from, to), ...consent];
  const bump = BUMPS[Math.max(0, ...changes.map(([step]) => BUMPS.indexOf(step)))] ?? 'none';
  const suggestedVersion = bump === 'none' ? null : bumped(from.version, bump);
  return { bump, suggestedVersion, reasons: changes.map(([step, reason]) => `${step}: ${reason}`) };
}

function memberChanges(from: Comparable, to: Comparable): Change[] {
  const before = new Map(from.members.map((member) => [member.slug, member]));
  const names = new Set(to.members.flatMap((member) => [member.slug, ...member.formerSlugs]));
  const removed = from.members
    .filter((member) => !names.has(member.slug))
    .map((member): Change => ['major', `the member ${member.slug} is gone`]);
  const others = to.members.flatMap((member): Change[] => {
    const earlier = before.get(member.slug) ?? member.formerSlugs.flatMap((slug) => before.get(slug) ?? [])[0];
    if (earlier === undefined) return [['minor', `the member ${member.slug} is new`]];
    if (earlier.slug !== member.slug) return [['minor', `the member ${earlier.slug} is renamed to ${member.slug}`]];
    return earlier.digest.equals(member.digest) ? [] : [['patch', `the definition of ${member.slug} changed`]];
  });
  return [...removed, ...others];
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
