import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import pino from 'pino';
import sql from 'sql-template-tag';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { TestApi, type TestWorkspace } from '../../test/api.ts';
import { emptyDatabase, testDatabase } from '../../test/database.ts';
import { asOwner, createDatabase, dropDatabase, MIGRATIONS } from '../../test/server.ts';
import { SilentProxy } from '../../test/silent-proxy.ts';
import { type Embedded, startEmbedded } from '../db/embedded/start.ts';
import { History } from '../db/history.ts';
import { openDatabase, setUp } from '../db/open.ts';
import { Database } from '../db/pool.ts';
import { Ledgers } from './ledgers.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

const LIST = '/api/entities?limit=100';
let slugs = 0;
const write = (team: TestWorkspace) =>
  team.editor.call('POST', '/api/entities', { workspaceId: team.id, kind: 'agent', name: 'A', slug: `a-${slugs++}`, definition: {} });

async function writeSome(team: TestWorkspace, count: number): Promise<void> {
  for (let n = 0; n < count; n++) expect((await write(team)).status).toBe(201);
}

/** Asks until the database answers again, and then often enough for everything to be kept. */
async function listOften(team: TestWorkspace): Promise<number[]> {
  await vi.waitFor(async () => expect((await team.viewer.call('GET', LIST)).status).toBe(200), { timeout: 10_000, interval: 20 });
  const totals: number[] = [];
  for (let time = 0; time < 4; time++) {
    const { data, pageInfo } = await team.viewer.get(LIST);
    totals.push(pageInfo.total, data.length);
  }
  return totals;
}

const copy = (from: string, to: string) => execFileSync('cp', ['-a', from, to]);

/** The application on a database that the test itself puts back and clears away. */
async function serve(connection: pg.ClientConfig): Promise<TestApi> {
  const [database, owner] = [await openDatabase(connection), new Database({ ...connection, max: 1 })];
  const api = await TestApi.start(undefined, Promise.resolve({ name: '', database, owner, connection, drop: async () => {} }));
  undo.push(
    () => Promise.all([database.close(), owner.close()]),
    () => api.app.close(),
  );
  return api;
}

const eight = (total: number) => Array.from({ length: 8 }, () => total);

describe('lists of a server whose database is put back to an earlier state', () => {
  it('tell what there is, when a copy takes its name', async () => {
    const { connection: server } = inject('testServer');
    const home = await emptyDatabase();
    const name = await asOwner(home.connection, async (client) => (await client.query('select current_database() as name')).rows[0].name);
    await setUp(home.connection, MIGRATIONS);
    const proxy = await SilentProxy.start(() => home.connection);
    undo.push(home.drop, () => proxy.stop());
    const api = await serve(proxy.through(home.connection));
    const team = await api.workspace();
    await writeSome(team, 3);
    expect(await listOften(team)).toEqual(eight(3));
    const alone = async (work: (client: pg.Client) => Promise<unknown>) => {
      proxy.cut();
      await asOwner(server, async (client) => {
        await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
        await work(client);
      });
      proxy.mend();
    };
    await alone((client) => createDatabase(client, `${name}_copy`, name));
    await vi.waitFor(async () => expect((await write(team)).status).toBe(201), { timeout: 10_000 });
    await writeSome(team, 4);
    expect(await listOften(team)).toEqual(eight(8));
    await alone(async (client) => {
      await dropDatabase(client, name);
      await client.query(`alter database ${name}_copy rename to ${name}`);
    });
    expect(await listOften(team)).toEqual(eight(3));
    await writeSome(team, 1);
    expect(await listOften(team)).toEqual(eight(4));
  }, 60_000);

  it('tell what there is, when the cluster is put back, and transactions get the numbers of those that are gone', async () => {
    const home = mkdtempSync(join(tmpdir(), 'mortise-history-'));
    await chmod(home, 0o755);
    const [dataDir, backup] = [join(home, 'data'), join(home, 'backup')];
    const cluster = join(dataDir, 'postgres');
    let embedded: Embedded | null = null;
    const start = async () => {
      embedded = await startEmbedded({ dataDir, log: pino({ level: 'silent' }), durable: false });
      return embedded.connection;
    };
    const stop = async () => embedded?.stop();
    const connection = await start();
    await setUp(connection, MIGRATIONS);
    undo.push(() => rmSync(home, { recursive: true }), stop);
    const api = await serve(connection);
    const team = await api.workspace();
    await writeSome(team, 3);
    await stop();
    copy(cluster, backup);
    await start();
    expect(await listOften(team)).toEqual(eight(3));
    await writeSome(team, 5);
    expect(await listOften(team)).toEqual(eight(8));
    await stop();
    rmSync(cluster, { recursive: true });
    copy(backup, cluster);
    await start();
    expect(await listOften(team)).toEqual(eight(3));
    await writeSome(team, 2); // by transactions that the totals told before count as seen
    expect(await listOften(team)).toEqual(eight(5));
  }, 60_000);
});

describe('what lists keep', () => {
  const primary = { name: 'c/1/d/then', standby: false };

  it('is new in another history, after a connection broke, and after a promotion; the same while all goes on', () => {
    const history = new History();
    const ledgers = new Ledgers(
      () => history.epoch,
      () => Promise.reject(new Error('nothing is held here')),
    );
    history.meet(primary);
    const first = ledgers.current();
    expect(history.meet(primary)).toBe(true);
    expect(ledgers.current()).toBe(first);
    expect(ledgers.holds(first)).toBe(true);
    history.broke();
    expect(ledgers.holds(first)).toBe(false);
    const second = ledgers.current();
    expect(second).not.toBe(first);
    expect(history.meet({ name: 'c/2/d/then', standby: false })).toBe(false);
    expect(ledgers.holds(second)).toBe(false);
    expect(ledgers.current()).not.toBe(second);
  });

  it('is nothing on a standby, whose snapshots do not name what runs on its primary', () => {
    const history = new History();
    const ledgers = new Ledgers(
      () => history.epoch,
      () => Promise.reject(new Error('nothing is held here')),
    );
    history.meet({ name: 'c/standby/d/then', standby: true });
    const [one, other] = [ledgers.current(), ledgers.current()];
    expect(one.blank && other.blank && one !== other).toBe(true);
    expect(history.meet(primary)).toBe(false);
    expect(ledgers.current().blank).toBe(false);
  });

  it('is told apart by what the database says of itself', async () => {
    const test = await testDatabase();
    undo.push(() => test.drop());
    expect(test.database.epoch.keeps).toBe(true);
    const before = test.database.epoch;
    await test.owner.db.run(
      sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await vi.waitFor(() => expect(test.database.epoch).not.toBe(before), { timeout: 10_000 });
  });
});
