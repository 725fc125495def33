import sql, { type Sql } from 'sql-template-tag';
import type { Db, Tx } from '../../db/pool.ts';
import { badBody } from '../../lib/errors.ts';
import type { JsonObject } from '../../lib/json.ts';
import { canonicalInTurns, digestOf } from '../../lib/json-canonical.ts';
import { must } from '../../lib/must.ts';
import { atOnce, Turns } from '../../lib/turns.ts';
import { type References, referencesOf } from './references.ts';

/** Bytes of a definition's canonical JSON at most. */
export const DEFINITION_BYTES = 1_048_576;

/** A definition as it is stored: canonical text, its SHA-256, and what it points to. */
export interface Definition extends References {
  readonly digest: Buffer;
  readonly body: string;
}

export const definitionOf = (value: JsonObject): Definition => atOnce(define(value));

/** The same for a definition that may be large: others may get on meanwhile. */
export const definitionInTurns = (value: JsonObject, turns = new Turns()): Promise<Definition> => turns.run(define(value));

function* define(value: JsonObject): Generator<void, Definition, undefined> {
  const body = yield* canonicalInTurns(value);
  yield;
  const digest = digestOf(body);
  yield;
  return { body, digest, ...(yield* referencesOf(value)) };
}

/** The same for a definition that came in a body; refuses one over the cap. */
export async function definitionFrom(value: JsonObject, pointer: string): Promise<Definition> {
  const definition = await definitionInTurns(value);
  const bytes = Buffer.byteLength(definition.body);
  if (bytes > DEFINITION_BYTES) throw badBody(pointer, `must be at most ${DEFINITION_BYTES} bytes of JSON; it has ${bytes}`);
  return definition;
}

/** Stores what is not there yet, in one statement. In digest order, so that two writers of the same definitions queue instead of deadlocking. */
export async function storeDefinitions(db: Tx, definitions: readonly Definition[]): Promise<void> {
  if (definitions.length === 0) return;
  const rows = [...definitions].sort((a, b) => Buffer.compare(a.digest, b.digest));
  await db.run(sql`
    insert into definitions (digest, body, refs, variables)
    select digest, body, refs::text[], variables::text[]
    from unnest(${rows.map((row) => row.digest)}::bytea[], ${rows.map((row) => row.body)}::text[],
      ${rows.map((row) => arrayText(row.refs))}::text[], ${rows.map((row) => arrayText(row.variables))}::text[])
      as r(digest, body, refs, variables)
    on conflict do nothing`);
}

/** Makes published definitions the workspaces' own: a clone with nothing to put in has its publisher's text. */
export async function adoptDefinitions(db: Tx, digests: readonly Buffer[]): Promise<void> {
  if (digests.length === 0) return;
  await db.run(sql`
    insert into definitions (digest, body, refs, variables)
    select p.digest, p.body, p.refs, p.variables from published_definitions p
    where p.digest = any(${[...digests]}::bytea[]) and not exists (select 1 from definitions d where d.digest = p.digest)
    order by p.digest
    on conflict do nothing`);
}

/** PostgreSQL's text of an array whose items are plain words (ids, variable names). */
const arrayText = (items: readonly string[]): string => `{${items.map((item) => `"${item}"`).join(',')}}`;

export async function loadDefinition(db: Db, digest: Buffer): Promise<JsonObject> {
  const { body } = must(
    await db.maybe<{ body: string }>(sql`select body from definitions where digest = ${digest}`),
    'digests are foreign keys',
  );
  return JSON.parse(body) as JsonObject;
}

export interface Body {
  /** The digest in hex. */
  readonly hex: string;
  readonly text: string;
}

/** Bytes of definitions read at once: others get their turn in between. */
const READ_BYTES = 1_048_576;

/** The stored texts of these definitions, each once, a few at a time. */
export async function* readBodies(db: Db, digests: readonly Buffer[]): AsyncGenerator<Body, void, undefined> {
  if (digests.length === 0) return;
  const sized = await db.many<{ digest: Buffer; bytes: number }>(
    sql`select d.digest, octet_length(d.body) as bytes from ${stored(digests)} d`,
  );
  for (const batch of batches(sized))
    yield* await db.many<Body>(sql`select encode(d.digest, 'hex') as hex, d.body as text from ${stored(batch)} d`);
}

/** What versions pin is kept apart from what workspaces are made of; a definition may be here, there, or in both. */
const stored = (digests: readonly Buffer[]): Sql => sql`(
  select p.digest, p.body from published_definitions p where p.digest = any(${[...digests]}::bytea[])
  union all
  select o.digest, o.body from definitions o
  where o.digest = any(${[...digests]}::bytea[]) and not exists (select 1 from published_definitions p where p.digest = o.digest))`;

function batches(sized: readonly { digest: Buffer; bytes: number }[]): Buffer[][] {
  const result: Buffer[][] = [];
  let room = 0;
  for (const { digest, bytes } of sized) {
    if (result.length === 0 || bytes > room) {
      result.push([]);
      room = READ_BYTES;
    }
    room -= bytes;
    result.at(-1)?.push(digest);
  }
  return result;
}
