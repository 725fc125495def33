import { pino } from 'pino';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';
import { FLEET, startFleet } from '../../../test/fleet.ts';
import type { ReadCtx } from '../../context.ts';
import { newId } from '../../lib/ids.ts';
import { Kinds } from '../../lib/kinds.ts';
import { readInsights } from './insights.ts';

let api: TestApi;
let publisher: TestWorkspace;
let buyers: TestWorkspace[];
let made: TestIntegration;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
  buyers = [await api.workspace('first-buyer'), await api.workspace('second-buyer'), await api.workspace('third-buyer')];
  made = await TestIntegration.create(publisher, 'desk');
  await made.publish('1.0.0', members(1));
  await publisher.editor.post(path('/visibility'), { visibility: 'unlisted' }, 200);
  const installs = await Promise.all(buyers.map((buyer) => buyer.editor.post(path('/install'), { workspaceId: buyer.id }, 201)));
  await detach(0, installs[0].id, 'main');
  await detach(1, installs[1].id, 'main');
  await detach(1, installs[1].id, 'side');
  await made.publish('1.1.0', members(2));
  for (const index of [0, 1]) await buyer(index).editor.post(`/api/integration-installs/${installs[index].id}/upgrade`, {}, 200);
  await made.publish('1.1.1', members(3));
  await buyer(1).editor.delete(`/api/integration-installs/${installs[1].id}`, 200);
});
afterAll(() => api.stop());

const path = (rest = '') => `/api/integrations/${made.id}${rest}`;
const buyer = (index: number) => buyers[index] as TestWorkspace;
const CLONE = { forkOnInstall: true, required: true };
const members = (n: number) => ({ main: { ...CLONE, definition: { n } }, side: { ...CLONE, definition: { n } } });

async function detach(index: number, installId: string, slug: string): Promise<void> {
  const { data } = await buyer(index).viewer.get(`/api/integration-members?integration_install_id=${installId}`);
  const { id } = data.find((member: { sourceMemberSlug: string }) => member.sourceMemberSlug === slug);
  await buyer(index).editor.post(`/api/integration-members/${id}/detach`, { detached: true }, 200);
}

describe('insights', () => {
  test('count active installs by version and by jump, recent upgrades with their results, and detached members', async () => {
    const insights = await publisher.editor.get(path('/insights'));
    expect(insights.installs).toEqual({
      active: 2,
      byVersion: [
        { version: '1.1.0', versionState: 'active', installs: 1 },
        { version: '1.0.0', versionState: 'active', installs: 1 },
      ],
      byJump: { none: 0, patch: 1, minor: 1, major: 0, prerelease: 0 },
    });
    expect(insights.upgrades).toMatchObject({ total: 2, updated: 1, added: 0, removed: 0, skipped: 3, merged: 0, conflicted: 0 });
    expect(insights.members).toEqual({ detached: [{ slug: 'main', count: 1 }], merged: [], conflicted: [] });
  });

  test('count merges and conflicts of the last 30 days by member', async () => {
    const { owner } = api.test;
    const copy = (days: number, merged: string[], conflicted: string[]) => sql`
      insert into install_revisions (id, workspace_id, integration_install_id, number, action, from_version_id, to_version_id, variables,
        updated, merged, conflicted, members, created_by, created_at)
      select ${newId('insrev')}, workspace_id, integration_install_id, 1000 + ${days}::int, 'upgrade', from_version_id, to_version_id, variables,
        ${merged}::text[], ${merged}::text[], ${conflicted}::text[], members, created_by, now() - ${days}::int * interval '1 day'
      from install_revisions where action = 'upgrade' order by id limit 1`;
    await owner.db.run(copy(1, ['main', 'side'], ['side']));
    await owner.db.run(copy(29, ['side'], []));
    await owner.db.run(copy(31, ['main'], ['main']));
    const { upgrades, members: ranked } = await publisher.editor.get(path('/insights'));
    await owner.db.run(sql`delete from install_revisions where number > 1000`);
    expect(upgrades).toMatchObject({ total: 4, updated: 4, merged: 3, conflicted: 1 });
    expect(ranked).toMatchObject({
      merged: [
        { slug: 'side', count: 2 },
        { slug: 'main', count: 1 },
      ],
      conflicted: [{ slug: 'side', count: 1 }],
    });
  });

  test('hold no id, no name and nothing else of a tenant: versions and members of the publisher, and counts', async () => {
    const text = JSON.stringify(await publisher.editor.get(path('/insights')));
    expect(text).not.toMatch(/[a-z]{3,6}_[0-7][0-9a-hjkmnp-tv-z]{25}/);
    for (const { handle, id } of buyers) {
      expect(text).not.toContain(handle);
      expect(text).not.toContain(id);
    }
  });

  test('are for editors of the source workspace and platform admins: 401, 403, 404 for others', async () => {
    await api.platform.get(path('/insights'), 200);
    await api.as(null).get(path('/insights'), 401);
    await publisher.viewer.get(path('/insights'), 403);
    await buyer(0).admin.get(path('/insights'), 403);
    await publisher.editor.get(`/api/integrations/${newId('int')}/insights`, 404);
    await publisher.editor.get(path('/insights?days=90'), 400);
  });
});

/** Who asks plays no part in what is counted. */
const NOBODY: Omit<ReadCtx, 'db'> = {
  actor: { userId: null, keyId: null, roles: new Map(), platformRoles: new Set(), publicOnly: false },
  now: new Date(),
  requestId: 'none',
  log: pino({ level: 'silent' }),
  kinds: new Kinds(),
  masterKey: Buffer.alloc(32),
};

test(`among ${FLEET.installs} installs, those of one integration are counted without reading any others`, async () => {
  const fleet = await startFleet();
  const id = FLEET.integration(8);
  const { insights, reads } = await fleet.database.transaction(async (tx) => {
    const { json } = await readInsights({ ...NOBODY, db: tx }, { target: { id, workspaceId: null } });
    const reads = await tx.many<{ name: string; scanned: number; fetched: number }>(sql`
      select relname as name, coalesce(seq_tup_read, 0)::int as scanned, coalesce(idx_tup_fetch, 0)::int as fetched
      from pg_stat_xact_user_tables where relname in ('integration_installs', 'install_revisions', 'integration_members')`);
    return { insights: JSON.parse(json), reads };
  });
  await fleet.stop();
  const each = FLEET.installs / FLEET.integrations;
  expect(insights.installs).toMatchObject({ active: each, byJump: { minor: each } });
  expect(insights.members.detached).toEqual([{ slug: 'a', count: each / 4 }]);
  for (const { name, scanned, fetched } of reads) expect([name, scanned, fetched <= 4 * each]).toEqual([name, 0, true]);
});
