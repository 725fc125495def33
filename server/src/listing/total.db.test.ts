import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, type TestWorkspace } from '../../test/api.ts';
import { type Counted, KnownTotal, Totals } from './total.ts';

let api: TestApi;
let team: TestWorkspace;
let other: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  team = await api.workspace('team');
  other = await api.workspace('other');
});
afterAll(() => api.stop());

let made = 0;
const entity = (workspaceId: string) => ({ workspaceId, kind: 'agent', slug: `e-${++made}`, name: 'e', definition: {} });
const create = (caller = team) => caller.editor.post('/api/entities', entity(caller.id), 201);
const total = async (path: string, caller = team): Promise<number> => (await caller.viewer.get(path)).pageInfo.total;

/** Asks PostgreSQL for a total whose count would fail: an answer shows that nothing was counted. */
async function told(totals: Totals, nouns: readonly string[]): Promise<Counted> {
  const known = new KnownTotal(totals, sql`(select 1 / (random() * 0)::int)`, nouns);
  return api.test.database.db.one<Counted>(sql`select ${known.sql()} as total, pg_current_snapshot()::text as snapshot`);
}

describe('totals', () => {
  test('are told without counting while no event of their nouns came, and no longer after one', async () => {
    const totals = new Totals();
    await expect(told(totals, ['entity'])).rejects.toThrow(/division by zero/);
    const { snapshot } = await api.test.database.db.one<Counted>(sql`select 0 as total, pg_current_snapshot()::text as snapshot`);
    new KnownTotal(totals, sql`(select 1 / (random() * 0)::int)`, ['entity']).learn({ total: 7, snapshot });
    expect((await told(totals, ['entity'])).total).toBe(7);
    await api.workspace('unrelated');
    expect((await told(totals, ['entity'])).total).toBe(7);
    await create();
    expect((await told(totals, ['entity'])).total).toBeNull();
  });

  test('see a change that was under way when they were counted, once it is committed', async () => {
    const { database } = api.test;
    let counted: Counted | undefined;
    const totals = new Totals();
    await database.transaction(async (tx) => {
      await tx.run(sql`insert into events (id, type, subject_id, request_id, data, created_at)
        values ('evt_01jd00000000000000000000aa', 'entity.created', 'x', 'x', '{}', now())`);
      counted = await database.db.one<Counted>(sql`select 3 as total, pg_current_snapshot()::text as snapshot`);
      new KnownTotal(totals, sql`(select 1 / (random() * 0)::int)`, ['entity']).learn(counted);
      expect((await told(totals, ['entity'])).total).toBe(3);
    });
    expect((await told(totals, ['entity'])).total).toBeNull();
  });

  test('are exact on every page, after each change, with and without filters', async () => {
    const filter = encodeURIComponent(JSON.stringify({ workspace: { handle: 'team' }, deletedAt: null }));
    for (let round = 0; round < 5; round++) {
      const before = await total('/api/entities?limit=1');
      const { id } = await create();
      expect(await total('/api/entities?limit=1')).toBe(before + 1);
      expect(await total(`/api/entities?limit=1&filter=${filter}`)).toBe(before + 1);
      await create(other);
      expect(await total('/api/entities?limit=1')).toBe(before + 1);
      await team.editor.delete(`/api/entities/${id}`, 200);
      expect(await total('/api/entities?limit=1')).toBe(before);
      expect(await total(`/api/entities?limit=1&filter=${filter}`)).toBe(before);
      await create();
    }
  });

  test('never contradict the page while others write', async () => {
    const writers = Array.from({ length: 20 }, () => create());
    const pages = Array.from({ length: 40 }, () => team.viewer.get('/api/entities'));
    for (const { data, pageInfo } of await Promise.all(pages)) expect(pageInfo.total).toBe(data.length);
    await Promise.all(writers);
  });

  test('of several lists keep the most recently used', () => {
    const totals = new Totals(2);
    const counted = { total: 1, snapshot: '1:1:' };
    for (const key of ['a', 'b']) totals.set(key, counted);
    totals.get('a');
    totals.set('c', counted);
    expect([totals.get('a'), totals.get('b'), totals.get('c')]).toEqual([counted, null, counted]);
  });
});

describe('a key seen before', () => {
  test('is checked by the very statement that answers: revoked or expired, its next list or get is 401', async () => {
    const { id } = await create();
    const key = await team.admin.post('/api/api-keys', { workspaceId: team.id, name: 'k', kind: 'secret', role: 'viewer' }, 201);
    const caller = api.as(key.secret);
    for (let round = 0; round < 3; round++) {
      await caller.get('/api/entities', 200);
      await caller.get(`/api/integration-installs`, 200);
      await caller.get(`/api/workspaces/${team.id}`, 200);
    }
    expect((await caller.call('GET', '/api/entities?limit=0')).status).toBe(400);
    await team.admin.delete(`/api/api-keys/${key.id}`, 200);
    await caller.get('/api/entities', 401);
    await caller.get('/api/entities?limit=0', 401);
    await caller.get(`/api/workspaces/${team.id}`, 401);
    await caller.get(`/api/workspaces/${other.id}`, 401);
    await team.viewer.get(`/api/workspaces/${other.id}`, 404);
    await team.viewer.get(`/api/entities/${id}`, 200);
  });
});
