import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../test/api.ts';

let api: TestApi;
let team: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  team = await api.workspace('team');
});
afterAll(async () => {
  api.setClock(null);
  await api.stop();
});

const entity = (slug: string) => ({ workspaceId: team.id, kind: 'function', slug, name: slug, definition: { slug } });
const post = (body: object, key: string, path = '/api/entities') => team.editor.call('POST', path, body, { 'idempotency-key': key });

describe('Idempotency-Key', () => {
  test('the same key and body answer the stored answer, with its status and Location, and have one effect', async () => {
    const first = await post(entity('once'), 'k1');
    const again = await post({ ...entity('once') }, 'k1');
    expect(first.status).toBe(201);
    expect([again.status, again.body, again.headers.location]).toEqual([201, first.body, first.headers.location]);
    expect([first.headers['idempotency-replayed'], again.headers['idempotency-replayed']]).toEqual([undefined, 'true']);
    const { data } = await team.viewer.get(`/api/events?subject_id=${first.body.id}`);
    expect(data).toHaveLength(1);
  });

  test('the same key with another body or path is 422; another actor has keys of its own', async () => {
    await post(entity('two'), 'k2');
    expect((await post(entity('three'), 'k2')).body.code).toBe('idempotency_key_reused');
    expect((await post({ name: 'x', handle: 'x' }, 'k2', '/api/integrations')).status).toBe(422);
    const other = await team.admin.call('POST', '/api/entities', entity('four'), { 'idempotency-key': 'k2' });
    expect(other.status).toBe(201);
  });

  test('a failure keeps nothing: the retry runs again', async () => {
    const bad = { ...entity('five'), kind: 'nonsense' };
    expect((await post(bad, 'k5')).status).toBe(422);
    expect((await post(entity('five'), 'k5')).status).toBe(201);
  });

  test('a hundred retries at once have one effect; the others get its answer or 409', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => post(entity('race'), 'k6')));
    const made = answers.filter((answer) => answer.status === 201);
    expect(new Set(made.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.status !== 201).every((answer) => answer.body.code === 'request_in_progress')).toBe(true);
  });

  test('is forgotten after 24 hours', async () => {
    await post(entity('seven'), 'k7');
    api.setClock(new Date(Date.now() + 24 * 60 * 60 * 1000 + 1000));
    expect((await post(entity('eight'), 'k7')).status).toBe(201);
    api.setClock(null);
  });

  test('a secret is null on replay', async () => {
    const body = { workspaceId: team.id, name: 'k', kind: 'secret', role: 'viewer' };
    const mint = () => team.admin.call('POST', '/api/api-keys', body, { 'idempotency-key': 'k8' });
    const [first, again] = [await mint(), await mint()];
    expect(first.body.secret).toMatch(/^sec_/);
    expect(again.body).toEqual({ ...first.body, secret: null });
  });

  test.each(['', ' ', 'ä', 'x'.repeat(256), 'a b'])('%j is no key: 400', async (key) => {
    expect((await post(entity('bad-key'), key)).status).toBe(400);
  });
});

describe('ETag', () => {
  test('If-None-Match with the current ETag answers 304 without a body', async () => {
    const { body } = await post(entity('etag'), 'e1');
    const path = `/api/entities/${body.id}`;
    const { headers } = await team.viewer.call('GET', path);
    const same = await team.viewer.call('GET', path, undefined, { 'if-none-match': String(headers.etag) });
    expect([same.status, same.body]).toEqual([304, null]);
  });

  test('If-Match holds PATCH and DELETE to the row that the caller knows', async () => {
    const { body } = await post(entity('match'), 'e2');
    const path = `/api/entities/${body.id}`;
    const { headers } = await team.viewer.call('GET', path);
    const known = { 'if-match': String(headers.etag) };
    expect((await team.editor.call('PATCH', path, { name: 'one' }, known)).status).toBe(200);
    const lost = await team.editor.call('PATCH', path, { name: 'two' }, known);
    expect([lost.status, lost.body.code]).toEqual([412, 'precondition_failed']);
    expect((await team.editor.call('DELETE', path, undefined, known)).status).toBe(412);
    expect((await team.viewer.get(path)).name).toBe('one');
    expect((await team.editor.call('PATCH', path, { name: 'two' }, { 'if-match': '*' })).status).toBe(200);
    const fresh = await team.viewer.call('GET', path);
    expect((await team.editor.call('DELETE', path, undefined, { 'if-match': `"x", ${fresh.headers.etag}` })).status).toBe(200);
  });

  test('If-Match takes the ETag of the compressed representation, too', async () => {
    const { body } = await post({ ...entity('packed'), definition: { text: 'x'.repeat(2_000) } }, 'e4');
    const path = `/api/entities/${body.id}`;
    const packed = await team.viewer.call('HEAD', path, undefined, { 'accept-encoding': 'gzip' });
    expect(packed.headers.etag).toMatch(/\.gzip"$/);
    const known = { 'if-match': String(packed.headers.etag) };
    expect((await team.editor.call('PATCH', path, { name: 'one' }, known)).status).toBe(200);
    expect((await team.editor.call('PATCH', path, { name: 'two' }, known)).status).toBe(412);
  });

  test('PATCH answers carry the ETag under which the row is known from then on', async () => {
    const guide = await TestIntegration.create(team, 'guide');
    await guide.publish('1.0.0', { guide: { required: true } });
    const install = await team.editor.post(`/api/integrations/${guide.id}/install`, { workspaceId: team.id }, 201);
    const [member] = (await team.viewer.get(`/api/integration-members?integration_install_id=${install.id}`)).data;
    const user = await api.platform.post('/api/users', { email: 'p@example.org', name: 'P' }, 201);
    const membership = await api.platform.post(`/api/workspaces/${team.id}/memberships`, { userId: user.id, role: 'viewer' }, 201);
    const secret = { apiKey: 'k' };
    const auth = await team.admin.post('/api/auth-states', { workspaceId: team.id, name: 'A', type: 'api_key', secret }, 201);
    const changes: readonly (readonly [path: string, body: object])[] = [
      [`/api/entities/${guide.source('guide')}`, { name: 'Guide' }],
      [`/api/integrations/${guide.id}`, { name: 'Guide' }],
      [`/api/integration-installs/${install.id}`, { upgradePolicy: 'minor' }],
      [`/api/integration-members/${member.id}`, { enabled: false }],
      [`/api/auth-states/${auth.id}`, { name: 'B' }],
      [`/api/workspaces/${team.id}`, { name: 'Team' }],
      [`/api/workspace-memberships/${membership.id}`, { role: 'editor' }],
    ];
    for (const [path, body] of changes) {
      const first = await team.admin.call('PATCH', path, body);
      expect([path, first.status]).toEqual([path, 200]);
      const again = await team.admin.call('PATCH', path, body, { 'if-match': String(first.headers.etag) });
      expect([path, again.status]).toEqual([path, 200]);
      expect((await team.admin.call('PATCH', path, body, { 'if-match': '"x"' })).status).toBe(412);
    }
  });

  test('of fifty changes that know the same row, one wins', async () => {
    const { body } = await post(entity('fifty'), 'e3');
    const path = `/api/entities/${body.id}`;
    const { headers } = await team.viewer.call('GET', path);
    const patch = (n: number) => team.editor.call('PATCH', path, { name: `n${n}` }, { 'if-match': String(headers.etag) });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => patch(n)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 412)).toHaveLength(49);
  });
});
