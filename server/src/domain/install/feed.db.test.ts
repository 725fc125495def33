/** The update feed: which installs are behind, by what, and what that costs when there are many. */
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';
import { FLEET, type Fleet, startFleet } from '../../../test/fleet.ts';
import type { Actor } from '../../context.ts';
import { must } from '../../lib/must.ts';
import { cursorKeyOf } from '../../listing/cursor.ts';
import type { Text } from '../../listing/frozen.ts';
import { listing } from '../../listing/list.ts';
import { headOf, readPage } from '../../listing/page.ts';
import { parseListParams } from '../../listing/params.ts';
import { installResource } from './resource.ts';

const BEHIND = { updateAvailable: { eq: true } };

describe('the update feed', () => {
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
  const list = async (filter: object, more = ''): Promise<Record<string, string>[]> =>
    (await buyer.viewer.get(`/api/integration-installs?filter=${encodeURIComponent(JSON.stringify(filter))}${more}`)).data;

  /** Installed at the first of these versions. */
  async function installed(slug: string, first: string, ...later: string[]) {
    const made = await TestIntegration.create(publisher, slug);
    await made.publish(first, MEMBERS);
    await publisher.editor.post(`/api/integrations/${made.id}/visibility`, { visibility: 'unlisted' }, 200);
    const body = { workspaceId: buyer.id };
    const install = await buyer.editor.post(`/api/integrations/${made.id}/install`, body, 201);
    for (const version of later) await made.publish(version, MEMBERS);
    return { made, install };
  }

  test.each([
    ['patch', '1.0.0', '1.0.1', 'patch'],
    ['minor', '1.9.0', '1.10.0', 'minor'],
    ['major', '9.0.0', '10.0.0', 'major'],
    ['out-of-prerelease', '2.0.0-rc.1', '2.0.0', 'prerelease'],
    ['along-prereleases', '2.0.0-rc.2', '2.0.0-rc.10', 'prerelease'],
    ['past-a-prerelease', '2.0.0-rc.1', '2.1.0', 'minor'],
  ])('%s: from %s, %s is available by the jump %s', async (slug, first, later, jump) => {
    const { install } = await installed(slug, first, later);
    const settings = { name: null, upgradePolicy: 'manual', channel: 'stable', minReleaseAgeHours: null, openConflicts: 0 };
    const standing = {
      ...settings,
      updateAvailable: true,
      updateJump: jump,
      availableVersion: later,
      versionState: 'active',
      availability: 'available',
    };
    expect(await buyer.viewer.get(`/api/integration-installs/${install.id}`)).toEqual({ ...install, ...standing });
    expect(await list({ ...BEHIND, updateJump: jump, id: install.id })).toEqual([{ ...install, ...standing }]);
    expect(await list({ availableVersion: { eq: later }, id: install.id })).toHaveLength(1);
    await buyer.editor.post(`/api/integration-installs/${install.id}/upgrade`, {}, 200);
    expect(await list({ ...BEHIND, id: install.id })).toEqual([]);
  });

  test('an install at the current version, at a newer one or of a backported line is not behind', async () => {
    const { made, install } = await installed('settled', '2.0.0', '1.5.0', '3.0.0-rc.1');
    expect(await list({ id: install.id })).toMatchObject([{ updateAvailable: false, updateJump: 'none', availableVersion: null }]);
    expect(await list({ updateAvailable: false, availableVersion: { isNull: true }, id: install.id })).toHaveLength(1);
    expect((await publisher.viewer.get(`/api/integrations/${made.id}`)).currentVersion).toBe('2.0.0');
  });

  test('follows what is offered: the answer of a list changes with each publish and yank, its total too', async () => {
    const { made, install } = await installed('followed', '1.0.0');
    const mine = { ...BEHIND, integrationId: made.id };
    const total = async (): Promise<number> =>
      (await buyer.viewer.get(`/api/integration-installs?filter=${encodeURIComponent(JSON.stringify(mine))}`)).pageInfo.total;
    expect(await total()).toBe(0);
    const { id } = await made.publish('1.1.0', MEMBERS);
    expect(await total()).toBe(1);
    await publisher.editor.post(`/api/integration-versions/${id}/yank`, {}, 200);
    expect(await total()).toBe(0);
    await publisher.editor.post(`/api/integration-versions/${id}/unyank`, {}, 200);
    expect(await total()).toBe(1);
    await publisher.editor.post(`/api/integration-versions/${install.integrationVersionId}/deprecate`, { notice: 'Old.' }, 200);
    expect(await list({ ...mine, versionState: 'deprecated' })).toHaveLength(1);
  });

  test('a publish writes no install: its row stays as it was', async () => {
    const { made, install } = await installed('unwritten', '1.0.0');
    const row = () => api.test.owner.db.one(sql`select xmin::text, doc from integration_installs where id = ${install.id}`);
    const before = await row();
    await made.publish('2.0.0', MEMBERS);
    expect(await list({ ...BEHIND, id: install.id })).toHaveLength(1);
    expect(await row()).toEqual(before);
  });

  test('can be ordered: what is behind first', async () => {
    const orderBy = `&orderBy=${encodeURIComponent('[{"updateAvailable":"desc"}]')}`;
    const flags = (await list({}, orderBy)).map(({ updateAvailable }) => updateAvailable);
    expect(new Set(flags)).toEqual(new Set([true, false]));
    expect(flags.indexOf(false as unknown as string)).toBe(flags.filter(Boolean).length);
    await buyer.viewer.get(`/api/integration-installs?orderBy=${encodeURIComponent('[{"updateJump":"asc"}]')}`, 400);
  });

  test('POST …/install answers as published: without how it stands', async () => {
    const { install } = await installed('bare', '1.0.0');
    expect(Object.keys(install)).not.toContain('updateAvailable');
  });
});

describe(`with ${FLEET.installs} installs`, () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet();
  });
  afterAll(() => fleet.stop());

  const member: Actor = {
    userId: FLEET.user,
    keyId: null,
    roles: new Map([[FLEET.workspace(7), 'viewer']]),
    platformRoles: new Set(),
    publicOnly: false,
  };

  interface Node {
    readonly 'Node Type': string;
    readonly 'Relation Name'?: string;
    readonly 'Actual Rows': number;
    readonly 'Actual Loops': number;
    readonly 'Rows Removed by Filter'?: number;
    readonly Plans?: readonly Node[];
  }
  const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

  /** The tables read from end to end, and how many rows were read in all, for the page and its total together. */
  async function planOf({ text, values }: Text): Promise<{ scanned: string[]; read: number }> {
    const rows = await fleet.database.db.many<{ 'QUERY PLAN': string }>({
      text: `explain (analyze, timing off, format json) ${text}`,
      values,
    });
    const [{ Plan: root }] = JSON.parse(must(rows[0], 'EXPLAIN tells one plan')['QUERY PLAN']) as [{ Plan: Node }];
    const tables = nodesOf(root).filter((node) => node['Relation Name']);
    const rowsOf = (node: Node) => (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
    return {
      scanned: tables.filter((node) => node['Node Type'].endsWith('Seq Scan')).map((node) => node['Relation Name'] ?? ''),
      read: tables.reduce((sum, node) => sum + rowsOf(node), 0),
    };
  }

  test("a workspace's feed reads its own installs and what these pin and could have, page and total, by indexes", async () => {
    const params = parseListParams(installResource, { filter: BEHIND }, 'body');
    const statement = listing(installResource, params, member, cursorKeyOf(Buffer.alloc(32, 1))).recount();
    const { total } = headOf(await readPage(fleet.database.db, statement));
    const own = FLEET.installs / FLEET.workspaces;
    expect(total).toBe(own / 2);
    const plan = await planOf(statement);
    // Few rows here, which are read as they are.
    expect(plan.scanned.filter((table) => !['integration_grants', 'workspaces'].includes(table))).toEqual([]);
    // The total looks at each own install, the page at twice as many as it shows; each with its version, integration, offered version.
    expect(plan.read).toBeLessThanOrEqual(5 * (own + 2 * 101) + 3 * 101);
  });
});
