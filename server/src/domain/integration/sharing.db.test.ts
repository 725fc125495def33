import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';

let api: TestApi;
let giver: TestWorkspace;
let taker: TestWorkspace;
let shared: TestIntegration;
beforeAll(async () => {
  api = await TestApi.start();
  [giver, taker] = [await api.workspace('giver'), await api.workspace('taker')];
  shared = await TestIntegration.create(giver, 'shared');
  await shared.publish('1.0.0', { a: {} });
});
afterAll(() => api.stop());

const give = async (): Promise<string> =>
  (await giver.admin.post(`/api/integrations/${shared.id}/grants`, { workspaceId: taker.id }, 201)).id;
const told = async ({ viewer }: TestWorkspace, subjectId: string) =>
  (await viewer.get(`/api/events?subject_id=${subjectId}`)).data.map(({ type, actorId, keyId }: Record<string, string | null>) => [
    type,
    actorId !== null,
    keyId !== null,
  ]);

describe('a grant', () => {
  test('is declined by an admin of the workspace that got it, and gives no sight any more', async () => {
    const id = await give();
    await taker.viewer.get(`/api/integrations/${shared.id}`, 200);
    for (const caller of [taker.viewer, taker.editor]) {
      const { status, body } = await caller.call('DELETE', `/api/integration-grants/${id}`);
      expect([status, body.detail]).toEqual([403, expect.stringContaining(taker.id)]);
    }
    await (await api.workspace()).admin.delete(`/api/integration-grants/${id}`, 404);
    expect(await taker.admin.delete(`/api/integration-grants/${id}`, 200)).toEqual({ success: true });
    await taker.viewer.get(`/api/integrations/${shared.id}`, 404);
    expect((await giver.viewer.get(`/api/integrations/${shared.id}/grants`)).data).toEqual([]);
    await taker.admin.delete(`/api/integration-grants/${id}`, 404);
  });

  test('that ends is told to both workspaces, to the other without who did it', async () => {
    const declined = await give();
    await taker.admin.delete(`/api/integration-grants/${declined}`, 200);
    const [by, byOthers] = [
      [true, true],
      [false, false],
    ];
    expect(await told(taker, declined)).toEqual([
      ['integration_grant.declined', ...by],
      ['integration_grant.created', ...byOthers],
    ]);
    expect(await told(giver, declined)).toEqual([
      ['integration_grant.declined', ...byOthers],
      ['integration_grant.created', ...by],
    ]);
    const deleted = await give();
    await giver.admin.delete(`/api/integration-grants/${deleted}`, 200);
    expect(await told(giver, deleted)).toEqual([
      ['integration_grant.deleted', ...by],
      ['integration_grant.created', ...by],
    ]);
    expect(await told(taker, deleted)).toEqual([
      ['integration_grant.deleted', ...byOthers],
      ['integration_grant.created', ...byOthers],
    ]);
  });

  test('is declined also while its giver is suspended', async () => {
    const id = await give();
    await api.platform.post(`/api/workspaces/${giver.id}/suspend`, undefined, 200);
    await giver.editor.delete(`/api/integration-grants/${id}`, 403);
    await taker.admin.delete(`/api/integration-grants/${id}`, 200);
    await api.platform.post(`/api/workspaces/${giver.id}/unsuspend`, undefined, 200);
  });

  test('is left alone by If-Match of another one', async () => {
    const id = await give();
    const { status } = await taker.admin.call('DELETE', `/api/integration-grants/${id}`, undefined, { 'if-match': '"other"' });
    expect(status).toBe(412);
    const { headers } = await taker.admin.call('GET', `/api/integration-grants/${id}`);
    const answer = await taker.admin.call('DELETE', `/api/integration-grants/${id}`, undefined, { 'if-match': String(headers.etag) });
    expect(answer.status).toBe(200);
  });
});
