import { createHash } from 'node:crypto';
import { canonicalJson } from '../../lib/json-canonical.ts';
import { Turns } from '../../lib/turns.ts';
import type { BundleContent, BundleMember } from './schema.ts';

export type ContentDocuments = Omit<BundleContent, 'members'>;
export type MemberFacts = Omit<BundleMember, 'definition'>;

const COMMA = Buffer.from(',');
const DEFINITION = Buffer.from('{"definition":');

/**
 * The canonical JSON of a content piece by piece, so that nobody has to hold it twice: `definition` is first among a member's keys, and
 * `members` stands between `manifest` and `variablesSchema`.
 */
export async function* contentText(
  documents: ContentDocuments,
  members: Iterable<Buffer> | AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  const { authConfig, changelog, manifest, variablesSchema, version } = documents;
  yield Buffer.from(`${canonicalJson({ authConfig, changelog, manifest }).slice(0, -1)},"members":[`);
  const turns = new Turns();
  let first = true;
  for await (const text of members) {
    if (!first) yield COMMA;
    yield text;
    first = false;
    await turns.pass();
  }
  yield Buffer.from(`],${canonicalJson({ variablesSchema, version }).slice(1)}`);
}

/** One member as it stands in the content; `definition` is canonical already. */
export const memberText = (facts: MemberFacts, definition: string | Buffer): Buffer =>
  Buffer.concat([DEFINITION, Buffer.from(definition), Buffer.from(`,${canonicalJson({ ...facts }).slice(1)}`)]);

/** SHA-256 of the canonical JSON of a content, in hex. */
export async function contentDigest({ members, ...documents }: BundleContent): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of contentText(documents, memberTexts(members))) hash.update(piece);
  return hash.digest('hex');
}

function* memberTexts(members: readonly BundleMember[]): Generator<Buffer, void, undefined> {
  for (const { definition, ...facts } of members) yield memberText(facts, definition.canonical);
}
