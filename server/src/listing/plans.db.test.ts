import pg from 'pg';
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyDatabase } from '../../test/database.ts';
import { MIGRATIONS } from '../../test/server.ts';
import type { Actor } from '../context.ts';
import { openDatabase, setUp } from '../db/open.ts';
import { Database } from '../db/pool.ts';
import { eventResource } from '../domain/audit/resource.ts';
import { entityResource } from '../domain/entity/resource.ts';
import { installResource, memberResource } from '../domain/install/resource.ts';
import { integrationResource, versionResource } from '../domain/integration/resource.ts';
import type { Json } from '../lib/json.ts';
import { must } from '../lib/must.ts';
import type { Position } from '../query/keyset.ts';
import type { Resource } from '../query/resource.ts';
import { cursorKeyOf, encodeCursor, fingerprint } from './cursor.ts';
import { listing } from './list.ts';
import { parseListParams } from './params.ts';

const SIZE = 50_000;
const WORKSPACES = 50;
const KEY = cursorKeyOf(Buffer.alloc(32, 1));

/** A well-formed id that says which one it is. */
const id = (prefix: string, number: Sql | number): Sql => sql`${prefix}::text || '_' || lpad((${number})::text, 26, '0')`;
const idText = (prefix: string, number: number): string => `${prefix}_${String(number).padStart(26, '0')}`;
const N = sql`n`;
const BORN = sql`timestamptz '2025-01-01' + n * interval '1 minute'`;

/**
 * One in ten is private, one in a hundred deleted; every workspace has a thousand of each noun. One install has a hundredth of all
 * members.
 */
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
  sql`insert into integration_versions (id, workspace_id, integration_id, version, name, manifest_snapshot, variables_schema_snapshot,
      auth_config_snapshot, member_entity_versions, digest, published_by, published_at)
    select ${id('intver', N)}, ${id('wsp', sql`n % ${WORKSPACES}::int`)}, ${id('int', N)}, '1.' || n % 1000 || '.0', md5(n::text), '{"members":[]}', '{}', '{}', '{}',
      sha256(n::text::bytea), ${id('usr', 1)}, ${BORN}
    from generate_series(1, ${SIZE}::int) n`,
  sql`select show_published(array(select id from integrations))`,
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
  sql`insert into definitions (digest, body) values (sha256('{}'), '{}')`,
  sql`insert into entities (id, workspace_id, kind, slug, name, definition_digest, current_version_id, version_number, created_by, created_at, updated_at)
    select ${id('ent', N)}, ${id('wsp', sql`n % ${WORKSPACES}::int`)}, 'agent', 'e-' || n, 'É ' || n, sha256('{}'), ${id('entver', N)}, 1, ${id('usr', 1)},
      ${BORN}, ${BORN}
    from generate_series(1, ${SIZE}::int) n`,
  sql`insert into entity_versions (id, workspace_id, entity_id, number, definition_digest, created_by, created_at)
    select ${id('entver', N)}, ${id('wsp', sql`n % ${WORKSPACES}::int`)}, ${id('ent', N)}, 1, sha256('{}'), ${id('usr', 1)}, ${BORN}
    from generate_series(1, ${SIZE}::int) n`,
  sql`insert into published_definitions (digest, body) values (sha256('{}'), '{}')`,
  sql`insert into published_entity_versions (id, workspace_id, entity_id, kind, number, definition_digest, created_by, created_at)
    select v.id, v.workspace_id, v.entity_id, 'agent', v.number, v.definition_digest, v.created_by, v.created_at from entity_versions v`,
  sql`insert into integration_members (id, workspace_id, integration_install_id, source_member_slug, entity_id, source_entity_id,
      entity_version_id, is_clone, added_by, added_at)
    select ${id('intmem', N)}, ${id('wsp', sql`n % ${WORKSPACES}::int`)}, ${id('intins', sql`case when n % 100 = 7 then 7 else n end`)}, 'm-' || n,
      ${id('ent', N)}, ${id('ent', N)}, ${id('entver', N)}, false, ${id('usr', 1)}, ${BORN}
    from generate_series(1, ${SIZE}::int) n`,
  sql`insert into events (id, workspace_id, type, subject_id, request_id, data, created_at)
    select ${id('evt', N)}, ${id('wsp', sql`n % ${WORKSPACES}::int`)}, 'entity.created', ${id('ent', N)}, 'r', '{}', ${BORN}
    from generate_series(1, ${SIZE}::int) n`,
];

/** Integrations changed as often as ten times a second for ten minutes. */
const CHANGES = sql`insert into row_changes (relation, ids) select 'integrations', array[${id('int', N)}] from generate_series(1, 6000) n`;

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
  // Not vacuumed, as what was written lately is not.
  await owner.db.run(CHANGES);
  await owner.db.run(sql`analyze row_changes`);
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
/** Whether each version of a page is open: by its integration, and its reviews. */
const OPEN = 20 * 101;
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

/** How a statement is planned: for its values, or once for all values, as for those that come often. */
const MODES = ['force_custom_plan', 'force_generic_plan'] as const;

async function planOf(
  mode: (typeof MODES)[number],
  { resource, actor = member, params: asked }: Question,
  position?: Position,
): Promise<Plan> {
  const params = parseListParams(resource, asked, 'body');
  const after = position ? encodeCursor(KEY, fingerprint(resource.name, params.order), position) : null;
  const { page } = listing(resource, { ...params, after }, actor, KEY);
  const { text, values } = page({ total: 1, snapshot: '1000000000:1000000000:' });
  const rows = await database.transaction(async (tx) => {
    await tx.run(sql`set local plan_cache_mode = ${raw(mode)}`);
    await tx.run({ text: `prepare page as ${text}`, values: [] });
    const execute = `execute page(${values.map(literal).join(', ')})`;
    const explained = await tx.many<{ 'QUERY PLAN': string }>({
      text: `explain (analyze, timing off, format json) ${execute}`,
      values: [],
    });
    await tx.run(sql`deallocate page`);
    return explained;
  });
  const [{ Plan: root }] = JSON.parse(must(rows[0], 'EXPLAIN tells one plan')['QUERY PLAN']) as [{ Plan: Node }];
  const tables = nodesOf(root).filter((node) => node['Relation Name']);
  const sorted = nodesOf(root).filter((node) => node['Node Type'].endsWith('Sort'));
  return {
    read: tables.reduce((sum, node) => sum + readBy(node), 0),
    sorted: Math.max(0, ...sorted.flatMap((node) => node.Plans ?? []).map(readBy)),
    scanned: tables
      .filter((node) => node['Node Type'].endsWith('Seq Scan') && readBy(node) > FEW)
      .map((node) => node['Relation Name'] ?? ''),
    indexes: [...new Set(nodesOf(root).flatMap((node) => node['Index Name'] ?? []))],
  };
}

const literal = (value: unknown): string =>
  typeof value === 'number' ? String(value) : pg.escapeLiteral(Array.isArray(value) ? `{${value.join(',')}}` : String(value));

/** The position of a row that most of the table comes before. */
async function rowNearTheEnd([table, direction, ...keys]: Question['order']): Promise<Position> {
  const columns = [...keys, 'id'];
  const texts = join(columns.map((column) => sql`${raw(column)}::text`));
  const way = join(columns.map((column) => sql`${raw(column)} ${raw(direction)}`));
  const { position } = await database.db.one<{ position: string[] }>(
    sql`select array[${texts}] as position from ${raw(table)} order by ${way} offset ${SIZE - 5_000}::int limit 1`,
  );
  return position;
}

interface Question {
  readonly resource: Resource<Actor>;
  /** Absent: a member of one workspace. */
  readonly actor?: Actor;
  readonly params: Record<string, Json>;
  /** What reads the page: one of these. */
  readonly index: string | readonly string[];
  /** The rows that may be read, for the page and for a look beside it. */
  readonly most: number;
  /** The table, the direction, and the keys of the order but for the id. */
  readonly order: readonly [table: string, direction: 'asc' | 'desc', ...keys: string[]];
}

const integrations = (params: Record<string, Json>, index: string, more: Partial<Question> = {}): Question => {
  const orderBy = (params.orderBy as Record<string, string>[] | undefined)?.flatMap(Object.keys);
  const order =
    orderBy === undefined
      ? (['desc', 'created_at'] as const)
      : (['asc', ...orderBy.map((key) => (key === 'name' ? 'name_key' : key))] as const);
  return { resource: integrationResource, params, index, most: FEW, order: ['integrations', ...order], ...more };
};
const BY_NAME = { orderBy: [{ name: 'asc' }] };
const BY_PUBLISHER = { orderBy: [{ publisher: 'asc' }, { name: 'asc' }] };

const QUESTIONS: Record<string, Question> = {
  'the marketplace, newest first': integrations({}, 'published_integrations_created'),
  'the marketplace, newest first, for a publishable key': integrations({}, 'published_integrations_created', { actor: visitor }),
  'the marketplace by name': integrations(BY_NAME, 'published_integrations_name'),
  'the marketplace by name, for a publishable key': integrations(BY_NAME, 'published_integrations_name', { actor: visitor }),
  'the marketplace by publisher': integrations(BY_PUBLISHER, 'published_integrations_publisher'),
  'my drafts': integrations({ workspace_id: HOME }, 'integrations_own', { most: FEW + OWN }),
  'the installs of a workspace': {
    resource: installResource,
    params: {},
    index: 'integration_installs_created',
    most: FEW + STANDING,
    order: ['integration_installs', 'desc', 'installed_at'],
  },
  'the installs of a workspace, asked for by its id': {
    resource: installResource,
    params: { workspace_id: HOME },
    index: 'integration_installs_created',
    most: FEW + STANDING,
    order: ['integration_installs', 'desc', 'installed_at'],
  },
  'the entities of a workspace': {
    resource: entityResource,
    params: {},
    index: 'entities_created',
    most: FEW,
    order: ['entities', 'desc', 'created_at'],
  },
  'the entities of a workspace by name': {
    resource: entityResource,
    params: BY_NAME,
    index: 'entities_name',
    most: FEW,
    order: ['entities', 'asc', 'name_key'],
  },
  'versions, the highest first': {
    resource: versionResource,
    params: {},
    index: 'integration_versions_all_precedence',
    most: FEW + OPEN,
    order: ['integration_versions', 'desc', 'precedence_key'],
  },
  'the events of a workspace': {
    resource: eventResource,
    params: {},
    index: 'events_created',
    most: FEW,
    order: ['events', 'desc', 'created_at'],
  },
  'the members of an install': {
    resource: memberResource,
    params: { integration_install_id: idText('intins', 7) },
    index: ['integration_members_install', 'integration_members_slug'],
    most: FEW + SIZE / 100,
    order: ['integration_members', 'desc', 'added_at'],
  },
};

describe.each(MODES)('every page is read by an index, however far behind, with %s', (mode) => {
  test.each(Object.entries(QUESTIONS))('%s', async (_, question) => {
    const { index, most, order } = question;
    const first = await planOf(mode, question);
    const last = await planOf(mode, question, await rowNearTheEnd(order));
    for (const plan of [first, last]) {
      expect(plan.indexes.filter((name) => [index].flat().includes(name))).not.toEqual([]);
      expect(plan.scanned).toEqual([]);
      expect(plan.read).toBeLessThanOrEqual(most);
      expect(plan.sorted).toBeLessThanOrEqual(OWN);
    }
    expect(last.read).toBeLessThanOrEqual(first.read * 1.2 + 10);
  });

  test("one's own published rows, which stand together by publisher, are not skipped one by one", async () => {
    const publisher: Actor = { ...member, roles: new Map([[idText('wsp', 8), 'viewer']]) };
    const plan = await planOf(mode, integrations(BY_PUBLISHER, '', { actor: publisher }), ['team-8', '', idText('int', 0)]);
    expect(plan.read).toBeLessThanOrEqual(FEW);
  });

  test('an OR of the same parts reads the whole table: what this is held against', async () => {
    const { scopeParts: _, ...whole } = integrationResource;
    const plan = await planOf(mode, integrations({}, '', { resource: whole }));
    expect(plan.scanned).toContain('integrations');
  });
});
