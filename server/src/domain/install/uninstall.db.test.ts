import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';

let api: TestApi;
let publisher: TestWorkspace;
let buyer: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
  buyer = await api.workspace('buyer');
});
afterAll(() => api.stop());

async function integration(slug: string): Promise<TestIntegration> {
  const made = await TestIntegration.create(publisher, slug);
  await publisher.editor.post(`/api/integrations/${made.id}/visibility`, { visibility: 'unlisted' }, 200);
  return made;
}
const install = (made: TestIntegration, more: object = {}) =>
  buyer.editor.post(`/api/integrations/${made.id}/install`, { workspaceId: buyer.id, memberPolicy: 'auto_all', ...more }, 201);
const path = (id: string, rest = '') => `/api/integration-installs/${id}${rest}`;
const entity = (id: string) => buyer.viewer.get(`/api/entities/${id}`);
const isDeleted = async (id: string) => (await entity(id)).deletedAt !== null;

async function clones(installId: string): Promise<Record<string, string>> {
  const { members } = await buyer.viewer.get(path(installId, '/members'));
  return Object.fromEntries(members.map((each: { sourceMemberSlug: string; entityId: string }) => [each.sourceMemberSlug, each.entityId]));
}
const edit = (id: string, definition: object) => buyer.editor.patch(`/api/entities/${id}`, { definition }, 200);

/** a (detached) → b → c, and d on its own. */
async function chain(slug: string) {
  const made = await integration(slug);
  const c = await made.entity('c');
  const b = await made.entity('b', { definition: { next: c } });
  await made.publish('1.0.0', {
    a: { forkOnInstall: true, definition: { next: b } },
    b: { forkOnInstall: true },
    c: { forkOnInstall: true },
    d: { forkOnInstall: true },
    e: {},
  });
  const { id, solutionId } = await install(made);
  const ids = await clones(id);
  await edit(ids.a ?? '', { mine: true, next: ids.b });
  return { made, id, solutionId, ids };
}

describe('uninstall', () => {
  test('takes members and attached clones; detached ones stay, and what these refer to, transitively', async () => {
    const { id, solutionId, ids } = await chain('chain');
    expect(await buyer.editor.delete(path(id), 200)).toEqual({ success: true });
    const gone = await Promise.all(['a', 'b', 'c', 'd'].map((slug) => isDeleted(ids[slug] ?? '')));
    expect(gone).toEqual([false, false, false, true]);
    expect((await buyer.viewer.get(path(id, '/members'))).members).toEqual([]);
    expect((await buyer.viewer.get(path(id))).deletedAt).not.toBeNull();
    expect((await buyer.viewer.get(`/api/solutions/${solutionId}`)).deletedAt).not.toBeNull();
    expect((await buyer.viewer.get(`/api/solution-members?solution_id=${solutionId}`)).data).toEqual([]);
    expect((await buyer.editor.delete(path(id), 409)).code).toBe('install_deleted');
    expect((await buyer.editor.post(path(id, '/upgrade'), undefined, 409)).code).toBe('install_deleted');
  });

  test('keep=none takes detached clones along, keep=all leaves every clone', async () => {
    const none = await chain('keep-none');
    await buyer.editor.delete(path(none.id, '?keep=none'), 200);
    for (const slug of ['a', 'b', 'c', 'd']) expect(await isDeleted(none.ids[slug] ?? '')).toBe(true);
    const all = await chain('keep-all');
    await buyer.editor.delete(path(all.id, '?keep=all'), 200);
    for (const slug of ['a', 'b', 'c', 'd']) expect(await isDeleted(all.ids[slug] ?? '')).toBe(false);
  });

  test('is refused while add-ons or dependents need it, each named; cascade takes add-ons along', async () => {
    const base = await integration('base');
    await base.publish('1.0.0', { a: { forkOnInstall: true } });
    const { id } = await install(base);
    const addOn = await integration('add-on');
    await addOn.publish('1.0.0', { a: { forkOnInstall: true } });
    const child = await install(addOn, { parentInstallId: id });
    const dependent = await integration('dependent');
    await dependent.publish('1.0.0', { a: {} }, { manifest: { dependencies: [{ integration: 'acme/base', range: '*' }] } });
    const needs = await install(dependent);
    const problem = await buyer.editor.delete(path(id), 409);
    expect(problem).toMatchObject({ code: 'install_needed', addOns: [child.id], dependents: [needs.id] });
    await buyer.editor.delete(path(needs.id), 200);
    expect((await buyer.editor.delete(path(id), 409)).addOns).toEqual([child.id]);
    await buyer.editor.delete(path(id, '?cascade=true'), 200);
    expect((await buyer.viewer.get(path(child.id))).deletedAt).not.toBeNull();
    expect((await buyer.editor.post(path(child.id, '/restore'), undefined, 409)).code).toBe('parent_inactive');
    await buyer.editor.post(path(id, '/restore'), undefined, 200);
    await buyer.editor.post(path(child.id, '/restore'), undefined, 200);
  });

  test('a viewer may not, a stranger sees nothing', async () => {
    const { id } = await chain('roles');
    await buyer.viewer.delete(path(id), 403);
    await publisher.admin.delete(path(id), 404);
  });
});

describe('restore', () => {
  test('brings members, clones and solution back; what was changed meanwhile comes back detached; taken slugs get a suffix', async () => {
    const { made, id, solutionId, ids } = await chain('back');
    const { slug } = await entity(ids.d ?? '');
    await buyer.editor.delete(path(id), 200);
    await buyer.editor.post('/api/entities', { workspaceId: buyer.id, kind: 'function', slug, name: 'mine', definition: {} }, 201);
    await edit(ids.b ?? '', { changed: 'while uninstalled' });
    const restored = await buyer.editor.post(path(id, '/restore'), undefined, 200);
    expect(restored).toMatchObject({ id, deletedAt: null, retentionTier: null, solutionId });
    expect((await buyer.viewer.get(`/api/solutions/${solutionId}`)).deletedAt).toBeNull();
    const { members } = await buyer.viewer.get(path(id, '/members'));
    expect(members.map((each: { sourceMemberSlug: string; detached: boolean }) => [each.sourceMemberSlug, each.detached])).toEqual([
      ['a', true],
      ['b', true],
      ['c', false],
      ['d', false],
      ['e', false],
    ]);
    expect(await entity(ids.d ?? '')).toMatchObject({ deletedAt: null, slug: `${slug}-2` });
    await made.publish('2.0.0', { a: {}, b: {}, c: {}, d: { definition: { v: 2 } }, e: {} });
    const manifest = (await publisher.viewer.get(`/api/integrations/${made.id}`)).manifest;
    expect(manifest.members).toHaveLength(5);
    expect((await buyer.editor.post(path(id, '/restore'), undefined, 409)).code).toBe('not_deleted');
  });

  test('is 409 when it was installed again, or a clone was purged', async () => {
    const { made, id, ids } = await chain('again');
    await buyer.editor.delete(path(id), 200);
    const other = await install(made);
    expect(await buyer.editor.post(path(id, '/restore'), undefined, 409)).toMatchObject({ code: 'already_installed', installId: other.id });
    await buyer.editor.delete(path(other.id), 200);
    await buyer.admin.delete(`/api/entities/${ids.d}/purge`, 200);
    expect(await buyer.editor.post(path(id, '/restore'), undefined, 409)).toMatchObject({ code: 'clone_purged', members: ['d'] });
  });
});

describe('purge', () => {
  test('removes a deleted install and the clones that went with it; what was kept stays', async () => {
    const { id, ids } = await chain('purged');
    expect((await buyer.admin.delete(path(id, '/purge'), 409)).code).toBe('not_deleted');
    await buyer.editor.delete(path(id), 200);
    await buyer.editor.delete(path(id, '/purge'), 403);
    await buyer.admin.delete(path(id, '/purge'), 200);
    await buyer.viewer.get(path(id), 404);
    await buyer.viewer.get(`/api/entities/${ids.d}`, 404);
    await buyer.viewer.get(`/api/entities/${ids.a}`, 200);
  });

  test('a purged clone, re-attached, is made anew under a new id by the next upgrade', async () => {
    const { id, ids } = await chain('anew');
    await buyer.editor.delete(`/api/entities/${ids.d}`, 200);
    await buyer.admin.delete(`/api/entities/${ids.d}/purge`, 200);
    await buyer.viewer.get(`/api/entities/${ids.d}`, 404);
    const { members } = await buyer.viewer.get(path(id, '/members'));
    const d = members.find((each: { sourceMemberSlug: string }) => each.sourceMemberSlug === 'd');
    expect(d).toMatchObject({ drift: 'missing', detached: true });
    await buyer.editor.post(`/api/integration-members/${d.id}/detach`, { detached: false }, 200);
    expect((await buyer.editor.post(path(id, '/upgrade'), undefined, 200)).updated).toEqual(['d']);
    expect((await clones(id)).d).not.toBe(ids.d);
  });
});

describe('revisions', () => {
  test('tell each change of an install, newest first, with the members as of then', async () => {
    const { made, id, ids } = await chain('revisions');
    await made.publish('1.1.0', { a: {}, b: {}, c: { definition: { v: 2 } }, d: {}, e: {} });
    await buyer.editor.post(path(id, '/upgrade'), undefined, 200);
    await buyer.editor.post(path(id, '/upgrade'), undefined, 200);
    await buyer.editor.delete(path(id), 200);
    await buyer.editor.post(path(id, '/restore'), undefined, 200);
    const { data } = await buyer.viewer.get(path(id, '/revisions'));
    expect(data.map((each: { number: number; action: string }) => `${each.number} ${each.action}`)).toEqual([
      '4 restore',
      '3 uninstall',
      '2 upgrade',
      '1 install',
    ]);
    expect(data[3].members.c).toMatchObject({ entityId: ids.c, detached: false });
    await publisher.viewer.get(path(id, '/revisions'), 404);
  });
});

describe('members', () => {
  test('can be disabled and enabled', async () => {
    const { id } = await chain('enabled');
    const member = (await buyer.viewer.get(path(id, '/members'))).members[3];
    expect(await buyer.editor.patch(`/api/integration-members/${member.id}`, { enabled: false }, 200)).toMatchObject({ enabled: false });
    expect((await buyer.viewer.get(path(id, '/members'))).members[3].configState).toBe('disabled');
    await buyer.editor.patch(`/api/integration-members/${member.id}`, { enabled: true }, 200);
    await buyer.viewer.patch(`/api/integration-members/${member.id}`, { enabled: true }, 403);
    const { data } = await buyer.viewer.get(`/api/integration-members?integration_install_id=${id}&enabled=true`);
    expect(data).toHaveLength(5);
  });
});
