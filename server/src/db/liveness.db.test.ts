import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestApi, type TestWorkspace } from '../../test/api.ts';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import { SilentProxy } from '../../test/silent-proxy.ts';
import { openDatabase } from './open.ts';
import type { Database } from './pool.ts';

/** How often the database is cut off: more often in the long form (npm run test:faults). */
const ROUNDS = process.env.TEST_FAULTS === 'long' ? 12 : 2;
const SOON_MS = 2_000;
/** What a machine with more to do than it can may add to a time. */
const SLACK_MS = 500;

let test: TestDatabase;
let database: Database;
let proxy: SilentProxy;
let api: TestApi;
let team: TestWorkspace;

beforeAll(async () => {
  test = await testDatabase();
  proxy = await SilentProxy.start(() => test.connection);
  database = await openDatabase(proxy.through(test.connection));
  api = await TestApi.start(undefined, Promise.resolve({ ...test, database }));
  team = await api.workspace();
});
afterAll(async () => {
  proxy.mend();
  await api.app.close();
  await database.close();
  await test.drop();
  await proxy.stop();
});

const since = (start: number): number => performance.now() - start;

/** Asks for a list, for a write and whether the server is ready; each answer with how long it took. */
const askAll = (questions: readonly (typeof get)[] = [get, post, ready]) =>
  Promise.all(
    questions.map(async (ask) => {
      const start = performance.now();
      const { status, headers } = await ask();
      return { status, retryAfter: headers['retry-after'], ms: since(start) };
    }),
  );
let slugs = 0;
const get = () => team.viewer.call('GET', '/api/integrations');
const post = () =>
  team.editor.call('POST', '/api/entities', { workspaceId: team.id, kind: 'agent', name: 'A', slug: `a-${slugs++}`, definition: {} });
const ready = () => api.platform.call('GET', '/readyz');

async function expectUnavailable(questions?: readonly (typeof get)[]): Promise<void> {
  for (const { status, retryAfter, ms } of await askAll(questions)) {
    expect(status).toBe(503);
    expect(retryAfter).toBe('1');
    expect(ms).toBeLessThan(SOON_MS + SLACK_MS);
  }
}

async function expectHealed(): Promise<void> {
  const start = performance.now();
  for (;;) {
    const answers = await askAll();
    if (answers.every(({ status }) => status < 300)) return;
    expect(since(start)).toBeLessThan(SOON_MS + SLACK_MS);
  }
}

describe('a server whose database falls silent', () => {
  it('answers 503 within two seconds meanwhile, from the first request on, and heals within two', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await expectHealed();
      proxy.cut();
      await expectUnavailable([get, post]); // who asks whether all is well may be told what was so a moment ago
      await expectUnavailable();
      proxy.mend();
      await expectHealed();
    }
  }, 120_000);

  it('heals by itself when only the connections of before are dead', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await expectHealed();
      proxy.cutThoseThatAre();
      await expectHealed();
    }
  }, 120_000);

  it('fails what is under way, and forty more at once', async () => {
    await expectHealed();
    const slow = database.db.many(sql`select pg_sleep(20)`);
    const start = performance.now();
    proxy.cut();
    const failed = [slow, ...Array.from({ length: 40 }, () => database.db.many(sql`select 1`))];
    for (const each of await Promise.allSettled(failed)) expect(each.status).toBe('rejected');
    expect(since(start)).toBeLessThan(SOON_MS + SLACK_MS);
    proxy.mend();
    await expectHealed();
  }, 30_000);
});

describe('a statement that takes its time', () => {
  it('is waited for', async () => {
    await database.db.many(sql`select pg_sleep(4)`);
  }, 30_000);
});
