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
const OPTIONAL = { forkOnInstall: true };

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
const remove = (id: string | undefined) => buyer.editor.delete(`/api/entities/${id}`, 200);
const purge = (id: string | undefined) => buyer.admin.delete(`/api/entities/${id}/purge`, 200);
const upgrade = (id: string, options?: object) => buyer.editor.post(`/api/integration-installs/${id}/upgrade`, options, 200);
const rollback = (id: string, revision: number, status = 200) =>
  buyer.editor.post(`/api/integration-installs/${id}/rollback`, { revision }, status);
const drop = (member: Shown | undefined) => buyer.editor.delete(`/api/integration-members/${member?.id}`, 200);
const add = (id: string, ...slugs: string[]) => buyer.editor.post(`/api/integration-installs/${id}/members`, { slugs }, 200);

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

describe('a slug that passes to another entity', () => {
  test('is a new member; the old clone goes, or stays as the workspace’s own', async () => {
    const integration = await integrationNamed();
    await integration.publish('1.0.0', { a: { ...CLONE, definition: { v: 1 } }, b: { ...CLONE, definition: { v: 1 } } });
    const id = await install(integration);
    const before = await membersOf(id);
    await edit(before.b?.entityId, { v: 'mine' });
    integration.entities.clear();
    const agent = { ...CLONE, kind: 'agent', definition: { v: 2 } };
    for (const slug of ['a', 'b']) integration.entities.set(slug, await integration.entity(`${slug}-agent`, agent));
    await integration.publish('2.0.0', { a: agent, b: agent });
    expect(await upgrade(id, { strategy: 'merge' })).toEqual({ updated: ['a', 'b'], added: [], removed: [], skipped: [] });
    const after = await membersOf(id);
    expect(after).toMatchObject({ a: { kind: 'agent', isClone: true }, b: { kind: 'agent', detached: false } });
    expect([after.a?.id, after.b?.id]).not.toContain(before.a?.id);
    expect(await definition(after.a?.entityId)).toEqual({ v: 2 });
    expect(await isDeleted(before.a?.entityId)).toBe(true);
    expect(await definition(before.b?.entityId)).toEqual({ v: 'mine' });
    await rollback(id, 1);
    expect(await membersOf(id)).toMatchObject({ a: { entityId: before.a?.entityId, kind: 'function' } });
    expect(await definition(before.a?.entityId)).toEqual({ v: 1 });
  });
});

describe('schemas that travel with members', () => {
  const schema = async (integration: TestIntegration) => integration.entity('sch', { kind: 'schema', definition: { type: 'object' } });

  test('become clones when a clone that refers to them is added, and references again when it is dropped', async () => {
    const integration = await integrationNamed();
    const s = await schema(integration);
    const users = { ref: { required: true, definition: { input: s } }, fork: { ...OPTIONAL, definition: { input: s } } };
    await integration.publish('1.0.0', users);
    const id = await install(integration, { memberPolicy: 'manual' });
    const shown = async () => Object.values(await membersOf(id)).find(({ kind }) => kind === 'schema');
    expect(await shown()).toMatchObject({ entityId: s, isClone: false });
    await add(id, 'fork');
    const clone = await shown();
    expect(clone).toMatchObject({ isClone: true });
    const { fork } = await membersOf(id);
    expect(await definition(fork?.entityId)).toEqual({ input: clone?.entityId });
    expect(await upgrade(id)).toEqual({ updated: [], added: [], removed: [], skipped: [] });
    await drop(fork);
    expect(await shown()).toMatchObject({ entityId: s, isClone: false });
    expect(await isDeleted(clone?.entityId)).toBe(true);
    expect(await upgrade(id)).toEqual({ updated: [], added: [], removed: [], skipped: [] });
  });
});

describe('a rollback', () => {
  test('leaves no reference to nothing: a clone that comes back keeps what it refers to', async () => {
    const integration = await integrationNamed();
    await integration.publish('1.0.0', { goes: CLONE, stays: CLONE });
    const id = await install(integration);
    const { goes } = await membersOf(id);
    await integration.publish('2.0.0', { goes: CLONE, stays: CLONE, late: CLONE });
    await upgrade(id);
    const { late } = await membersOf(id);
    await edit(goes?.entityId, { to: late?.entityId ?? '' });
    await integration.publish('3.0.0', { stays: CLONE, late: CLONE });
    expect(await upgrade(id)).toMatchObject({ skipped: ['goes'] });
    await remove(goes?.entityId);
    expect(await rollback(id, 1)).toMatchObject({ added: ['goes'], removed: [], skipped: ['late'] });
    expect(await definition(goes?.entityId)).toEqual({ to: late?.entityId });
    expect(await isDeleted(late?.entityId)).toBe(false);
  });

  test('brings back a member whose slug another one has taken since, and renames that one back', async () => {
    const integration = await integrationNamed();
    await integration.publish('1.0.0', { a: CLONE, b: CLONE });
    const b = integration.source('b');
    const id = await install(integration);
    const before = await membersOf(id);
    await integration.publish('2.0.0', { b: CLONE });
    await upgrade(id);
    integration.entities.clear();
    integration.entities.set('a', b);
    await integration.publish('3.0.0', { a: { ...CLONE, renamedFrom: 'b' } });
    await upgrade(id);
    expect(await membersOf(id)).toMatchObject({ a: { id: before.b?.id } });
    await rollback(id, 1);
    expect(await membersOf(id)).toEqual(before);
  });

  test('swaps two slugs back that were swapped over two versions', async () => {
    const integration = await integrationNamed();
    const [a, b] = [await integration.entity('a', { definition: { of: 'a' } }), await integration.entity('b', { definition: { of: 'b' } })];
    const publish = (version: string, first: string, second: string, former: readonly string[] = []) => {
      integration.entities.clear();
      for (const [slug, source] of [
        [first, a],
        [second, b],
      ] as const)
        integration.entities.set(slug, source);
      const [one, two] = former;
      return integration.publish(version, {
        [first]: { ...CLONE, ...(one && { renamedFrom: one }) },
        [second]: { ...CLONE, ...(two && { renamedFrom: two }) },
      });
    };
    await publish('1.0.0', 'x', 'y');
    const id = await install(integration);
    const before = await membersOf(id);
    await publish('2.0.0', 'p', 'q', ['x', 'y']);
    await upgrade(id);
    await publish('3.0.0', 'y', 'x', ['p', 'q']);
    await upgrade(id);
    expect(await membersOf(id)).toMatchObject({ y: { id: before.x?.id }, x: { id: before.y?.id } });
    expect(await rollback(id, 1)).toMatchObject({ updated: ['x', 'y'], added: [], removed: [] });
    expect(await membersOf(id)).toEqual(before);
    expect(await definition(before.x?.entityId)).toEqual({ of: 'a' });
    expect(await rollback(id, 3)).toMatchObject({ updated: ['y', 'x'] });
    expect(await membersOf(id)).toMatchObject({ y: { id: before.x?.id }, x: { id: before.y?.id } });
  });

  test('tells what goes in the order of the version that it leaves', async () => {
    const integration = await integrationNamed();
    await integration.publish('1.0.0', { stays: CLONE });
    const id = await install(integration);
    await integration.publish('2.0.0', { stays: CLONE, z: CLONE, b: CLONE, y: CLONE, a: CLONE });
    await upgrade(id);
    expect(await rollback(id, 1)).toMatchObject({ removed: ['z', 'b', 'y', 'a'] });
  });

  test('to a revision in which the workspace had deleted a clone leaves it so, also when it was purged since', async () => {
    const integration = await integrationNamed();
    await integration.publish('1.0.0', { a: CLONE, b: { ...CLONE, definition: { v: 1 } } });
    const id = await install(integration);
    const { a, b } = await membersOf(id);
    await remove(a?.entityId);
    await integration.publish('2.0.0', { a: CLONE, b: { ...CLONE, definition: { v: 2 } } });
    await upgrade(id);
    await integration.publish('3.0.0', { a: CLONE, b: { ...CLONE, definition: { v: 3 } } });
    await upgrade(id);
    await purge(a?.entityId);
    expect(await rollback(id, 2)).toMatchObject({ updated: ['b'], added: [], removed: [] });
    expect((await membersOf(id)).a).toMatchObject({ entityId: a?.entityId, detached: true, drift: 'missing' });
    expect(await definition(b?.entityId)).toEqual({ v: 2 });
    expect(await rollback(id, 1, 409)).toMatchObject({ code: 'clone_purged', members: ['a'] });
  });

  test('to a revision with a deleted clone of which nothing is left is refused', async () => {
    const integration = await integrationNamed();
    await integration.publish('1.0.0', { a: { required: true, forkOnInstall: true } });
    const id = await install(integration);
    const { a } = await membersOf(id);
    await remove(a?.entityId);
    await integration.publish('2.0.0', { a: CLONE, b: CLONE });
    await upgrade(id);
    await integration.publish('3.0.0', { a: { required: true }, b: CLONE });
    await upgrade(id, { strategy: 'overwrite' });
    await purge(a?.entityId);
    expect(await rollback(id, 2, 409)).toMatchObject({ code: 'clone_purged', members: ['a'] });
  });

  test('brings a kept clone back under its new slug when the workspace gave its own away', async () => {
    const integration = await integrationNamed();
    await integration.publish('1.0.0', { a: OPTIONAL, b: CLONE });
    const id = await install(integration);
    const { a } = await membersOf(id);
    const { slug } = await entity(a?.entityId);
    await drop(a);
    await buyer.editor.post('/api/entities', { workspaceId: buyer.id, kind: 'function', slug, name: 'mine', definition: {} }, 201);
    await rollback(id, 1);
    expect(await entity(a?.entityId)).toMatchObject({ slug: `${slug}-2`, deletedAt: null });
  });

  test('restores a detached clone that was kept as the workspace’s own and then deleted', async () => {
    const integration = await integrationNamed();
    await integration.publish('1.0.0', { a: OPTIONAL, b: CLONE });
    const id = await install(integration);
    const { a } = await membersOf(id);
    await edit(a?.entityId, { v: 'mine' });
    await integration.publish('2.0.0', { b: CLONE });
    expect(await upgrade(id)).toMatchObject({ skipped: ['a'] });
    await remove(a?.entityId);
    expect(await rollback(id, 1)).toMatchObject({ added: ['a'] });
    expect(await entity(a?.entityId)).toMatchObject({ deletedAt: null, definition: { v: 'mine' } });
    expect((await membersOf(id)).a).toMatchObject({ detached: true, drift: 'modified' });
  });
});

describe('a member', () => {
  test('whose clone became the workspace’s own is added with a clone of its own', async () => {
    const integration = await integrationNamed();
    await integration.publish('1.0.0', { a: { ...OPTIONAL, definition: { v: 1 } }, b: CLONE });
    const id = await install(integration);
    const { a } = await membersOf(id);
    await edit(a?.entityId, { v: 'mine' });
    await drop(a);
    expect(await add(id, 'a')).toMatchObject({ added: ['a'] });
    const fresh = (await membersOf(id)).a;
    expect(fresh?.entityId).not.toBe(a?.entityId);
    expect(await definition(fresh?.entityId)).toEqual({ v: 1 });
    expect(await definition(a?.entityId)).toEqual({ v: 'mine' });
  });

  test('detached and purged is made anew by an upgrade that overwrites', async () => {
    const integration = await integrationNamed();
    await integration.publish('1.0.0', {
      a: { ...CLONE, definition: { v: 1 } },
      b: { ...CLONE, definition: { to: await integration.entity('a') } },
    });
    const id = await install(integration);
    const { a, b } = await membersOf(id);
    await remove(a?.entityId);
    await purge(a?.entityId);
    expect(await upgrade(id, { strategy: 'merge' })).toMatchObject({ updated: [], skipped: ['a'] });
    expect(await upgrade(id, { strategy: 'overwrite' })).toMatchObject({ updated: ['a', 'b'], skipped: [] });
    const fresh = (await membersOf(id)).a;
    expect(fresh).toMatchObject({ detached: false, drift: 'none' });
    expect(await definition(b?.entityId)).toEqual({ to: fresh?.entityId });
  });

  test('reverted to a base that upgrades left behind is brought up by the next one', async () => {
    const integration = await integrationNamed();
    await integration.publish('1.0.0', { a: { ...CLONE, definition: { v: 1 } } });
    const id = await install(integration);
    const { a } = await membersOf(id);
    await edit(a?.entityId, { v: 'mine' });
    await integration.publish('2.0.0', { a: { ...CLONE, definition: { v: 2 } } });
    await upgrade(id);
    expect(await buyer.editor.post(`/api/integration-members/${a?.id}/revert`, undefined, 200)).toMatchObject({ detached: false });
    expect(await definition(a?.entityId)).toEqual({ v: 1 });
    expect((await membersOf(id)).a).toMatchObject({ drift: 'outdated' });
    expect(await upgrade(id)).toMatchObject({ updated: ['a'] });
    expect(await definition(a?.entityId)).toEqual({ v: 2 });
  });
});

describe('an install', () => {
  test('whose clone was purged before the uninstall is restored to that state', async () => {
    const integration = await integrationNamed();
    await integration.publish('1.0.0', { a: CLONE, b: CLONE });
    const id = await install(integration);
    const { a } = await membersOf(id);
    await remove(a?.entityId);
    await purge(a?.entityId);
    const before = await membersOf(id);
    await buyer.editor.delete(`/api/integration-installs/${id}`, 200);
    await buyer.editor.post(`/api/integration-installs/${id}/restore`, undefined, 200);
    expect(await membersOf(id)).toEqual(before);
  });

  test('is not reconfigured with a value that makes a definition too large', async () => {
    const integration = await integrationNamed();
    const says = Array.from({ length: 60 }, () => '{{ variables.tone }}').join(' ');
    const variablesSchema = { type: 'object', properties: { tone: { type: 'string' }, mood: { type: 'string' } } };
    await integration.publish(
      '1.0.0',
      { a: { ...CLONE, definition: { mood: '{{ variables.mood }}' } }, b: { ...CLONE, definition: { says } } },
      { variablesSchema },
    );
    const id = await install(integration, { variables: { tone: 'kind', mood: 'calm' } });
    const { a } = await membersOf(id);
    const variables = { tone: 'x'.repeat(100_000), mood: 'wild' };
    const refused = await buyer.editor.patch(`/api/integration-installs/${id}`, { variables, memberPolicy: 'manual' }, 422);
    expect(refused.errors[0].pointer).toBe('/variables');
    expect(await buyer.viewer.get(`/api/integration-installs/${id}`)).toMatchObject({
      variables: { tone: 'kind', mood: 'calm' },
      memberPolicy: 'auto_all',
    });
    expect(await definition(a?.entityId)).toEqual({ mood: 'calm' });
    expect((await buyer.viewer.get(`/api/integration-installs/${id}/revisions`)).pageInfo.total).toBe(1);
  });
});
