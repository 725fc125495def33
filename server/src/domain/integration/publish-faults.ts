import type { Fault } from '../../lib/errors.ts';
import { isObject, type JsonObject } from '../../lib/json.ts';
import { pointer } from '../../lib/json-pointer.ts';
import type { Kinds } from '../../lib/kinds.ts';
import { isRange } from '../../lib/semver.ts';
import type { Draft } from './draft-members.ts';
import { dependsOnCycle, reach } from './graph.ts';
import type { Dependency, Manifest, MemberDecl } from './manifest.ts';
import type { SnapshotMember } from './snapshot.ts';

/** What the rules of publishing need to know besides the draft itself. */
export interface Surroundings {
  readonly kinds: Kinds;
  /** `publisher/slug` of the declared dependencies that the publisher can see. */
  readonly visible: ReadonlySet<string>;
  /** `publisher/slug` of the integration itself. */
  readonly self: string;
}

/** A fault found in a definition, whose place inside it is looked up afterwards (`examine.ts`). */
export interface DefinitionFault {
  readonly member: SnapshotMember;
  readonly rule: 'unresolved_reference' | 'undeclared_variable';
  /** The entity id or the variable's name. */
  readonly subject: string;
}

const fault = (code: string, where: string, message: string): Fault => ({ pointer: where, code, message });
const memberPointer = (index: number, ...rest: (string | number)[]) => pointer('manifest', 'members', index, ...rest);

/** Every rule that the manifest breaks, all at once, each with a pointer into the integration. Pure; yields where others may get on. */
export function* manifestFaults(draft: Draft, around: Surroundings): Generator<void, Fault[], undefined> {
  const { declared } = draft;
  const slugs = new Set(declared.map((decl) => decl.slug));
  const dependencies = (draft.integration.manifest as Manifest).dependencies ?? [];
  const rules: readonly (() => Fault[])[] = [
    () => (declared.length === 0 ? [fault('no_members', '/manifest/members', 'has no members; a version needs at least one')] : []),
    () => declared.flatMap((decl, index) => entityFaults(draft, decl, index)),
    () => duplicates(declared, 'slug', 'duplicate_slug'),
    () => duplicates(declared, 'entityId', 'duplicate_entity'),
    () => declared.flatMap((decl, index) => dependsOnFaults(slugs, decl, index)),
    () => cycleFaults(declared),
    () => renameFaults(declared),
    () => dependencies.flatMap((each, index) => dependencyFaults(each, index, around)),
  ];
  const faults: Fault[][] = [];
  for (const rule of rules) {
    faults.push(rule());
    yield;
  }
  return faults.flat();
}

function entityFaults(draft: Draft, decl: MemberDecl, index: number): Fault[] {
  const entity = draft.entities.get(decl.entityId);
  const where = memberPointer(index, 'entityId');
  if (entity === undefined)
    return [fault('member_not_found', where, `${decl.entityId} is no entity of the source workspace; declare one of its own`)];
  const deleted = entity.deleted ? [fault('member_deleted', where, `${decl.entityId} is deleted; restore it or drop the member`)] : [];
  if (entity.kind === decl.kind) return deleted;
  return [...deleted, fault('kind_mismatch', memberPointer(index, 'kind'), `is ${decl.kind}, but ${decl.entityId} is a ${entity.kind}`)];
}

function duplicates(declared: readonly MemberDecl[], field: 'slug' | 'entityId', code: string): Fault[] {
  const first = new Map<string, number>();
  return declared.flatMap((decl, index) => {
    const earlier = first.get(decl[field]);
    if (earlier === undefined) first.set(decl[field], index);
    return earlier === undefined ? [] : [fault(code, memberPointer(index, field), `repeats ${decl[field]} of ${memberPointer(earlier)}`)];
  });
}

function dependsOnFaults(slugs: ReadonlySet<string>, decl: MemberDecl, index: number): Fault[] {
  return (decl.dependsOn ?? []).flatMap((slug, place) =>
    slugs.has(slug) ? [] : [fault('unknown_depends_on', memberPointer(index, 'dependsOn', place), `names no member: ${slug}`)],
  );
}

function cycleFaults(declared: readonly MemberDecl[]): Fault[] {
  const cycle = dependsOnCycle(declared.map((decl) => ({ slug: decl.slug, dependsOn: decl.dependsOn ?? [] })));
  if (cycle === null) return [];
  const index = declared.findIndex((decl) => decl.slug === cycle[0]);
  return [fault('cyclic_depends_on', memberPointer(index, 'dependsOn'), `goes round in a circle: ${cycle.join(' → ')}`)];
}

function renameFaults(declared: readonly MemberDecl[]): Fault[] {
  const slugs = new Set(declared.map((decl) => decl.slug));
  return declared.flatMap(({ renamedFrom }, index) =>
    renamedFrom !== undefined && slugs.has(renamedFrom)
      ? [fault('rename_of_present', memberPointer(index, 'renamedFrom'), `names ${renamedFrom}, which is still a member of its own`)]
      : [],
  );
}

function dependencyFaults(dependency: Dependency, index: number, around: Surroundings): Fault[] {
  const at = (field: string) => pointer('manifest', 'dependencies', index, field);
  const range = isRange(dependency.range) ? [] : [fault('invalid_range', at('range'), `is not a SemVer range: ${dependency.range}`)];
  if (dependency.integration === around.self) return [...range, fault('self_dependency', at('integration'), 'is the integration itself')];
  if (around.visible.has(dependency.integration)) return range;
  return [...range, fault('unknown_dependency', at('integration'), `${dependency.integration} is no integration that you can see`)];
}

/** References that lead to no member and no closure schema, and variables that a clone uses but the schema does not declare. Pure. */
export function definitionFaults(members: readonly SnapshotMember[], draft: Draft, kinds: Kinds): DefinitionFault[] {
  const known = new Set(members.map((member) => member.entityId));
  const declaredIds = new Set(draft.declared.map((decl) => decl.entityId));
  const variables = declaredVariables(draft.integration.variablesSchema);
  const clones = clonedSlugs(members);
  return members.flatMap((member): DefinitionFault[] => [
    ...member.refs
      .filter((id) => kinds.ofId(id) !== null && !known.has(id) && !declaredIds.has(id))
      .map((id): DefinitionFault => ({ member, rule: 'unresolved_reference', subject: id })),
    ...member.variables
      .filter((name) => clones.has(member.slug) && !variables.has(name))
      .map((name): DefinitionFault => ({ member, rule: 'undeclared_variable', subject: name })),
  ]);
}

function declaredVariables(schema: JsonObject): ReadonlySet<string> {
  return new Set(isObject(schema.properties) ? Object.keys(schema.properties) : []);
}

/** The members that an install clones: those forked, and the closure schemas that a clone reaches. */
export function clonedSlugs(members: readonly SnapshotMember[]): ReadonlySet<string> {
  const closure = new Map(members.filter((member) => member.origin === 'schema_closure').map((member) => [member.entityId, member]));
  const forked = members.filter((member) => member.forkOnInstall);
  const slugsOf = (member: SnapshotMember) => member.refs.flatMap((id) => closure.get(id)?.slug ?? []);
  const schemas = new Map([...closure.values()].map((member) => [member.slug, slugsOf(member)]));
  return new Set([...forked.map((member) => member.slug), ...reach(schemas, forked.flatMap(slugsOf))]);
}
