import { createSecretKey } from 'node:crypto';
import sql, { type Sql } from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyDatabase } from '../../test/database.ts';
import { MIGRATIONS } from '../../test/server.ts';
import type { Actor } from '../context.ts';
import { openDatabase, setUp } from '../db/open.ts';
import { Database } from '../db/pool.ts';
import { installResource } from '../domain/install/resource.ts';
import { integrationResource } from '../domain/integration/resource.ts';
import type { Json } from '../lib/json.ts';
import { must } from '../lib/must.ts';
import type { Position } from '../query/keyset.ts';
import type { Resource } from '../query/resource.ts';
import { encodeCursor, fingerprint } from './cursor.ts';
import { listing } from './list.ts';
import { parseListParams } from './params.ts';

const SIZE = 50_000;
const WORKSPACES = 50;
const KEY = createSecretKey(Buffer.alloc(32, 1));

/** A well-formed id that says which one it is. */
const id = (prefix: string, number: Sql | number): Sql => sql`${prefix}::text || '_' || lpad((${number})::text, 26, '0')`;
const idText = (prefix: string, number: number): string => `${prefix}_${String(number).padStart(26, '0')}`;
const N = sql`n`;
const BORN = sql`timestamptz '2025-01-01' + n * interval '1 minute'`;

/** One in ten is private, one in a hundred deleted; every workspace has a thousand of its own and as many installs. */
const WORLD: readonly Sql[] = [
  sql`insert into users (id, email, name, created_at, updated_at) values (${id('usr', 1)}, 'a@example.org', 'A', now(), now())`,
  sql`insert into workspaces (id, name, handle, created_by, created_at, updated_at)
    select ${id('wsp', N)}, 'Team ' || n, 'team-' || n, ${id('usr', 1)}, now(), now() from generate_series(0, ${WORKSPACES - 1}::int) n`,
  sql`insert into integrations (id, workspace_id, slug, name, publisher, current_version_id, current_version, manifest, variables_schema,
      auth_config, visibility, created_by, created_at, updated_at, deleted_at, retention_tier)
    select ${id('int', N)}, ${id('wsp', sql`n % ${WORKSPACES}::int`)}, 'i-' || n, md5(n::text), 'team-' || n % ${WORKSPACES}::int,
      ${id('intver', N)}, '1.0.0', '{"members":[]}', '{}', '{}', case when n % 10 = 7 then 'private' else 'public' end, ${id('usr', 1)}, ${BORN}, ${BORN},
      case when n % 100 = 1 then now() end, case when n % 100 = 1 then 'short' end
    from generate_series(1, ${SIZE}::int) n`,
  sql`insert into integration_versions (id, workspace_id, integration_id, version, manifest_snapshot, variables_schema_snapshot,
      auth_config_snapshot, member_entity_versions, digest, published_by, published_at)
    select ${id('intver', N)}, ${id('wsp', sql`n % ${WORKSPACES}::int`)}, ${id('int', N)}, '1.0.0', '{}', '{}', '{}', '{}',
      sha256(n::text::bytea), ${id('usr', 1)}, ${BORN}
    from generate_series(1, ${SIZE}::int) n`,
  sql`insert into integration_grants (id, integration_id, workspace_id, created_by, created_at)
    select ${id('intgrt', N)}, ${id('int', sql`(n * 10 + 7)`)}, ${id('wsp', sql`n % ${WORKSPACES}::int`)}, ${id('usr', 1)}, now()
    from generate_series(1, 2000) n`,
  sql`insert into solutions (id, workspace_id, name, created_by, created_at)
    select ${id('sol', N)}, ${id('wsp', sql`n % ${WORKSPACES}::int`)}, 'S', ${id('usr', 1)}, now() from generate_series(1, ${SIZE}::int) n`,
  sql`insert into integration_installs (id, workspace_id, integration_id, integration_version_id, variables, member_policy, solution_id,
      installed_by, installed_at)
    select ${id('intins', N)}, ${id('wsp', sql`n % ${WORKSPACES}::int`)}, ${id('int', N)}, ${id('intver', N)}, '{}', 'manual',
      ${id('sol', N)}, ${id('usr', 1)}, ${BORN}
    from generate_series(1, ${SIZE}::int) n`,
];

let home: Awaited<ReturnType<typeof emptyDatabase>>;
let database: Database;

beforeAll(async () => {
  home = await emptyDatabase();
  await setUp(home.connection, MIGRATIONS);
  const owner = new Database(home.connection);
  await owner.transaction(async (tx) => {
    for (const statement of WORLD) await tx.run(statement);
  });
  await owner.db.run(sql`vacuum analyze`);
  await owner.close();
  database = await openDatabase(home.connection);
});
afterAll(async () => {
  await database.close();
  await home.drop();
});

const HOME = idText('wsp', 7);
const member: Actor = {
  userId: idText('usr', 1),
  keyId: null,
  roles: new Map([[HOME, 'viewer']]),
  platformRoles: new Set(),
  publicOnly: false,
};
const visitor: Actor = { ...member, roles: new Map(), publicOnly: true };

/** A node of EXPLAIN, as far as it is looked at here. */
interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Parent Relationship'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Node[];
}

const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
const readBy = (node: Node): number => (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];

/** Rows that a node may read without being held to an index: the page, its neighbours, and what one workspace was granted. */
const FEW = 400;
const OWN = SIZE / WORKSPACES;
/** How each install of a page stands: its version, its integration, the version that this offers. */
const STANDING = 3 * 101;

interface Plan {
  /** Rows read for the page, and to see whether there is one before it; not for the total. */
  readonly read: number;
  /** The most rows that were sorted at once. */
  readonly sorted: number;
  /** Tables read from end to end. */
  readonly scanned: readonly string[];
  readonly indexes: readonly string[];
}

async function planOf(resource: Resource<Actor>, actor: Actor, raw: Record<string, Json>, position?: Position): Promise<Plan> {
  const params = parseListParams(resource, raw, 'body');
  const after = position ? encodeCursor(KEY, fingerprint(resource.name, params.order), position) : null;
  const { recount } = listing(resource, { ...params, after }, actor, KEY);
  const rows = await database.db.many<{ 'QUERY PLAN': string }>(sql`explain (analyze, timing off, format json) ${recount()}`);
  const [{ Plan: root }] = JSON.parse(must(rows[0], 'EXPLAIN tells one plan')['QUERY PLAN']) as [{ Plan: Node }];
  const parts = root.Plans ?? [];
  const page = parts.filter((each) => each['Parent Relationship'] !== 'InitPlan').flatMap(nodesOf);
  const neighbours = parts
    .filter((each) => each['Parent Relationship'] === 'InitPlan' && each['Node Type'] !== 'Aggregate')
    .flatMap(nodesOf);
  const sorted = page.filter((node) => node['Node Type'] === 'Sort').flatMap((node) => node.Plans ?? []);
  const tables = [...page, ...neighbours].filter((node) => node['Relation Name']);
  return {
    read: tables.reduce((sum, node) => sum + readBy(node), 0),
    sorted: Math.max(0, ...sorted.map(readBy)),
    scanned: tables
      .filter((node) => node['Node Type'].endsWith('Seq Scan') && readBy(node) > FEW)
      .map((node) => node['Relation Name'] ?? ''),
    indexes: [...new Set(page.flatMap((node) => node['Index Name'] ?? []))],
  };
}

/** The position of the row that so many come before, or as many after. */
async function rowAt(table: Sql, order: Sql, key: Sql, rows: number): Promise<Position> {
  const { position } = await database.db.one<{ position: string[] }>(
    sql`select array[${key}::text, id::text] as position from ${table} order by ${order} offset ${rows} limit 1`,
  );
  return position;
}

const BY_NAME = { orderBy: [{ name: 'asc' }] };

describe('every page is read by an index, however far behind', () => {
  test.each<[string, Resource<Actor>, Actor, Record<string, Json>, string, number]>([
    ['the marketplace, newest first', integrationResource, member, {}, 'integrations_public_created', FEW],
    ['the marketplace, newest first, for a publishable key', integrationResource, visitor, {}, 'integrations_public_created', FEW],
    ['the marketplace by name', integrationResource, member, BY_NAME, 'integrations_public_name', FEW],
    ['the marketplace by name, for a publishable key', integrationResource, visitor, BY_NAME, 'integrations_public_name', FEW],
    ['my drafts', integrationResource, member, { workspace_id: HOME }, 'integrations_own', FEW + OWN],
    ['the installs of a workspace', installResource, member, {}, 'integration_installs_created', FEW + STANDING],
    [
      'the installs of a workspace, asked for by its id',
      installResource,
      member,
      { workspace_id: HOME },
      'integration_installs_created',
      FEW + STANDING,
    ],
  ])('%s', async (_, resource, actor, params, index, most) => {
    const first = await planOf(resource, actor, params);
    const deep =
      'orderBy' in params
        ? await rowAt(sql`integrations`, sql`name, id`, sql`name`, SIZE - 5_000)
        : await rowAt(sql`integrations`, sql`created_at desc, id desc`, sql`created_at`, SIZE - 10_000);
    const last = await planOf(resource, actor, params, deep);
    for (const plan of [first, last]) {
      expect(plan.indexes).toContain(index);
      expect(plan.scanned).toEqual([]);
      expect(plan.read).toBeLessThanOrEqual(most);
      expect(plan.sorted).toBeLessThanOrEqual(OWN);
    }
    expect(last.read).toBeLessThanOrEqual(first.read * 1.2 + 10);
  });

  test('an OR of the same parts reads the whole table: what this is held against', async () => {
    const { scopeParts: _, ...whole } = integrationResource;
    const plan = await planOf(whole, member, {});
    expect(plan.scanned).toContain('integrations');
  });
});
