/** The lists of the whole application, asked over HTTP: every route, every field, every operator. */
import { pino } from 'pino';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, TestApi, TestIntegration, type TestWorkspace } from '../../test/api.ts';
import { buildApp } from '../app.ts';
import type { Actor } from '../context.ts';
import { appPool } from '../db/connection.ts';
import { Database } from '../db/pool.ts';
import { allRoutes } from '../domain/routes.ts';
import { newKeyPair } from '../lib/ed25519.ts';
import type { Json } from '../lib/json.ts';
import { Kinds } from '../lib/kinds.ts';
import { must } from '../lib/must.ts';
import { OPERATORS } from '../query/filter.ts';
import { DIRECTIONS, sortableNames } from '../query/order.ts';
import type { Field, Resource } from '../query/resource.ts';

const LISTS = allRoutes.filter((route) => 'list' in route);

let api: TestApi;
let publisher: TestWorkspace;
let customer: TestWorkspace;
let hidden: TestIntegration;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
  customer = await api.workspace('customer');
  for (const slug of ['crm', 'chat', 'mail']) await offer(slug);
  hidden = await TestIntegration.create(publisher, 'hidden', { description: 'a secret plan' });
  await hidden.publish('1.0.0', { a: {} });
  await customer.admin.post(
    '/api/auth-states',
    { workspaceId: customer.id, name: 'service', type: 'api_key', secret: { apiKey: 'k' } },
    201,
  );
  const { id: userId } = await api.platform.post('/api/users', { email: 'ada@example.org', name: 'Ada' }, 201);
  await api.platform.post(`/api/workspaces/${customer.id}/memberships`, { userId, role: 'editor' }, 201);
  await api.platform.post('/api/trusted-signers', { name: 'Elsewhere', publicKey: newKeyPair().publicKey }, 201);
  const gone = await customer.editor.post(
    '/api/entities',
    { workspaceId: customer.id, kind: 'function', slug: 'gone', name: 'gone', definition: {} },
    201,
  );
  await customer.editor.delete(`/api/entities/${gone.id}`);
});
afterAll(() => api.stop());

/** Two versions of a public integration, granted to and installed by the customer, then upgraded. */
async function offer(slug: string): Promise<void> {
  const made = await TestIntegration.create(publisher, slug);
  await made.publish('1.0.0', { main: { forkOnInstall: true, required: true, definition: { v: 1 } }, extra: {} });
  await api.platform.post(`/api/integrations/${made.id}/visibility`, { visibility: 'public' }, 200);
  await publisher.admin.post(`/api/integrations/${made.id}/grants`, { workspaceId: customer.id }, 201);
  const install = await customer.editor.post(`/api/integrations/${made.id}/install`, { workspaceId: customer.id }, 201);
  await made.publish('1.1.0', { main: { forkOnInstall: true, required: true, definition: { v: 2 } } });
  await customer.editor.post(`/api/integration-installs/${install.id}/upgrade`, {}, 200);
}

interface List {
  readonly path: string;
  readonly resource: Resource<Actor>;
  readonly as: Caller;
}

/** Where a list is asked, and by whom: lists below a parent, under one that has rows in it. */
async function listAt({ path, list: resource, permission }: (typeof LISTS)[number]): Promise<List> {
  const as = permission.need === 'platform_admin' ? api.platform : /grants$|review/.test(path) ? publisher.admin : customer.admin;
  if (!path.includes('{id}')) return { path, resource, as };
  const parents = await as.get(path.slice(0, path.indexOf('/{id}')));
  return { path: path.replace('{id}', must(parents.data.at(-1), `${path} has a parent`).id), resource, as };
}

const search = ({ path, as }: List, params: object) => as.call('POST', `${path}/search`, params);
const query = (params: Record<string, unknown>) =>
  Object.entries(params)
    .map(([name, value]) => `${name}=${encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value))}`)
    .join('&');

function valueOfType(field: Field): Json {
  switch (field.type) {
    case 'id':
      return `${field.prefixes?.[0] ?? 'fun'}_01arz3ndektsv4rrffq69g5fav`;
    case 'number':
      return 1;
    case 'boolean':
      return true;
    case 'timestamp':
      return '2030-01-31T12:00:00.123Z';
    case 'enum':
      return must(field.values?.[0], 'an enum has values');
    default:
      return field.rank?.fault === undefined ? 'a' : '1.2.3';
  }
}

function operand(op: string, value: Json): Json {
  if (op === 'in' || op === 'notIn') return [value];
  if (op === 'isNull') return false;
  if (op === 'path') return { at: '/a/b', gte: 'x' };
  return op === 'contains' && typeof value !== 'string' ? {} : value;
}

/** Every comparison that a resource offers. */
const comparisons = ({ fields }: Resource<Actor>): Json[] =>
  Object.entries(fields)
    .filter(([, { filterable }]) => filterable !== false)
    .flatMap(([name, field]) =>
      OPERATORS[field.type].map((op) => ({
        [name]: { [op]: operand(op, field.type === 'json' && op === 'contains' ? {} : valueOfType(field)) },
      })),
    );

const orders = (resource: Resource<Actor>): Json[] => [
  ...sortableNames(resource).map((name) => ({ [name]: 'desc_nulls_last' })),
  ...Object.entries(resource.relations)
    .filter(([, { kind }]) => kind === 'one')
    .flatMap(([name, { to }]) => sortableNames(to()).map((inner) => ({ [name]: { [inner]: 'asc_nulls_first' } }))),
];

describe.each(LISTS.map((route) => [route.path, route] as const))('GET %s', (_, route) => {
  let list: List;
  beforeAll(async () => {
    list = await listAt(route);
  });

  test('shows rows in its default order, the same by GET and by POST …/search', async () => {
    const [got, searched] = [await list.as.call('GET', list.path), await search(list, {})];
    expect(got.status, JSON.stringify(got.body)).toBe(200);
    expect(got.body.data.length).toBeGreaterThan(0);
    expect(got.body.pageInfo.total).toBe(got.body.data.length);
    expect(searched.body).toEqual(got.body);
  });

  test('every comparison of every field is answered, as is every nested filter', async () => {
    const { resource } = list;
    const nested = Object.entries(resource.relations).flatMap(([name, { kind, to }]) =>
      comparisons(to()).map((each) => ({ [name]: kind === 'one' ? each : { some: each, none: each, every: each } })),
    );
    for (const filter of [...comparisons(resource), ...nested]) {
      const { status, body } = await search(list, { filter, limit: 3 });
      expect(status, `${JSON.stringify(filter)} ${JSON.stringify(body)}`).toBe(200);
    }
  });

  test('every order walks all rows, by fields of its own and of to-one relations', async () => {
    const { body: whole } = await search(list, {});
    const all = whole.data.map(({ id }: { id: string }) => id).sort();
    for (const key of orders(list.resource)) {
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const { status, body } = await search(list, { orderBy: [key], limit: 4, after });
        expect(status, `${JSON.stringify(key)} ${JSON.stringify(body)}`).toBe(200);
        seen.push(...body.data.map(({ id }: { id: string }) => id));
        after = body.pageInfo.hasNextPage ? body.pageInfo.endCursor : null;
      } while (after !== null);
      // Asking writes nothing, so the audit trail stands still too.
      expect(seen.sort(), JSON.stringify(key)).toEqual(all);
    }
  });

  test('what it shows is what it describes: every field of a row is one of the resource, equal to itself by filter', async () => {
    const { body } = await search(list, { limit: 1 });
    const row = body.data[0];
    for (const [name, field] of Object.entries(list.resource.fields)) {
      if (field.type === 'json' || field.filterable === false || !(name in row)) continue;
      const { body: found } = await search(list, { filter: { id: row.id, [name]: row[name] } });
      expect(found.data, `${name} ${JSON.stringify(row[name])}`).toHaveLength(1);
      if (field.nullable !== true) expect(row[name], `${name} is not nullable`).not.toBeNull();
    }
  });
});

describe('descriptions', () => {
  const resources = new Map<string, Resource<Actor>>();
  const collect = (resource: Resource<Actor>): void => {
    if (resources.has(resource.name)) return;
    resources.set(resource.name, resource);
    for (const { to } of Object.values(resource.relations)) collect(to());
  };
  for (const { list } of LISTS) collect(list);

  test('a field that is not nullable stands on a column that cannot be null, or the keyset would lose rows', async () => {
    const rows = await api.test.owner.db.many<{ column: string }>(
      sql`select table_name || '.' || column_name as column from information_schema.columns where is_nullable = 'NO' and table_schema = 'public'`,
    );
    const solid = new Set(rows.map(({ column }) => column));
    const loose = [...resources.values()].flatMap(({ table, fields }) =>
      Object.entries(fields)
        .filter(([, { nullable, column }]) => nullable !== true && !solid.has(`${table}.${column}`))
        .map(([name]) => `${table}.${name}`),
    );
    expect(loose).toEqual([]);
  });

  test('no list shows or compares a secret', () => {
    const columns = [...resources.values()].flatMap(({ table, fields }) => Object.values(fields).map(({ column }) => `${table}.${column}`));
    expect(columns.filter((column) => /secret|sealed|digest_|wrapped|data_key|hash/.test(column))).toEqual([]);
  });
});

describe('the same list by GET and by POST …/search answers the same bytes', () => {
  const PARAMS: Record<string, unknown>[] = [
    {},
    { limit: 1 },
    { name: 'c', trust_tier: 'verified_publisher', orderBy: [{ name: 'desc' }] },
    {
      filter: { OR: [{ name: 'crm' }, { versions: { some: { version: { startsWith: '1.1' } } } }] },
      orderBy: [{ workspace: { name: 'asc' } }, { name: 'asc' }],
    },
    { include_deleted: 'true', orderBy: [{ createdAt: 'asc' }], limit: 2 },
    { filter: { installs: { every: { members: { some: { isClone: true } } } } } },
  ];

  test.each(PARAMS)('%j', async (params) => {
    const { secret } = await customer.admin.post(
      '/api/api-keys',
      { workspaceId: customer.id, name: 'b', kind: 'secret', role: 'viewer' },
      201,
    );
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
    const got = await api.app.inject({ method: 'GET', url: `/api/integrations?${query(params)}`, headers });
    const searched = await api.app.inject({ method: 'POST', url: '/api/integrations/search', headers, payload: params });
    expect([got.statusCode, searched.statusCode]).toEqual([200, 200]);
    expect(searched.body).toBe(got.body);
  });

  test('cursors of one are taken by the other', async () => {
    const first = await customer.viewer.get('/api/integrations?limit=1');
    const next = { limit: 1, after: first.pageInfo.endCursor };
    const second = await customer.viewer.post('/api/integrations/search', next, 200);
    expect(await customer.viewer.get(`/api/integrations?${query(next)}`)).toEqual(second);
    expect(second.data[0].id).not.toBe(first.data[0].id);
  });
});

describe('FLT-01, FLT-02 what one may not see', () => {
  const found = async (path: string, filter: Json, as = customer.admin) =>
    (await as.post(`${path}/search`, { filter }, 200)).pageInfo.total;

  test('a private integration of others never matches, by any field of it, directly or by a relation', async () => {
    const truths: Json[] = [{ id: hidden.id }, { description: 'a secret plan' }, { slug: 'hidden' }, { name: { contains: 'idde' } }];
    for (const truth of truths) {
      expect(await found('/api/integrations', truth, publisher.viewer), JSON.stringify(truth)).toBe(1);
      expect(await found('/api/integrations', truth), JSON.stringify(truth)).toBe(0);
      expect(await found('/api/integration-versions', { integration: truth })).toBe(0);
      expect(await found('/api/integrations', { versions: { some: { integration: truth } } })).toBe(0);
    }
    expect((await customer.admin.get(`/api/integrations?ids=${hidden.id}`)).data).toEqual([]);
  });

  test('installs, entities and workspaces of others do not show through what is public', async () => {
    expect(await found('/api/integrations', { installs: { some: {} } }, publisher.viewer)).toBe(0);
    expect(await found('/api/integrations', { installs: { some: {} } })).toBe(3);
    expect(await found('/api/integrations', { workspace: { handle: 'acme' } })).toBe(0);
    expect(
      await found(
        '/api/integrations',
        { versions: { some: { installs: { some: { workspace: { handle: 'customer' } } } } } },
        publisher.viewer,
      ),
    ).toBe(0);
  });

  test.each(['secret', 'secretDigest', 'sealedSecret', 'doc', 'deleted_at', 'definitionDigest', 'passwordHash'])(
    '%s is no field anywhere',
    async (name) => {
      for (const { path } of LISTS.filter(({ path }) => !path.includes('{id}') && path !== '/api/users')) {
        const problem = await customer.admin.post(`${path}/search`, { filter: { workspace: { [name]: 'x' } } }, 400);
        expect(problem.code).toBe('invalid_filter');
        expect((await customer.admin.post(`${path}/search`, { orderBy: [{ [name]: 'asc' }] }, 400)).code).toBe('invalid_order');
      }
    },
  );

  test('deleted rows show with include_deleted, to their workspace only', async () => {
    const slugs = async (as: Caller, include: string) =>
      (await as.get(`/api/entities?include_deleted=${include}&slug=gone`)).data.map(({ slug }: { slug: string }) => slug);
    expect([await slugs(customer.viewer, 'false'), await slugs(customer.viewer, 'true'), await slugs(customer.viewer, 'only')]).toEqual([
      [],
      ['gone'],
      ['gone'],
    ]);
    expect(await slugs(publisher.viewer, 'true')).toEqual([]);
  });

  test('an order by what one may not see orders as null: it tells nothing', async () => {
    const { data } = await customer.viewer.get(
      `/api/integrations?${query({ orderBy: [{ workspace: { name: 'asc_nulls_first' } }, { name: 'asc' }] })}`,
    );
    expect(data.map(({ name }: { name: string }) => name)).toEqual(['chat', 'crm', 'mail']);
  });

  test('a publishable key sees the public marketplace', async () => {
    const key = await api.key(customer.id, 'shop', 'publishable');
    expect((await key.get('/api/integrations')).pageInfo.total).toBe(3);
    expect(await found('/api/integrations', { installs: { some: {} } }, key)).toBe(0);
  });
});

describe('all directions over HTTP', () => {
  test.each(DIRECTIONS)('%s', async (direction) => {
    const { data } = await publisher.viewer.get(`/api/integrations?${query({ orderBy: [{ name: direction }] })}`);
    const names = data.map(({ name }: { name: string }) => name);
    expect(names).toEqual(direction.startsWith('asc') ? ['chat', 'crm', 'hidden', 'mail'] : ['mail', 'hidden', 'crm', 'chat']);
  });
});

describe('FLT-08 a list that takes too long', () => {
  test('is 503 with Retry-After, and the next one is answered', async () => {
    const pool = appPool(api.test.connection);
    const database = new Database({ ...pool, options: `${pool.options} -c statement_timeout=200ms`, max: 2 });
    const app = buildApp({
      database,
      masterKey: Buffer.alloc(32, 7),
      kinds: new Kinds(),
      log: pino({ level: 'silent' }),
      clock: () => new Date(),
    });
    const { secret } = await customer.admin.post(
      '/api/api-keys',
      { workspaceId: customer.id, name: 'slow', kind: 'secret', role: 'viewer' },
      201,
    );
    const ask = () => app.inject({ method: 'GET', url: '/api/integrations', headers: { authorization: `Bearer ${secret}` } });
    await api.test.owner.transaction(async (tx) => {
      await tx.run(sql`lock table integrations in access exclusive mode`);
      for (const response of await Promise.all(Array.from({ length: 6 }, ask))) {
        expect([response.statusCode, response.json().code, response.headers['retry-after']]).toEqual([503, 'unavailable', '1']);
      }
    });
    for (const response of await Promise.all(Array.from({ length: 6 }, ask))) expect(response.statusCode).toBe(200);
    await app.close();
    await database.close();
  });
});
