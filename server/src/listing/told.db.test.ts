/** Totals and kept pages over HTTP, with the access rules of the real resources. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../test/api.ts';

let api: TestApi;
let team: TestWorkspace;
let other: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  team = await api.workspace('team');
  other = await api.workspace('other');
});
afterAll(() => api.stop());

let made = 0;
const entity = (workspaceId: string) => ({ workspaceId, kind: 'agent', slug: `e-${++made}`, name: 'e', definition: {} });
const create = (caller = team) => caller.editor.post('/api/entities', entity(caller.id), 201);
const total = async (path: string, caller = team): Promise<number> => (await caller.viewer.get(path)).pageInfo.total;

describe('totals', () => {
  test('are exact on every page, after each change, with and without filters', async () => {
    const filter = encodeURIComponent(JSON.stringify({ workspace: { handle: 'team' }, deletedAt: null }));
    for (let round = 0; round < 5; round++) {
      const before = await total('/api/entities?limit=1');
      const { id } = await create();
      expect(await total('/api/entities?limit=1')).toBe(before + 1);
      expect(await total(`/api/entities?limit=1&filter=${filter}`)).toBe(before + 1);
      await create(other);
      expect(await total('/api/entities?limit=1')).toBe(before + 1);
      await team.editor.delete(`/api/entities/${id}`, 200);
      expect(await total('/api/entities?limit=1')).toBe(before);
      expect(await total(`/api/entities?limit=1&filter=${filter}`)).toBe(before);
      await create();
    }
  });

  test('follow grants given and taken, and visibility changed', async () => {
    const integration = await TestIntegration.create(team, 'shared');
    await integration.publish('1.0.0', { one: {} });
    const { id } = integration;
    /** Both lists, of integrations and of versions, have one row more or less. */
    const seen = async () => {
      const integrations = await total('/api/integrations', other);
      expect(await total(`/api/integration-versions?integration_id=${id}`, other)).toBe(await total(`/api/integrations?ids=${id}`, other));
      return integrations;
    };
    const none = await seen();
    for (let round = 0; round < 3; round++) {
      const grant = await team.admin.post(`/api/integrations/${id}/grants`, { workspaceId: other.id }, 201);
      expect(await seen()).toBe(none + 1);
      await team.admin.delete(`/api/integration-grants/${grant.id}`, 200);
      expect(await seen()).toBe(none);
    }
    const visible = (visibility: string) => api.platform.post(`/api/integrations/${id}/visibility`, { visibility }, 200);
    await visible('public');
    expect(await seen()).toBe(none + 1);
    await visible('private');
    expect(await seen()).toBe(none);
  });

  test('never contradict the page while others write', async () => {
    const writers = Array.from({ length: 20 }, () => create());
    const pages = Array.from({ length: 40 }, () => team.viewer.get('/api/entities'));
    for (const { data, pageInfo } of await Promise.all(pages)) expect(pageInfo.total).toBe(data.length);
    await Promise.all(writers);
  });
});

describe('a key seen before', () => {
  test('is checked by the very statement that answers: revoked or expired, its next list or get is 401', async () => {
    const { id } = await create();
    const key = await team.admin.post('/api/api-keys', { workspaceId: team.id, name: 'k', kind: 'secret', role: 'viewer' }, 201);
    const caller = api.as(key.secret);
    for (let round = 0; round < 3; round++) {
      await caller.get('/api/entities', 200);
      await caller.get(`/api/integration-installs`, 200);
      await caller.get(`/api/workspaces/${team.id}`, 200);
    }
    expect((await caller.call('GET', '/api/entities?limit=0')).status).toBe(400);
    await team.admin.delete(`/api/api-keys/${key.id}`, 200);
    await caller.get('/api/entities', 401);
    await caller.get('/api/entities?limit=0', 401);
    await caller.get(`/api/workspaces/${team.id}`, 401);
    await caller.get(`/api/workspaces/${other.id}`, 401);
    await team.viewer.get(`/api/workspaces/${other.id}`, 404);
    await team.viewer.get(`/api/entities/${id}`, 200);
  });
});
