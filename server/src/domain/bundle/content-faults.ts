import type { Fault } from '../../lib/errors.ts';
import { pointer } from '../../lib/json-pointer.ts';
import { type Kinds, SCHEMA_KIND } from '../../lib/kinds.ts';
import { parseVersion } from '../../lib/semver.ts';
import { formFaults, type Manifest, type MemberDecl } from '../integration/manifest.ts';
import { CHANGELOG_BYTES } from '../integration/publish.ts';
import type { BundleContent, BundleMember } from './schema.ts';
import { standIn } from './stand-ins.ts';

/** Where the content stands in the body of an import. */
export const CONTENT = '/bundle/content';

const MAX_FAULTS = 100;

/** What an exporting server never writes, by the content alone: signed does not mean well-formed. Pure; pointers into the body. */
export function contentFaults(content: BundleContent, kinds: Kinds): Fault[] {
  const form = formFaults(content).map((fault) => ({ ...fault, pointer: CONTENT + fault.pointer }));
  const declared = form.length === 0 ? ((content.manifest as Manifest).members ?? []) : [];
  return [
    ...versionFaults(content),
    ...form,
    ...repeatedSlugs(content.members),
    ...content.members.flatMap((member, place) => memberFaults(member, place, kinds)),
    ...(form.length === 0 ? placeFaults(content.members, declared) : []),
  ].slice(0, MAX_FAULTS);
}

function versionFaults({ version, changelog }: BundleContent): Fault[] {
  return [
    ...(parseVersion(version) === null ? [{ pointer: `${CONTENT}/version`, message: 'is not a SemVer 2.0.0 version' }] : []),
    ...(Buffer.byteLength(changelog ?? '') > CHANGELOG_BYTES
      ? [{ pointer: `${CONTENT}/changelog`, message: `must be at most ${CHANGELOG_BYTES} bytes` }]
      : []),
  ];
}

export const memberPointer = (place: number, field: string): string => `${CONTENT}${pointer('members', place, field)}`;

function repeatedSlugs(members: readonly BundleMember[]): Fault[] {
  const seen = new Set<string>();
  return members.flatMap(({ slug }, place) => {
    if (!seen.has(slug)) return seen.add(slug) && [];
    return [{ pointer: memberPointer(place, 'slug'), message: `repeats ${slug}` }];
  });
}

function memberFaults({ kind, entityId }: BundleMember, place: number, kinds: Kinds): Fault[] {
  const known = kinds.named(kind);
  if (known === null)
    return [{ pointer: memberPointer(place, 'kind'), message: `is ${kind}, which is no kind of this server; add it with MORTISE_KINDS` }];
  const expected = standIn(known.prefix, place);
  return entityId === expected ? [] : [{ pointer: memberPointer(place, 'entityId'), message: `must be ${expected}` }];
}

/** The declared members come first and in the manifest's order, and what is not declared is a schema. */
function placeFaults(members: readonly BundleMember[], declared: readonly MemberDecl[]): Fault[] {
  const missing = declared.slice(members.length).map((_, index) => ({
    pointer: `${CONTENT}${pointer('manifest', 'members', members.length + index)}`,
    message: 'is not among the members',
  }));
  const misplaced = members.flatMap(({ slug, kind, entityId }, place) => {
    const decl = declared[place];
    if (decl === undefined)
      return kind === SCHEMA_KIND ? [] : [{ pointer: memberPointer(place, 'kind'), message: `must be ${SCHEMA_KIND}: it is not declared` }];
    const same = decl.slug === slug && decl.entityId === entityId;
    return same ? [] : [{ pointer: memberPointer(place, 'slug'), message: `must be ${decl.slug}, as the manifest declares at this place` }];
  });
  return [...missing, ...misplaced];
}
