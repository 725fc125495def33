/** An integration installed more than once in a workspace, under different names. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';

let api: TestApi;
let publisher: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
});
afterAll(() => api.stop());

const MEMBER = { forkOnInstall: true, required: true };
const path = (id: string, rest = '') => `/api/integration-installs/${id}${rest}`;

async function integration(slug: string, wants: Record<string, string> = {}): Promise<TestIntegration> {
  const made = await TestIntegration.create(publisher, slug);
  await api.platform.post(`/api/integrations/${made.id}/visibility`, { visibility: 'public' }, 200);
  await publish(made, '1.0.0', wants);
  return made;
}
const publish = (made: TestIntegration, version: string, wants: Record<string, string> = {}) =>
  made.publish(
    version,
    { a: { ...MEMBER, definition: { version } } },
    { manifest: { dependencies: Object.entries(wants).map(([name, range]) => ({ integration: `acme/${name}`, range })) } },
  );
const install = ({ editor, id: workspaceId }: TestWorkspace, { id }: TestIntegration, more: object = {}, status = 201) =>
  editor.post(`/api/integrations/${id}/install`, { workspaceId, ...more }, status);
const membersOf = async ({ viewer }: TestWorkspace, id: string) => (await viewer.get(path(id, '/members'))).members;

describe('named installs', () => {
  test('an integration is installed more than once under different names; 409 only for the same name', async () => {
    const buyer = await api.workspace();
    const crm = await integration('crm');
    const none = await install(buyer, crm);
    const eu = await install(buyer, crm, { name: 'eu' });
    const us = await install(buyer, crm, { name: 'us' });
    expect(new Set([none.solutionId, eu.solutionId, us.solutionId]).size).toBe(3);
    expect(await install(buyer, crm, {}, 409)).toMatchObject({ code: 'already_installed', installId: none.id });
    expect(await install(buyer, crm, { name: null }, 409)).toMatchObject({ installId: none.id });
    expect(await install(buyer, crm, { name: 'eu' }, 409)).toMatchObject({ code: 'already_installed', installId: eu.id });
    expect('name' in eu).toBe(false);
    expect(await buyer.viewer.get(path(eu.id))).toMatchObject({ name: 'eu' });
    expect(await buyer.viewer.get(path(none.id))).toMatchObject({ name: null });
  });

  test('each has clones of its own, with slugs of their own', async () => {
    const buyer = await api.workspace();
    const crm = await integration('slugs');
    const ids = [];
    for (const name of ['eu', 'us']) ids.push((await membersOf(buyer, (await install(buyer, crm, { name })).id))[0].entityId);
    const slugs = [];
    for (const id of ids) slugs.push((await buyer.viewer.get(`/api/entities/${id}`)).slug);
    expect(slugs[1]).toBe(`${slugs[0]}-2`);
  });

  test('lists filter and sort by it', async () => {
    const buyer = await api.workspace();
    const crm = await integration('listed');
    for (const name of ['us', null, 'eu']) await install(buyer, crm, { name });
    const names = async (query: string) =>
      (await buyer.viewer.get(`/api/integration-installs?${query}`)).data.map(({ name }: { name: string | null }) => name);
    expect(await names('name=eu')).toEqual(['eu']);
    expect(await names('filter={"name":{"isNull":true}}')).toEqual([null]);
    expect(await names('orderBy=[{"name":"asc_nulls_last"}]')).toEqual(['eu', 'us', null]);
    const query = `filter={"installs":{"none":{}}}&ids=${crm.id}`;
    expect((await buyer.viewer.get(`/api/integrations?${query}`)).data).toEqual([]);
  });

  test('a name is held to the form of names', async () => {
    const buyer = await api.workspace();
    const crm = await integration('formed');
    for (const name of ['', ' ', '\u0007', 'x'.repeat(201)])
      expect((await install(buyer, crm, { name }, 422)).errors).toMatchObject([{ pointer: '/name' }]);
  });

  test('an uninstalled one comes back, unless its name is taken meanwhile', async () => {
    const buyer = await api.workspace();
    const crm = await integration('back');
    const { id } = await install(buyer, crm, { name: 'eu' });
    await install(buyer, crm, { name: 'us' });
    await buyer.editor.delete(path(id), 200);
    const { id: second } = await install(buyer, crm, { name: 'eu' });
    expect(await buyer.editor.post(path(id, '/restore'), undefined, 409)).toMatchObject({ code: 'already_installed', installId: second });
    await buyer.editor.delete(path(second), 200);
    expect(await buyer.editor.post(path(id, '/restore'), undefined, 200)).toMatchObject({ name: 'eu' });
  });

  test('two at once under one name make one', async () => {
    const buyer = await api.workspace();
    const crm = await integration('raced');
    const ask = (name: string) => buyer.editor.call('POST', `/api/integrations/${crm.id}/install`, { workspaceId: buyer.id, name });
    const answers = await Promise.all(['eu', 'eu', 'us'].map(ask));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409]);
  });

  test('the plan tells the name, and the slugs beside the other one', async () => {
    const buyer = await api.workspace();
    const crm = await integration('foreseen');
    await install(buyer, crm);
    const ask = (more: object) => buyer.viewer.post(`/api/integrations/${crm.id}/install-plan`, { workspaceId: buyer.id, ...more }, 200);
    expect((await ask({})).blockers).toMatchObject([{ code: 'already_installed' }]);
    const plan = await ask({ name: 'eu' });
    expect(plan).toMatchObject({ name: 'eu', blockers: [], members: [{ entitySlug: expect.stringMatching(/-2$/) }] });
    expect((await install(buyer, crm, { name: 'us', planDigest: plan.planDigest }, 409)).code).toBe('plan_outdated');
    await install(buyer, crm, { name: 'eu', planDigest: plan.planDigest });
  });
});

describe('dependencies and add-ons may say which', () => {
  /** Two of the same, at 1.0.0 and 2.0.0, and what depends on one of them. */
  async function scene(name: string) {
    const buyer = await api.workspace();
    const crm = await integration(`${name}-crm`);
    const eu = await install(buyer, crm, { name: 'eu' });
    const us = await install(buyer, crm, { name: 'us' });
    const quotes = await integration(`${name}-quotes`, { [`${name}-crm`]: '*' });
    const uses = [{ integration: `acme/${name}-crm`, name: 'us' }];
    return { buyer, crm, eu: eu.id as string, us: us.id as string, quotes, uses };
  }

  test('an install says by which named install its want is met, and that holds', async () => {
    const { buyer, eu, us, quotes, uses } = await scene('held');
    const { id } = await install(buyer, quotes, { uses });
    const locks = async () => (await buyer.viewer.get(path(id, '/dependencies'))).dependencies;
    expect(await locks()).toMatchObject([{ installName: 'us', ok: true, installId: us, lockedInstallId: us }]);
    const body = await buyer.editor.call('DELETE', path(us));
    expect(body).toMatchObject({ status: 409, body: { code: 'install_needed', dependents: [id] } });
    await buyer.editor.delete(path(eu), 200);
    await publish(quotes, '1.1.0', { 'held-crm': '*' });
    await buyer.editor.post(path(id, '/upgrade'), undefined, 200);
    expect(await locks()).toMatchObject([{ installName: 'us', lockedInstallId: us }]);
  });

  test('without a word, whichever is in the range meets it', async () => {
    const { buyer, eu, us, quotes } = await scene('any');
    const { id } = await install(buyer, quotes);
    await buyer.editor.delete(path(eu), 200);
    expect((await buyer.viewer.get(path(id, '/dependencies'))).dependencies).toMatchObject([
      { installName: null, ok: true, installId: us },
    ]);
  });

  test('one that is not there, not in the range, or not depended on is refused with its pointer', async () => {
    const { buyer, quotes, uses } = await scene('wrong');
    const refused = async (asked: object[]) =>
      (await install(buyer, quotes, { uses: asked }, 422)).errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(await refused([{ integration: 'acme/wrong-crm', name: 'asia' }])).toEqual(['/uses/0']);
    expect(await refused([{ integration: 'acme/other', name: 'us' }])).toEqual(['/uses/0']);
    expect(await refused([...uses, { integration: 'acme/wrong-crm', name: 'eu' }])).toEqual(['/uses/0']);
  });

  test('a joint move takes the one that is meant, and leaves the other', async () => {
    const { buyer, crm, eu, us, quotes, uses } = await scene('joint');
    const { id } = await install(buyer, quotes, { uses });
    await publish(crm, '2.0.0');
    await publish(quotes, '2.0.0', { 'joint-crm': '^2' });
    const done = await buyer.editor.post(path(id, '/upgrade'), { with: 'dependencies' }, 200);
    expect(done.along).toMatchObject([{ installId: us, to: { version: '2.0.0' } }]);
    const { data } = await buyer.viewer.get(path(eu, '/revisions'));
    expect(data).toHaveLength(1);
  });

  test('an add-on belongs to the named install that is its parent', async () => {
    const { buyer, eu, us } = await scene('addon');
    const extra = await integration('addon-extra');
    const one = await install(buyer, extra, { parentInstallId: eu });
    const other = await install(buyer, extra, { parentInstallId: us });
    const solutions = async (id: string) => (await buyer.viewer.get(path(id))).solutionId;
    expect([one.solutionId, other.solutionId]).toEqual([await solutions(eu), await solutions(us)]);
    expect((await install(buyer, extra, { parentInstallId: us }, 409)).code).toBe('already_installed');
    await install(buyer, extra, { parentInstallId: us, name: 'second' });
  });
});
