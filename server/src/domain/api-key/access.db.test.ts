import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, type TestWorkspace } from '../../../test/api.ts';
import { newSecret } from '../../lib/secret.ts';
import { StartError } from '../../lib/start-error.ts';
import { ensureBootstrap, resetBootstrap } from './bootstrap.ts';

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

const mint = (more: object = {}) => ({ workspaceId: team.id, name: 'k', kind: 'secret', role: 'viewer', ...more });
const user = (name: string) => api.platform.post('/api/users', { email: `${name}@example.org`, name }, 201);

describe('api keys', () => {
  test('the secret is in the creating answer only, and only its digest is stored', async () => {
    const made = await team.admin.post('/api/api-keys', mint(), 201);
    expect(made.secret).toMatch(/^sec_[\w-]{40,}$/);
    const listed = JSON.stringify(await team.admin.get('/api/api-keys'));
    expect(listed).toContain(made.id);
    expect(listed).not.toContain(made.secret);
    expect(await team.admin.get(`/api/api-keys/${made.id}`)).not.toHaveProperty('secret');
    const { owner } = api.test;
    const dump = await owner.db.many({
      name: 'dump',
      text: `select k::text from api_keys k where k::text like '%' || $1 || '%'`,
      values: [made.secret],
    });
    expect(dump).toEqual([]);
  });

  test('a key acts with its own role in its own workspace, not with its minter’s power', async () => {
    const key = await api.key(team.id, 'viewer');
    await key.post('/api/entities', { workspaceId: team.id, kind: 'agent', slug: 'x', name: 'x', definition: {} }, 403);
    await key.get('/api/users', 403);
    const me = await key.get('/api/me');
    expect(me).toMatchObject({ key: { role: 'viewer', workspaceId: team.id }, platformRoles: [], user: { name: 'Platform admin' } });
  });

  test('a key cannot mint one, unless it is an admin’s, and nobody mints above their role', async () => {
    await team.editor.post('/api/api-keys', mint(), 403);
    await team.viewer.post('/api/api-keys', mint(), 403);
    await team.admin.post('/api/api-keys', mint({ role: 'admin' }), 201);
    await team.admin.post('/api/api-keys', mint({ role: undefined }), 422);
    await team.admin.post('/api/api-keys', mint({ kind: 'bootstrap' }), 422);
    const other = await api.workspace('other');
    await team.admin.post('/api/api-keys', mint({ workspaceId: other.id }), 422);
  });

  test('revocation and expiry hold on the next request', async () => {
    const made = await team.admin.post('/api/api-keys', mint(), 201);
    const caller = api.as(made.secret);
    await caller.get('/api/me', 200);
    await team.admin.delete(`/api/api-keys/${made.id}`, 200);
    const { status, headers } = await caller.call('GET', '/api/me');
    expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer']);
    const soon = await team.admin.post('/api/api-keys', mint({ expiresAt: new Date(Date.now() + 60_000).toISOString() }), 201);
    await api.as(soon.secret).get('/api/me', 200);
    api.setClock(new Date(Date.now() + 61_000));
    await api.as(soon.secret).get('/api/me', 401);
    api.setClock(null);
    await team.admin.post('/api/api-keys', mint({ expiresAt: '2020-01-01T00:00:00Z' }), 422);
  });

  test('a publishable key learns nothing of its minter and may not write', async () => {
    const key = await api.key(team.id, 'viewer', 'publishable');
    expect(await key.get('/api/me')).toMatchObject({ user: null, memberships: [], platformRoles: [] });
    await key.post('/api/integrations', { workspaceId: team.id, slug: 'x', name: 'x' }, 403);
    await key.get('/api/workspaces', 403);
  });

  test('nonsense for a token is 401', async () => {
    for (const token of [null, '', 'sec_', 'sec_nonsense', newSecret('sec')]) await api.as(token).get('/api/me', 401);
    const { status } = await api.as(null).call('GET', '/api/me', undefined, { authorization: 'Basic eDp5' });
    expect(status).toBe(401);
  });

  test('a changed bootstrap key replaces the old one, an equal one changes nothing, and an old one never comes back', async () => {
    const { database } = api.test;
    const [one, two] = [newSecret('sec'), newSecret('sec')];
    const works = async (secret: string) => (await api.as(secret).call('GET', '/api/me')).status;
    const start = (secret: string | null) => ensureBootstrap(database, secret, new Date());
    for (const secret of [one, one, two, two]) expect(await start(secret)).toBeNull();
    expect([await works(one), await works(two)]).toEqual([401, 200]);
    await expect(start(one)).rejects.toThrow(/MORTISE_BOOTSTRAP_KEY holds a key that was revoked or replaced.*set it to a new one/);
    expect([await works(one), await works(two)]).toEqual([401, 200]);
    const reset = await resetBootstrap(database, new Date());
    expect([await works(reset), await works(two)]).toEqual([200, 401]);
    await expect(start(two)).rejects.toThrow(StartError);
    expect(await start(null)).toBeNull();
    expect(await works(reset)).toBe(200);
    Object.assign(api, { platform: api.as(reset) });
  });

  test('the bootstrap key cannot revoke itself, and is no key of a workspace', async () => {
    const { key } = await api.platform.get('/api/me');
    const { status, body } = await api.platform.call('DELETE', `/api/api-keys/${key.id}`);
    expect([status, body.code]).toEqual([409, 'bootstrap_key']);
    expect(body.detail).toContain('npm run admin -- reset-key');
    await api.platform.get('/api/me', 200);
    const { secret } = await team.admin.post('/api/api-keys', mint(), 201);
    await expect(ensureBootstrap(api.test.database, secret, new Date())).rejects.toThrow(/holds a key of a workspace/);
    const replaced = await api.platform.get(`/api/api-keys?filter=${JSON.stringify({ kind: 'bootstrap', revokedAt: { isNull: false } })}`);
    await api.platform.delete(`/api/api-keys/${replaced.data[0].id}`, 200);
  });
});

describe('workspaces', () => {
  test('are made by platform admins only, with a unique ASCII handle', async () => {
    await team.admin.post('/api/workspaces', { name: 'x', handle: 'x' }, 403);
    expect((await api.platform.post('/api/workspaces', { name: 'x', handle: 'team' }, 409)).code).toBe('handle_taken');
    for (const handle of ['Team', 'tеam', 'ｔeam', 'te am', '-team'])
      await api.platform.post('/api/workspaces', { name: 'x', handle }, 422);
  });

  test('are seen by their members only', async () => {
    const other = await api.workspace('hidden');
    expect((await other.viewer.get('/api/workspaces')).data.map((row: { id: string }) => row.id)).toEqual([other.id]);
    await team.admin.get(`/api/workspaces/${other.id}`, 404);
    await other.viewer.patch(`/api/workspaces/${other.id}`, { name: 'x' }, 403);
    expect(await other.admin.patch(`/api/workspaces/${other.id}`, { name: 'x', retentionTier: 'short' }, 200)).toMatchObject({
      name: 'x',
      handle: 'hidden',
      retentionTier: 'short',
    });
    await other.admin.patch(`/api/workspaces/${other.id}`, { handle: 'new' }, 422);
  });

  test('suspended ones can be read but not changed', async () => {
    const other = await api.workspace('suspended');
    await other.admin.post(`/api/workspaces/${other.id}/suspend`, undefined, 403);
    await api.platform.post(`/api/workspaces/${other.id}/suspend`, undefined, 200);
    await other.viewer.get('/api/workspaces', 200);
    const entity = { workspaceId: other.id, kind: 'agent', slug: 'x', name: 'x', definition: {} };
    expect((await other.editor.post('/api/entities', entity, 409)).code).toBe('workspace_suspended');
    await api.platform.post(`/api/workspaces/${other.id}/unsuspend`, undefined, 200);
    await other.editor.post('/api/entities', entity, 201);
  });
});

describe('memberships', () => {
  test('are given, changed and ended by admins; the last admin stays', async () => {
    const other = await api.workspace('members');
    const base = `/api/workspaces/${other.id}/memberships`;
    const ann = await user('ann');
    const made = await api.platform.post(base, { userId: ann.id, role: 'admin' }, 201);
    expect((await other.admin.post(base, { userId: ann.id, role: 'viewer' }, 409)).code).toBe('already_member');
    await other.editor.post(base, { userId: ann.id, role: 'viewer' }, 403);
    await api.platform.post(base, { userId: 'usr_01jd00000000000000000000aa', role: 'viewer' }, 422);
    const path = `/api/workspace-memberships/${made.id}`;
    expect((await other.admin.patch(path, { role: 'viewer' }, 409)).code).toBe('last_admin');
    expect((await other.admin.delete(path, 409)).code).toBe('last_admin');
    const bob = await user('bob');
    const invited = await other.admin.post(base, { userId: bob.id, role: 'admin' }, 201);
    expect((await other.admin.delete(path, 409)).code).toBe('last_admin');
    await api.platform.post(`/api/workspace-memberships/${invited.id}/accept`, undefined, 200);
    expect(await other.admin.patch(path, { role: 'viewer' }, 200)).toMatchObject({ role: 'viewer' });
    expect(await other.admin.delete(path, 200)).toEqual({ success: true });
    expect((await other.viewer.get(base)).data).toMatchObject([{ userId: bob.id }]);
    await team.admin.get(base, 404);
  });

  test('users are made by platform admins, once per email in any case', async () => {
    await user('carl');
    expect((await api.platform.post('/api/users', { email: 'CARL@example.org', name: 'c' }, 409)).code).toBe('email_taken');
    await api.platform.post('/api/users', { email: 'nonsense', name: 'c' }, 422);
    await team.admin.post('/api/users', { email: 'd@example.org', name: 'd' }, 403);
  });
});
