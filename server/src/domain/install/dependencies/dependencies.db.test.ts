/** What installs want of one another: installed along, kept as a lock, and held at every later change. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../../test/api.ts';

let api: TestApi;
let publisher: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
});
afterAll(() => api.stop());

type Wants = Record<string, string>;
const MEMBER = { forkOnInstall: true, required: true };

/** `{ 'a?': '^1' }`: acme/a in ^1, optional. */
const dependencies = (wants: Wants) =>
  Object.entries(wants).map(([name, range]) => ({
    integration: `acme/${name.replace('?', '')}`,
    range,
    ...(name.endsWith('?') && { optional: true }),
  }));

const publish = (made: TestIntegration, version: string, wants: Wants = {}, more: object = {}) =>
  made.publish(version, { a: MEMBER }, { manifest: { dependencies: dependencies(wants) }, ...more });

/** A public integration with these versions, each with what it wants. */
async function integration(slug: string, versions: Record<string, Wants> = { '1.0.0': {} }, more: object = {}): Promise<TestIntegration> {
  const made = await TestIntegration.create(publisher, slug);
  await api.platform.post(`/api/integrations/${made.id}/visibility`, { visibility: 'public' }, 200);
  for (const [version, wants] of Object.entries(versions)) await publish(made, version, wants, more);
  return made;
}

const installPath = ({ id }: TestIntegration) => `/api/integrations/${id}/install`;
const path = (id: string, rest = '') => `/api/integration-installs/${id}${rest}`;
const install = ({ editor, id: workspaceId }: TestWorkspace, made: TestIntegration, more: object = {}, status = 201) =>
  editor.post(installPath(made), { workspaceId, ...more }, status);
const along = ({ editor, id: workspaceId }: TestWorkspace, made: TestIntegration, status = 201, more: object = {}) =>
  editor.post(`${installPath(made)}?install_dependencies=true`, { workspaceId, ...more }, status);
const locks = async ({ viewer }: TestWorkspace, id: string) => (await viewer.get(path(id, '/dependencies'), 200)).dependencies;

/** What the workspace has, in the order in which it was installed: `slug version`. */
async function has({ viewer, id }: TestWorkspace): Promise<string[]> {
  const { data } = await viewer.get(`/api/integration-installs?workspace_id=${id}&orderBy=[{"installedAt":"asc"},{"id":"asc"}]`);
  return Promise.all(
    data.map(async (row: { integrationId: string; integrationVersionId: string }) => {
      const { slug } = await viewer.get(`/api/integrations/${row.integrationId}`);
      return `${slug} ${(await viewer.get(`/api/integration-versions/${row.integrationVersionId}`)).version}`;
    }),
  );
}

describe('install_dependencies', () => {
  test('installs what is missing first, transitively, in the best version; the answer is the install that was asked for', async () => {
    const buyer = await api.workspace();
    await integration('t-base', { '1.0.0': {}, '1.2.0': {}, '2.0.0': {} });
    await integration('t-mid', { '1.0.0': { 't-base': '^1.0' } });
    const root = await integration('t-root', { '1.0.0': { 't-mid': '*' } });
    const answer = await along(buyer, root);
    expect(answer).toMatchObject({ integrationId: root.id, parentInstallId: null });
    expect(await has(buyer)).toEqual(['t-base 1.2.0', 't-mid 1.0.0', 't-root 1.0.0']);
    const { data } = await buyer.viewer.get('/api/integration-installs?orderBy=[{"installedAt":"asc"},{"id":"asc"}]');
    expect(data.at(-1)).toMatchObject(answer);
    expect(data[0]).toMatchObject({ parentInstallId: null, memberPolicy: 'auto_defaults', variables: {} });
    const { data: events } = await buyer.viewer.get('/api/events?type=integration_install.created&orderBy=[{"id":"asc"}]');
    expect(events.map((event: { data: { neededBy?: string } }) => event.data.neededBy ?? null)).toEqual([root.id, root.id, null]);
  });

  test('two that share a dependency get one that suits both, a yanked version is none, and what is installed is used', async () => {
    const buyer = await api.workspace();
    const shared = await integration('d-shared', { '1.0.0': {}, '1.1.0': {}, '2.0.0': {} });
    await integration('d-left', { '1.0.0': { 'd-shared': '*' } });
    await integration('d-right', { '1.0.0': { 'd-shared': '<2' } });
    await along(buyer, await integration('d-root', { '1.0.0': { 'd-left': '*', 'd-right': '*' } }));
    expect(await has(buyer)).toEqual(['d-shared 1.1.0', 'd-left 1.0.0', 'd-right 1.0.0', 'd-root 1.0.0']);
    await publish(shared, '1.2.0');
    await along(buyer, await integration('d-other', { '1.0.0': { 'd-shared': '^1.0' } }));
    expect((await has(buyer)).filter((each) => each.startsWith('d-shared'))).toEqual(['d-shared 1.1.0']);
  });

  test('an installed version out of range is never moved: 409 says who wants what, what is installed and what would do', async () => {
    const buyer = await api.workspace();
    const base = await integration('m-base');
    await install(buyer, base);
    await publish(base, '2.0.0');
    const root = await integration('m-root', { '1.0.0': { 'm-base': '^2.0' } });
    const problem = await along(buyer, root, 409);
    expect(problem).toMatchObject({
      code: 'dependency_conflict',
      conflicts: [{ integration: 'acme/m-base', installed: ['1.0.0'], offered: ['2.0.0', '1.0.0'], choices: ['2.0.0'] }],
    });
    expect(problem.conflicts[0].wants).toEqual([
      { integration: 'acme/m-base', range: '^2.0', optional: false, by: 'acme/m-root 1.0.0', installId: null },
    ]);
    expect(problem.detail).toContain('acme/m-root 1.0.0 wants ^2.0');
    expect(await has(buyer)).toEqual(['m-base 1.0.0']);
    expect((await install(buyer, root, {}, 409)).code).toBe('missing_dependencies');
  });

  test('a dependency that needs credentials or values is not installed; the 409 says which and what, and nothing is left behind', async () => {
    const buyer = await api.workspace();
    const variablesSchema = { type: 'object', properties: { host: { type: 'string' } }, required: ['host'] };
    const needy = await integration('n-needy', { '1.0.0': {} }, { variablesSchema, authConfig: { type: 'api_key' } });
    await integration('n-plain');
    const root = await integration('n-root', { '1.0.0': { 'n-plain': '*', 'n-needy': '*' } });
    expect(await along(buyer, root, 409)).toMatchObject({
      code: 'dependency_needs_setup',
      dependencies: [
        {
          integration: 'acme/n-needy',
          version: '1.0.0',
          needs: ['credentials of the type api_key', expect.stringContaining('/variables/host')],
        },
      ],
    });
    expect(await has(buyer)).toEqual([]);
    const secret = { workspaceId: buyer.id, name: 'x', type: 'api_key', secret: { apiKey: 'k' } };
    const { id: authStateId } = await buyer.admin.post('/api/auth-states', secret, 201);
    await install(buyer, needy, { authStateId, variables: { host: 'h' } });
    await along(buyer, root);
    expect(await has(buyer)).toEqual(['n-needy 1.0.0', 'n-plain 1.0.0', 'n-root 1.0.0']);
  });

  test('what the workspace may not take is not installed: private without a grant, deleted, unpublished; not told apart', async () => {
    const buyer = await api.workspace();
    const hidden = await integration('p-hidden');
    await publisher.editor.post(`/api/integrations/${hidden.id}/visibility`, { visibility: 'private' }, 200);
    const gone = await integration('p-gone');
    await integration('p-draft', {});
    const roots = [];
    for (const name of ['p-hidden', 'p-gone', 'p-draft']) roots.push(await integration(`p-on-${name}`, { '1.0.0': { [name]: '*' } }));
    await publisher.editor.delete(`/api/integrations/${gone.id}`, 200);
    for (const root of roots)
      expect(await along(buyer, root, 409)).toMatchObject({ code: 'dependency_conflict', conflicts: [{ offered: [], choices: [] }] });
    const [first] = roots as [TestIntegration];
    const path = `${installPath(first)}?install_dependencies=true`;
    expect((await api.platform.post(path, { workspaceId: buyer.id }, 409)).code).toBe('dependency_conflict');
    await publisher.admin.post(`/api/integrations/${hidden.id}/grants`, { workspaceId: buyer.id }, 201);
    await along(buyer, first);
    expect(await has(buyer)).toEqual(['p-hidden 1.0.0', 'p-on-p-hidden 1.0.0']);
  });

  test('an optional dependency is never installed along, but refuses a version out of its range, in both directions', async () => {
    const buyer = await api.workspace();
    const plug = await integration('o-plug', { '1.0.0': {}, '2.0.0': {} });
    const root = await integration('o-root', { '1.0.0': { 'o-plug?': '^1.0' } });
    const { id } = await along(buyer, root);
    expect(await has(buyer)).toEqual(['o-root 1.0.0']);
    expect(await locks(buyer, id)).toMatchObject([{ optional: true, ok: true, installId: null, lockedInstallId: null }]);
    for (const attempt of [install(buyer, plug, {}, 409), along(buyer, plug, 409)])
      expect(await attempt).toMatchObject({ code: 'dependency_conflict', conflicts: [{ wants: [{ installId: id, range: '^1.0' }] }] });

    const other = await api.workspace();
    await install(other, plug);
    for (const attempt of [install(other, root, {}, 409), along(other, root, 409)])
      expect(await attempt).toMatchObject({
        code: 'dependency_conflict',
        conflicts: [{ integration: 'acme/o-plug', installed: ['2.0.0'] }],
      });
  });

  test('dependencies that go round in a circle are refused and named', async () => {
    const buyer = await api.workspace();
    const one = await integration('c-one');
    await integration('c-two', { '1.0.0': { 'c-one': '^2.0' } });
    await publish(one, '2.0.0', { 'c-two': '*' });
    expect(await along(buyer, one, 409)).toMatchObject({
      code: 'dependency_conflict',
      conflicts: [{ circle: ['acme/c-one', 'acme/c-two'] }],
    });
  });

  test('with nothing missing it is the plain install; a stranger, a viewer and a bad value are refused as ever', async () => {
    const buyer = await api.workspace();
    const plain = await integration('plain');
    const url = `${installPath(plain)}?install_dependencies=`;
    const body = { workspaceId: buyer.id };
    expect((await buyer.editor.call('POST', `${url}maybe`, body)).status).toBe(400);
    expect((await buyer.viewer.call('POST', `${url}true`, body)).status).toBe(403);
    expect((await api.as(null).call('POST', `${url}true`, body)).status).toBe(401);
    await along(buyer, plain);
    expect((await along(buyer, plain, 409)).code).toBe('already_installed');
  });
});

describe('the lock', () => {
  test('tells what met each want then, and what does now', async () => {
    const buyer = await api.workspace();
    const base = await integration('l-base');
    const root = await integration('l-root', { '1.0.0': { 'l-base': '^1.0' } });
    const { id } = await along(buyer, root);
    const [first] = await locks(buyer, id);
    expect(first).toMatchObject({ integration: 'acme/l-base', range: '^1.0', optional: false, ok: true, version: '1.0.0' });
    expect([first.lockedInstallId, first.lockedVersion]).toEqual([first.installId, '1.0.0']);
    await publish(base, '1.1.0');
    await buyer.editor.post(path(first.installId, '/upgrade'), undefined, 200);
    expect(await locks(buyer, id)).toEqual([{ ...first, version: '1.1.0' }]);
    expect(await locks(buyer, first.installId)).toEqual([]);
    await publisher.viewer.get(path(id, '/dependencies'), 404);
  });

  test('is written anew by an upgrade that wants otherwise', async () => {
    const buyer = await api.workspace();
    await integration('w-old');
    const fresh = await integration('w-new');
    const root = await integration('w-root', { '1.0.0': { 'w-old': '*' } });
    const { id } = await along(buyer, root);
    const { id: freshId } = await install(buyer, fresh);
    await publish(root, '2.0.0', { 'w-new': '^1.0' });
    await buyer.editor.post(path(id, '/upgrade'), undefined, 200);
    expect(await locks(buyer, id)).toMatchObject([{ integration: 'acme/w-new', installId: freshId, lockedInstallId: freshId }]);
    const [{ id: oldId }] = (await buyer.viewer.get('/api/integration-installs?orderBy=[{"id":"asc"}]')).data;
    await buyer.editor.delete(path(oldId), 200);
  });
});

describe('upgrade', () => {
  test('to a version whose dependencies are not there is refused, and nothing is installed along', async () => {
    const buyer = await api.workspace();
    await integration('u-base');
    const root = await integration('u-root');
    const { id } = await install(buyer, root);
    await publish(root, '2.0.0', { 'u-base': '^1.0' });
    expect(await buyer.editor.post(path(id, '/upgrade'), undefined, 409)).toMatchObject({
      code: 'missing_dependencies',
      missing: [{ integration: 'acme/u-base', range: '^1.0' }],
    });
    expect(await has(buyer)).toEqual(['u-root 1.0.0']);
  });

  test('out of the range that others lock is refused; each is named with its range, and what would do', async () => {
    const buyer = await api.workspace();
    const base = await integration('b-base');
    const one = await along(buyer, await integration('b-one', { '1.0.0': { 'b-base': '^1.0' } }));
    const two = await along(buyer, await integration('b-two', { '1.0.0': { 'b-base?': '<2' } }));
    const [{ installId }] = await locks(buyer, one.id);
    await publish(base, '1.5.0');
    await publish(base, '2.0.0');
    const problem = await buyer.editor.post(path(installId, '/upgrade'), undefined, 409);
    expect(problem).toMatchObject({
      code: 'dependency_conflict',
      conflicts: [{ integration: 'acme/b-base', installed: ['1.0.0'], choices: ['1.5.0', '1.0.0'] }],
    });
    expect(problem.conflicts[0].wants.map((want: { installId: string; range: string }) => [want.installId, want.range])).toEqual([
      [one.id, '^1.0'],
      [two.id, '<2'],
    ]);
    expect(problem.detail).toContain('upgrade to 1.5.0');
    await buyer.editor.delete(path(one.id), 200);
    await buyer.editor.delete(path(two.id), 200);
    await buyer.editor.post(path(installId, '/upgrade'), undefined, 200);
  });

  test('may leave a range that another install of the same integration still meets', async () => {
    const buyer = await api.workspace();
    const base = await integration('s-base');
    const { id: first } = await install(buyer, base);
    const { id: second } = await install(buyer, base, { parentInstallId: first });
    const { id } = await install(buyer, await integration('s-root', { '1.0.0': { 's-base': '^1.0' } }));
    await publish(base, '2.0.0');
    await buyer.editor.post(path(first, '/upgrade'), undefined, 200);
    expect(await locks(buyer, id)).toMatchObject([{ ok: true, installId: second, version: '1.0.0', lockedInstallId: first }]);
    expect((await buyer.editor.post(path(second, '/upgrade'), undefined, 409)).code).toBe('dependency_conflict');
  });

  test('that would close a circle is refused', async () => {
    const buyer = await api.workspace();
    const one = await integration('r-one');
    const { id } = await install(buyer, one);
    await install(buyer, await integration('r-two', { '1.0.0': { 'r-one': '*' } }));
    await publish(one, '2.0.0', { 'r-two': '*' });
    expect(await buyer.editor.post(path(id, '/upgrade'), undefined, 409)).toMatchObject({
      code: 'dependency_conflict',
      conflicts: [{ circle: ['acme/r-one', 'acme/r-two'] }],
    });
  });

  test('to the version it has re-applies, whatever became of the dependencies', async () => {
    const buyer = await api.workspace();
    const { id } = await along(buyer, await integration('re-root', { '1.0.0': { 'o-plug': '*' } }));
    expect(await buyer.editor.post(path(id, '/upgrade'), undefined, 200)).toMatchObject({ updated: [], added: [] });
  });
});

describe('uninstall', () => {
  const gone = async ({ viewer }: TestWorkspace, id: string) => (await viewer.get(path(id), 200)).deletedAt !== null;

  test('is refused while a dependent needs it, but not when another install of the same integration is in range', async () => {
    const buyer = await api.workspace();
    const base = await integration('x-base');
    const { id: first } = await install(buyer, base);
    const { id: dependent } = await install(buyer, await integration('x-root', { '1.0.0': { 'x-base': '^1.0' } }));
    expect(await buyer.editor.delete(path(first), 409)).toMatchObject({ code: 'install_needed', dependents: [dependent], addOns: [] });
    const { id: second } = await install(buyer, base, { parentInstallId: dependent });
    await buyer.editor.delete(path(first), 200);
    expect(await locks(buyer, dependent)).toMatchObject([{ ok: true, installId: second, lockedInstallId: first }]);
    expect((await buyer.editor.delete(path(second), 409)).dependents).toEqual([dependent]);
    await buyer.admin.delete(path(first, '/purge'), 200);
    expect(await locks(buyer, dependent)).toMatchObject([{ ok: true, installId: second, lockedInstallId: null, lockedVersion: '1.0.0' }]);
  });

  test('another install out of range does not count', async () => {
    const buyer = await api.workspace();
    const base = await integration('y-base', { '1.0.0': {} });
    const { id: first } = await install(buyer, base);
    const { id: dependent } = await install(buyer, await integration('y-root', { '1.0.0': { 'y-base': '^1.0' } }));
    await publish(base, '2.0.0');
    await install(buyer, base, { parentInstallId: dependent });
    expect((await buyer.editor.delete(path(first), 409)).dependents).toEqual([dependent]);
  });

  test('an optional dependency may go', async () => {
    const buyer = await api.workspace();
    const { id } = await install(buyer, await integration('z-plug'));
    const { id: root } = await install(buyer, await integration('z-root', { '1.0.0': { 'z-plug?': '*' } }));
    expect(await locks(buyer, root)).toMatchObject([{ ok: true, installId: id, lockedInstallId: id }]);
    await buyer.editor.delete(path(id), 200);
    expect(await locks(buyer, root)).toMatchObject([{ ok: true, installId: null, lockedInstallId: id }]);
  });

  test('cascade takes a tree three deep whose members depend on one another, dependents first', async () => {
    const buyer = await api.workspace();
    const { id: top } = await install(buyer, await integration('tree-top'));
    const { id: low } = await install(buyer, await integration('tree-low'), { parentInstallId: top });
    const leans = await integration('tree-leans', { '1.0.0': { 'tree-low': '*', 'tree-top': '*' } });
    const { id: middle } = await install(buyer, leans, { parentInstallId: top });
    const deepest = await integration('tree-deepest', { '1.0.0': { 'tree-low': '*' } });
    const { id: deep } = await install(buyer, deepest, { parentInstallId: middle });
    expect(await buyer.editor.delete(path(top), 409)).toMatchObject({ addOns: [low, middle, deep], dependents: [middle] });
    await buyer.editor.delete(path(top, '?cascade=true'), 200);
    for (const id of [top, low, middle, deep]) expect(await gone(buyer, id)).toBe(true);
    const { data } = await buyer.viewer.get('/api/events?type=integration_install.deleted&orderBy=[{"id":"asc"}]');
    const order = data.map((event: { subjectId: string }) => event.subjectId);
    expect(order).toEqual([deep, middle, low, top]);
  });

  test('cascade is refused, whole, while something outside of the tree needs a part of it', async () => {
    const buyer = await api.workspace();
    const { id: top } = await install(buyer, await integration('out-top'));
    const { id: middle } = await install(buyer, await integration('out-middle'), { parentInstallId: top });
    const { id: deep } = await install(buyer, await integration('out-deep'), { parentInstallId: middle });
    const { id: outside } = await install(buyer, await integration('out-side', { '1.0.0': { 'out-deep': '*' } }));
    expect(await buyer.editor.delete(path(top, '?cascade=true'), 409)).toMatchObject({ addOns: [], dependents: [outside] });
    for (const id of [top, middle, deep]) expect(await gone(buyer, id)).toBe(false);
    await buyer.editor.delete(path(outside), 200);
    await buyer.editor.delete(path(top, '?cascade=true'), 200);
    expect(await has(buyer)).toEqual([]);
  });

  test('cascade takes a parent that has come to depend on its own add-on', async () => {
    const buyer = await api.workspace();
    const parent = await integration('k-parent');
    const { id } = await install(buyer, parent);
    const { id: addOn } = await install(buyer, await integration('k-add-on'), { parentInstallId: id });
    await publish(parent, '2.0.0', { 'k-add-on': '*' });
    await buyer.editor.post(path(id, '/upgrade'), undefined, 200);
    expect((await buyer.editor.delete(path(addOn), 409)).dependents).toEqual([id]);
    await buyer.editor.delete(path(id, '?cascade=true'), 200);
    expect(await has(buyer)).toEqual([]);
  });
});

describe('restore', () => {
  test('is refused while its dependencies are gone, or while others want another version of it', async () => {
    const buyer = await api.workspace();
    const base = await integration('back-base');
    const root = await integration('back-root', { '1.0.0': { 'back-base': '^1.0' } });
    const { id } = await along(buyer, root);
    const [{ installId: baseId }] = await locks(buyer, id);
    await buyer.editor.delete(path(id), 200);
    await buyer.editor.delete(path(baseId), 200);
    expect(await buyer.editor.post(path(id, '/restore'), undefined, 409)).toMatchObject({
      code: 'missing_dependencies',
      missing: [{ integration: 'acme/back-base', range: '^1.0' }],
    });
    await buyer.editor.post(path(baseId, '/restore'), undefined, 200);
    await buyer.editor.post(path(id, '/restore'), undefined, 200);

    await buyer.editor.delete(path(id), 200);
    await buyer.editor.delete(path(baseId), 200);
    const { id: later } = await install(buyer, await integration('back-later', { '1.0.0': { 'back-base?': '^2.0' } }));
    expect(await buyer.editor.post(path(baseId, '/restore'), undefined, 409)).toMatchObject({
      code: 'dependency_conflict',
      conflicts: [{ wants: [{ installId: later, range: '^2.0' }] }],
    });
    await publish(base, '2.0.0');
    await install(buyer, base);
  });
});
