/** What trials found about taking versions and about consent, each as it was tried. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MemberSpec, TestApi, TestIntegration, type TestWorkspace } from './api.ts';
import { exported, imported } from './bundles.ts';

let api: TestApi;
let publisher: TestWorkspace;
let buyer: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
  buyer = await api.workspace('buyer');
});
afterAll(() => api.stop());

const MEMBER = { forkOnInstall: true, required: true };
const at = (made: TestIntegration, rest = '') => `/api/integrations/${made.id}${rest}`;
const version = (id: string, rest = '') => `/api/integration-versions/${id}${rest}`;
const show = (made: TestIntegration, visibility: string) => api.platform.post(at(made, '/visibility'), { visibility }, 200);
const currentOf = async (made: TestIntegration) => (await publisher.viewer.get(at(made))).currentVersion;

let count = 0;
/** Public at 1.0.0, with one connector. */
async function listed(members: Record<string, MemberSpec>, more: Record<string, unknown> = {}): Promise<TestIntegration> {
  const made = await TestIntegration.create(publisher, `made-${++count}`);
  await made.publish('1.0.0', members, more);
  await show(made, 'public');
  return made;
}

/** What a reviewer is asked about the next version; empty: it is live. */
async function needsOf(made: TestIntegration, members: Record<string, MemberSpec>, more: Record<string, unknown> = {}) {
  const { id } = await made.publish('1.0.1', members, more);
  const { data } = await publisher.viewer.get(`/api/review-submissions?integration_version_id=${id}`);
  expect(await currentOf(made)).toBe(data.length === 0 ? '1.0.1' : '1.0.0');
  return data.flatMap(({ needs }: { needs: { kind: string; added: string[] }[] }) => needs.map(({ kind, added }) => [kind, ...added]));
}

const OAUTH = {
  type: 'oauth2',
  scopes: ['read'],
  authorizationUrl: 'https://login.acme.example/authorize',
  tokenUrl: 'https://login.acme.example/token',
  callbackUrl: 'https://acme.example/callback',
  authHeaderName: 'Authorization',
  authValuePrefix: 'Bearer ',
};
const CONNECTOR = { ...MEMBER, kind: 'connector' };

describe('a version of a public integration waits for a reviewer', () => {
  test.each([
    ['authorizationUrl', 'https://login.evil.example/authorize', 'auth_url'],
    ['tokenUrl', 'https://login.acme.example.evil.example/token', 'auth_url'],
    ['callbackUrl', 'https://evil.example/callback', 'auth_url'],
    ['authHeaderName', 'X-Key', 'auth_header'],
    ['authValuePrefix', 'Token ', 'auth_header'],
    ['type', 'api_key', 'auth_type'],
  ])('when %s becomes %s', async (field, value, kind) => {
    const made = await listed({ a: MEMBER }, { authConfig: OAUTH });
    const [[found] = []] = await needsOf(made, { a: MEMBER }, { authConfig: { ...OAUTH, [field]: value } });
    expect(found).toBe(kind);
  });

  test.each([
    ['allOf', { allOf: [{ required: ['pw'] }] }],
    ['anyOf', { anyOf: [{ required: ['pw'] }] }],
    ['a reference', { $ref: '#/$defs/it', $defs: { it: { required: ['pw'] } } }],
    ['a dependency', { dependentRequired: { host: ['pw'] } }],
  ])('when a variable becomes required by %s', async (_, more) => {
    const properties = { host: { type: 'string' }, pw: { type: 'string' } };
    const schema = { type: 'object', properties };
    const made = await listed({ a: MEMBER }, { variablesSchema: schema });
    expect(await needsOf(made, { a: MEMBER }, { variablesSchema: { ...schema, ...more } })).toEqual([['required_variable', 'pw']]);
  });

  test('when a connector goes to another host, a kind is new, or a reference becomes a clone', async () => {
    const goes = (baseUrl: string) => ({ a: { ...CONNECTOR, definition: { baseUrl, servers: [{ url: 'https://api.acme.example/2' }] } } });
    const made = await listed(goes('https://api.acme.example/1'));
    expect(await needsOf(made, goes('https://evil.example/1'))).toEqual([['host', 'https://evil.example']]);
    expect(await needsOf(await listed({ a: MEMBER }), { a: MEMBER, b: { kind: 'connector' } })).toEqual([['member_kind', 'connector']]);
    expect(await needsOf(await listed({ a: { required: true } }), { a: MEMBER })).toEqual([['member_mode', 'a as a clone']]);
  });

  test('when it is listed as something else', async () => {
    const made = await listed({ a: MEMBER });
    const needs = await needsOf(made, { a: MEMBER }, { name: 'Stripe Official', iconUrl: 'https://evil.example/stripe.png' });
    expect(needs).toEqual([['listing', 'name Stripe Official', 'iconUrl https://evil.example/stripe.png']]);
    expect((await buyer.viewer.get(at(made))).name).toBe(`made-${count}`);
  });

  test('and not when it goes elsewhere on the same host, and only does something else', async () => {
    const goes = (baseUrl: string) => ({ a: { ...CONNECTOR, definition: { baseUrl, retries: baseUrl.length } } });
    const made = await listed(goes('https://api.acme.example/1'), { authConfig: OAUTH });
    expect(
      await needsOf(made, goes('https://api.acme.example/v2'), {
        authConfig: OAUTH,
        variablesSchema: { type: 'object', properties: { a: {} } },
      }),
    ).toEqual([]);
  });
});

describe('a revoked version', () => {
  const bad = { a: { ...MEMBER, definition: { sends: 'keys away' } } };

  test('comes back under no other number, in no other integration and out of no bundle, until it is let back', async () => {
    const made = await listed({ a: MEMBER });
    const { id } = await made.publish('1.1.0', bad);
    const bundle = await exported(publisher, id);
    await api.platform.post(version(id, '/revoke'), { reason: 'Malice.' }, 200);
    expect((await publisher.editor.post(at(made, '/check'), {}, 409)).code).toBe('content_revoked');
    expect((await publisher.editor.post(at(made, '/publish'), { version: '1.1.1' }, 409)).code).toBe('content_revoked');
    const other = await TestIntegration.create(publisher, 'other');
    const { manifest } = await publisher.viewer.get(at(made));
    await publisher.editor.patch(at(other), { manifest, name: 'Other' }, 200);
    expect((await publisher.editor.post(at(other, '/publish'), { version: '3.0.0' }, 409)).code).toBe('content_revoked');
    expect((await imported(buyer, bundle, {}, 409)).code).toBe('content_revoked');
    await api.platform.post(version(id, '/unyank'), {}, 200);
    await publisher.editor.post(at(other, '/publish'), { version: '3.0.0' }, 201);
    await imported(buyer, bundle);
  });

  test('has every further version reviewed, of a private integration too, until it is let back', async () => {
    const made = await TestIntegration.create(publisher, 'watched');
    const { id } = await made.publish('1.0.0', { a: { ...MEMBER, definition: { first: true } } });
    await api.platform.post(version(id, '/revoke'), { reason: 'Malice.' }, 200);
    const next = await made.publish('1.0.1', { a: { ...MEMBER, definition: { second: true } } });
    expect(await currentOf(made)).toBeNull();
    const { data } = await publisher.viewer.get(`/api/review-submissions?integration_version_id=${next.id}`);
    await api.platform.post(`/api/review-submissions/${data[0].id}/approve`, {}, 200);
    expect(await currentOf(made)).toBe('1.0.1');
    await api.platform.post(version(id, '/unyank'), {}, 200);
    await made.publish('1.0.2', { a: { ...MEMBER, definition: { third: true } } });
    expect(await currentOf(made)).toBe('1.0.2');
  });
});

test('an admin of a suspended workspace revokes a leaked key and deletes, and adds nothing', async () => {
  const closed = await api.workspace('closed');
  const key = await closed.admin.post('/api/api-keys', { workspaceId: closed.id, name: 'leaked', kind: 'secret', role: 'viewer' }, 201);
  const made = await TestIntegration.create(closed, 'thing');
  const { id } = await made.publish('1.0.0', { a: MEMBER });
  await api.platform.post(`/api/workspaces/${closed.id}/suspend`, undefined, 200);
  await closed.admin.delete(`/api/api-keys/${key.id}`, 200);
  await api.as(key.secret).get('/api/me', 401);
  await closed.editor.post(version(id, '/yank'), {}, 200);
  await closed.editor.delete(at(made), 200);
  for (const [path, body] of [
    ['/api/api-keys', { workspaceId: closed.id, name: 'new', kind: 'secret', role: 'viewer' }],
    [at(made, '/restore'), undefined],
    [version(id, '/unyank'), {}],
  ] as const)
    expect((await closed.admin.post(path, body, 409)).code).toBe('workspace_suspended');
});

test('an install beside a narrowing visibility or a revocation is whole, or 404 or 409', async () => {
  for (let round = 0; round < 10; round++) {
    const made = await listed({ a: { ...MEMBER, definition: { round } } });
    const { id } = (await publisher.viewer.get(`/api/integration-versions?integration_id=${made.id}`)).data[0];
    const narrow = () => publisher.editor.call('POST', at(made, '/visibility'), { visibility: 'private' });
    const revoke = () => api.platform.call('POST', version(id, '/revoke'), { reason: 'Malice.' });
    const [installed, changed] = await Promise.all([
      buyer.editor.call('POST', at(made, '/install'), { workspaceId: buyer.id, integrationVersionId: id }),
      round % 2 === 0 ? narrow() : revoke(),
    ]);
    expect(changed.status).toBe(200);
    expect([201, 404, 409], JSON.stringify(installed.body)).toContain(installed.status);
  }
});
