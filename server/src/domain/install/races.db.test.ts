import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';
import { findBreaches, readInvariants, tellBreaches } from '../../db/invariants.ts';

/** Rounds of each race; the long form is `RACE_ROUNDS=200`. */
const ROUNDS = Number(process.env.RACE_ROUNDS ?? 10);
const INVARIANTS = new URL('../../../invariants.sql', import.meta.url).pathname;

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

let made = 0;
/** An integration with two versions, and an install at the older one with the given clones. */
async function behind() {
  const integration = await TestIntegration.create(publisher, `race-${++made}`);
  await publisher.editor.post(`/api/integrations/${integration.id}/visibility`, { visibility: 'unlisted' }, 200);
  const a = await integration.entity('a', { definition: { v: 1 } });
  await integration.publish('1.0.0', {
    a: { forkOnInstall: true, required: true },
    b: { forkOnInstall: true, required: true, definition: { a } },
  });
  const { id } = await buyer.editor.post(`/api/integrations/${integration.id}/install`, { workspaceId: buyer.id }, 201);
  await integration.publish('2.0.0', {
    a: { forkOnInstall: true, required: true, definition: { v: 2 } },
    b: { forkOnInstall: true, required: true },
  });
  const { members } = await buyer.viewer.get(`/api/integration-installs/${id}/members`);
  return { integration, id, a: members[0] as { id: string; entityId: string } };
}

const post = (path: string, body?: object) => buyer.editor.call('POST', path, body);
const upgrade = (id: string) => post(`/api/integration-installs/${id}/upgrade`);
const definition = async (id: string) => (await buyer.viewer.get(`/api/entities/${id}`)).definition;
const codes = (answers: readonly Answer[]) => answers.map((answer) => answer.body?.code ?? answer.status).sort();

const rounds = async (round: () => Promise<void>) => {
  for (let number = 0; number < ROUNDS; number++) await round();
};

describe('races of one install', () => {
  test('upgrade against upgrade: one does it, the other finds nothing to do', async () => {
    await rounds(async () => {
      const { id, a } = await behind();
      const answers = await Promise.all([upgrade(id), upgrade(id)]);
      expect(answers.map((answer) => answer.body.updated.length).sort()).toEqual([0, 1]);
      expect(await definition(a.entityId)).toEqual({ v: 2 });
      expect((await buyer.viewer.get(`/api/integration-installs/${id}/revisions`)).pageInfo.total).toBe(2);
    });
  }, 120_000);

  test('upgrade against edit of a clone: the edit survives, and skipped tells the truth', async () => {
    await rounds(async () => {
      const { id, a } = await behind();
      const edit = buyer.editor.call('PATCH', `/api/entities/${a.entityId}`, { definition: { mine: true } });
      const [upgraded, edited] = await Promise.all([upgrade(id), edit]);
      expect([upgraded.status, edited.status]).toEqual([200, 200]);
      expect(await definition(a.entityId)).toEqual({ mine: true });
      const { versionNumber } = await buyer.viewer.get(`/api/entities/${a.entityId}`);
      expect(versionNumber).toBe(upgraded.body.skipped.includes('a') ? 2 : 3);
    });
  }, 120_000);

  test('upgrade against detach: the clone is untouched exactly when skipped says so', async () => {
    await rounds(async () => {
      const { id, a } = await behind();
      const [upgraded] = await Promise.all([upgrade(id), post(`/api/integration-members/${a.id}/detach`, { detached: true })]);
      expect(await definition(a.entityId)).toEqual({ v: upgraded.body.skipped.includes('a') ? 1 : 2 });
    });
  }, 120_000);

  test('install against install: one 201, the other 409 with its id', async () => {
    await rounds(async () => {
      const { integration, id } = await behind();
      await buyer.editor.delete(`/api/integration-installs/${id}`, 200);
      const answers = await Promise.all([1, 2].map(() => post(`/api/integrations/${integration.id}/install`, { workspaceId: buyer.id })));
      expect(codes(answers)).toEqual([201, 'already_installed']);
    });
  }, 120_000);

  test('install against deletion of the integration: whole, or 409', async () => {
    await rounds(async () => {
      const { integration, id } = await behind();
      await buyer.editor.delete(`/api/integration-installs/${id}`, 200);
      const [installed, deleted] = await Promise.all([
        post(`/api/integrations/${integration.id}/install`, { workspaceId: buyer.id }),
        publisher.editor.call('DELETE', `/api/integrations/${integration.id}`),
      ]);
      expect(deleted.status).toBe(200);
      expect([201, 404, 409]).toContain(installed.status);
    });
  }, 120_000);

  test('upgrade against publish: the version that it took is one of the two', async () => {
    await rounds(async () => {
      const { integration, id, a } = await behind();
      await integration.draft({ a: { forkOnInstall: true, required: true, definition: { v: 3 } } });
      const [upgraded] = await Promise.all([
        upgrade(id),
        publisher.editor.call('POST', `/api/integrations/${integration.id}/publish`, { version: '3.0.0' }),
      ]);
      expect(upgraded.status).toBe(200);
      expect([2, 3]).toContain((await definition(a.entityId)).v);
    });
  }, 120_000);

  test('upgrade against uninstall: both in some order', async () => {
    await rounds(async () => {
      const { id } = await behind();
      const [upgraded, gone] = await Promise.all([upgrade(id), buyer.editor.call('DELETE', `/api/integration-installs/${id}`)]);
      expect(gone.status).toBe(200);
      expect([200, 409]).toContain(upgraded.status);
    });
  }, 120_000);

  test('merging upgrade against edit of the clone: both sides are in it, or the edit came last', async () => {
    await rounds(async () => {
      const { id, a } = await behind();
      await buyer.editor.patch(`/api/entities/${a.entityId}`, { definition: { v: 1, mine: 1 } }, 200);
      const edit = buyer.editor.call('PATCH', `/api/entities/${a.entityId}`, { definition: { v: 1, mine: 2 } });
      const [upgraded, edited] = await Promise.all([post(`/api/integration-installs/${id}/upgrade`, { strategy: 'merge' }), edit]);
      expect([upgraded.status, edited.status]).toEqual([200, 200]);
      expect([
        { v: 2, mine: 2 },
        { v: 1, mine: 2 },
      ]).toContainEqual(await definition(a.entityId));
    });
  }, 120_000);

  test('rollback against edit of a clone: the edit survives', async () => {
    await rounds(async () => {
      const { id, a } = await behind();
      await upgrade(id);
      const edit = buyer.editor.call('PATCH', `/api/entities/${a.entityId}`, { definition: { v: 2, mine: true } });
      const [back, edited] = await Promise.all([post(`/api/integration-installs/${id}/rollback`, { revision: 1 }), edit]);
      expect([back.status, edited.status]).toEqual([200, 200]);
      expect(await definition(a.entityId)).toMatchObject({ mine: true });
    });
  }, 120_000);

  test('rollback against upgrade, reconfiguration and dropping: one after the other, each a revision', async () => {
    await rounds(async () => {
      const { integration, id } = await behind();
      await upgrade(id);
      const member = { forkOnInstall: true };
      await integration.publish('3.0.0', { a: { ...member, required: true }, b: { ...member, required: true }, c: member });
      const answers = await Promise.all([
        post(`/api/integration-installs/${id}/rollback`, { revision: 1 }),
        upgrade(id),
        buyer.editor.call('PATCH', `/api/integration-installs/${id}`, { variables: { any: 'thing' } }),
        post(`/api/integration-installs/${id}/members`, { slugs: ['a'] }),
      ]);
      expect(codes(answers)).toEqual([200, 200, 200, 200]);
      const { data } = await buyer.viewer.get(`/api/integration-installs/${id}/revisions`);
      expect(data.map((each: { number: number }) => each.number)).toEqual(data.map((_: unknown, index: number) => data.length - index));
    });
  }, 120_000);

  test('the plan is kept to under any race: exactly it, or 409', async () => {
    await rounds(async () => {
      const { id, a } = await behind();
      const { planDigest, updated, skipped } = (await post(`/api/integration-installs/${id}/upgrade-plan`, {})).body;
      const edit = buyer.editor.call('PATCH', `/api/entities/${a.entityId}`, { definition: { mine: true } });
      const [upgraded] = await Promise.all([post(`/api/integration-installs/${id}/upgrade`, { planDigest }), edit]);
      if (upgraded.status === 200) expect(upgraded.body).toMatchObject({ updated, skipped });
      else expect(upgraded.body.code).toBe('plan_outdated');
    });
  }, 120_000);

  test('upgrade against purge of the integration: refused, the install is active', async () => {
    const { integration, id } = await behind();
    await publisher.editor.delete(`/api/integrations/${integration.id}`, 200);
    const [upgraded, purged] = await Promise.all([
      upgrade(id),
      publisher.admin.call('DELETE', `/api/integrations/${integration.id}/purge`),
    ]);
    expect([upgraded.status, purged.status]).toEqual([200, 409]);
  });
});
