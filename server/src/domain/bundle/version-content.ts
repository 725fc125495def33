import { createHash } from 'node:crypto';
import sql from 'sql-template-tag';
import type { Db } from '../../db/pool.ts';
import { prefixOf } from '../../lib/ids.ts';
import type { JsonObject } from '../../lib/json.ts';
import { canonicalJson } from '../../lib/json-canonical.ts';
import { must } from '../../lib/must.ts';
import { Turns } from '../../lib/turns.ts';
import { type ContentDocuments, contentText, type MemberFacts, memberText } from './content-text.ts';
import { standIn, withIds } from './stand-ins.ts';

interface DocumentsRow {
  version: string;
  changelog: string | null;
  manifest: string;
  variablesSchema: string;
  authConfig: string;
}

interface MemberRow extends Omit<MemberFacts, 'entityId'> {
  /** The entity's id on this server. */
  sourceId: string;
  digest: Buffer;
  bytes: number;
}

/** Bytes of definitions held in memory at once. */
const BATCH_BYTES = 1024 * 1024;

/** SHA-256 of the content of a published version, in hex. */
export async function versionContentDigest(db: Db, versionId: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of versionContent(db, versionId)) hash.update(piece);
  return hash.digest('hex');
}

/** The canonical JSON of a published version's content, piece by piece. The same version gives the same text on every server. */
export async function* versionContent(db: Db, versionId: string): AsyncGenerator<Buffer, void, undefined> {
  const documents = await loadDocuments(db, versionId);
  const members = await loadMembers(db, versionId);
  const ids = new Map(members.map(({ sourceId }, place) => [sourceId, standInFor(sourceId, place)]));
  const { manifest, variablesSchema, authConfig, ...facts } = documents;
  const portable = (text: string): JsonObject => withIds(JSON.parse(text) as JsonObject, ids);
  const turns = new Turns();
  await turns.pass();
  const content: ContentDocuments = {
    ...facts,
    manifest: portable(manifest),
    variablesSchema: portable(variablesSchema),
    authConfig: portable(authConfig),
  };
  yield* contentText(content, memberTexts(db, members, ids));
}

const standInFor = (sourceId: string, place: number): string => standIn(must(prefixOf(sourceId), 'stored ids are ids'), place);

const loadDocuments = (db: Db, versionId: string): Promise<DocumentsRow> =>
  db.one<DocumentsRow>(sql`
    select version, changelog, manifest_snapshot as manifest, variables_schema_snapshot as "variablesSchema",
      auth_config_snapshot as "authConfig"
    from integration_versions where id = ${versionId}`);

/** Declared members in the manifest's order, the closure by slug: in which order a publish discovered it differs from server to server. */
const loadMembers = (db: Db, versionId: string): Promise<MemberRow[]> =>
  db.many<MemberRow>(sql`
    select m.slug, m.kind, m.entity_id as "sourceId", m.entity_slug as "entitySlug", m.name, m.description,
      m.former_slugs as "formerSlugs", m.definition_digest as digest, octet_length(d.body) as bytes
    from integration_version_members m join published_definitions d on d.digest = m.definition_digest
    where m.integration_version_id = ${versionId}
    order by m.origin = 'schema_closure', case m.origin when 'declared' then m.position end, m.slug`);

async function* memberTexts(
  db: Db,
  members: readonly MemberRow[],
  ids: ReadonlyMap<string, string>,
): AsyncGenerator<Buffer, void, undefined> {
  for (const batch of batches(members)) {
    const definitions = await loadDefinitions(db, batch, ids);
    for (const { sourceId, digest, bytes: _bytes, ...facts } of batch)
      yield memberText(
        { ...facts, entityId: must(ids.get(sourceId), 'every member has a stand-in') },
        must(definitions.get(digest.toString('hex')), 'digests are foreign keys'),
      );
  }
}

function batches(members: readonly MemberRow[]): MemberRow[][] {
  const result: MemberRow[][] = [];
  let room = 0;
  for (const member of members) {
    if (result.length === 0 || member.bytes > room) {
      result.push([]);
      room = BATCH_BYTES;
    }
    room -= member.bytes;
    result.at(-1)?.push(member);
  }
  return result;
}

/** Canonical texts by digest in hex, with the stand-ins put in. One without references is what is stored. */
async function loadDefinitions(
  db: Db,
  batch: readonly MemberRow[],
  ids: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.many<{ hex: string; body: string; refers: boolean }>(sql`
    select encode(digest, 'hex') as hex, body, refs <> '{}' as refers from published_definitions
    where digest = any(${batch.map(({ digest }) => digest)}::bytea[])`);
  const texts = await new Turns().map(rows, ({ hex, body, refers }): [string, string] => [
    hex,
    refers ? canonicalJson(withIds(JSON.parse(body) as JsonObject, ids)) : body,
  ]);
  return new Map(texts);
}
