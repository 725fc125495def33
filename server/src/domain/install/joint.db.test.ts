/** Installs that can only move together: one plan, one digest, one transaction. */
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

async function open(slug: string): Promise<TestIntegration> {
  const made = await TestIntegration.create(publisher, slug);
  await api.platform.post(`/api/integrations/${made.id}/visibility`, { visibility: 'public' }, 200);
  return made;
}
const publish = (made: TestIntegration, version: string, wants: Record<string, string> = {}, definition: object = { version }) =>
  made.publish(
    version,
    { a: { ...MEMBER, definition: definition as never } },
    { manifest: { dependencies: Object.entries(wants).map(([name, range]) => ({ integration: `acme/${name}`, range })) } },
  );
const install = async ({ editor, id: workspaceId }: TestWorkspace, { id }: TestIntegration, more: object = {}): Promise<string> =>
  (await editor.post(`/api/integrations/${id}/install`, { workspaceId, ...more }, 201)).id;

/** A 1 wants B ^1, A 2 wants B ^2: neither moves alone. */
async function lockStep(name: string) {
  const [a, b] = [await open(`${name}-a`), await open(`${name}-b`)];
  await publish(b, '1.0.0');
  await publish(a, '1.0.0', { [`${name}-b`]: '^1' });
  const buyer = await api.workspace();
  const bId = await install(buyer, b);
  const aId = await install(buyer, a);
  await publish(b, '2.0.0');
  await publish(a, '2.0.0', { [`${name}-b`]: '^2' });
  return { buyer, a, b, aId, bId };
}

const versions = async ({ viewer }: TestWorkspace, ...ids: string[]): Promise<string[]> =>
  Promise.all(
    ids.map(async (id) => {
      const { integrationVersionId } = await viewer.get(path(id));
      return (await viewer.get(`/api/integration-versions/${integrationVersionId}`)).version;
    }),
  );

describe('upgrade with dependencies', () => {
  test('ends the deadlock of lock-step majors from either side, with one plan and one transaction', async () => {
    for (const [index, side] of (['aId', 'bId'] as const).entries()) {
      const scene = await lockStep(`dead${index}`);
      const { buyer, aId, bId } = scene;
      const other = side === 'aId' ? bId : aId;
      const plan = await buyer.viewer.post(path(scene[side], '/upgrade-plan'), { with: 'dependencies' }, 200);
      expect(plan).toMatchObject({ installId: scene[side], blockers: [], updated: ['a'], to: { version: '2.0.0' } });
      expect(plan.along).toMatchObject([{ installId: other, from: { version: '1.0.0' }, to: { version: '2.0.0' }, updated: ['a'] }]);
      const done = await buyer.editor.post(
        path(scene[side], '/upgrade'),
        { with: 'dependencies', planDigest: plan.planDigest, detail: true },
        200,
      );
      expect(done).toMatchObject({ updated: ['a'], revision: 2, along: [{ installId: other, updated: ['a'], revision: 2 }] });
      expect(await versions(buyer, aId, bId)).toEqual(['2.0.0', '2.0.0']);
      const { data } = await buyer.viewer.get('/api/events?type=integration_install.upgraded');
      expect(new Set(data.map(({ requestId }: { requestId: string }) => requestId)).size).toBe(1);
      const { dependencies } = await buyer.viewer.get(path(aId, '/dependencies'));
      expect(dependencies).toMatchObject([{ ok: true, lockedInstallId: bId, lockedVersion: '2.0.0' }]);
    }
  });

  test('without it, the 409 names the joint upgrade that would do, and so does the plan', async () => {
    const { buyer, aId, bId } = await lockStep('named');
    const joint = { with: 'dependencies', moves: [{ installId: bId, from: '1.0.0', to: '2.0.0' }, { installId: aId }] };
    for (const [id, code] of [
      [aId, 'missing_dependencies'],
      [bId, 'dependency_conflict'],
    ] as const) {
      const body = await buyer.editor.post(path(id, '/upgrade'), undefined, 409);
      expect(body).toMatchObject({ code, joint });
      expect(body.detail).toContain('"with": "dependencies"');
      const { blockers } = await buyer.viewer.post(path(id, '/upgrade-plan'), {}, 200);
      expect(blockers).toMatchObject([{ code, facts: { joint } }]);
    }
    expect(await versions(buyer, aId, bId)).toEqual(['1.0.0', '1.0.0']);
  });

  test('moves nothing along that need not move', async () => {
    const { buyer, b, bId } = await lockStep('alone');
    const free = await open('alone-free');
    await publish(free, '1.0.0', { 'alone-b': '*' });
    const id = await install(buyer, free);
    await publish(free, '2.0.0', { 'alone-b': '*' });
    expect(await buyer.editor.post(path(id, '/upgrade'), { with: 'dependencies' }, 200)).toMatchObject({ updated: ['a'], along: [] });
    expect(await versions(buyer, bId)).toEqual(['1.0.0']);
    expect(b.id).toBeTruthy();
  });

  test('is all or nothing: where one may not move, none does', async () => {
    const { buyer, a, aId, bId } = await lockStep('whole');
    const { id } = (
      await publisher.viewer.get(`/api/integration-versions?filter={"integrationId":{"eq":"${a.id}"},"version":{"eq":"2.0.0"}}`)
    ).data[0];
    await publisher.editor.post(`/api/integration-versions/${id}/yank`, { reason: 'broken' }, 200);
    expect((await buyer.editor.post(path(bId, '/upgrade'), { with: 'dependencies' }, 409)).code).toBe('dependency_conflict');
    expect(await versions(buyer, aId, bId)).toEqual(['1.0.0', '1.0.0']);
  });

  test('a digest covers all of it: a clone edited in what moves along makes the plan outdated', async () => {
    const { buyer, aId, bId } = await lockStep('digest');
    const { planDigest } = await buyer.viewer.post(path(aId, '/upgrade-plan'), { with: 'dependencies' }, 200);
    const { members } = await buyer.viewer.get(path(bId, '/members'));
    await buyer.editor.patch(`/api/entities/${members[0].entityId}`, { definition: { mine: true } }, 200);
    const body = await buyer.editor.post(path(aId, '/upgrade'), { with: 'dependencies', planDigest }, 409);
    expect(body.code).toBe('plan_outdated');
    expect(body.moved.map(({ subjectId }: { subjectId: string }) => subjectId)).toContain(members[0].entityId);
    expect(await versions(buyer, aId, bId)).toEqual(['1.0.0', '1.0.0']);
  });

  test('the strategy holds for what moves along, too', async () => {
    const { buyer, b, a, aId, bId } = await lockStep('merging');
    const { members } = await buyer.viewer.get(path(bId, '/members'));
    await buyer.editor.patch(`/api/entities/${members[0].entityId}`, { definition: { version: '1.0.0', mine: true } }, 200);
    const done = await buyer.editor.post(path(aId, '/upgrade'), { with: 'dependencies', strategy: 'merge' }, 200);
    expect(done.along).toMatchObject([{ installId: bId, updated: ['a'] }]);
    expect((await buyer.viewer.get(`/api/entities/${members[0].entityId}`)).definition).toEqual({ version: '2.0.0', mine: true });
    expect([a.id, b.id]).toHaveLength(2);
  });

  test('two at once from both sides move once, and the other finds nothing to do', async () => {
    const { buyer, aId, bId } = await lockStep('racing');
    const answers = await Promise.all(
      [aId, bId].map((id) => buyer.editor.call('POST', path(id, '/upgrade'), { with: 'dependencies', detail: true })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await versions(buyer, aId, bId)).toEqual(['2.0.0', '2.0.0']);
    for (const id of [aId, bId]) expect((await buyer.viewer.get(path(id, '/revisions'))).pageInfo.total).toBe(2);
  });
});

describe('upgrade with a list of installs', () => {
  test('moves these, as far as they go, and no others', async () => {
    const { buyer, aId, bId } = await lockStep('listed');
    const free = await open('listed-free');
    await publish(free, '1.0.0');
    const freeId = await install(buyer, free);
    await publish(free, '2.0.0');
    expect((await buyer.editor.post(path(aId, '/upgrade'), { with: [freeId] }, 409)).code).toBe('missing_dependencies');
    const done = await buyer.editor.post(path(aId, '/upgrade'), { with: [bId, freeId] }, 200);
    expect(done.along.map(({ installId }: { installId: string }) => installId).sort()).toEqual([bId, freeId].sort());
    expect(await versions(buyer, aId, bId, freeId)).toEqual(['2.0.0', '2.0.0', '2.0.0']);
  });

  test('names each that is no other active install of the workspace with its pointer', async () => {
    const { buyer, aId, bId } = await lockStep('strange');
    const { aId: foreign } = await lockStep('stranger');
    for (const call of ['/upgrade', '/upgrade-plan']) {
      const body = await buyer.editor.post(path(aId, call), { with: [bId, foreign, aId] }, 422);
      expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/with/1', '/with/2']);
    }
  });

  test('a word that is none is refused', async () => {
    const { buyer, aId } = await lockStep('worded');
    const body = await buyer.editor.post(path(aId, '/upgrade'), { with: 'everything' }, 422);
    expect(body.errors).toMatchObject([{ pointer: '/with', message: 'must be `dependencies`, or a list of installs' }]);
  });
});
