/** Decisions where the published reference is silent, as far as no noun's own test holds them. */
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../src/lib/ids.ts';
import { TestApi, TestIntegration, type TestWorkspace } from './api.ts';

let api: TestApi;
let publisher: TestWorkspace;
let buyer: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
  buyer = await api.workspace('buyer');
});
afterAll(async () => {
  api.setClock(null);
  await api.stop();
});

const DAY = 86_400_000;
const CLONE = { forkOnInstall: true, required: true };
const path = ({ id }: { id: string }, rest = '') => `/api/integrations/${id}${rest}`;
const draft = (slug: string, more: object = {}) => ({ workspaceId: publisher.id, slug, name: slug, ...more });

async function shared(slug: string, visibility: 'unlisted' | 'public'): Promise<TestIntegration> {
  const made = await TestIntegration.create(publisher, slug);
  await made.publish('1.0.0', { a: { ...CLONE, definition: { v: 1 } } });
  await api.platform.post(path(made, '/visibility'), { visibility }, 200);
  return made;
}

const install = (made: TestIntegration) => buyer.editor.post(path(made, '/install'), { workspaceId: buyer.id }, 201);
const uninstall = (id: string) => buyer.editor.delete(`/api/integration-installs/${id}`, 200);
const upgrade = (id: string) => buyer.editor.post(`/api/integration-installs/${id}/upgrade`, undefined, 200);

describe('GET /api/integrations', () => {
  const slugs = async (caller: TestWorkspace['viewer'], query: string): Promise<string[]> =>
    (await caller.get(`/api/integrations?${query}`)).data.map((row: { slug: string }) => row.slug).sort();

  test('a platform admin sees all, private drafts of every workspace included', async () => {
    for (const { editor, id: workspaceId } of [publisher, buyer])
      await editor.post('/api/integrations', { workspaceId, slug: 'hidden', name: 'Seen from above' }, 201);
    expect(await slugs(api.platform, 'name=seen%20from%20ABOVE')).toEqual(['hidden', 'hidden']);
    expect(await slugs(buyer.viewer, 'name=seen%20from%20ABOVE')).toEqual(['hidden']);
  });

  test('name is any part of the name in any case, its wildcards taken literally', async () => {
    await publisher.editor.post('/api/integrations', draft('discount', { name: '50% Rabatt_Ölkanne' }), 201);
    const named = (name: string) => slugs(publisher.viewer, `name=${encodeURIComponent(name)}`);
    for (const name of ['rabatt', 'RABATT_', '0% r', 'ölk']) expect(await named(name), name).toEqual(['discount']);
    for (const name of ['5%r', 'r_batt']) expect(await named(name), name).toEqual([]);
  });

  test('an unlisted one of others is in no list, but whoever has its id can get and install it, and then finds it by that', async () => {
    const made = await shared('by-id', 'unlisted');
    for (const query of ['', '&include_deleted=true', '&publisher=acme', '&visibility=unlisted'])
      expect(await slugs(buyer.viewer, `ids=${made.id}${query}`)).toEqual([]);
    await buyer.viewer.get(path(made), 200);
    await install(made);
    expect(await slugs(buyer.viewer, `ids=${made.id}`)).toEqual(['by-id']);
    expect(await slugs(buyer.viewer, 'visibility=unlisted')).toEqual([]);
  });

  test('a deleted one shows to its own workspace only, whatever others ask for', async () => {
    const made = await shared('was-public', 'public');
    expect(await slugs(buyer.viewer, `ids=${made.id}`)).toEqual(['was-public']);
    await publisher.editor.delete(path(made), 200);
    const listed = (caller: TestWorkspace['viewer'], included: string) => slugs(caller, `ids=${made.id}&include_deleted=${included}`);
    for (const included of ['false', 'true', 'only']) expect(await listed(buyer.viewer, included)).toEqual([]);
    expect(await listed(publisher.viewer, 'false')).toEqual([]);
    for (const included of ['true', 'only']) expect(await listed(publisher.viewer, included)).toEqual(['was-public']);
    expect(await slugs(publisher.viewer, 'include_deleted=only')).not.toContain('discount');
  });
});

describe('POST /api/integrations', () => {
  test('a slug of 64 characters and an icon URL of 2048 are taken', async () => {
    const iconUrl = `https://acme.example/${'i'.repeat(2048 - 'https://acme.example/'.length)}`;
    const slug = 's'.repeat(64);
    expect(await publisher.editor.post('/api/integrations', draft(slug, { iconUrl }), 201)).toMatchObject({ slug, iconUrl });
  });
});

describe('PATCH /api/integrations/{id}', () => {
  test('a draft may name entities that do not exist: the preview tells, and only publish refuses', async () => {
    const made = await TestIntegration.create(publisher, 'incomplete');
    const manifest = { members: [{ slug: 'later', entityId: newId('fun'), kind: 'function' }] };
    await publisher.editor.patch(path(made), { manifest }, 200);
    const { members } = await publisher.viewer.get(path(made, '/members'));
    expect(members).toMatchObject([{ slug: 'later', problem: expect.stringContaining(manifest.members[0]?.entityId ?? '') }]);
    const problem = await publisher.editor.post(path(made, '/publish'), { version: '1.0.0' }, 422);
    expect(problem).toMatchObject({ code: 'invalid_manifest', errors: [{ pointer: '/manifest/members/0/entityId' }] });
  });

  test('a published version stays as it is, whatever becomes of the draft', async () => {
    const made = await TestIntegration.create(publisher, 'frozen');
    const version = await made.publish('1.0.0', { a: CLONE });
    await publisher.editor.patch(path(made), { manifest: { members: [] }, variablesSchema: { type: 'object' }, authConfig: {} }, 200);
    await publisher.editor.patch(`/api/entities/${made.source('a')}`, { definition: { changed: true } }, 200);
    expect(await publisher.viewer.get(`/api/integration-versions/${version.id}`)).toMatchObject(version);
  });
});

describe('DELETE /api/integrations/{id}', () => {
  test('keeps the retention tier that its workspace has now, when that changes too', async () => {
    const { admin, editor, id: workspaceId } = await api.workspace();
    await admin.patch(`/api/workspaces/${workspaceId}`, { retentionTier: 'short' }, 200);
    const made = await editor.post('/api/integrations', { workspaceId, slug: 'kept', name: 'Kept' }, 201);
    await editor.delete(path(made), 200);
    await admin.patch(`/api/workspaces/${workspaceId}`, { retentionTier: 'long' }, 200);
    expect(await editor.get(path(made))).toMatchObject({ retentionTier: 'short', deletedAt: expect.any(String) });
  });

  test('leaves its installs to be read, upgraded and uninstalled', async () => {
    const made = await shared('orphaned', 'unlisted');
    const { id } = await install(made);
    await made.publish('2.0.0', { a: { ...CLONE, definition: { v: 2 } } });
    await publisher.editor.delete(path(made), 200);
    expect((await buyer.viewer.get(`/api/integration-installs/${id}/members`)).members).toHaveLength(1);
    expect((await upgrade(id)).updated).toEqual(['a']);
    await uninstall(id);
  });
});

describe('DELETE /api/integrations/{id}/purge', () => {
  test('waits for deleted installs until their retention is over, then takes them along and leaves the events', async () => {
    const made = await shared('outlived', 'unlisted');
    const { id } = await install(made);
    await uninstall(id);
    await publisher.editor.delete(path(made), 200);
    expect((await publisher.admin.delete(path(made, '/purge'), 409)).code).toBe('integration_has_installs');
    api.setClock(new Date(Date.now() + 31 * DAY));
    await publisher.admin.delete(path(made, '/purge'), 200);
    api.setClock(null);
    await buyer.viewer.get(`/api/integration-installs/${id}`, 404);
    const { data } = await buyer.viewer.get(`/api/events?subject_id=${id}`);
    expect(data.map(({ type }: { type: string }) => type)).toContain('integration_install.created');
  });
});

describe('POST /api/integrations/{id}/publish', () => {
  test('a yanked version keeps its number: publishing it again is 409', async () => {
    const made = await TestIntegration.create(publisher, 'withdrawn');
    const { id } = await made.publish('0.9.0', { a: CLONE });
    await made.publish('1.0.0', { a: CLONE });
    await api.test.owner.db.run(sql`update integration_versions set yanked_at = now() where id = ${id}`);
    expect((await publisher.editor.post(path(made, '/publish'), { version: '0.9.0' }, 409)).code).toBe('version_exists');
  });
});

describe('POST /api/integration-installs/{id}/upgrade', () => {
  test('each list is in the order of the target’s manifest, then what only the old version had', async () => {
    const made = await TestIntegration.create(publisher, 'ordered');
    const named = (v: number, ...slugs: string[]) => Object.fromEntries(slugs.map((slug) => [slug, { ...CLONE, definition: { slug, v } }]));
    await made.publish('1.0.0', named(1, 'a', 'b', 'c', 'y', 'x'));
    await api.platform.post(path(made, '/visibility'), { visibility: 'unlisted' }, 200);
    const { id } = await install(made);
    await made.publish('2.0.0', named(2, 'n', 'c', 'm', 'a', 'b'));
    const changed = { updated: ['c', 'a', 'b'], added: ['n', 'm'], removed: ['y', 'x'], skipped: [] };
    expect(await upgrade(id)).toEqual(changed);
    expect(await upgrade(id)).toEqual({ updated: [], added: [], removed: [], skipped: [] });
  });
});
