/** Hand-written SQL for the rows that installs and upgrades write: a statement per table and chunk, arrays as parameters. */
import type pg from 'pg';
import type { Definition } from '../../server/src/domain/entity/definitions.ts';
import { newId, PREFIX } from '../../server/src/lib/ids.ts';

/** Definitions that one statement stores. */
export const CHUNK = 1_000;

export interface Stamp {
  readonly by: string;
  readonly at: Date;
}

export interface EntityVersionRow {
  readonly workspaceId: string;
  readonly entityId: string;
  readonly versionId: string;
  readonly number: number;
  readonly digest: Buffer;
}

export interface EntityRow extends EntityVersionRow {
  readonly kind: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
}

export async function inTransaction<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (fault) {
    await client.query('rollback');
    throw fault;
  }
}

/** In digest order: the index is written from left to right. */
export async function insertDefinitions(client: pg.Client, definitions: readonly Definition[]): Promise<void> {
  const rows = [...definitions].sort((a, b) => Buffer.compare(a.digest, b.digest));
  await client.query(
    `insert into definitions (digest, body, refs, variables)
     select digest, body, refs::text[], variables::text[] from unnest($1::bytea[], $2::text[], $3::text[], $4::text[]) as r(digest, body, refs, variables)
     on conflict do nothing`,
    [
      column(rows, 'digest'),
      column(rows, 'body'),
      rows.map(({ refs }) => arrayText(refs)),
      rows.map(({ variables }) => arrayText(variables)),
    ],
  );
}

const arrayText = (items: readonly string[]): string => `{${items.join(',')}}`;

export async function insertEntities(client: pg.Client, rows: readonly EntityRow[], { by, at }: Stamp): Promise<void> {
  await client.query(
    `insert into entities (id, workspace_id, kind, slug, name, description, definition_digest, current_version_id, version_number, created_by,
       created_at, updated_at)
     select a, b, c, d, e, f, g, h, 1, $9, $10, $10
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::text[]) as r(a, b, c, d, e, f, g, h)`,
    [
      ...(['entityId', 'workspaceId', 'kind', 'slug', 'name', 'description', 'digest', 'versionId'] as const).map((name) =>
        column(rows, name),
      ),
      by,
      at,
    ],
  );
}

export async function insertEntityVersions(client: pg.Client, rows: readonly EntityVersionRow[], { by, at }: Stamp): Promise<void> {
  await client.query(
    `insert into entity_versions (id, workspace_id, entity_id, number, definition_digest, created_by, created_at)
     select a, b, c, d, e, $6, $7 from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::bytea[]) as r(a, b, c, d, e)`,
    [...(['versionId', 'workspaceId', 'entityId', 'number', 'digest'] as const).map((name) => column(rows, name)), by, at],
  );
}

/** The next version of entities that are there. */
export async function rewriteEntities(client: pg.Client, rows: readonly EntityVersionRow[], stamp: Stamp): Promise<void> {
  await insertEntityVersions(client, rows, stamp);
  await client.query(
    `update entities e set definition_digest = r.digest, current_version_id = r.version_id, version_number = r.number, updated_at = $5
     from unnest($1::text[], $2::bytea[], $3::text[], $4::int[]) as r(id, digest, version_id, number) where e.id = r.id`,
    [...(['entityId', 'digest', 'versionId', 'number'] as const).map((name) => column(rows, name)), stamp.at],
  );
}

export const column = <R, K extends keyof R>(rows: readonly R[], name: K): R[K][] => rows.map((row) => row[name]);

export interface EventRow {
  readonly workspaceId: string;
  readonly type: string;
  readonly subjectId: string;
  readonly data: object;
}

export async function insertEvent(client: pg.Client, { workspaceId, type, subjectId, data }: EventRow, { by, at }: Stamp): Promise<void> {
  await client.query(
    `insert into events (id, workspace_id, type, actor_id, subject_id, request_id, data, created_at)
     values ($1, $2, $3, $4, $5, 'bare', $6, $7)`,
    [newId(PREFIX.event), workspaceId, type, by, subjectId, JSON.stringify(data), at],
  );
}
