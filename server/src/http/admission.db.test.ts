import sql from 'sql-template-tag';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, TestApi, TestIntegration, type TestWorkspace } from '../../test/api.ts';
import { CONNECTIONS } from '../db/pool.ts';
import { allRoutes } from '../domain/routes.ts';
import { endpointsOf } from './endpoints.ts';

let api: TestApi;
let busy: TestWorkspace;
let other: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  busy = await api.workspace('busy');
  other = await api.workspace('other');
});
afterAll(() => api.stop());

const entity = ({ id, editor }: TestWorkspace, slug: string) =>
  editor.call('POST', '/api/entities', { workspaceId: id, kind: 'function', slug, name: slug, definition: {} });

/** Locks a row as a long change of it would, until the work is done. */
async function whileLocked<T>(table: string, id: string, work: () => Promise<T>): Promise<T> {
  return api.test.owner.transaction(async (tx) => {
    await tx.run({ text: `select 1 from ${table} where id = $1 for update`, values: [id] });
    return work();
  });
}

const writing = async (): Promise<number> =>
  (
    await api.test.owner.db.one<{ count: number }>(sql`
      select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
  ).count;

async function installed() {
  const integration = await TestIntegration.create(busy, `int-${Math.random().toString(36).slice(2)}`);
  await integration.publish('1.0.0', { a: { forkOnInstall: true, required: true }, b: { forkOnInstall: true, required: true } });
  const { id } = await busy.editor.post(`/api/integrations/${integration.id}/install`, { workspaceId: busy.id }, 201);
  const { members } = await busy.viewer.get(`/api/integration-installs/${id}/members`);
  return { id, members: members as { id: string; entityId: string }[] };
}

test('changes of one install wait without a connection: one holds one, others’ writes and readiness do not notice', async () => {
  const { id, members } = await installed();
  const answers: Promise<Answer>[] = [];
  await whileLocked('integration_installs', id, async () => {
    for (let number = 0; number < 20; number++)
      answers.push(busy.editor.call('PATCH', `/api/integration-installs/${id}`, { memberPolicy: 'manual' }));
    for (const member of members) answers.push(busy.editor.call('PATCH', `/api/entities/${member.entityId}`, { name: 'new' }));
    for (const member of members) answers.push(busy.editor.call('DELETE', `/api/integration-members/${member.id}`));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await writing()).toBe(1);
    expect((await api.platform.call('GET', '/readyz')).status).toBe(200);
    expect((await entity(other, 'meanwhile')).status).toBe(201);
    expect((await entity(busy, 'meanwhile-too')).status).toBe(201);
  });
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  expect(statuses.filter((status) => status >= 429)).toEqual([]);
});

test('one workspace has a third of the connections for writes, whatever it changes', async () => {
  const installs = await Promise.all(Array.from({ length: 6 }, installed));
  const answers: Promise<Answer>[] = [];
  await api.test.owner.transaction(async (tx) => {
    await tx.run(sql`select 1 from integration_installs where id = any(${installs.map(({ id }) => id)}::text[]) for update`);
    for (const { id } of installs) answers.push(busy.editor.call('PATCH', `/api/integration-installs/${id}`, { memberPolicy: 'manual' }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await writing()).toBe(CONNECTIONS.writes / 3);
    expect((await entity(other, 'also-meanwhile')).status).toBe(201);
  });
  for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
});

test('who sends more than may wait is told so, and when to try again', async () => {
  const { id } = await installed();
  const answers: Promise<Answer>[] = [];
  await whileLocked('integration_installs', id, async () => {
    for (let number = 0; number < 210; number++)
      answers.push(busy.editor.call('PATCH', `/api/integration-installs/${id}`, { memberPolicy: 'manual' }));
    const refused = await Promise.race(answers);
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' }, headers: { 'retry-after': '1' } });
  });
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  expect(statuses.filter((status) => status === 429)).toHaveLength(9);
});

test('reads of a snapshot leave connections to other reads, and to other workspaces', async () => {
  const { id } = await installed();
  const plan = () => busy.viewer.call('POST', `/api/integration-installs/${id}/upgrade-plan`, {});
  const plans = Array.from({ length: 30 }, plan);
  expect((await other.viewer.call('GET', `/api/integrations`)).status).toBe(200);
  for (const { status } of await Promise.all(plans)) expect(status).toBe(200);
});

test('a server takes no more than a third of what PostgreSQL gives by default', () => {
  expect(Object.values(CONNECTIONS).reduce<number>((sum, each) => sum + each, 0)).toBeLessThanOrEqual(32);
});

test('whatever writes to a row says what it queues for', () => {
  const endpoints = allRoutes.flatMap((route) => endpointsOf(route, {} as never));
  const nameless = endpoints.filter(({ writes, path, names }) => writes && path.includes('{id}') && names === null);
  expect(nameless.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});
