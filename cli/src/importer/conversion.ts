/** From the catalogue's form to the API's. Pure. */
import { createHash } from 'node:crypto';
import type { Json, JsonObject, Manifest, MemberDecl } from '@mortise/sdk/resources';
import { must } from '../must.ts';
import type { CatalogueMember, CatalogueVersion } from './catalogue.ts';

const SLUG_LENGTH = 64;
const DIGEST_LENGTH = 8;

/**
 * The slug of the entity behind a member: the same in all versions, and no other member's in the workspace. The digest is what makes it
 * so: `a-b` of `c` and `b-c` of `a` would meet, long names are cut, and people name entities too.
 */
export function entitySlug(integration: string, member: string): string {
  const digest = createHash('sha256').update(`${integration}/${member}`).digest('hex').slice(0, DIGEST_LENGTH);
  const room = SLUG_LENGTH - 1 - DIGEST_LENGTH;
  return `${`${integration}-${member}`.slice(0, room).replace(/-+$/, '')}-${digest}`;
}

/** The definition with each `@slug` replaced by the entity of that member. Other strings stay, `@` or not. */
export const withEntityIds = (definition: JsonObject, ids: ReadonlyMap<string, string>): JsonObject =>
  mapStrings(definition, (text) => (text.startsWith('@') ? (ids.get(text.slice(1)) ?? text) : text)) as JsonObject;

/** The members whose entities a definition refers to. */
export function mentions(definition: JsonObject, slugs: ReadonlySet<string>): string[] {
  const found = new Set<string>();
  mapStrings(definition, (text) => {
    if (text.startsWith('@') && slugs.has(text.slice(1))) found.add(text.slice(1));
    return text;
  });
  return [...found];
}

function mapStrings(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item: Json) => mapStrings(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]));
}

/** The members with those that they mention before them, as far as cycles allow; otherwise in the given order. */
export function creationOrder(
  members: readonly CatalogueMember[],
  definitions: Readonly<Record<string, JsonObject>>,
): readonly CatalogueMember[] {
  const bySlug = new Map(members.map((member) => [member.slug, member]));
  const slugs = new Set(bySlug.keys());
  const entered = new Set<string>();
  const ordered: CatalogueMember[] = [];
  const visit = (member: CatalogueMember): void => {
    if (entered.has(member.slug)) return;
    entered.add(member.slug);
    for (const slug of mentions(definitionOf(member, definitions), slugs)) visit(must(bySlug.get(slug), 'mentions are members'));
    ordered.push(member);
  };
  for (const member of members) visit(member);
  return ordered;
}

export const definitionOf = (member: CatalogueMember, definitions: Readonly<Record<string, JsonObject>>): JsonObject =>
  must(definitions[member.definition], 'the catalogue was checked');

/** What the integration declares: the version's members but for the closure, cloned on install unless their kind is one of `references`. */
export function manifestOf(version: CatalogueVersion, ids: ReadonlyMap<string, string>, references: ReadonlySet<string>): Manifest {
  const declared = version.members.filter((member) => member.closure !== true);
  return { members: declared.map((member) => declarationOf(member, ids, references)) };
}

function declarationOf(member: CatalogueMember, ids: ReadonlyMap<string, string>, references: ReadonlySet<string>): MemberDecl {
  const { slug, kind, required, defaultEnabled, dependsOn } = member;
  return {
    slug,
    entityId: must(ids.get(slug), 'every member has its entity before it is declared'),
    kind,
    forkOnInstall: !references.has(kind),
    ...(required === undefined ? {} : { required }),
    ...(defaultEnabled === undefined ? {} : { defaultEnabled }),
    ...(dependsOn === undefined ? {} : { dependsOn }),
  };
}
