import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';

let api: TestApi;
let publisher: TestWorkspace;
let stranger: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
  stranger = await api.workspace('stranger');
});
afterAll(async () => {
  api.setClock(null);
  await api.stop();
});

const draft = (slug: string, more: object = {}) => ({ workspaceId: publisher.id, slug, name: slug, ...more });
const path = (made: { id: string }, rest = '') => `/api/integrations/${made.id}${rest}`;
const create = (slug: string, more: object = {}) => publisher.editor.post('/api/integrations', draft(slug, more), 201);
const ids = async (query = '') => {
  const { data } = await stranger.viewer.get(`/api/integrations${query}`);
  return data.map((row: { id: string }) => row.id);
};

describe('create', () => {
  test('answers exactly the documented fields, 201 and Location', async () => {
    const { status, headers, body } = await publisher.editor.call('POST', '/api/integrations', draft('first'));
    expect(status).toBe(201);
    expect(headers.location).toBe(`/api/integrations/${body.id}`);
    expect(body).toEqual({
      id: expect.stringMatching(/^int_/),
      workspaceId: publisher.id,
      slug: 'first',
      name: 'first',
      description: null,
      iconUrl: null,
      publisher: 'acme',
      trustTier: 'verified_publisher',
      currentVersion: null,
      manifest: { members: [] },
      variablesSchema: {},
      authConfig: {},
      visibility: 'private',
      createdBy: expect.stringMatching(/^usr_/),
      deletedAt: null,
      retentionTier: null,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: body.createdAt,
    });
    expect(await publisher.viewer.get(path(body))).toEqual(body);
  });

  test('a taken slug is 409 slug_taken, a foreign publisher 403, a higher trust tier 403 but for platform admins', async () => {
    await create('taken');
    expect((await publisher.editor.post('/api/integrations', draft('taken'), 409)).code).toBe('slug_taken');
    await publisher.editor.post('/api/integrations', draft('foreign', { publisher: 'stranger' }), 403);
    await publisher.editor.post('/api/integrations', draft('tier', { trustTier: 'first_party' }), 403);
    await api.platform.post('/api/integrations', draft('tier', { trustTier: 'first_party' }), 201);
  });

  test.each([
    [{ slug: 'Bad' }, '/slug'],
    [{ slug: '-a' }, '/slug'],
    [{ slug: 'a--b' }, '/slug'],
    [{ slug: 'a'.repeat(65) }, '/slug'],
    [{ slug: 'аpple' }, '/slug'],
    [{ name: '' }, '/name'],
    [{ name: 'x'.repeat(201) }, '/name'],
    [{ iconUrl: 'http://example.org/i.png' }, '/iconUrl'],
    [{ iconUrl: `https://example.org/${'x'.repeat(2048)}` }, '/iconUrl'],
    [{ trustTier: 'best' }, '/trustTier'],
    [{ id: 'int_01jd00000000000000000000aa' }, '/id'],
    [{ visibility: 'public' }, '/visibility'],
    [{ manifest: { members: [{ slug: 'a' }] } }, '/manifest/members/0/entityId'],
    [{ manifest: { other: 1 } }, '/manifest/other'],
    [{ manifest: { dependencies: [{ integration: 'nope', range: '1' }] } }, '/manifest/dependencies/0/integration'],
    [{ variablesSchema: { type: 'object', properties: { a: { pattern: '(?=x)' } } } }, '/variablesSchema/properties/a/pattern'],
    [{ variablesSchema: { type: 'string' } }, '/variablesSchema/type'],
    [
      { variablesSchema: { type: 'object', properties: { a: { type: 'integer', default: 'x' } } } },
      '/variablesSchema/properties/a/default',
    ],
    [{ authConfig: { type: 'basic' } }, '/authConfig/type'],
    [{ authConfig: { tokenUrl: 'http://x' } }, '/authConfig/tokenUrl'],
  ])('%j is 422 at %s', async (more, pointer) => {
    const problem = await publisher.editor.post('/api/integrations', draft('bad-input', more), 422);
    expect(problem.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  test('a viewer is 403, nobody 401, an unknown workspace 422', async () => {
    await publisher.viewer.post('/api/integrations', draft('no'), 403);
    await api.as(null).post('/api/integrations', draft('no'), 401);
    await stranger.editor.post('/api/integrations', draft('no'), 422);
  });
});

describe('patch', () => {
  test('changes only what is sent; null clears description and iconUrl; documents are replaced whole', async () => {
    const made = await create('patch', {
      description: 'd',
      iconUrl: 'https://example.org/i.png',
      authConfig: { type: 'api_key', authHeaderName: 'X' },
    });
    const patched = await publisher.editor.patch(path(made), { description: null, iconUrl: null, authConfig: { type: 'oauth2' } }, 200);
    expect(patched).toEqual({ ...made, description: null, iconUrl: null, authConfig: { type: 'oauth2' }, updatedAt: patched.updatedAt });
  });

  test('an unknown or read-only field is 422, a stranger 404, a viewer 403', async () => {
    const made = await create('patch-roles');
    for (const body of [{ slug: 'x' }, { publisher: 'x' }, { currentVersion: '1.0.0' }, { name: null }])
      await publisher.editor.patch(path(made), body, 422);
    await publisher.viewer.patch(path(made), { name: 'x' }, 403);
    await stranger.admin.patch(path(made), { name: 'x' }, 404);
    await publisher.editor.patch(path(made), { trustTier: 'vendor_official' }, 403);
  });
});

describe('delete, restore, purge', () => {
  test('a deleted integration shows with include_deleted to its workspace, takes no changes, and can be restored', async () => {
    const made = await create('lifecycle');
    expect(await publisher.editor.delete(path(made), 200)).toEqual({ success: true });
    const listed = async (query: string) => (await publisher.viewer.get(`/api/integrations?name=lifecycle${query}`)).data;
    expect(await listed('')).toEqual([]);
    expect(await listed('&include_deleted=only')).toMatchObject([{ id: made.id, retentionTier: 'medium', deletedAt: expect.any(String) }]);
    expect(await listed('&include_deleted=true')).toHaveLength(1);
    for (const [rest, body] of [['', { name: 'x' }]] as const)
      expect((await publisher.editor.patch(path(made, rest), body, 409)).code).toBe('integration_deleted');
    expect((await publisher.editor.post(path(made, '/publish'), { version: '1.0.0' }, 409)).code).toBe('integration_deleted');
    expect(await publisher.editor.post(path(made, '/restore'), undefined, 200)).toMatchObject({ deletedAt: null, retentionTier: null });
    expect((await publisher.editor.post(path(made, '/restore'), undefined, 409)).code).toBe('not_deleted');
    expect((await publisher.admin.delete(path(made, '/purge'), 409)).code).toBe('not_deleted');
  });

  test('restore is 409 when the slug was taken meanwhile', async () => {
    const made = await create('moved');
    await publisher.editor.delete(path(made), 200);
    await create('moved');
    expect((await publisher.editor.post(path(made, '/restore'), undefined, 409)).code).toBe('slug_taken');
  });

  test('purge needs an admin, waits for installs and their retention, then removes all but the events', async () => {
    const made = await TestIntegration.create(publisher, 'purge');
    await made.publish('1.0.0', { a: { forkOnInstall: true, required: true } });
    await publisher.editor.post(path(made, '/visibility'), { visibility: 'unlisted' }, 200);
    const install = await stranger.editor.post(path(made, '/install'), { workspaceId: stranger.id }, 201);
    await publisher.editor.delete(path(made), 200);
    await publisher.editor.delete(path(made, '/purge'), 403);
    expect(await publisher.admin.delete(path(made, '/purge'), 409)).toMatchObject({ code: 'integration_has_installs', activeInstalls: 1 });
    await stranger.viewer.get(`/api/integration-installs/${install.id}/members`, 200);
    const other = await TestIntegration.create(publisher, 'purge-free');
    const version = await other.publish('1.0.0', { a: {} });
    await publisher.editor.delete(path(other), 200);
    expect(await publisher.admin.delete(path(other, '/purge'), 200)).toEqual({ success: true });
    await publisher.viewer.get(path(other), 404);
    await publisher.viewer.get(`/api/integration-versions/${version.id}`, 404);
    const events = await publisher.viewer.get(`/api/events?subject_id=${other.id}`);
    expect(events.data.map((event: { type: string }) => event.type)).toEqual([
      'integration.purged',
      'integration.deleted',
      'integration.updated',
      'integration.created',
    ]);
  });
});

describe('visibility', () => {
  test('private: hidden from strangers; unlisted: by id, never in a list; public (by a platform admin): listed once published', async () => {
    const made = await TestIntegration.create(publisher, 'visible');
    await stranger.viewer.get(path(made), 404);
    await publisher.editor.post(path(made, '/visibility'), { visibility: 'unlisted' }, 200);
    await stranger.viewer.get(path(made), 200);
    expect(await ids(`?ids=${made.id}`)).toEqual([]);
    await publisher.editor.post(path(made, '/visibility'), { visibility: 'public' }, 403);
    await publisher.admin.post(path(made, '/visibility'), { visibility: 'public' }, 409);
    await api.platform.post(path(made, '/visibility'), { visibility: 'public' }, 200);
    expect(await ids(`?ids=${made.id}`)).toEqual([]);
    await made.publish('1.0.0', { a: {} });
    expect(await ids(`?ids=${made.id}`)).toEqual([made.id]);
    const browser = await api.key(stranger.id, 'viewer', 'publishable');
    expect((await browser.get('/api/integrations')).data.map((row: { id: string }) => row.id)).toEqual([made.id]);
    await browser.get(path(made), 200);
    await browser.get('/api/entities', 403);
    await publisher.editor.post(path(made, '/visibility'), { visibility: 'private' }, 200);
    expect(await ids()).not.toContain(made.id);
    await browser.get(path(made), 404);
  });

  test('a grant shows the integration to the grantee until it is taken back; strangers are not told of it', async () => {
    const made = await create('granted');
    const third = await api.workspace('third');
    const grant = await publisher.admin.post(path(made, '/grants'), { workspaceId: stranger.id }, 201);
    expect((await publisher.admin.post(path(made, '/grants'), { workspaceId: stranger.id }, 409)).code).toBe('already_granted');
    expect(await ids()).toContain(made.id);
    await third.viewer.get(path(made), 404);
    await publisher.admin.post(path(made, '/grants'), { workspaceId: third.id }, 201);
    expect((await third.viewer.get(path(made, '/grants'))).data).toMatchObject([{ workspaceId: third.id }]);
    expect((await publisher.viewer.get(path(made, '/grants'))).pageInfo.total).toBe(2);
    await stranger.editor.delete(`/api/integration-grants/${grant.id}`, 403);
    await third.admin.delete(`/api/integration-grants/${grant.id}`, 404);
    await publisher.admin.delete(`/api/integration-grants/${grant.id}`, 200);
    expect(await ids()).not.toContain(made.id);
    await stranger.viewer.get(path(made), 404);
  });
});
