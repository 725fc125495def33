import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, TestApi, TestIntegration, type TestWorkspace } from '../../../../test/api.ts';
import { findBreaches, readInvariants, tellBreaches } from '../../../db/invariants.ts';

/** Rounds of each race; the long form is `RACE_ROUNDS=200`. */
const ROUNDS = Number(process.env.RACE_ROUNDS ?? 10);
const INVARIANTS = new URL('../../../../invariants.sql', import.meta.url).pathname;

let api: TestApi;
let publisher: TestWorkspace;
let buyer: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
  buyer = await api.workspace('buyer');
});
afterEach(async () => {
  expect(tellBreaches(await findBreaches(api.test.owner.db, await readInvariants(INVARIANTS)))).toBe('');
});
afterAll(() => api.stop());

const MEMBER = { a: { forkOnInstall: true, required: true } };
let made = 0;

/** Published as 1.0.0; `wants`: integration → range. */
async function integration(wants: Record<string, string> = {}): Promise<TestIntegration & { slug: string }> {
  const slug = `race-${++made}`;
  const fresh = await TestIntegration.create(publisher, slug);
  await api.platform.post(`/api/integrations/${fresh.id}/visibility`, { visibility: 'public' }, 200);
  const dependencies = Object.entries(wants).map(([name, range]) => ({ integration: `acme/${name}`, range }));
  await fresh.publish('1.0.0', MEMBER, { manifest: { dependencies } });
  return Object.assign(fresh, { slug });
}

const along = ({ id }: TestIntegration) =>
  buyer.editor.call('POST', `/api/integrations/${id}/install?install_dependencies=true`, { workspaceId: buyer.id });
const install = ({ id }: TestIntegration) => buyer.editor.call('POST', `/api/integrations/${id}/install`, { workspaceId: buyer.id });
const upgrade = (id: string) => buyer.editor.call('POST', `/api/integration-installs/${id}/upgrade`);
const uninstall = (id: string, query = '') => buyer.editor.call('DELETE', `/api/integration-installs/${id}${query}`);
const count = async ({ id }: TestIntegration): Promise<number> =>
  (await buyer.viewer.get(`/api/integration-installs?integration_id=${id}`)).pageInfo.total;
const ok = async ({ body }: Answer): Promise<boolean[]> => {
  const { dependencies } = await buyer.viewer.get(`/api/integration-installs/${body.id}/dependencies`);
  return dependencies.map((each: { ok: boolean }) => each.ok);
};

const rounds = async (round: () => Promise<void>) => {
  for (let number = 0; number < ROUNDS; number++) await round();
};

describe('races between an install and what it depends on', () => {
  test('two installs that bring the same dependencies along: each is there once', async () => {
    await rounds(async () => {
      const base = await integration();
      const shared = await integration({ [base.slug]: '*' });
      const roots = [await integration({ [shared.slug]: '*', [base.slug]: '*' }), await integration({ [shared.slug]: '^1.0' })];
      const answers = await Promise.all(roots.map(along));
      expect(answers.map(({ status }) => status)).toEqual([201, 201]);
      expect([await count(base), await count(shared)]).toEqual([1, 1]);
      for (const answer of answers) expect(await ok(answer)).not.toContain(false);
    });
  }, 120_000);

  test('an install against the uninstall of what it needs: one of the two is refused', async () => {
    await rounds(async () => {
      const base = await integration();
      const { body } = await install(base);
      const root = await integration({ [base.slug]: '*' });
      const [installed, gone] = await Promise.all([install(root), uninstall(body.id)]);
      expect([installed.status, gone.status].sort()).toEqual(installed.status === 201 ? [201, 409] : [200, 409]);
    });
  }, 120_000);

  test('an install against the upgrade of what it needs: it is in range, or one of the two is refused', async () => {
    await rounds(async () => {
      const base = await integration();
      const { body } = await install(base);
      await base.publish('2.0.0', MEMBER);
      const root = await integration({ [base.slug]: '^1.0' });
      const [installed, upgraded] = await Promise.all([install(root), upgrade(body.id)]);
      expect([installed.status, upgraded.status].sort()).toEqual(installed.status === 201 ? [201, 409] : [200, 409]);
      if (installed.status === 201) expect(await ok(installed)).toEqual([true]);
    });
  }, 120_000);

  test('an upgrade that comes to need another install against the uninstall of that', async () => {
    await rounds(async () => {
      const base = await integration();
      const { body: needed } = await install(base);
      const root = await integration();
      const { body } = await install(root);
      await root.publish('2.0.0', MEMBER, { manifest: { dependencies: [{ integration: `acme/${base.slug}`, range: '*' }] } });
      const [upgraded, gone] = await Promise.all([upgrade(body.id), uninstall(needed.id)]);
      expect([upgraded.status, gone.status].sort()).toEqual([200, 409]);
    });
  }, 120_000);

  test('an install along against the deletion and the next version of a dependency: whole, or refused', async () => {
    await rounds(async () => {
      const base = await integration();
      const root = await integration({ [base.slug]: '*' });
      await base.draft(MEMBER);
      const [installed] = await Promise.all([
        along(root),
        publisher.editor.call('POST', `/api/integrations/${base.id}/publish`, { version: '1.1.0' }),
        publisher.editor.call('DELETE', `/api/integrations/${base.id}`),
      ]);
      expect([201, 409]).toContain(installed.status);
      expect(await count(base)).toBe(installed.status === 201 ? 1 : 0);
    });
  }, 120_000);

  test('cascade against an add-on that is being installed below it: both in some order', async () => {
    await rounds(async () => {
      const [top, middle, deep] = [await integration(), await integration(), await integration()];
      const { body: parent } = await install(top);
      const at = (child: TestIntegration, parentInstallId: string) =>
        buyer.editor.call('POST', `/api/integrations/${child.id}/install`, { workspaceId: buyer.id, parentInstallId });
      const { body: child } = await at(middle, parent.id);
      const [added, gone] = await Promise.all([at(deep, child.id), uninstall(parent.id, '?cascade=true')]);
      expect(gone.status).toBe(200);
      expect([201, 422]).toContain(added.status);
      expect([await count(top), await count(middle), await count(deep)]).toEqual([0, 0, 0]);
    });
  }, 120_000);
});
