import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, type TestWorkspace } from '../../../test/api.ts';
import { open, unwrapKey } from '../../lib/seal.ts';
import { boundTo } from './vault.ts';

let api: TestApi;
let team: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  team = await api.workspace('team');
});
afterAll(() => api.stop());

const CANARY = 'canary-3f9c1d';
const body = (more: object = {}) => ({ workspaceId: team.id, name: 'service', type: 'api_key', secret: { apiKey: CANARY }, ...more });
const create = (more: object = {}) => team.admin.post('/api/auth-states', body(more), 201);

interface Row {
  id: string;
  key: string;
  sealed: Buffer;
  wrapped: Buffer;
}
const rowOf = (id: string) =>
  api.test.owner.db.one<Row>({
    name: 'row',
    text: 'select a.id, a.data_key_id as key, a.sealed_secret as sealed, d.wrapped from auth_states a join data_keys d on d.id = a.data_key_id where a.id = $1',
    values: [id],
  });

describe('auth states', () => {
  test('the secret is in no answer, event or row, raw, in base64 or in hex', async () => {
    const made = await create();
    await team.admin.patch(`/api/auth-states/${made.id}`, { secret: { apiKey: `${CANARY}-2` } }, 200);
    await team.admin.post('/api/auth-states', body({ secret: { apiKey: CANARY, more: CANARY } }), 422);
    const seen = [
      JSON.stringify(made),
      JSON.stringify(await team.viewer.get('/api/auth-states')),
      JSON.stringify(await team.viewer.get('/api/events')),
      JSON.stringify(await api.test.owner.db.many({ name: 'all', text: 'select a::text from auth_states a', values: [] })),
    ].join();
    for (const form of [CANARY, Buffer.from(CANARY).toString('base64').replace(/=+$/, ''), Buffer.from(CANARY).toString('hex')])
      expect(seen).not.toContain(form);
  });

  test('a ciphertext opens for its own row only', async () => {
    const [one, two] = await Promise.all([create(), create({ secret: { apiKey: 'other' } })]);
    const [first, second] = [await rowOf(one.id), await rowOf(two.id)];
    const key = unwrapKey(Buffer.alloc(32, 7), first.wrapped, first.key);
    const owner = { workspaceId: team.id, id: first.id };
    expect(JSON.parse(open(key, first.sealed, boundTo(owner, first.key)))).toEqual({ apiKey: CANARY });
    expect(() => open(key, second.sealed, boundTo(owner, first.key))).toThrow();
    expect(() => open(key, first.sealed, boundTo({ ...owner, workspaceId: 'wsp_other' }, first.key))).toThrow();
  });

  test('secrets fit their type; faults name fields, never values', async () => {
    const bad = [
      { secret: { accessToken: 'x' } },
      { type: 'oauth2' },
      { type: 'oauth2', secret: { accessToken: 'a', expiresAt: 'soon' } },
      { secret: { apiKey: '' } },
      { secret: { apiKey: ' ' } },
      { type: 'password' },
    ];
    for (const more of bad) {
      const problem = await team.admin.post('/api/auth-states', body(more), 422);
      expect(JSON.stringify(problem)).not.toContain(CANARY);
    }
    await create({ type: 'oauth2', secret: { accessToken: 'a', refreshToken: 'b', expiresAt: '2030-01-01T00:00:00Z' } });
  });

  test('status: active, expired by time, revoked and back', async () => {
    const made = await create({ expiresAt: '2020-01-01T00:00:00Z' });
    const path = `/api/auth-states/${made.id}`;
    expect(made.status).toBe('expired');
    expect((await team.admin.patch(path, { expiresAt: null }, 200)).status).toBe('active');
    expect((await team.admin.patch(path, { status: 'revoked' }, 200)).status).toBe('revoked');
    expect((await team.admin.patch(path, { status: 'active' }, 200)).status).toBe('active');
    expect((await team.viewer.get('/api/auth-states?status=active')).pageInfo.total).toBeGreaterThan(0);
  });

  test('a deleted one is hidden and its secret forgotten at once', async () => {
    const made = await create();
    await team.admin.delete(`/api/auth-states/${made.id}`, 200);
    expect((await rowOf(made.id)).sealed).toHaveLength(0);
    expect((await team.viewer.get(`/api/auth-states?ids=${made.id}`)).data).toEqual([]);
    await team.admin.patch(`/api/auth-states/${made.id}`, { name: 'x' }, 404);
  });

  test('editors may use but not make them; strangers see none', async () => {
    await team.editor.post('/api/auth-states', body(), 403);
    const made = await create();
    const other = await api.workspace('other');
    await other.admin.get(`/api/auth-states/${made.id}`, 404);
    expect((await other.admin.get('/api/auth-states')).data).toEqual([]);
  });
});
