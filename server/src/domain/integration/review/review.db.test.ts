import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../../test/api.ts';
import { authorize } from '../../../access/authorize.ts';
import type { Actor } from '../../../context.ts';
import { newId } from '../../../lib/ids.ts';
import { visibleStatement } from '../../../listing/get.ts';
import { integrationResource, versionResource } from '../resource.ts';
import { reviewResource } from '../review-resource.ts';
import { reviewRoutes } from './routes.ts';

let api: TestApi;
let publisher: TestWorkspace;
let buyer: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
  buyer = await api.workspace('buyer');
});
afterAll(() => api.stop());

const MEMBERS = { main: { forkOnInstall: true, required: true } };
const WIDER = { authConfig: { type: 'api_key', scopes: ['orders:read'] } };
const path = (made: TestIntegration, rest = '') => `/api/integrations/${made.id}${rest}`;
const at = (id: string, verb = '') => `/api/review-submissions/${id}${verb}`;
const show = (made: TestIntegration) => publisher.viewer.get(path(made));
const askFor = (made: TestIntegration, visibility: string, status = 200, by = publisher.admin) =>
  by.post(path(made, '/visibility'), { visibility }, status);
const submissions = async (made: TestIntegration) => (await publisher.viewer.get(`/api/review-submissions?integration_id=${made.id}`)).data;
const reviewStateOf = async (id: string) => (await publisher.viewer.get(`/api/integration-versions/${id}`)).reviewState;
const install = (made: TestIntegration, status: number, integrationVersionId?: string, by = buyer) =>
  by.editor.post(path(made, '/install'), { workspaceId: by.id, ...(integrationVersionId && { integrationVersionId }) }, status);

async function published(slug: string, version = '1.0.0') {
  const made = await TestIntegration.create(publisher, slug);
  return { made, version: await made.publish(version, MEMBERS) };
}

/** Public since a platform admin made it so. */
async function listed(slug: string) {
  const { made, version } = await published(slug);
  await askFor(made, 'public', 200, api.platform);
  return { made, version };
}

describe('asking to be public', () => {
  test('opens a review of the digest of the current version, and leaves the integration as it is until that is approved', async () => {
    const { made, version } = await published('asked');
    const before = await show(made);
    expect(await askFor(made, 'public')).toEqual(before);
    const [open, ...others] = await submissions(made);
    expect(others).toEqual([]);
    expect(open).toMatchObject({ state: 'pending', purpose: 'listing', integrationVersionId: version.id, needs: [], decidedBy: null });
    expect(open.digest).toBe((await publisher.viewer.get(`/api/integration-versions/${version.id}`)).digest);
    expect(await reviewStateOf(version.id)).toBe('pending');
    await buyer.viewer.get(path(made), 404);
    const approved = await api.platform.post(at(open.id, '/approve'), undefined, 200);
    expect(approved).toMatchObject({ state: 'approved', decidedBy: expect.any(String), decidedAt: expect.any(String) });
    expect(await show(made)).toMatchObject({ visibility: 'public' });
    expect(await reviewStateOf(version.id)).toBe('approved');
    await buyer.viewer.get(path(made), 200);
    const { data } = await publisher.viewer.get(`/api/events?subject_id=${open.id}`);
    expect(data.map(({ type }: { type: string }) => type)).toEqual(['review_submission.approved', 'review_submission.opened']);
  });

  test('is refused to editors (403), before anything is published and while one is open (409)', async () => {
    const made = await TestIntegration.create(publisher, 'early');
    expect((await askFor(made, 'public', 409)).code).toBe('not_published');
    await made.publish('1.0.0', MEMBERS);
    await askFor(made, 'public', 403, publisher.editor);
    await askFor(made, 'public');
    const [open] = await submissions(made);
    expect(await askFor(made, 'public', 409)).toMatchObject({ code: 'review_pending', reviewSubmissionId: open.id });
    await publisher.editor.delete(path(made), 200);
    expect((await askFor(made, 'public', 409)).code).toBe('integration_deleted');
    expect((await api.platform.post(at(open.id, '/approve'), {}, 409)).code).toBe('integration_deleted');
  });

  test('a rejection tells its reason and lets the publisher ask again', async () => {
    const { made, version } = await published('rejected');
    await askFor(made, 'public');
    const [open] = await submissions(made);
    await api.platform.post(at(open.id, '/reject'), {}, 422);
    const rejected = await api.platform.post(at(open.id, '/reject'), { reason: 'No description.' }, 200);
    expect(rejected).toMatchObject({ state: 'rejected', reason: 'No description.' });
    expect(await publisher.viewer.get(at(open.id))).toEqual(rejected);
    expect(await show(made)).toMatchObject({ visibility: 'private' });
    expect(await reviewStateOf(version.id)).toBe('rejected');
    expect((await api.platform.post(at(open.id, '/approve'), {}, 409)).code).toBe('review_decided');
    expect((await api.platform.post(at(open.id, '/reject'), { reason: 'x' }, 409)).code).toBe('review_decided');
    await askFor(made, 'public');
    expect(await submissions(made)).toMatchObject([{ state: 'pending' }, { state: 'rejected' }]);
  });

  test('another visibility withdraws what nobody decided on, and nothing that was approved', async () => {
    const { made } = await published('withdrawn');
    await askFor(made, 'public');
    await askFor(made, 'unlisted', 200, publisher.editor);
    expect(await submissions(made)).toMatchObject([{ state: 'withdrawn', decidedBy: expect.any(String) }]);
    expect(await show(made)).toMatchObject({ visibility: 'unlisted' });
    await askFor(made, 'public');
    const [open] = await submissions(made);
    await api.platform.post(at(open.id, '/approve'), {}, 200);
    await askFor(made, 'private', 200, publisher.editor);
    expect((await submissions(made))[0]).toMatchObject({ state: 'approved' });
  });

  test('going public again with the content that was approved needs no new review; with other content it does', async () => {
    const { made } = await listed('again');
    await askFor(made, 'private');
    expect(await askFor(made, 'public')).toMatchObject({ visibility: 'public' });
    await askFor(made, 'private');
    await made.publish('1.1.0', { main: { ...MEMBERS.main, definition: { other: true } } });
    expect(await askFor(made, 'public')).toMatchObject({ visibility: 'private' });
    expect(await submissions(made)).toMatchObject([{ state: 'pending' }, { state: 'approved' }]);
  });

  test('a version that was yanked since is not approved', async () => {
    const { made, version } = await published('yanked');
    await askFor(made, 'public');
    const [open] = await submissions(made);
    await publisher.editor.post(`/api/integration-versions/${version.id}/yank`, {}, 200);
    expect((await api.platform.post(at(open.id, '/approve'), {}, 409)).code).toBe('version_yanked');
    expect(await show(made)).toMatchObject({ visibility: 'private' });
    await api.platform.post(at(open.id, '/reject'), { reason: 'Yanked.' }, 200);
  });

  test('what was published since goes public with the approved version, unless it asks for more', async () => {
    const { made } = await published('overtaken');
    await askFor(made, 'public');
    const [open] = await submissions(made);
    await made.publish('1.1.0', { main: { ...MEMBERS.main, definition: { better: true } } });
    await made.publish('2.0.0', MEMBERS, WIDER);
    const refused = await api.platform.post(at(open.id, '/approve'), {}, 409);
    expect(refused).toMatchObject({ code: 'review_outdated', submitted: '1.0.0', current: '2.0.0' });
    const { data } = await publisher.viewer.get(`/api/integration-versions?integration_id=${made.id}&version=2.0.0`);
    await publisher.editor.post(`/api/integration-versions/${data[0].id}/yank`, {}, 200);
    await api.platform.post(at(open.id, '/approve'), {}, 200);
    expect(await show(made)).toMatchObject({ visibility: 'public', currentVersion: '1.1.0' });
  });
});

describe('a platform admin who asks', () => {
  test('has decided: public at once, recorded as an approved submission', async () => {
    const { made, version } = await listed('decided');
    expect(await show(made)).toMatchObject({ visibility: 'public' });
    expect(await submissions(made)).toMatchObject([{ state: 'approved', integrationVersionId: version.id, purpose: 'listing' }]);
  });

  test('approves what the publisher had submitted', async () => {
    const { made } = await published('joined');
    await askFor(made, 'public');
    await askFor(made, 'public', 200, api.platform);
    expect(await submissions(made)).toMatchObject([{ state: 'approved' }]);
  });

  test('can let an integration be public before its first version, which then is let in with it', async () => {
    const made = await TestIntegration.create(publisher, 'trusted');
    await askFor(made, 'public', 200, api.platform);
    expect(await submissions(made)).toMatchObject([{ state: 'approved', integrationVersionId: null, digest: null }]);
    await made.publish('1.0.0', MEMBERS, WIDER);
    expect(await show(made)).toMatchObject({ visibility: 'public', currentVersion: '1.0.0' });
  });
});

describe('later versions of a public integration', () => {
  test('go live at once while they ask for no more', async () => {
    const { made } = await listed('lively');
    await made.publish('1.1.0', { main: { ...MEMBERS.main, definition: { next: 1 } }, more: {} });
    expect(await show(made)).toMatchObject({ currentVersion: '1.1.0' });
    expect(await submissions(made)).toHaveLength(1);
    await install(made, 201);
  });

  test('that ask for more are held: not current, not for other workspaces, until a reviewer approves', async () => {
    const { made } = await listed('wider');
    const asking = await made.publish('2.0.0', MEMBERS, { variablesSchema: { type: 'object', properties: { a: {} }, required: ['a'] } });
    expect(Object.keys(asking)).not.toContain('heldAt');
    expect(await show(made)).toMatchObject({ currentVersion: '1.0.0' });
    const [open] = await submissions(made);
    expect(open).toMatchObject({ state: 'pending', purpose: 'version', integrationVersionId: asking.id });
    expect(open.needs).toEqual([{ kind: 'required_variable', detail: 'the variable a is now required', added: ['a'] }]);
    const held = await publisher.viewer.get(`/api/integration-versions/${asking.id}`);
    expect(held).toMatchObject({ reviewState: 'pending', heldAt: expect.any(String) });
    expect(await install(made, 422, asking.id)).toMatchObject({ errors: [{ pointer: '/integrationVersionId' }] });
    const body = { workspaceId: publisher.id, integrationVersionId: asking.id, variables: { a: 1 } };
    await publisher.editor.post(path(made, '/install'), body, 201);
    await api.platform.post(at(open.id, '/approve'), {}, 200);
    expect(await show(made)).toMatchObject({ currentVersion: '2.0.0', visibility: 'public' });
    expect(await publisher.viewer.get(`/api/integration-versions/${asking.id}`)).toMatchObject({ reviewState: 'approved', heldAt: null });
  });

  test('are compared with what the public has: a rejected version lets nothing in behind it', async () => {
    const { made } = await listed('behind');
    const first = await made.publish('2.0.0', MEMBERS, WIDER);
    const [open] = await submissions(made);
    await api.platform.post(at(open.id, '/reject'), { reason: 'No.' }, 200);
    const second = await made.publish('2.0.1', MEMBERS, WIDER);
    const third = await made.publish('1.0.1', MEMBERS, { authConfig: {} });
    const held = async (id: string) => (await publisher.viewer.get(`/api/integration-versions/${id}`)).heldAt !== null;
    expect(await Promise.all([first, second, third].map(({ id }) => held(id)))).toEqual([true, true, false]);
    expect(await show(made)).toMatchObject({ currentVersion: '1.0.1' });
    await publisher.editor.post(`/api/integration-versions/${first.id}/unyank`, {}, 200);
    expect(await show(made)).toMatchObject({ currentVersion: '1.0.1' });
  });

  test('are all reviewed once every version that the public had was revoked', async () => {
    const { made, version } = await listed('burnt');
    await api.platform.post(`/api/integration-versions/${version.id}/revoke`, { reason: 'Malice.' }, 200);
    await made.publish('1.0.1', { main: { ...MEMBERS.main, definition: { harmless: true } } });
    expect(await show(made)).toMatchObject({ currentVersion: null });
    expect((await submissions(made))[0]).toMatchObject({ state: 'pending', purpose: 'version', needs: [] });
  });

  test('published by a platform admin are approved with that', async () => {
    const { made } = await listed('vouched');
    await made.draft(MEMBERS, WIDER);
    await api.platform.post(path(made, '/publish'), { version: '2.0.0' }, 201);
    expect(await show(made)).toMatchObject({ currentVersion: '2.0.0' });
    expect((await submissions(made))[0]).toMatchObject({ state: 'approved', purpose: 'version' });
  });

  test('of a private or unlisted integration are nobody else’s business', async () => {
    const { made } = await published('own');
    await made.publish('2.0.0', MEMBERS, WIDER);
    expect(await show(made)).toMatchObject({ currentVersion: '2.0.0' });
    expect(await submissions(made)).toEqual([]);
  });
});

describe('who sees and decides', () => {
  const reviewer: Actor = { userId: null, keyId: null, roles: new Map(), platformRoles: new Set(['reviewer']), publicOnly: false };

  test('a workspace sees its own submissions and decides on none', async () => {
    const { made } = await published('mine');
    await askFor(made, 'public');
    const [open] = await submissions(made);
    await buyer.admin.get(at(open.id), 404);
    expect((await buyer.admin.get(`/api/review-submissions?integration_id=${made.id}`)).data).toEqual([]);
    for (const [verb, body] of [['/approve'], ['/reject', { reason: 'x' }]] as const) {
      await api.as(null).post(at(open.id, verb), body, 401);
      await publisher.admin.post(at(open.id, verb), body, 403);
      await buyer.admin.post(at(open.id, verb), body, 404);
      await api.platform.post(at(newId('intrev'), verb), body, 404);
    }
    const { total } = (await api.platform.get('/api/review-submissions')).pageInfo;
    expect(total).toBeGreaterThan((await publisher.viewer.get(`/api/review-submissions?integration_id=${made.id}`)).pageInfo.total);
  });

  test('a reviewer sees every submission with what it is about, is let through to decide, and sees nothing else private', async () => {
    const { made, version } = await published('inspected');
    const { made: unseen } = await published('unseen');
    await askFor(made, 'public');
    const [open] = await submissions(made);
    const { db } = api.test.database;
    const sees = async (resource: typeof reviewResource, id: string, actor = reviewer) =>
      (await db.maybe(visibleStatement(resource, id, actor))) !== null;
    expect(await sees(reviewResource, open.id)).toBe(true);
    expect(await sees(integrationResource, made.id)).toBe(true);
    expect(await sees(versionResource, version.id)).toBe(true);
    expect(await sees(integrationResource, unseen.id)).toBe(false);
    expect(await sees(integrationResource, made.id, { ...reviewer, platformRoles: new Set() })).toBe(false);
    for (const route of reviewRoutes.filter((each) => 'write' in each)) {
      const { permission } = route as { permission: Parameters<typeof authorize>[2] };
      const target = await authorize(db, reviewer, permission, { id: open.id, body: {}, writes: true });
      expect(target).toEqual({ id: open.id, workspaceId: publisher.id });
    }
  });
});

test('purging an integration takes its submissions along', async () => {
  const { made } = await published('purged');
  await askFor(made, 'public');
  await publisher.editor.delete(path(made), 200);
  await publisher.admin.delete(path(made, '/purge'), 200);
  const { count } = await api.test.owner.db.one<{ count: number }>(
    sql`select count(*) as count from review_submissions where integration_id = ${made.id}`,
  );
  expect(count).toBe(0);
});
