/** Upgrades of all installs of a workspace: what is clean goes, what needs a person is listed with why. */
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MemberSpec, TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';

let api: TestApi;
let publisher: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
});
afterAll(() => api.stop());

const MEMBER = { forkOnInstall: true, required: true };
const path = (id: string, rest = '') => `/api/integration-installs/${id}${rest}`;

interface Version {
  wants?: Record<string, string>;
  definition?: Record<string, string>;
  more?: object;
}

async function open(slug: string): Promise<TestIntegration> {
  const made = await TestIntegration.create(publisher, slug);
  await api.platform.post(`/api/integrations/${made.id}/visibility`, { visibility: 'public' }, 200);
  return made;
}
async function publish(made: TestIntegration, version: string, { wants = {}, definition = { version }, more = {} }: Version = {}) {
  const dependencies = Object.entries(wants).map(([name, range]) => ({ integration: `acme/${name}`, range }));
  const member: MemberSpec = { ...MEMBER, definition };
  const { id, heldAt } = await made.publish(version, { a: member }, { manifest: { dependencies }, ...more });
  if (heldAt !== null) await approve(made);
  return id;
}
async function approve({ id }: TestIntegration): Promise<void> {
  const { data } = await api.platform.get('/api/review-submissions?filter={"state":{"eq":"pending"}}');
  for (const each of data.filter(({ integrationId }: { integrationId: string }) => integrationId === id))
    await api.platform.post(`/api/review-submissions/${each.id}/approve`, {}, 200);
}
const install = async ({ editor, id: workspaceId }: TestWorkspace, { id }: TestIntegration): Promise<string> =>
  (await editor.post(`/api/integrations/${id}/install`, { workspaceId }, 201)).id;

const plan = ({ viewer, id: workspaceId }: TestWorkspace, more: object = {}) =>
  viewer.post('/api/installs/upgrade-plan', { workspaceId, ...more }, 200);
const upgrade = ({ editor, id: workspaceId }: TestWorkspace, more: object = {}) =>
  editor.post('/api/installs/upgrade', { workspaceId, ...more }, 200);

const versionOf = async ({ viewer }: TestWorkspace, id: string): Promise<string> =>
  (await viewer.get(`/api/integration-versions/${(await viewer.get(path(id))).integrationVersionId}`)).version;
const idsOf = (rows: { installId: string }[]): string[] => rows.map(({ installId }) => installId);

/** Behind: one that goes, two that only go together, one in conflict, one that asks for consent; and one that is current. */
async function scene(name: string) {
  const buyer = await api.workspace();
  const made = async (slug: string, version: Version = {}) => {
    const integration = await open(`${name}-${slug}`);
    await publish(integration, '1.0.0', version);
    return { integration, id: await install(buyer, integration) };
  };
  const clean = await made('clean');
  const base = await made('base');
  const top = await made('top', { wants: { [`${name}-base`]: '^1' } });
  const edited = await made('edited');
  const asking = await made('asking');
  await made('current');
  const { members } = await buyer.viewer.get(path(edited.id, '/members'));
  await buyer.editor.patch(`/api/entities/${members[0].entityId}`, { definition: { version: 'mine' } }, 200);
  for (const { integration } of [clean, base, edited]) await publish(integration, '2.0.0');
  await publish(top.integration, '2.0.0', { wants: { [`${name}-base`]: '^2' } });
  const variablesSchema = { type: 'object', properties: { region: { type: 'string' } }, required: ['region'] };
  await publish(asking.integration, '2.0.0', { more: { variablesSchema } });
  return { buyer, ids: { clean: clean.id, base: base.id, top: top.id, edited: edited.id, asking: asking.id } };
}

describe('the upgrade of a workspace', () => {
  test('what is clean goes, what needs a person is listed with why; the plan said so', async () => {
    const { buyer, ids } = await scene('whole');
    const foreseen = await plan(buyer);
    const outcomes = new Map(foreseen.installs.map((each: { installId: string; outcome: string }) => [each.installId, each.outcome]));
    expect(outcomes).toEqual(
      new Map(
        [ids.clean, ids.base, ids.top, ids.edited, ids.asking]
          .sort()
          .map((id) => [id, [ids.edited, ids.asking].includes(id) ? 'waits' : 'clean']),
      ),
    );
    expect(foreseen.next).toBeNull();
    const why = (rows: { installId: string; why: { code: string; detail: string }[] }[], id: string) =>
      rows.find(({ installId }) => installId === id)?.why;
    expect(why(foreseen.installs, ids.edited)).toMatchObject([{ code: 'conflicts', installId: ids.edited }]);
    expect(why(foreseen.installs, ids.asking)).toMatchObject([{ code: 'needs_consent', installId: ids.asking }]);
    const done = await upgrade(buyer);
    expect(done.upgraded).toHaveLength(2);
    const pair = done.upgraded.find(({ along }: { along: object[] }) => along.length > 0);
    expect([pair.installId, ...idsOf(pair.along)].sort()).toEqual([ids.base, ids.top].sort());
    expect(idsOf(done.waits).sort()).toEqual([ids.edited, ids.asking].sort());
    for (const id of [ids.edited, ids.asking]) expect(why(done.waits, id)).toEqual(why(foreseen.installs, id));
    for (const id of [ids.clean, ids.base, ids.top]) expect(await versionOf(buyer, id)).toBe('2.0.0');
    for (const id of [ids.edited, ids.asking]) {
      expect(await versionOf(buyer, id)).toBe('1.0.0');
      expect((await buyer.viewer.get(path(id, '/revisions'))).pageInfo.total).toBe(1);
    }
    expect((await upgrade(buyer)).upgraded).toEqual([]);
  });

  test('is one transaction for each joint group', async () => {
    const { buyer } = await scene('each');
    await upgrade(buyer);
    const { data } = await buyer.viewer.get('/api/events?type=integration_install.upgraded&limit=100');
    expect(data).toHaveLength(3);
    const ids = data.map(({ id }: { id: string }) => id);
    const { n } = await api.test.owner.db.one<{ n: number }>(
      sql`select count(distinct transaction_id)::int as n from events where id = any(${ids}::text[])`,
    );
    expect(n).toBe(2);
  });

  test('a digest of the plan does the same by the install alone', async () => {
    const { buyer, ids } = await scene('digest');
    const { installs } = await plan(buyer);
    const { planDigest } = installs.find(({ installId }: { installId: string }) => installId === ids.top);
    const body = { with: 'dependencies', strategy: 'merge', planDigest };
    await buyer.editor.post(path(ids.top, '/upgrade'), body, 200);
    expect(await versionOf(buyer, ids.base)).toBe('2.0.0');
  });

  test('with `skip`, edited clones are left alone and nothing waits for them', async () => {
    const { buyer, ids } = await scene('skip');
    const done = await upgrade(buyer, { strategy: 'skip' });
    expect(idsOf(done.waits)).toEqual([ids.asking]);
    expect(done.upgraded.find(({ installId }: { installId: string }) => installId === ids.edited)).toMatchObject({ skipped: ['a'] });
  });

  test('goes page by page', async () => {
    const { buyer, ids } = await scene('pages');
    const seen: string[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const page: { installs: { installId: string }[]; next: string | null } = await plan(buyer, { limit: 2, ...(after && { after }) });
      expect(page.installs.length).toBeLessThanOrEqual(2);
      seen.push(...idsOf(page.installs));
      after = page.next;
    }
    expect(seen).toEqual([ids.clean, ids.base, ids.top, ids.edited, ids.asking].sort());
  });

  test('what the install policy refuses waits, and says so', async () => {
    const { buyer, ids } = await scene('policy');
    await buyer.admin.patch(`/api/workspaces/${buyer.id}`, { installPolicy: { allowedPublishers: [] } }, 200);
    const { upgraded, waits } = await upgrade(buyer);
    expect(upgraded).toEqual([]);
    const why = waits.find(({ installId }: { installId: string }) => installId === ids.clean).why;
    expect(why).toMatchObject([{ code: 'refused_by_policy', installId: null }]);
  });

  test('a retry with the same Idempotency-Key gets the same answer, and another request under it is refused', async () => {
    const { buyer } = await scene('retry');
    const ask = (body: object) => buyer.editor.call('POST', '/api/installs/upgrade', body, { 'idempotency-key': 'whole' });
    const first = await ask({ workspaceId: buyer.id });
    const again = await ask({ workspaceId: buyer.id });
    expect(first.body.upgraded).toHaveLength(2);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((await ask({ workspaceId: buyer.id, limit: 3 })).body.code).toBe('idempotency_key_reused');
  });

  test('is for editors of the workspace, its plan for viewers', async () => {
    const { buyer } = await scene('roles');
    const stranger = await api.workspace();
    const body = { workspaceId: buyer.id };
    expect((await buyer.viewer.post('/api/installs/upgrade', body, 403)).code).toBe('forbidden');
    for (const call of ['upgrade', 'upgrade-plan']) await stranger.admin.post(`/api/installs/${call}`, body, 422);
    await api.platform.post(`/api/workspaces/${buyer.id}/suspend`, undefined, 200);
    expect((await buyer.editor.post('/api/installs/upgrade', body, 409)).code).toBe('workspace_suspended');
  });
});
