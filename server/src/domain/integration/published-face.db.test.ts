/** What outsiders see of an integration is what was published (trust.md 2), and it stays when the publisher's rows go. */
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';

let api: TestApi;
let publisher: TestWorkspace;
let buyer: TestWorkspace;
let browser: Caller;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
  buyer = await api.workspace('buyer');
  browser = await api.key(buyer.id, 'browser', 'publishable');
});
afterAll(() => api.stop());

const MEMBERS = { main: { forkOnInstall: true, required: true } };
const path = (made: TestIntegration, rest = '') => `/api/integrations/${made.id}${rest}`;
const at = (id: string, verb = '') => `/api/integration-versions/${id}${verb}`;
const search = (filter: object, orderBy: object[] = []) => ({ filter, ...(orderBy.length > 0 && { orderBy }) });
const list = async (who: Caller, body: object) => who.post('/api/integrations/search', body, 200);
const idsIn = async (who: Caller, body: object): Promise<string[]> => (await list(who, body)).data.map(({ id }: { id: string }) => id);

const LISTED = {
  name: 'Invoice reader',
  description: 'Reads invoices.',
  iconUrl: 'https://acme.example/icon.png',
  variablesSchema: { type: 'object', properties: { tone: { type: 'string' } } },
  authConfig: { type: 'none' },
};
const DRAFTED = {
  name: 'Secret plans',
  description: 'CANARY description',
  iconUrl: 'https://canary.example/icon.png',
  variablesSchema: { type: 'object', properties: { canary: { type: 'string' } } },
  authConfig: {
    type: 'oauth2',
    scopes: ['canary:all'],
    authorizationUrl: 'https://canary.example/auth',
    tokenUrl: 'https://canary.example/token',
  },
};

async function published(slug: string, visibility: 'public' | 'unlisted' | 'private') {
  const made = await TestIntegration.create(publisher, slug);
  const version = await made.publish('1.0.0', MEMBERS, LISTED);
  await api.platform.post(path(made, '/visibility'), { visibility }, 200);
  return { made, version };
}

describe('work in progress', () => {
  test('is not shown: gets and lists tell what the current version said, to the moment at which that changed', async () => {
    const { made } = await published('in-progress', 'public');
    const before = await buyer.viewer.get(path(made));
    expect(before).toMatchObject({ ...LISTED, currentVersion: '1.0.0', visibility: 'public' });
    await made.draft({ main: { ...MEMBERS.main }, extra: { forkOnInstall: true } }, DRAFTED);
    expect(await publisher.viewer.get(path(made))).toMatchObject(DRAFTED);
    for (const who of [buyer.viewer, browser]) {
      expect(await who.get(path(made))).toEqual(before);
      expect((await list(who, search({ id: made.id }))).data).toEqual([before]);
    }
  });

  test('is not to be found either: by no filter, order, shorthand, count or cursor, nor through relations', async () => {
    const { made } = await published('unfindable', 'public');
    await made.draft(MEMBERS, DRAFTED);
    const hidden = [
      { name: DRAFTED.name },
      { name: { icontains: 'secret' } },
      { description: { contains: 'CANARY' } },
      { iconUrl: { startsWith: 'https://canary' } },
      { authConfig: { contains: { type: 'oauth2' } } },
      { variablesSchema: { path: { at: '/properties/canary/type', eq: 'string' } } },
    ];
    for (const filter of hidden) {
      expect(await idsIn(publisher.viewer, search({ AND: [filter, { id: made.id }] }))).toEqual([made.id]);
      for (const who of [buyer.viewer, browser]) {
        expect((await list(who, search({ AND: [filter, { id: made.id }] }))).pageInfo.total).toBe(0);
        expect(
          (await who.post('/api/integration-versions/search', search({ integrationId: made.id, integration: filter }), 200)).data,
        ).toEqual([]);
      }
    }
    expect(await idsIn(buyer.viewer, search({ name: LISTED.name, id: made.id }))).toEqual([made.id]);
    expect((await buyer.viewer.get(`/api/integrations?name=secret`)).data).toEqual([]);
  });

  test('an order puts the row where outsiders see it, and its members see it where it stands now; pages have it once', async () => {
    const slugs = ['page-a', 'page-b', 'page-c'];
    const made: TestIntegration[] = [];
    for (const slug of slugs) made.push((await published(slug, 'public')).made);
    for (const [index, each] of made.entries()) {
      await each.draft(MEMBERS, { name: `zz-${index}` });
      if (index > 0) await each.publish('1.1.0', MEMBERS, { name: `yy-${index}` });
    }
    await made[1]?.draft(MEMBERS, { name: 'aa' });
    const walk = async (who: Caller): Promise<string[]> => {
      const found: string[] = [];
      for (let after: string | null = null; ; ) {
        const page = await list(who, {
          filter: { id: { in: made.map(({ id }) => id) } },
          orderBy: [{ name: 'asc' }],
          limit: 1,
          ...(after && { after }),
        });
        expect(page.pageInfo.total).toBe(3);
        found.push(...page.data.map(({ name }: { name: string }) => name));
        if (!page.pageInfo.hasNextPage) return found;
        after = page.pageInfo.endCursor;
      }
    };
    expect(await walk(publisher.viewer)).toEqual(['aa', 'yy-2', 'zz-0']);
    // The second and third are held: their listing was changed, or they are live with what they said.
    const shown = await walk(buyer.viewer);
    expect(shown).toEqual([...shown].sort());
    expect(shown.filter((name) => ['aa', 'zz-0'].includes(name))).toEqual([]);
  });

  test('of an integration that was never published there is no more than its slug', async () => {
    const made = await TestIntegration.create(publisher, 'never', { name: 'Secret plans', description: 'CANARY' });
    await publisher.admin.post(path(made, '/grants'), { workspaceId: buyer.id }, 201);
    expect(await buyer.viewer.get(path(made))).toMatchObject({
      name: 'never',
      description: null,
      currentVersion: null,
      manifest: { members: [] },
    });
    await buyer.viewer.get(path(made, '/members'), 404);
  });

  test('a yank takes outsiders back to what the version before said', async () => {
    const made = await TestIntegration.create(publisher, 'yanked-face');
    await made.publish('1.0.0', MEMBERS, LISTED);
    const next = await made.publish('1.1.0', MEMBERS, { name: 'Renamed' });
    await publisher.editor.post(path(made, '/visibility'), { visibility: 'unlisted' }, 200);
    expect((await buyer.viewer.get(path(made))).name).toBe('Renamed');
    await publisher.editor.post(at(next.id, '/yank'), {}, 200);
    expect(await buyer.viewer.get(path(made))).toMatchObject({ name: LISTED.name, currentVersion: '1.0.0' });
  });
});

describe('after a grant was taken back', () => {
  test('an installer sees the version that it has, and nothing of what comes later', async () => {
    const { made, version } = await published('granted', 'private');
    const grant = await publisher.admin.post(path(made, '/grants'), { workspaceId: buyer.id }, 201);
    const install = await buyer.editor.post(path(made, '/install'), { workspaceId: buyer.id }, 201);
    await publisher.admin.delete(`/api/integration-grants/${grant.id}`, 200);
    const later = await made.publish('2.0.0', { main: { ...MEMBERS.main, definition: { v: 'SECRET' } } }, { name: 'SECRET' });
    expect(await buyer.viewer.get(path(made))).toMatchObject({ name: LISTED.name, currentVersion: '1.0.0', visibility: 'private' });
    expect(await buyer.viewer.get(at(version.id))).toMatchObject({ id: version.id });
    await buyer.viewer.get(at(later.id), 404);
    await buyer.viewer.get(at(later.id, `/diff?against=${version.id}`), 404);
    await buyer.viewer.get(at(version.id, `/diff?against=${later.id}`), 404);
    await buyer.viewer.get(path(made, `/members?integration_version_id=${later.id}`), 404);
    expect((await buyer.viewer.get(path(made, '/members'))).members).toHaveLength(1);
    expect(await buyer.viewer.get(`/api/integration-installs/${install.id}`)).toMatchObject({
      updateAvailable: false,
      availableVersion: null,
    });
    expect(JSON.stringify(await buyer.editor.post(`/api/integration-installs/${install.id}/upgrade-plan`, {}, 200))).not.toContain(
      'SECRET',
    );
  });
});

describe('a version in review', () => {
  test('shows to its publisher and to nobody else, also when it was rejected', async () => {
    const { made, version } = await published('in-review', 'public');
    const held = await made.publish('1.1.0', MEMBERS, { authConfig: { type: 'oauth2', scopes: ['mail:read'] } });
    const check = async () => {
      for (const who of [buyer.viewer, browser]) {
        await who.get(at(held.id), 404);
        expect((await who.get(`/api/integration-versions?integration_id=${made.id}`)).data.map(({ id }: { id: string }) => id)).toEqual([
          version.id,
        ]);
        expect(await idsIn(who, search({ id: made.id, versions: { some: { version: '1.1.0' } } }))).toEqual([]);
        await who.get(path(made, `/members?integration_version_id=${held.id}`), 404);
      }
      await buyer.viewer.get(at(version.id, `/diff?against=${held.id}`), 404);
      await buyer.viewer.get(at(held.id, '/diff'), 404);
      expect(await publisher.viewer.get(at(held.id))).toMatchObject({ id: held.id });
    };
    await check();
    const [submission] = (await api.platform.get(`/api/review-submissions?integration_version_id=${held.id}`)).data;
    await api.platform.post(`/api/review-submissions/${submission.id}/reject`, { reason: 'No.' }, 200);
    await check();
  });
});

describe('a suspended publisher', () => {
  test('is seen no more, while installs go on and see what they have', async () => {
    const other = await api.workspace();
    const made = await TestIntegration.create(other, 'suspended-face');
    const version = await made.publish('1.0.0', MEMBERS, LISTED);
    await api.platform.post(path(made, '/visibility'), { visibility: 'public' }, 200);
    const install = await buyer.editor.post(path(made, '/install'), { workspaceId: buyer.id }, 201);
    await made.publish('1.0.1', MEMBERS);
    await api.platform.post(`/api/workspaces/${other.id}/suspend`, undefined, 200);
    await browser.get(path(made), 404);
    expect(await idsIn(buyer.viewer, search({ id: made.id }))).toEqual([]);
    expect(await buyer.viewer.get(path(made))).toMatchObject({ currentVersion: '1.0.0' });
    expect(await buyer.viewer.get(at(version.id))).toMatchObject({ id: version.id });
    expect(await buyer.viewer.get(`/api/integration-installs/${install.id}`)).toMatchObject({ updateAvailable: false });
    expect(await other.viewer.get(path(made))).toMatchObject({ currentVersion: '1.0.1' });
    await api.platform.post(`/api/workspaces/${other.id}/unsuspend`, undefined, 200);
    expect(await browser.get(path(made))).toMatchObject({ currentVersion: '1.0.1' });
    expect(await buyer.viewer.get(`/api/integration-installs/${install.id}`)).toMatchObject({ updateAvailable: true });
  });
});

describe('the published split', () => {
  test("what is referenced outlives the publisher's entity, its purge, and its slug's new owner", async () => {
    const made = await TestIntegration.create(publisher, 'outlives');
    await made.publish('1.0.0', { main: { required: true, definition: { v: 1 } } });
    await publisher.editor.post(path(made, '/visibility'), { visibility: 'unlisted' }, 200);
    const install = await buyer.editor.post(path(made, '/install'), { workspaceId: buyer.id }, 201);
    const source = made.source('main');
    await publisher.editor.patch(`/api/entities/${source}`, { definition: { v: 2 }, name: 'SECRET' }, 200);
    await publisher.editor.delete(`/api/entities/${source}`, 200);
    await publisher.admin.delete(`/api/entities/${source}/purge`, 200);
    await publisher.viewer.get(`/api/entities/${source}`, 404);
    expect(await buyer.viewer.get(`/api/entities/${source}`)).toMatchObject({ id: source, name: 'main', definition: { v: 1 } });
    const { data } = await buyer.viewer.get(`/api/entities/${source}/versions`);
    expect(data.map(({ definition }: { definition: object }) => definition)).toEqual([{ v: 1 }]);
    expect((await buyer.viewer.get(`/api/integration-installs/${install.id}/members`)).members[0]).toMatchObject({
      name: 'main',
      drift: 'none',
    });
    await buyer.editor.patch(`/api/entities/${source}`, { name: 'Mine' }, 403);
    const third = await api.workspace();
    await third.editor.post(path(made, '/install'), { workspaceId: third.id }, 201);
    await third.viewer.get(`/api/entities/${source}`, 200);
  });

  test('purging an integration leaves no published row behind that nothing pins', async () => {
    const made = await TestIntegration.create(publisher, 'leaves-nothing');
    await made.publish('1.0.0', { main: { definition: { only: 'here' } } });
    await publisher.editor.delete(path(made), 200);
    await publisher.admin.delete(path(made, '/purge'), 200);
    const left = await api.test.owner.db.many(sql`select 1 from published_definitions where body like '%"only":"here"%'`);
    expect(left).toEqual([]);
  });
});
