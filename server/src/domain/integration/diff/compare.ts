/** What differs between two versions, without their definitions. Pure. */
import { isObject, type Json, type JsonObject } from '../../../lib/json.ts';
import { diffJson } from '../../../lib/json-patch.ts';
import { sameJson } from '../../../lib/json-walk.ts';
import type { Manifest } from '../manifest.ts';
import type { Pair } from '../pair-members.ts';
import type { SnapshotMember } from '../snapshot.ts';
import { FLAGS } from './schema.ts';

export interface FlagChange {
  readonly flag: (typeof FLAGS)[number];
  readonly before: Json;
  readonly after: Json;
}

/** What changed about a member beside its definition. */
export function flagChanges({ before, after }: Pair): FlagChange[] {
  if (before === null) return [];
  return FLAGS.filter((flag) => !sameJson(told(before, flag), told(after, flag))).map((flag) => ({
    flag,
    before: told(before, flag),
    after: told(after, flag),
  }));
}

const told = (member: SnapshotMember, flag: (typeof FLAGS)[number]): Json => (flag === 'dependsOn' ? [...member.dependsOn] : member[flag]);

export const described = ({ slug, kind, name, origin }: SnapshotMember) => ({ slug, kind, name, origin });

const propertiesOf = (schema: JsonObject): JsonObject => (isObject(schema.properties) ? schema.properties : {});
const requiredOf = (schema: JsonObject): readonly string[] => (Array.isArray(schema.required) ? (schema.required as string[]) : []);
const without = (names: readonly string[], others: readonly string[]): string[] => {
  const known = new Set(others);
  return names.filter((name) => !known.has(name));
};

export function compareVariables(from: JsonObject, to: JsonObject) {
  const [before, after] = [propertiesOf(from), propertiesOf(to)];
  const [wasNamed, named] = [Object.keys(before), Object.keys(after)];
  const [wasRequired, required] = [requiredOf(from), requiredOf(to)];
  return {
    added: without(named, wasNamed),
    removed: without(wasNamed, named),
    changed: named.filter((name) => Object.hasOwn(before, name) && !sameJson(before[name] ?? null, after[name] ?? null)),
    required: without(required, wasRequired),
    optional: without(wasRequired, required),
    patch: diffJson(from, to),
  };
}

export function compareDependencies(from: Manifest, to: Manifest) {
  const [before, after] = [rangesOf(from), rangesOf(to)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((integration) => ({ integration, before: before.get(integration) ?? null, after: after.get(integration) ?? null }))
    .filter((each) => !sameJson(each.before, each.after));
}

const rangesOf = ({ dependencies = [] }: Manifest) => new Map(dependencies.map(({ integration, ...rest }) => [integration, rest]));
