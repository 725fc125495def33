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
async function integrationOf(members: Record<string, object>, more: Record<string, unknown> = {}): Promise<TestIntegration> {
  const integration = await TestIntegration.create(publisher, `life-${++number}`);
  await publisher.editor.post(`/api/integrations/${integration.id}/visibility`, { visibility: 'unlisted' }, 200);
  await integration.publish('1.0.0', members as never, more);
  return integration;
}

const install = async (integration: TestIntegration, more: object = {}): Promise<string> =>
  (await buyer.editor.post(`/api/integrations/${integration.id}/install`, { workspaceId: buyer.id, ...more }, 201)).id;

type Members = Readonly<Record<string, { id: string; entityId: string; detached: boolean; drift: string; sourceVersionId: string }>>;
async function membersOf(id: string): Promise<Members> {
  const { members } = await buyer.viewer.get(`/api/integration-installs/${id}/members`);
  return Object.fromEntries(members.map((member: { sourceMemberSlug: string }) => [member.sourceMemberSlug, member]));
}

const edit = (entityId: string | undefined, definition: JsonObject) => buyer.editor.patch(`/api/entities/${entityId}`, { definition }, 200);
const entity = (entityId: string | undefined) => buyer.viewer.get(`/api/entities/${entityId}`);
const definition = async (entityId: string | undefined) => (await entity(entityId)).definition;
const upgrade = (id: string, options?: object) => buyer.editor.post(`/api/integration-installs/${id}/upgrade`, options, 200);
const rollback = (id: string, revision: number, more: object = {}, status = 200) =>
  buyer.editor.post(`/api/integration-installs/${id}/rollback`, { revision, ...more }, status);
const revisions = async (id: string) => (await buyer.viewer.get(`/api/integration-installs/${id}/revisions`)).data;

describe('a rollback', () => {
  test('goes back to version, variables, members and clones of then, in place, and can itself be undone', async () => {
    const variablesSchema = { type: 'object', properties: { tone: { type: 'string', default: 'kind' } } };
    const integration = await integrationOf({ a: { ...CLONE, definition: { v: 1 } }, goes: { ...CLONE, definition: { g: 1 } } });
    const id = await install(integration);
    const before = await membersOf(id);
    await integration.publish(
      '2.0.0',
      { a: { ...CLONE, definition: { v: 2, tone: '{{ variables.tone }}' } }, comes: CLONE },
      { variablesSchema },
    );
    await upgrade(id);
    const between = await membersOf(id);
    expect(await rollback(id, 1)).toEqual({
      updated: ['a'],
      added: ['goes'],
      removed: ['comes'],
      skipped: [],
      merged: [],
      conflicts: [],
      revision: 3,
    });
    expect(await membersOf(id)).toEqual(before);
    expect(await definition(before.a?.entityId)).toEqual({ v: 1 });
    expect(await definition(before.goes?.entityId)).toEqual({ g: 1 });
    expect((await buyer.viewer.get(`/api/integration-installs/${id}`)).variables).toEqual({});
    expect(await rollback(id, 2)).toMatchObject({ updated: ['a'], added: ['comes'], removed: ['goes'], revision: 4 });
    expect(await membersOf(id)).toEqual(between);
    expect(await definition(before.a?.entityId)).toEqual({ v: 2, tone: 'kind' });
    expect((await revisions(id)).map(({ action }: { action: string }) => action)).toEqual(['rollback', 'rollback', 'upgrade', 'install']);
  });

  test('keeps what was edited since, but for places that it undoes, which it tells', async () => {
    const integration = await integrationOf({ a: { ...CLONE, definition: { v: 1, w: 1 } }, b: { ...CLONE, definition: { v: 1 } } });
    const id = await install(integration);
    const { a, b } = await membersOf(id);
    await integration.publish('2.0.0', { a: { ...CLONE, definition: { v: 2, w: 2 } }, b: { ...CLONE, definition: { v: 2 } } });
    await upgrade(id);
    await edit(a?.entityId, { v: 2, w: 2, own: true });
    await edit(b?.entityId, { v: 'mine', own: true });
    const dry = await rollback(id, 1, { dryRun: true });
    expect(await definition(b?.entityId)).toEqual({ v: 'mine', own: true });
    expect(dry).toMatchObject({
      merged: ['a', 'b'],
      conflicts: [{ slug: 'b', pointer: '/v', base: 2, ours: 'mine', theirs: 1 }],
      revision: null,
    });
    expect(await rollback(id, 1)).toEqual({ ...dry, revision: 3 });
    expect(await definition(a?.entityId)).toEqual({ v: 1, w: 1, own: true });
    expect(await definition(b?.entityId)).toEqual({ v: 1, own: true });
    expect(await membersOf(id)).toMatchObject({ a: { detached: true, drift: 'modified' }, b: { detached: true } });
    const { data } = await buyer.viewer.get(`/api/entities/${b?.entityId}/versions`);
    expect(data.map((version: { definition: JsonObject }) => version.definition)).toContainEqual({ v: 'mine', own: true });
  });

  test('over several revisions undoes each, and keeps edits made between them', async () => {
    const integration = await integrationOf({ a: { ...CLONE, definition: { v: 1, w: 1 } } });
    const id = await install(integration);
    const { a } = await membersOf(id);
    await integration.publish('2.0.0', { a: { ...CLONE, definition: { v: 2, w: 1 } } });
    await upgrade(id);
    await edit(a?.entityId, { v: 2, w: 1, between: true });
    await integration.publish('3.0.0', { a: { ...CLONE, definition: { v: 2, w: 3 } } });
    await upgrade(id, { strategy: 'merge' });
    await edit(a?.entityId, { v: 2, w: 3, between: true, after: true });
    await rollback(id, 1);
    expect(await definition(a?.entityId)).toEqual({ v: 1, w: 1, between: true, after: true });
    expect((await membersOf(id)).a).toMatchObject({ detached: true });
  });

  test('brings back what was edited before, and takes what came later along', async () => {
    const integration = await integrationOf({ a: { ...CLONE, definition: { v: 1 } } });
    const id = await install(integration);
    const { a } = await membersOf(id);
    await edit(a?.entityId, { v: 'mine' });
    await integration.publish('2.0.0', { a: { ...CLONE, definition: { v: 2, to: await integration.entity('late') } }, late: CLONE });
    await upgrade(id, { strategy: 'overwrite' });
    const { late } = await membersOf(id);
    await rollback(id, 1);
    // Revision 1 was before the edit; the upgrade found it, so undoing the upgrade gives it back.
    expect(await definition(a?.entityId)).toEqual({ v: 'mine' });
    expect((await membersOf(id)).a).toMatchObject({ detached: true });
    expect((await entity(late?.entityId)).deletedAt).not.toBeNull();
  });

  test('leaves a clone deleted that the workspace deleted by itself, and restores one that the upgrade took', async () => {
    const integration = await integrationOf({ a: CLONE, goes: CLONE, same: CLONE });
    const id = await install(integration);
    const { same, goes } = await membersOf(id);
    await integration.publish('2.0.0', { a: { ...CLONE, definition: { v: 2 } }, same: CLONE });
    await upgrade(id);
    await buyer.editor.delete(`/api/entities/${same?.entityId}`, 200);
    await rollback(id, 1);
    expect((await entity(same?.entityId)).deletedAt).not.toBeNull();
    expect((await entity(goes?.entityId)).deletedAt).toBeNull();
    expect(await membersOf(id)).toMatchObject({ same: { drift: 'missing', detached: true }, goes: { drift: 'none' } });
  });

  test('follows a member through a rename and from clone to reference and back', async () => {
    const integration = await integrationOf({ old: { ...CLONE, definition: { v: 1 } }, flips: { ...CLONE, definition: { f: 1 } } });
    const id = await install(integration);
    const before = await membersOf(id);
    const renamed = await integration.entity('old');
    integration.entities.set('new', renamed);
    await integration.publish('2.0.0', { new: { ...CLONE, renamedFrom: 'old' }, flips: { required: true } });
    await upgrade(id);
    expect(Object.keys(await membersOf(id)).sort()).toEqual(['flips', 'new']);
    await rollback(id, 1);
    expect(await membersOf(id)).toEqual(before);
    expect(await definition(before.flips?.entityId)).toEqual({ f: 1 });
  });

  test('tells a member once that left and came again: as updated, or not at all where it is the same reference', async () => {
    const integration = await integrationOf({ a: CLONE, wavers: { ...OPTIONAL, definition: { v: 1 } }, shared: { forkOnInstall: false } });
    const id = await install(integration, { memberPolicy: 'auto_all' });
    const before = await membersOf(id);
    await integration.publish('2.0.0', { a: CLONE });
    await upgrade(id);
    await integration.publish('3.0.0', {
      a: CLONE,
      wavers: { ...OPTIONAL, definition: { v: 3 } },
      shared: { forkOnInstall: false },
    });
    await upgrade(id);
    const between = await membersOf(id);
    expect(between.wavers?.entityId).not.toBe(before.wavers?.entityId);
    expect(between.shared?.id).not.toBe(before.shared?.id);
    expect(await rollback(id, 1)).toMatchObject({ updated: ['wavers'], added: [], removed: [], skipped: [] });
    expect(await membersOf(id)).toEqual(before);
    expect(await rollback(id, 3)).toMatchObject({ updated: ['wavers'], added: [], removed: [], skipped: [] });
    expect(await membersOf(id)).toEqual(between);
  });

  test('works after an uninstall and its restore, and after the integration is out of reach; a restore does not', async () => {
    const integration = await integrationOf({ a: { ...CLONE, definition: { v: 1 } } });
    const id = await install(integration);
    const { a } = await membersOf(id);
    await integration.publish('2.0.0', { a: { ...CLONE, definition: { v: 2 } } });
    await upgrade(id);
    const show = (visibility: string) => publisher.editor.post(`/api/integrations/${integration.id}/visibility`, { visibility }, 200);
    await buyer.editor.delete(`/api/integration-installs/${id}`, 200);
    expect((await rollback(id, 1, {}, 409)).code).toBe('install_deleted');
    await show('private');
    const restore = (status: number) => buyer.editor.post(`/api/integration-installs/${id}/restore`, undefined, status);
    expect((await restore(409)).code).toBe('no_longer_available');
    await show('unlisted');
    await restore(200);
    await show('private');
    expect((await rollback(id, 3, {}, 422)).errors[0]).toMatchObject({
      pointer: '/revision',
      message: expect.stringContaining('uninstalled'),
    });
    await rollback(id, 1);
    expect(await definition(a?.entityId)).toEqual({ v: 1 });
  });

  test('is refused to a revision that is not there, and when a clone was purged', async () => {
    const integration = await integrationOf({ a: { ...CLONE, definition: { v: 1 } } });
    const id = await install(integration);
    const { a } = await membersOf(id);
    expect((await rollback(id, 1, {}, 422)).errors[0].pointer).toBe('/revision');
    expect((await rollback(id, 9, {}, 422)).errors[0].pointer).toBe('/revision');
    await buyer.editor.delete(`/api/entities/${a?.entityId}`, 200);
    await buyer.admin.delete(`/api/entities/${a?.entityId}/purge`, 200);
    await integration.publish('2.0.0', { a: { ...CLONE, definition: { v: 2 } } });
    await upgrade(id, { strategy: 'overwrite' });
    expect(await rollback(id, 1, {}, 409)).toMatchObject({ code: 'clone_purged', members: ['a'] });
  });
});

describe('a reconfiguration', () => {
  const variablesSchema = {
    type: 'object',
    properties: { tone: { type: 'string' }, size: { type: 'integer', default: 3 } },
    required: ['tone'],
  };
  const members = {
    a: { ...CLONE, definition: { says: 'Be {{ variables.tone }}.' } },
    b: { ...CLONE, definition: { size: '{{ variables.size }}' } },
    c: { ...CLONE, definition: { tone: '{{ variables.tone }}' } },
  };

  test('renders the attached clones that use what changed, and nothing else', async () => {
    const id = await install(await integrationOf(members, { variablesSchema }), { variables: { tone: 'kind' } });
    const { a, b, c } = await membersOf(id);
    await edit(c?.entityId, { tone: 'mine' });
    const patched = await buyer.editor.patch(`/api/integration-installs/${id}`, { variables: { tone: 'brief' } }, 200);
    expect(patched.variables).toEqual({ tone: 'brief', size: 3 });
    expect(await definition(a?.entityId)).toEqual({ says: 'Be brief.' });
    expect(await entity(b?.entityId)).toMatchObject({ versionNumber: 1 });
    expect(await definition(c?.entityId)).toEqual({ tone: 'mine' });
    expect((await revisions(id))[0]).toMatchObject({ action: 'reconfigure', updated: ['a'], skipped: ['c'] });
    await buyer.editor.patch(`/api/integration-installs/${id}`, { variables: { tone: 'brief', size: 3 } }, 200);
    expect(await revisions(id)).toHaveLength(2);
  });

  test('is remembered by a clone that was detached meanwhile: attached again, an upgrade renders it with the new values', async () => {
    const integration = await integrationOf(members, { variablesSchema });
    const id = await install(integration, { variables: { tone: 'kind' } });
    const { a } = await membersOf(id);
    await buyer.editor.post(`/api/integration-members/${a?.id}/detach`, { detached: true }, 200);
    await buyer.editor.patch(`/api/integration-installs/${id}`, { variables: { tone: 'brief' } }, 200);
    await buyer.editor.post(`/api/integration-members/${a?.id}/detach`, { detached: false }, 200);
    expect(await upgrade(id)).toMatchObject({ updated: ['a'] });
    expect(await definition(a?.entityId)).toEqual({ says: 'Be brief.' });
  });

  test('can be rolled back', async () => {
    const id = await install(await integrationOf(members, { variablesSchema }), { variables: { tone: 'kind' } });
    const { a } = await membersOf(id);
    await buyer.editor.patch(`/api/integration-installs/${id}`, { variables: { tone: 'brief' } }, 200);
    expect(await rollback(id, 1)).toMatchObject({ updated: ['a', 'c'] });
    expect(await definition(a?.entityId)).toEqual({ says: 'Be kind.' });
    expect((await buyer.viewer.get(`/api/integration-installs/${id}`)).variables).toEqual({ tone: 'kind', size: 3 });
  });

  test('refuses variables and credentials that do not fit, with pointers, and changes nothing', async () => {
    const id = await install(await integrationOf(members, { variablesSchema }), { variables: { tone: 'kind' } });
    const patch = (body: object, status = 422) => buyer.editor.patch(`/api/integration-installs/${id}`, body, status);
    expect((await patch({ variables: { size: 'x' } })).errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/variables/size',
      '/variables/tone',
    ]);
    const state = { workspaceId: buyer.id, name: 'Key', type: 'api_key', secret: { apiKey: 'x' } };
    const { id: authStateId } = await buyer.admin.post('/api/auth-states', state, 201);
    expect((await patch({ authStateId })).errors[0].pointer).toBe('/authStateId');
    expect((await buyer.viewer.call('PATCH', `/api/integration-installs/${id}`, {})).status).toBe(403);
    expect((await publisher.editor.call('PATCH', `/api/integration-installs/${id}`, {})).status).toBe(404);
    expect(await revisions(id)).toHaveLength(1);
  });

  test('sets policies without a revision, with an event', async () => {
    const id = await install(await integrationOf(members, { variablesSchema }), { variables: { tone: 'kind' } });
    const policies = { memberPolicy: 'manual', upgradePolicy: 'patch', minReleaseAgeHours: 24 };
    expect(await buyer.editor.patch(`/api/integration-installs/${id}`, policies, 200)).toMatchObject({ memberPolicy: 'manual' });
    expect(await revisions(id)).toHaveLength(1);
    const { data } = await buyer.viewer.get(`/api/events?subject_id=${id}&type=integration_install.updated`);
    expect(data[0].data.changed.sort()).toEqual(Object.keys(policies).sort());
    const found = await buyer.viewer.get(`/api/integration-installs?filter=${JSON.stringify({ id: { eq: id }, upgradePolicy: 'patch' })}`);
    expect(found.pageInfo.total).toBe(1);
  });
});

describe('members', () => {
  const members = {
    must: CLONE,
    base: { ...OPTIONAL, definition: { base: true } },
    extra: { ...OPTIONAL, dependsOn: ['base'] },
    other: OPTIONAL,
  };

  test('are added later with what they need, and dropped again with their clone', async () => {
    const integration = await integrationOf(members);
    const id = await install(integration);
    const add = (slugs: string[], status = 200) => buyer.editor.post(`/api/integration-installs/${id}/members`, { slugs }, status);
    expect(await add(['extra'])).toEqual({ updated: [], added: ['base', 'extra'], removed: [], skipped: [] });
    expect(await add(['extra'])).toEqual({ updated: [], added: [], removed: [], skipped: [] });
    expect((await add(['extra', 'nobody'], 422)).errors[0].pointer).toBe('/slugs/1');
    const { base, extra, must } = await membersOf(id);
    const drop = (member: { id: string } | undefined, status = 200) =>
      buyer.editor.delete(`/api/integration-members/${member?.id}`, status);
    expect(await drop(must, 409)).toMatchObject({ code: 'member_needed' });
    expect(await drop(base, 409)).toMatchObject({ code: 'member_needed', neededBy: ['extra'] });
    await drop(extra);
    expect((await entity(extra?.entityId)).deletedAt).not.toBeNull();
    expect(Object.keys(await membersOf(id))).toEqual(['must', 'base']);
    expect(await drop(extra, 409)).toMatchObject({ code: 'member_deleted' });
    expect((await revisions(id)).map(({ action }: { action: string }) => action)).toEqual(['drop_member', 'add_members', 'install']);
    await integration.publish('2.0.0', members);
    expect(await upgrade(id)).toMatchObject({ added: [] });
    expect(Object.keys(await membersOf(id))).toEqual(['must', 'base']);
    await rollback(id, 2);
    expect(Object.keys(await membersOf(id))).toEqual(['must', 'base', 'extra']);
  });

  test('that are dropped leave a clone to the workspace that it changed, or that something refers to', async () => {
    const integration = await integrationOf(members);
    const id = await install(integration, { selectedMemberSlugs: ['base', 'other'] });
    const { base, other } = await membersOf(id);
    await edit(base?.entityId, { base: 'mine' });
    const body = { workspaceId: buyer.id, kind: 'agent', slug: `user-${number}`, name: 'User', definition: { uses: other?.entityId } };
    await buyer.editor.post('/api/entities', body, 201);
    for (const member of [base, other]) await buyer.editor.delete(`/api/integration-members/${member?.id}`, 200);
    expect(await entity(base?.entityId)).toMatchObject({ deletedAt: null, definition: { base: 'mine' } });
    expect(await entity(other?.entityId)).toMatchObject({ deletedAt: null });
  });

  test('adding and dropping leave everything else alone, drifted clones too', async () => {
    const integration = await integrationOf(members);
    const id = await install(integration, { selectedMemberSlugs: ['base'] });
    const { base } = await membersOf(id);
    await edit(base?.entityId, { base: 'mine' });
    await buyer.editor.post(`/api/integration-members/${base?.id}/detach`, { detached: false }, 200);
    expect(await buyer.editor.post(`/api/integration-installs/${id}/members`, { slugs: ['other'] }, 200)).toMatchObject({
      skipped: [],
      updated: [],
    });
    expect(await definition(base?.entityId)).toEqual({ base: 'mine' });
  });
});

describe('a clone', () => {
  test('is reverted to what was last applied, attached, with its history', async () => {
    const id = await install(await integrationOf({ a: { ...CLONE, definition: { v: 1 } }, b: { required: true } }));
    const { a, b } = await membersOf(id);
    await edit(a?.entityId, { v: 'mine' });
    expect(await buyer.editor.post(`/api/integration-members/${a?.id}/revert`, undefined, 200)).toMatchObject({ detached: false });
    expect(await entity(a?.entityId)).toMatchObject({ definition: { v: 1 }, versionNumber: 3 });
    await buyer.editor.delete(`/api/entities/${a?.entityId}`, 200);
    await buyer.editor.post(`/api/integration-members/${a?.id}/revert`, undefined, 200);
    expect(await entity(a?.entityId)).toMatchObject({ definition: { v: 1 }, deletedAt: null, versionNumber: 3 });
    expect((await membersOf(id)).a).toMatchObject({ drift: 'none', detached: false });
    expect(await buyer.editor.post(`/api/integration-members/${b?.id}/revert`, undefined, 409)).toMatchObject({ code: 'not_a_clone' });
    await edit(a?.entityId, { v: 'mine' });
    await buyer.editor.delete(`/api/entities/${a?.entityId}`, 200);
    await buyer.admin.delete(`/api/entities/${a?.entityId}/purge`, 200);
    expect(await buyer.editor.post(`/api/integration-members/${a?.id}/revert`, undefined, 409)).toMatchObject({ code: 'clone_purged' });
  });

  test('is compared with what was applied and with what an upgrade would bring', async () => {
    const integration = await integrationOf({ a: { ...CLONE, definition: { v: 1, w: 1 } }, b: { required: true } });
    const id = await install(integration);
    const { a, b } = await membersOf(id);
    await edit(a?.entityId, { v: 'mine', w: 1, own: true });
    const { id: versionId } = await integration.publish('2.0.0', { a: { ...CLONE, definition: { v: 2, w: 2 } }, b: { required: true } });
    const diff = await buyer.viewer.get(`/api/integration-members/${a?.id}/diff`, 200);
    expect(diff).toMatchObject({
      slug: 'a',
      entityId: a?.entityId,
      local: expect.arrayContaining([
        { op: 'replace', path: '/v', value: 'mine' },
        { op: 'add', path: '/own', value: true },
      ]),
      target: { versionId, version: '2.0.0', conflicts: [{ pointer: '/v', base: 1, ours: 'mine', theirs: 2 }] },
    });
    expect(diff.target.patch).toHaveLength(3);
    expect(await buyer.viewer.get(`/api/integration-members/${b?.id}/diff`, 409)).toMatchObject({ code: 'not_a_clone' });
    await publisher.editor.post(`/api/integrations/${integration.id}/visibility`, { visibility: 'private' }, 200);
    expect((await buyer.viewer.get(`/api/integration-members/${a?.id}/diff`, 200)).target).toBeNull();
  });
});

describe('the version that a member is made from', () => {
  /** Slug → version, with a dash behind removed ones; told the same by both lists. */
  async function versionsOf(id: string) {
    const told = (members: readonly { sourceMemberSlug: string; deletedAt: string | null; sourceVersionId: string }[]) =>
      Object.fromEntries(members.map((each) => [`${each.sourceMemberSlug}${each.deletedAt === null ? '' : '-'}`, each.sourceVersionId]));
    const { data } = await buyer.viewer.get(`/api/integration-members?integration_install_id=${id}&include_deleted=true`);
    const { members } = await buyer.viewer.get(`/api/integration-installs/${id}/members?include_deleted=true`);
    expect(told(members)).toEqual(told(data));
    return told(data);
  }

  async function madeFrom(id: string, sourceVersionId: string): Promise<string[]> {
    const filter = encodeURIComponent(JSON.stringify({ sourceVersionId }));
    const { data, pageInfo } = await buyer.viewer.get(`/api/integration-members?integration_install_id=${id}&filter=${filter}`);
    expect(pageInfo.total).toBe(data.length);
    return data.map(({ sourceMemberSlug }: { sourceMemberSlug: string }) => sourceMemberSlug).sort();
  }

  test('is that of the install, unless the member was left behind or removed, whatever happens to the install', async () => {
    const members = { a: CLONE, b: OPTIONAL, own: OPTIONAL };
    const integration = await integrationOf({ ...members, goes: CLONE });
    const id = await install(integration, { memberPolicy: 'auto_all' });
    const before = await membersOf(id);
    const first = before.a?.sourceVersionId ?? '';
    // Asked for again and again, so that pages and totals that were told before are asked for too.
    for (let time = 0; time < 4; time++) expect(await madeFrom(id, first)).toEqual(['a', 'b', 'goes', 'own']);
    await buyer.editor.post(`/api/integration-members/${before.own?.id}/detach`, { detached: true }, 200);
    const { id: second } = await integration.publish('2.0.0', { ...members, own: { ...OPTIONAL, definition: { n: 2 } } });
    await upgrade(id);
    expect(await versionsOf(id)).toEqual({ a: second, b: second, own: first, 'goes-': first });
    for (let time = 0; time < 4; time++) {
      expect(await madeFrom(id, second)).toEqual(['a', 'b']);
      expect(await madeFrom(id, first)).toEqual(['own']);
    }
    await buyer.editor.delete(`/api/integration-members/${before.b?.id}`, 200);
    const { id: third } = await integration.publish('3.0.0', members);
    await upgrade(id);
    expect(await versionsOf(id)).toEqual({ a: third, own: first, 'goes-': first, 'b-': second });
    await buyer.editor.delete(`/api/integration-installs/${id}`, 200);
    expect(await versionsOf(id)).toEqual({ 'a-': third, 'own-': first, 'goes-': first, 'b-': second });
    await buyer.editor.post(`/api/integration-installs/${id}/restore`, undefined, 200);
    expect(await versionsOf(id)).toEqual({ a: third, own: first, 'goes-': first, 'b-': second });
    await rollback(id, 1);
    expect(await versionsOf(id)).toEqual({ a: first, b: first, goes: first, own: first });
  });
});
