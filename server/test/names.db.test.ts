/** What people read, and where servers are sent: one shape each, at every door by which it comes in. */
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allRoutes } from '../src/domain/routes.ts';
import { isReserved } from '../src/domain/workspace/handles.ts';
import { isObject, type Json, type JsonObject } from '../src/lib/json.ts';
import { plainSchema } from '../src/lib/plain-schema.ts';
import { type Answer, TestApi, TestIntegration, type TestWorkspace } from './api.ts';

/** Strings of bodies that are held to what is there, or to a grammar of their own, by the verb. */
const CHECKED_BY_VERBS = ['kind', 'version', 'publicKey', 'value', 'items', 'slug', 'pointer', 'planDigest'];

/** Names of the strings in a shape that take any text at all. */
function loose(node: Json, name = ''): string[] {
  if (!isObject(node)) return [];
  const free = [node.type].flat().includes('string') && !['pattern', 'format', 'enum'].some((rule) => rule in node);
  const inside = isObject(node.properties) ? Object.entries(node.properties) : [];
  const below = [
    ...inside,
    ['items', node.items ?? null] as const,
    ...(Array.isArray(node.anyOf) ? node.anyOf : []).map((form) => [name, form] as const),
  ];
  return [...(free ? [name] : []), ...below.flatMap(([key, value]) => loose(value, key))];
}

test('no string of any body takes any text at all: each has a form, or is held to what is there', () => {
  const bodies = allRoutes.flatMap((route) =>
    'body' in route && route.body ? [[route.operationId, plainSchema(route.body)] as const] : [],
  );
  const found = bodies.flatMap(([operation, body]) =>
    loose(body)
      .filter((name) => !CHECKED_BY_VERBS.includes(name))
      .map((name) => `${operation} ${name}`),
  );
  expect(bodies.length).toBeGreaterThan(20);
  expect(found).toEqual([]);
});

let api: TestApi;
let team: TestWorkspace;
let draft: TestIntegration;
beforeAll(async () => {
  api = await TestApi.start();
  team = await api.workspace('team');
  draft = await TestIntegration.create(team, 'draft');
});
afterAll(() => api.stop());

const refused = ({ status, body }: Answer): [number, string[]] => [
  status,
  (body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer),
];

describe('names', () => {
  const BAD = [
    '',
    '   ',
    '\u200b',
    '\u200d\u200d',
    '\ufeff',
    'ring\u0007',
    'two\nlines',
    '\u202etxt.exe',
    'a\u200bb',
    '\u3164',
    '\t',
    'x\u007f',
  ];

  const DOORS: readonly (readonly [string, () => readonly ['POST' | 'PATCH', string, JsonObject]])[] = [
    ['a workspace', () => ['POST', '/api/workspaces', { handle: 'named' }]],
    ['a workspace changed', () => ['PATCH', `/api/workspaces/${team.id}`, {}]],
    ['a user', () => ['POST', '/api/users', { email: 'n@example.org' }]],
    ['a key', () => ['POST', '/api/api-keys', { workspaceId: team.id, kind: 'secret', role: 'viewer' }]],
    ['an entity', () => ['POST', '/api/entities', { workspaceId: team.id, kind: 'agent', slug: 'named', definition: {} }]],
    ['an integration', () => ['POST', '/api/integrations', { workspaceId: team.id, slug: 'named' }]],
    ['an integration changed', () => ['PATCH', `/api/integrations/${draft.id}`, {}]],
    ['an auth state', () => ['POST', '/api/auth-states', { workspaceId: team.id, type: 'api_key', secret: { apiKey: 'k' } }]],
    ['a signer', () => ['POST', '/api/trusted-signers', { publicKey: 'x' }]],
  ];

  test.each(DOORS)('of %s show something and hide nothing', async (_, door) => {
    const [method, path, body] = door();
    for (const name of BAD)
      expect(refused(await api.platform.call(method, path, { ...body, name })), JSON.stringify(name)).toEqual([422, ['/name']]);
  });

  test('of every script are kept as they came', async () => {
    for (const name of ['می‌خواهم', 'क्‍ष', '👩‍👩‍👧', 'Acme (Berlin)']) {
      const changed = await team.admin.patch(`/api/workspaces/${team.id}`, { name }, 200);
      expect(changed.name).toBe(name);
    }
  });

  test.each(DOORS.slice(0, -1))('of %s are kept without blanks around them, in composed letters', async (_, door) => {
    const [method, path, body] = door();
    const slug = 'slug' in body ? { slug: 'tidy' } : 'handle' in body ? { handle: 'tidy' } : {};
    const answer = await api.platform.call(method, path, { ...body, ...slug, name: ' \u00a0Cafe\u0301  Noir\u3000' });
    expect([answer.status, answer.body.name]).toEqual([method === 'POST' ? 201 : 200, 'Café  Noir']);
  });

  /** Names of what is there already: whoever reads them tidies them. */
  const READ = ['installIntegration', 'planInstall'];

  test('stand at the top of every body that has one, but for what is signed', () => {
    const deep = (node: Json, depth: number): boolean =>
      isObject(node) &&
      ((depth > 1 && node.format === 'name') || Object.values(node).some((each) => deep(each, depth + (each === node.properties ? 0 : 1))));
    const bodies = allRoutes.flatMap((route) =>
      'body' in route && route.body ? [[route.operationId, plainSchema(route.body)] as const] : [],
    );
    const below = bodies.filter(([, { properties }]) => isObject(properties) && Object.values(properties).some((each) => deep(each, 1)));
    expect(below.map(([operation]) => operation).filter((operation) => !/undle/.test(operation) && !READ.includes(operation))).toEqual([]);
  });

  test('descriptions, reasons and changelogs have lines and tabs, and no other controls', async () => {
    const path = `/api/integrations/${draft.id}`;
    await team.editor.patch(path, { description: 'one\n\ttwo\r\nthree' }, 200);
    for (const text of ['\u0007', 'a\rb', '\u001b[31m', '\u0085']) {
      expect(refused(await team.editor.call('PATCH', path, { description: text }))).toEqual([422, ['/description']]);
      expect(refused(await team.editor.call('POST', `${path}/publish`, { version: '9.0.0', changelog: text }))).toEqual([
        422,
        ['/changelog'],
      ]);
    }
  });

  test('an email is one line without hidden characters', async () => {
    for (const email of ['a\u0007@example.org', 'a\u200b@example.org', 'a@exa\u202emple.org', 'a b@example.org', 'nobody'])
      expect(refused(await api.platform.call('POST', '/api/users', { email, name: 'a' }))).toEqual([422, ['/email']]);
  });
});

describe('handles', () => {
  test.each(['api', 'admin', 'mortise', 'docs', 'm0rt1se', 'mort-ise', 'supp0rt', 'securlty', 'adm1n', 'r00t'])(
    '%s is reserved',
    async (handle) => {
      expect(refused(await api.platform.call('POST', '/api/workspaces', { name: 'x', handle }))).toEqual([422, ['/handle']]);
    },
  );

  test.each(['acme', 'apiary', 'mortise-works', 'admiral', 'docsend', 'team-1', 'rooted', 'publisher', 'customer', 'platform'])(
    '%s is not',
    (handle) => {
      expect(isReserved(handle)).toBe(false);
    },
  );
});

describe('auth configs and icons', () => {
  const create = (more: JsonObject) =>
    team.editor.call('POST', '/api/integrations', { workspaceId: team.id, slug: 'configured', name: 'x', ...more });
  const URLS = [
    'https:///',
    'https://',
    'https://u:p@acme.example/',
    'https://127.1/',
    'https://[::ffff:10.0.0.1]/',
    'https://localhost/',
    'https://2130706433/',
    'https://acme.example/ x',
    'http://acme.example/',
  ];

  test.each(URLS)('%s is refused wherever a URL stands', async (url) => {
    expect(refused(await create({ iconUrl: url }))).toEqual([422, ['/iconUrl']]);
    for (const field of ['authorizationUrl', 'tokenUrl', 'callbackUrl'])
      expect(refused(await create({ authConfig: { [field]: url } }))).toEqual([422, [`/authConfig/${field}`]]);
  });

  test.each([
    ['authHeaderName', ['X\r\nEvil: 1', 'X Y', 'Ünicode', '', 'X:', 'Host', 'transfer-encoding', 'Content-Length']],
    ['authValuePrefix', ['Bearer\r\n', 'Bearer\u0001', 'Bürger ']],
    ['scopes', ['a b', 'a"b', 'a\\b', '', 'ä', 'a\n']],
  ])('%s has the form that HTTP and OAuth give it', async (field, values) => {
    for (const value of values) {
      const [status, pointers] = refused(await create({ authConfig: { [field]: field === 'scopes' ? [value] : value } }));
      expect([status, pointers], JSON.stringify(value)).toEqual([
        422,
        [field === 'scopes' ? '/authConfig/scopes/0' : `/authConfig/${field}`],
      ]);
    }
  });

  test('what was drafted before there were rules is read, published and upgraded to as it is', async () => {
    const old = await TestIntegration.create(team, 'old');
    await old.publish('1.0.0', { a: { forkOnInstall: true, required: true } });
    const stored = JSON.stringify({ authHeaderName: 'X\r\nOld: 1', scopes: ['a b'], tokenUrl: 'https://127.0.0.1/' });
    await api.test.owner.db.run(sql`
      update integrations set name = ${'\u0007'}, description = ${'\u0007'}, icon_url = 'https:///', auth_config = ${stored}::json where id = ${old.id}`);
    const install = await team.editor.post(`/api/integrations/${old.id}/install`, { workspaceId: team.id }, 201);
    expect(await team.viewer.get(`/api/integrations/${old.id}`)).toMatchObject({ name: '\u0007', iconUrl: 'https:///' });
    await team.editor.patch(`/api/integrations/${old.id}`, { trustTier: 'verified_publisher' }, 200);
    await team.editor.post(`/api/integrations/${old.id}/publish`, { version: '1.1.0' }, 201);
    await team.editor.post(`/api/integration-installs/${install.id}/upgrade`, {}, 200);
    await team.editor.patch(`/api/integrations/${old.id}`, { authConfig: JSON.parse(stored) }, 422);
  });
});
