import { isObject, type Json, type JsonObject } from '../src/lib/json.ts';
import { must } from '../src/lib/must.ts';
import type { Member, Release } from './data.ts';

/** A release with everything that it has, not only what it changes. */
export interface FullRelease extends Required<Omit<Release, 'members'>> {
  readonly members: ReadonlyMap<string, Member>;
  /** Slugs of the members whose entity is another than in the release before. */
  readonly changed: ReadonlySet<string>;
}

const NOTHING: FullRelease = {
  version: '0.0.0',
  changelog: '',
  members: new Map(),
  changed: new Set(),
  variablesSchema: {},
  authConfig: {},
  dependencies: [],
  defaults: {},
};

/** Each release in full, oldest first. Pure. */
export function unfold(releases: readonly Release[]): FullRelease[] {
  const full: FullRelease[] = [];
  for (const release of releases) full.push(next(full.at(-1) ?? NOTHING, release));
  return full;
}

function next(before: FullRelease, { members, ...release }: Release): FullRelease {
  return {
    ...before,
    ...release,
    members: withChanges(before.members, members),
    changed: new Set(Object.keys(members).filter((slug) => changesEntity(members[slug]))),
  };
}

/** Known members keep their place, a renamed one takes that of its old name, new ones follow. */
function withChanges(before: ReadonlyMap<string, Member>, changes: Release['members']): ReadonlyMap<string, Member> {
  const newNames = new Map(Object.entries(changes).flatMap(([slug, change]) => (change?.renamedFrom ? [[change.renamedFrom, slug]] : [])));
  const members = new Map<string, Member>();
  for (const [oldSlug, { renamedFrom, ...member }] of before) {
    const slug = newNames.get(oldSlug) ?? oldSlug;
    if (changes[slug] !== null) members.set(slug, { ...member, ...changes[slug] });
  }
  for (const [slug, change] of Object.entries(changes)) if (change !== null && !members.has(slug)) members.set(slug, whole(slug, change));
  return members;
}

function whole(slug: string, { kind, name, definition, ...more }: Partial<Member>): Member {
  const why = `${slug} is new in its release, which tells its kind, name and definition`;
  return { ...more, kind: must(kind, why), name: must(name, why), definition: must(definition, why) };
}

const changesEntity = (change: Partial<Member> | null | undefined): boolean =>
  change?.definition !== undefined || change?.name !== undefined || change?.description !== undefined;

/** The definition with the entity of a member in place of each `@slug`. Throws when one names no member known by then. */
export const withEntities = (definition: JsonObject, ids: ReadonlyMap<string, string>): JsonObject =>
  Object.fromEntries(Object.entries(definition).map(([key, value]) => [key, resolved(value, ids)]));

function resolved(value: Json, ids: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string')
    return value.startsWith('@') ? must(ids.get(value.slice(1)), `${value} names a member told before`) : value;
  if (Array.isArray(value)) return value.map((item) => resolved(item, ids));
  return isObject(value) ? withEntities(value, ids) : value;
}
