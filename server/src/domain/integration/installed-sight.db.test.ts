/** An installer sees the public face and the versions of what it has installed: in relations and where it names them, not in browsing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';

let api: TestApi;
let publisher: TestWorkspace;
let buyer: TestWorkspace;
let stranger: TestWorkspace;
/** Unlisted, installed at 1.0.0 while 1.1.0 is current. */
let unlisted: TestIntegration;
/** Installed at 1.0.0 by a grant that is gone; 2.0.0, under another name, is not for the buyer. */
let lost: TestIntegration;
const FACE = { name: 'Lost one', description: 'As it was.' };

async function publish(made: TestIntegration, version: string, more: object = {}): Promise<void> {
  await made.publish(version, { main: { definition: { version }, required: true } }, { ...more });
}

beforeAll(async () => {
  api = await TestApi.start();
  [publisher, buyer, stranger] = [await api.workspace('acme'), await api.workspace('buyer'), await api.workspace('stranger')];
  unlisted = await TestIntegration.create(publisher, 'unlisted');
  await publish(unlisted, '1.0.0');
  await publisher.editor.post(`/api/integrations/${unlisted.id}/visibility`, { visibility: 'unlisted' }, 200);
  await buyer.editor.post(`/api/integrations/${unlisted.id}/install`, { workspaceId: buyer.id }, 201);
  await publish(unlisted, '1.1.0');
  lost = await TestIntegration.create(publisher, 'lost');
  await publish(lost, '1.0.0', FACE);
  const grant = await publisher.admin.post(`/api/integrations/${lost.id}/grants`, { workspaceId: buyer.id }, 201);
  await buyer.editor.post(`/api/integrations/${lost.id}/install`, { workspaceId: buyer.id }, 201);
  await publisher.admin.delete(`/api/integration-grants/${grant.id}`, 200);
  await publish(lost, '2.0.0', { name: 'SECRET', description: 'SECRET' });
});
afterAll(() => api.stop());

type Row = Record<string, string>;
interface Page {
  readonly data: Row[];
  readonly pageInfo: { readonly total: number; readonly endCursor: string; readonly hasNextPage: boolean };
}
const found = async (who: Caller, path: string, body: object): Promise<Row[]> => {
  const page: Page = await who.post(`${path}/search`, body, 200);
  expect(page.pageInfo.total).toBe(page.data.length);
  return page.data;
};
const integrations = (who: Caller, body: object) => found(who, '/api/integrations', { orderBy: [{ slug: 'asc' }], ...body });
const slugs = async (who: Caller, body: object) => (await integrations(who, body)).map(({ slug }) => slug);
const versions = async (who: Caller, body: object) => (await found(who, '/api/integration-versions', body)).map(({ version }) => version);
const installs = async (who: Caller, filter: object) =>
  (await found(who, '/api/integration-installs', { filter })).map(({ integrationId }) => integrationId);

describe('an installer', () => {
  test('sees what it has in lists by ids and by publisher', async () => {
    const ids = [unlisted.id, lost.id];
    for (const body of [
      { ids },
      { publisher: 'acme' },
      { filter: { publisher: 'acme' } },
      { filter: { publisher: { in: ['acme', 'x'] } } },
    ])
      expect(await slugs(buyer.viewer, body)).toEqual(['lost', 'unlisted']);
    const [kept, face] = await integrations(buyer.viewer, { ids });
    expect(kept).toMatchObject({ ...FACE, currentVersion: '1.0.0' });
    expect(face).toMatchObject({ currentVersion: '1.1.0' });
    for (const row of [kept, face]) expect(row).toEqual(await buyer.viewer.get(`/api/integrations/${row?.id}`));
  });

  test('does not see it in open browsing, nor does anybody else by naming it', async () => {
    for (const body of [
      {},
      { filter: { name: { icontains: 'lost' } } },
      { filter: { OR: [{ publisher: 'acme' }] } },
      { filter: { NOT: { publisher: 'x' } } },
    ])
      expect(await slugs(buyer.viewer, body)).toEqual([]);
    const browser = await api.key(buyer.id, 'browser', 'publishable');
    for (const who of [stranger.viewer, browser])
      for (const body of [{ ids: [unlisted.id, lost.id] }, { publisher: 'acme' }]) expect(await slugs(who, body)).toEqual([]);
  });

  test('sees its versions by integrationId and ids: all open ones of what is unlisted, its own of what is lost', async () => {
    expect(await versions(buyer.viewer, { integration_id: unlisted.id })).toEqual(['1.1.0', '1.0.0']);
    expect(await versions(buyer.viewer, { integration_id: lost.id })).toEqual(['1.0.0']);
    expect(await versions(buyer.viewer, { filter: { integrationId: { in: [lost.id, unlisted.id] } } })).toEqual([
      '1.1.0',
      '1.0.0',
      '1.0.0',
    ]);
    expect(await versions(buyer.viewer, {})).toEqual([]);
    expect(await versions(stranger.viewer, { integration_id: unlisted.id })).toEqual([]);
  });

  test('sees both through relations, as they show to it', async () => {
    expect(await installs(buyer.viewer, { integration: { name: 'Lost one' } })).toEqual([lost.id]);
    expect(await installs(buyer.viewer, { integration: { slug: 'unlisted' } })).toEqual([unlisted.id]);
    expect(await installs(buyer.viewer, { version: { version: '1.0.0' } })).toHaveLength(2);
    expect(await installs(buyer.viewer, { integration: { versions: { some: { version: '1.1.0' } } } })).toEqual([unlisted.id]);
    const ordered = await found(buyer.viewer, '/api/integration-installs', { orderBy: [{ integration: { name: 'asc' } }] });
    expect(ordered.map(({ integrationId }) => integrationId)).toEqual([lost.id, unlisted.id]);
  });

  test('learns nothing of what is no longer for it, by no filter and no relation', async () => {
    for (const filter of [
      { integration: { name: 'SECRET' } },
      { integration: { currentVersion: '2.0.0' } },
      { integration: { versions: { some: { version: '2.0.0' } } } },
      { version: { integration: { versions: { some: { version: '2.0.0' } } } } },
    ])
      expect(await installs(buyer.viewer, filter)).toEqual([]);
    expect(await slugs(buyer.viewer, { publisher: 'acme', filter: { name: 'SECRET' } })).toEqual([]);
  });

  test('sees it as long as it has it: totals and pages follow', async () => {
    const third = await api.workspace('third');
    const named = () => slugs(third.viewer, { publisher: 'acme' });
    expect([await named(), await named()]).toEqual([[], []]);
    const install = await third.editor.post(`/api/integrations/${unlisted.id}/install`, { workspaceId: third.id }, 201);
    expect([await named(), await named()]).toEqual([['unlisted'], ['unlisted']]);
    await third.editor.delete(`/api/integration-installs/${install.id}`, 200);
    expect([await named(), await named()]).toEqual([[], []]);
  });

  test('is told by the row of the install why nothing can be had', async () => {
    const rows = async (filter: object) => found(buyer.viewer, '/api/integration-installs', { filter });
    const [row] = await rows({ integrationId: lost.id });
    expect(row).toMatchObject({ updateAvailable: false, availableVersion: null, availability: 'not_visible' });
    expect(await rows({ availability: 'not_visible' })).toHaveLength(1);
    expect((await rows({ integrationId: unlisted.id }))[0]).toMatchObject({ updateAvailable: true, availability: 'available' });
    await api.platform.post(`/api/workspaces/${publisher.id}/suspend`, undefined, 200);
    expect((await rows({ integrationId: unlisted.id }))[0]).toMatchObject({ updateAvailable: false, availability: 'publisher_suspended' });
    await api.platform.post(`/api/workspaces/${publisher.id}/unsuspend`, undefined, 200);
    const only = (await versions(publisher.viewer, { integration_id: unlisted.id })).length;
    for (const { id } of await found(publisher.viewer, '/api/integration-versions', { integration_id: unlisted.id }))
      await publisher.editor.post(`/api/integration-versions/${id}/yank`, {}, 200);
    expect((await rows({ integrationId: unlisted.id }))[0]).toMatchObject({ updateAvailable: false, availability: 'not_offered' });
    for (const { id } of await found(publisher.viewer, '/api/integration-versions', { integration_id: unlisted.id }))
      await publisher.editor.post(`/api/integration-versions/${id}/unyank`, undefined, 200);
    expect(only).toBe(2);
  });

  test('walks pages that have each row once', async () => {
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const body = { publisher: 'acme', orderBy: [{ name: 'asc' }], limit: 1, ...(after && { after }) };
      const page: Page = await buyer.viewer.post('/api/integrations/search', body, 200);
      expect(page.pageInfo.total).toBe(2);
      seen.push(...page.data.map(({ slug }) => slug ?? ''));
      after = page.pageInfo.endCursor;
      if (!page.pageInfo.hasNextPage) break;
    }
    expect(seen).toEqual(['lost', 'unlisted']);
  });
});
