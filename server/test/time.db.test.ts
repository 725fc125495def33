/** The clock goes back by an hour in the middle of things. */
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, TestApi, TestIntegration, type TestWorkspace } from './api.ts';

const NOON = new Date('2030-06-01T12:00:00.000Z');
const EARLIER = new Date('2030-06-01T11:00:00.000Z');
const LATER = new Date('2030-06-01T12:00:01.000Z');

let api: TestApi;
let team: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  api.setClock(NOON);
  team = await api.workspace('team');
});
afterAll(async () => {
  api.setClock(null);
  await api.stop();
});

/** Tables whose rows change, and the names of their times: the first is when a row was made. */
const kept = (): Promise<{ relation: string; times: string[] }[]> =>
  api.test.owner.db.many(sql`
    select tgrelid::regclass::text as relation, string_to_array(rtrim(encode(tgargs, 'escape'), '\\000'), '\\000') as times
    from pg_trigger where tgname = 'clock' order by 1`);

/** Takes its times over from integrations, which keeps them. */
const DERIVED = 'published_integrations';

test('every table whose rows say when they changed keeps its time', async () => {
  const changing = await api.test.owner.db.many<{ relation: string }>(sql`
    select distinct table_name::text as relation from information_schema.columns
    where case when table_schema = 'public' then has_any_column_privilege('mortise_app', 'public.' || table_name, 'update') end and table_name <> ${DERIVED}
      and column_name in ('updated_at', 'deleted_at', 'revoked_at', 'decided_at') order by 1`);
  const found = await kept();
  expect(changing.map(({ relation }) => relation).filter((table) => !found.some(({ relation }) => relation === table))).toEqual([]);
});

/** A row, and what changes it: twice. */
interface Changing {
  readonly path: string;
  readonly caller: Caller;
  readonly change: () => Promise<unknown>;
  readonly again: () => Promise<unknown>;
}

/** A row that is patched with this, and then with that. */
const patched = (path: string, caller: Caller, one: object, other: object): Changing => ({
  path,
  caller,
  change: () => caller.patch(path, one, 200),
  again: () => caller.patch(path, other, 200),
});

const CHANGING: Readonly<Record<string, () => Promise<Changing>>> = {
  'a workspace': async () => patched(`/api/workspaces/${team.id}`, team.admin, { name: 'one' }, { name: 'two' }),
  'an entity': async () => {
    const body = { workspaceId: team.id, kind: 'agent', slug: 'e', name: 'e', definition: {} };
    const { id } = await team.editor.post('/api/entities', body, 201);
    return patched(`/api/entities/${id}`, team.editor, { definition: { a: 1 } }, { name: 'two' });
  },
  'an integration': async () => {
    const { id } = await TestIntegration.create(team, 'i');
    return patched(`/api/integrations/${id}`, team.editor, { name: 'one' }, { manifest: { members: [] } });
  },
  'an auth state': async () => {
    const body = { workspaceId: team.id, name: 'a', type: 'api_key', secret: { apiKey: 'k' } };
    const { id } = await team.admin.post('/api/auth-states', body, 201);
    return patched(`/api/auth-states/${id}`, team.admin, { name: 'one' }, { secret: { apiKey: 'two' } });
  },
  'a membership': async () => {
    const { id: userId } = await api.platform.post('/api/users', { email: 't@example.org', name: 't' }, 201);
    const { id } = await team.admin.post(`/api/workspaces/${team.id}/memberships`, { userId, role: 'viewer' }, 201);
    const path = `/api/workspace-memberships/${id}`;
    const accept = () => api.platform.post(`${path}/accept`, undefined, 200);
    return { ...patched(path, team.admin, {}, { role: 'editor' }), change: accept };
  },
};

describe('when the clock goes back', () => {
  test.each(Object.entries(CHANGING))('%s changes no earlier than it was made or changed before', async (_, make) => {
    api.setClock(NOON);
    const { path, caller, change, again } = await make();
    api.setClock(EARLIER);
    await change();
    const row = await caller.get(path);
    expect([row.createdAt, row.updatedAt, row.acceptedAt ?? row.createdAt]).toEqual(Array(3).fill(NOON.toISOString()));
    api.setClock(LATER);
    await again();
    expect((await caller.get(path)).updatedAt).toBe(LATER.toISOString());
  });

  test('an install is upgraded, uninstalled and its clones are deleted no earlier than they were made', async () => {
    api.setClock(NOON);
    const made = await TestIntegration.create(team, 'goes');
    await made.publish('1.0.0', { a: { forkOnInstall: true, required: true, definition: { v: 1 } } });
    const { id } = await team.editor.post(`/api/integrations/${made.id}/install`, { workspaceId: team.id }, 201);
    api.setClock(EARLIER);
    await made.publish('1.1.0', { a: { forkOnInstall: true, required: true, definition: { v: 2 } } });
    await team.editor.post(`/api/integration-installs/${id}/upgrade`, {}, 200);
    expect((await team.viewer.get(`/api/integration-installs/${id}`)).lastUpgradedAt).toBe(NOON.toISOString());
    await team.editor.delete(`/api/integration-installs/${id}`, 200);
  });

  test('no row of any table has a time before the one when it was made, and no two events of one thing are told in another order', async () => {
    const early: string[] = [];
    for (const { relation, times } of await kept()) {
      const [made, ...later] = times;
      for (const time of later) {
        const { rows } = await api.test.owner.db.one<{ rows: number }>({
          text: `select count(*) as rows from ${relation} where ${time} < ${made}`,
          values: [],
        });
        if (rows > 0) early.push(`${relation}.${time}`);
      }
    }
    expect(early).toEqual([]);
    const turned = await api.test.owner.db.many(sql`
      select one.type, other.type as after from events one join events other
        on one.subject_id = other.subject_id and (one.transaction_id, one.number) < (other.transaction_id, other.number)
      where other.created_at < one.created_at`);
    expect(turned).toEqual([]);
    const moved = await api.test.owner.db.one<{ rows: number }>(sql`select count(*) as rows from events where created_at = ${EARLIER}`);
    expect(moved.rows).toBeGreaterThan(0);
  });
});
