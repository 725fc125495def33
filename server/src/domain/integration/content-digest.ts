import type { Db } from '../../db/pool.ts';
import type { Json } from '../../lib/json.ts';
import { canonicalJson, digestOf } from '../../lib/json-canonical.ts';
import { mapStrings } from '../../lib/json-walk.ts';
import { readBodies } from '../entity/definitions.ts';
import type { DraftDocuments } from './manifest.ts';
import type { SnapshotMember } from './snapshot.ts';

export type ContentMember = Pick<SnapshotMember, 'slug' | 'kind' | 'entityId' | 'entitySlug' | 'digest' | 'refs'>;

/** What stands for an entity: the slug of its member. */
type Slugs = ReadonlyMap<string, string>;

/**
 * SHA-256 of what a version does: its documents, its members and their definitions, with every id of a member's entity replaced by the
 * member's slug. So it is the same on every server and in every integration, whatever the version's number and what is written about it.
 */
export async function contentDigest(db: Db, documents: DraftDocuments, members: readonly ContentMember[]): Promise<Buffer> {
  const slugs: Slugs = new Map(members.map(({ entityId, slug }) => [entityId, slug]));
  const { manifest, variablesSchema, authConfig } = documents;
  const content = [
    mapStrings([manifest, variablesSchema, authConfig], (text) => slugs.get(text) ?? text),
    factsOf(members, await portableDigests(db, members, slugs)),
  ];
  return digestOf(canonicalJson(content));
}

const factsOf = (members: readonly ContentMember[], portable: ReadonlyMap<string, string>): Json =>
  members
    .map(({ slug, kind, entitySlug, digest }) => {
      const hex = digest.toString('hex');
      return { slug, kind, entitySlug, definition: portable.get(hex) ?? hex };
    })
    .sort((a, b) => (a.slug < b.slug ? -1 : 1));

/** Digest in hex, as it is stored → without ids. A definition that refers to nothing is portable as it is. */
async function portableDigests(db: Db, members: readonly ContentMember[], slugs: Slugs): Promise<ReadonlyMap<string, string>> {
  const referring = members.filter(({ refs }) => refs.length > 0).map(({ digest }) => digest);
  const found = new Map<string, string>();
  for await (const { hex, text } of readBodies(db, referring)) found.set(hex, digestOf(withSlugs(text, slugs)).toString('hex'));
  return found;
}

/** In canonical JSON, nothing but a string that is an id has this form. */
const withSlugs = (text: string, slugs: Slugs): string =>
  text.replace(/(?<!\\)"([a-z]{3}_[0-9a-z]{26})"/g, (whole, id: string) => JSON.stringify(slugs.get(id)) ?? whole);
