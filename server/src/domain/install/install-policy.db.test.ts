/** What a workspace lets in: its install policy, at installs, upgrades and for dependencies that come along. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';

let api: TestApi;
let publisher: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
});
afterEach(() => api.setClock(null));
afterAll(() => api.stop());

const OPEN = { leastTrustTier: null, allowedPublishers: null, minReleaseAgeHours: null };
const MEMBER = { a: { forkOnInstall: true, required: true } };

let made = 0;
async function integration(version = '1.0.0', more: Record<string, unknown> = {}): Promise<TestIntegration> {
  const fresh = await TestIntegration.create(publisher, `made-${++made}`);
  await api.platform.post(`/api/integrations/${fresh.id}/visibility`, { visibility: 'public' }, 200);
  await fresh.publish(version, MEMBER, more);
  return fresh;
}

const install = ({ editor, id }: TestWorkspace, { id: integrationId }: TestIntegration, status = 201, query = '') =>
  editor.post(`/api/integrations/${integrationId}/install${query}`, { workspaceId: id }, status);
const upgrade = ({ editor }: TestWorkspace, { id }: { id: string }, status = 200) =>
  editor.post(`/api/integration-installs/${id}/upgrade`, undefined, status);
const setPolicy = ({ admin, id }: TestWorkspace, installPolicy: object, status = 200) =>
  admin.patch(`/api/workspaces/${id}`, { installPolicy }, status);

describe('the policy', () => {
  test('is open at first; admins change single rules, null lifts one, members read it, and the event tells', async () => {
    const buyer = await api.workspace();
    expect((await buyer.viewer.get(`/api/workspaces/${buyer.id}`)).installPolicy).toEqual(OPEN);
    await setPolicy(buyer, { leastTrustTier: 'verified_partner', allowedPublishers: ['acme', 'stripe', 'acme'] });
    const { installPolicy } = await setPolicy(buyer, { leastTrustTier: null, minReleaseAgeHours: 24 });
    expect(installPolicy).toEqual({ leastTrustTier: null, allowedPublishers: ['acme', 'stripe'], minReleaseAgeHours: 24 });
    expect((await buyer.viewer.get(`/api/workspaces/${buyer.id}`)).installPolicy).toEqual(installPolicy);
    const { name } = await buyer.admin.patch(`/api/workspaces/${buyer.id}`, { name: 'Renamed' }, 200);
    expect(name).toBe('Renamed');
    expect((await buyer.viewer.get(`/api/workspaces/${buyer.id}`)).installPolicy).toEqual(installPolicy);
    const { data } = await buyer.viewer.get('/api/events?type=workspace.updated&orderBy=[{"id":"asc"}]');
    expect(data[1].data).toEqual({ installPolicy: { leastTrustTier: null, minReleaseAgeHours: 24 } });
  });

  test('is not for editors, and takes no other values', async () => {
    const buyer = await api.workspace();
    await buyer.editor.patch(`/api/workspaces/${buyer.id}`, { installPolicy: OPEN }, 403);
    await publisher.admin.patch(`/api/workspaces/${buyer.id}`, { installPolicy: OPEN }, 404);
    for (const wrong of [
      { leastTrustTier: 'best' },
      { allowedPublishers: ['No Handle'] },
      { allowedPublishers: 'acme' },
      { minReleaseAgeHours: -1 },
      { minReleaseAgeHours: 1.5 },
      { minReleaseAgeHours: 8761 },
      { nope: true },
    ])
      expect((await setPolicy(buyer, wrong, 422)).errors[0].pointer).toMatch(/^\/installPolicy\//);
  });
});

describe('an install', () => {
  test('that breaks rules is refused with all of them, what is wanted and what is there; nothing is left behind', async () => {
    const buyer = await api.workspace();
    const wanted = await integration();
    await setPolicy(buyer, { leastTrustTier: 'vendor_official', allowedPublishers: ['stripe'], minReleaseAgeHours: 72 });
    const { code, broken } = await install(buyer, wanted, 409);
    expect(code).toBe('refused_by_policy');
    const which = { integration: `acme/made-${made}`, version: '1.0.0' };
    expect(broken).toEqual([
      { ...which, rule: 'leastTrustTier', wanted: 'vendor_official', found: 'verified_publisher' },
      { ...which, rule: 'allowedPublishers', wanted: ['stripe'], found: 'acme' },
      { ...which, rule: 'minReleaseAgeHours', wanted: 72, found: 0 },
    ]);
    expect((await buyer.viewer.get('/api/integration-installs')).data).toEqual([]);
    expect((await buyer.viewer.get('/api/solutions')).data).toEqual([]);
  });

  test('is let in by a tier that a platform admin gave', async () => {
    const buyer = await api.workspace();
    const wanted = await integration();
    await setPolicy(buyer, { leastTrustTier: 'verified_partner' });
    await install(buyer, wanted, 409);
    await api.platform.patch(`/api/integrations/${wanted.id}`, { trustTier: 'vendor_official' }, 200);
    await install(buyer, wanted);
  });

  test('is let in once the version is old enough by the clock of the door', async () => {
    const buyer = await api.workspace();
    const wanted = await integration();
    await setPolicy(buyer, { minReleaseAgeHours: 48 });
    const at = (hours: number) => api.setClock(new Date(Date.now() + hours * 3_600_000));
    at(47.9);
    expect((await install(buyer, wanted, 409)).broken).toMatchObject([{ rule: 'minReleaseAgeHours', found: 47.9 }]);
    at(48.1);
    await install(buyer, wanted);
  });

  test('binds a platform admin too, but not what the workspace publishes itself', async () => {
    const strict = { leastTrustTier: 'first_party', allowedPublishers: [], minReleaseAgeHours: 8760 };
    const buyer = await api.workspace();
    await setPolicy(buyer, strict);
    const foreign = await integration();
    const path = `/api/integrations/${foreign.id}/install`;
    expect((await api.platform.post(path, { workspaceId: buyer.id }, 409)).code).toBe('refused_by_policy');
    const own = await TestIntegration.create(buyer, 'own');
    await own.publish('1.0.0', MEMBER);
    await install(buyer, own);
  });

  test('is refused for what a dependency that comes along breaks, each named', async () => {
    const buyer = await api.workspace();
    const dependency = await integration();
    const name = `acme/made-${made}`;
    const root = await integration('1.0.0', { manifest: { dependencies: [{ integration: name, range: '*' }] } });
    await api.platform.patch(`/api/integrations/${root.id}`, { trustTier: 'first_party' }, 200);
    await setPolicy(buyer, { leastTrustTier: 'first_party' });
    const { code, broken } = await install(buyer, root, 409, '?install_dependencies=true');
    expect({ code, broken }).toMatchObject({ code: 'refused_by_policy', broken: [{ integration: name, rule: 'leastTrustTier' }] });
    expect((await buyer.viewer.get('/api/integration-installs')).data).toEqual([]);
    await api.platform.patch(`/api/integrations/${dependency.id}`, { trustTier: 'first_party' }, 200);
    await install(buyer, root, 201, '?install_dependencies=true');
  });
});

describe('an upgrade', () => {
  test('that breaks a rule is refused, a platform admin’s too; re-applying the version that is installed is not', async () => {
    const buyer = await api.workspace();
    const wanted = await integration();
    const installed = await install(buyer, wanted);
    await setPolicy(buyer, { allowedPublishers: ['stripe'] });
    await upgrade(buyer, installed);
    await wanted.publish('2.0.0', MEMBER);
    expect(await upgrade(buyer, installed, 409)).toMatchObject({
      code: 'refused_by_policy',
      broken: [{ version: '2.0.0', rule: 'allowedPublishers', wanted: ['stripe'], found: 'acme' }],
    });
    const path = `/api/integration-installs/${installed.id}/upgrade`;
    expect((await api.platform.post(path, undefined, 409)).code).toBe('refused_by_policy');
    await setPolicy(buyer, { allowedPublishers: null });
    await upgrade(buyer, installed);
  });
});
