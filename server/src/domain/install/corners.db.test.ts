/** Corners of the lifecycle that a random walk (`model.db.test.ts`) does not often turn. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';
import type { JsonObject } from '../../lib/json.ts';

let api: TestApi;
let publisher: TestWorkspace;
let buyer: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
  buyer = await api.workspace('buyer');
});
afterAll(() => api.stop());

const CLONE = { forkOnInstall: true, required: true };

let number = 0;
async function integrationNamed(): Promise<TestIntegration> {
  const integration = await TestIntegration.create(publisher, `corner-${++number}`);
  await publisher.editor.post(`/api/integrations/${integration.id}/visibility`, { visibility: 'unlisted' }, 200);
  return integration;
}
const install = async (integration: TestIntegration, more: object = {}): Promise<string> =>
  (
    await buyer.editor.post(
      `/api/integrations/${integration.id}/install`,
      { workspaceId: buyer.id, memberPolicy: 'auto_all', ...more },
      201,
    )
  ).id;

interface Shown {
  readonly id: string;
  readonly entityId: string;
  readonly detached: boolean;
  readonly drift: string;
  readonly isClone: boolean;
  readonly kind: string;
}
async function membersOf(id: string): Promise<Readonly<Record<string, Shown>>> {
  const { members } = await buyer.viewer.get(`/api/integration-installs/${id}/members`);
  return Object.fromEntries(members.map((member: Shown & { sourceMemberSlug: string }) => [member.sourceMemberSlug, member]));
}
const entity = (id: string | undefined) => buyer.viewer.get(`/api/entities/${id}`);
const definition = async (id: string | undefined) => (await entity(id)).definition;
const isDeleted = async (id: string | undefined) => (await entity(id)).deletedAt !== null;
const edit = (id: string | undefined, body: JsonObject) => buyer.editor.patch(`/api/entities/${id}`, { definition: body }, 200);
const upgrade = (id: string, options?: object) => buyer.editor.post(`/api/integration-installs/${id}/upgrade`, options, 200);

describe('a clone that an upgrade would take', () => {
  /** A user of `used`, edited by the workspace; the next version has neither `used` nor the reference. */
  async function merging() {
    const integration = await integrationNamed();
    const used = await integration.entity('used');
    await integration.publish('1.0.0', { user: { ...CLONE, definition: { to: used, p: 1 } }, used: CLONE });
    const id = await install(integration);
    return { integration, id, members: await membersOf(id) };
  }

  test('goes when the merge of the only clone that referred to it takes the reference away', async () => {
    const { integration, id, members } = await merging();
    await edit(members.user?.entityId, { to: members.used?.entityId ?? '', p: 'mine' });
    await integration.publish('2.0.0', { user: { ...CLONE, definition: { p: 1 } } });
    expect(await upgrade(id, { strategy: 'merge' })).toEqual({ updated: ['user'], added: [], removed: ['used'], skipped: [] });
    expect(await definition(members.user?.entityId)).toEqual({ p: 'mine' });
    expect(await isDeleted(members.used?.entityId)).toBe(true);
  });

  test('stays when a resolution puts a reference to it back', async () => {
    const { integration, id, members } = await merging();
    await edit(members.user?.entityId, { to: 'mine', p: 1 });
    await integration.publish('2.0.0', { user: { ...CLONE, definition: { to: 'theirs', p: 1 } } });
    const resolutions = [{ slug: 'user', pointer: '/to', pick: 'base' }];
    expect(await upgrade(id, { strategy: 'merge', resolutions })).toMatchObject({ updated: ['user'], removed: [], skipped: ['used'] });
    expect(await definition(members.user?.entityId)).toEqual({ to: members.used?.entityId, p: 1 });
    expect(await isDeleted(members.used?.entityId)).toBe(false);
  });
});
