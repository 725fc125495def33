import sql from 'sql-template-tag';
import type { Database, Tx } from '../../src/db/pool.ts';
import { definitionOf, storeDefinitions } from '../../src/domain/entity/definitions.ts';
import { chunks } from '../../src/lib/chunks.ts';
import { newId } from '../../src/lib/ids.ts';
import type { Json, JsonObject } from '../../src/lib/json.ts';

/** A key's bearer, over HTTP. */
export type Ask = (method: string, path: string, body?: unknown, expected?: number) => Promise<JsonObject>;

export const asker =
  (url: string, key: string): Ask =>
  async (method, path, body, expected) => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (expected !== undefined && response.status !== expected)
      throw new Error(`${method} ${path} → ${response.status} ${text.slice(0, 500)}`);
    return JSON.parse(text) as JsonObject;
  };

export interface Tenant {
  readonly id: string;
  readonly userId: string;
  readonly ask: Ask;
}

export async function tenantOf(url: string, platform: Ask, handle: string): Promise<Tenant> {
  const { id, createdBy } = await platform('POST', '/api/workspaces', { name: handle, handle }, 201);
  const { secret } = await platform('POST', '/api/api-keys', { workspaceId: id, name: 'k', kind: 'secret', role: 'admin' }, 201);
  return { id: String(id), userId: String(createdBy), ask: asker(url, String(secret)) };
}

/** Entities written past the API, which would take minutes. */
export class Sources {
  readonly ids: readonly string[];
  readonly #owner: Database;
  readonly #tenant: Tenant;
  #number = 0;

  constructor(owner: Database, tenant: Tenant, count: number) {
    this.#owner = owner;
    this.#tenant = tenant;
    this.ids = Array.from({ length: count }, () => newId('fun'));
  }

  /** Gives each the definition that `of` makes of its place: its next version. */
  async define(of: (place: number, ids: readonly string[]) => JsonObject): Promise<void> {
    const number = ++this.#number;
    const places = this.ids.map((id, place) => ({ id, place }));
    await this.#owner.transaction(async (tx) => {
      for (const part of chunks(places, 500)) await this.#write(tx, part, number, of);
    });
  }

  async #write(
    tx: Tx,
    part: readonly { id: string; place: number }[],
    number: number,
    of: (place: number, ids: readonly string[]) => Json,
  ) {
    const definitions = part.map(({ place }) => definitionOf(of(place, this.ids) as JsonObject));
    await storeDefinitions(tx, [...new Map(definitions.map((each) => [each.digest.toString('hex'), each])).values()]);
    const rows = part.map(({ id, place }, index) => ({
      id,
      slug: `${id.slice(4)}-${place}`,
      digest: `\\x${definitions[index]?.digest.toString('hex')}`,
      version_id: newId('funver'),
    }));
    const recordset = sql`json_to_recordset(${JSON.stringify(rows)}::json) as r(id id, slug text, digest bytea, version_id id)`;
    const { id: workspaceId, userId } = this.#tenant;
    await tx.run(sql`
      insert into entities (id, workspace_id, kind, slug, name, definition_digest, current_version_id, version_number, created_by, created_at, updated_at)
      select id, ${workspaceId}, 'function', slug, slug, digest, version_id, ${number}, ${userId}, now(), now() from ${recordset}
      on conflict (id) do update set definition_digest = excluded.definition_digest, current_version_id = excluded.current_version_id,
        version_number = excluded.version_number`);
    await tx.run(sql`
      insert into entity_versions (id, workspace_id, entity_id, number, definition_digest, created_by, created_at)
      select version_id, ${workspaceId}, id, ${number}, digest, ${userId}, now() from ${recordset}`);
  }
}

const LINES = 30_000;
const MEBIBYTE = 1_048_576;

/** Definitions of close to 1 MiB, each the worst of its kind; `edit` changes some places of it, others for each number. */
export const HEAVY: readonly ((edit: number) => JsonObject)[] = [
  (edit) => ({ keys: Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`key${i}`, i % 50 === edit ? edit + 1 : 0])) }),
  (edit) => ({ numbers: Array.from({ length: 190_000 }, (_, i) => i % 10), edit }),
  (edit) => ({
    text: Array.from({ length: LINES }, (_, i) => `the line of number ${i}${i % 200 === edit * 50 ? ` ${edit}` : ''}`).join('\n'),
  }),
  (edit) => ({ text: Array.from({ length: 340_000 }, (_, i) => (i % 400 === edit * 100 ? `${edit}` : i % 2)).join('\n') }),
  (edit) => ({ items: Array.from({ length: 25_000 }, (_, i) => ({ id: `i${i}`, value: i % 40 === edit ? edit : 0 })) }),
  (edit) => ({
    items: Array.from({ length: 25_000 }, (_, i) => ({ id: `i${edit === 1 ? 24_999 - i : (i * (edit * 2 + 1)) % 25_000}`, v: 0 })),
  }),
  (edit) => ({ deep: Array.from({ length: 2_500 }, (_, i) => nested(60, i % 30 === edit ? edit : 0)) }),
  (edit) => ({
    texts: Array.from({ length: 12_000 }, (_, i) => `{{ variables.tone }} says ${i}${i % 70 === edit ? edit : ''} to {{ variables.name }}`),
  }),
  (edit) => ({ long: 'x'.repeat(MEBIBYTE - 100), edit }),
];

const nested = (depth: number, leaf: number): Json => (depth === 0 ? leaf : { a: nested(depth - 1, leaf) });

/** A schema at its caps: as many properties as there may be, with defaults, patterns and long lists of values. */
export const SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    tone: { type: 'string', default: 'calm' },
    name: { type: 'string', default: 'somebody' },
    ...Object.fromEntries(
      Array.from({ length: 1_900 }, (_, i) => [
        `p${i}`,
        i % 4 === 0
          ? { type: 'string', pattern: `^[a-z]{2}${i % 20}$` }
          : { type: 'string', default: `value ${i}`, minLength: 2, maxLength: 40 },
      ]),
    ),
  },
};
