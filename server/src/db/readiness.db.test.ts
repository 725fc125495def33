import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TestApi } from '../../test/api.ts';
import { emptyDatabase } from '../../test/database.ts';
import { asOwner, MIGRATIONS } from '../../test/server.ts';
import { startEmbedded } from './embedded/start.ts';
import { openDatabase, setUp } from './open.ts';
import { readiness } from './readiness.ts';

describe('/readyz', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await TestApi.start();
  });
  afterAll(() => api.stop());
  const status = async () => (await api.platform.call('GET', '/readyz')).status;

  it('is 200 where writes are taken, and leaves nothing behind', async () => {
    expect(await status()).toBe(200);
    expect(await api.test.owner.db.many(sql`select from row_changes where relation = '(probe)'`)).toEqual([]);
  });

  it('is 503 while the database is read-only, and 200 again afterwards', async () => {
    await setReadOnly('on');
    await vi.waitFor(async () => expect(await status()).toBe(503), { timeout: 5_000 });
    await setReadOnly('off');
    await vi.waitFor(async () => expect(await status()).toBe(200), { timeout: 5_000 });
  });

  /** For sessions that begin from then on; those that there are are ended. */
  const setReadOnly = (value: string) =>
    asOwner(api.test.connection, async (client) => {
      const [{ name }] = (await client.query('select current_database() as name')).rows;
      await client.query('set default_transaction_read_only = off');
      await client.query(`alter database ${name} set default_transaction_read_only = ${value}`);
      await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()', [name]);
    });
});

describe('whether a database is ready', () => {
  it('asks it once for many who ask at the same time', async () => {
    const { connection, drop } = await emptyDatabase();
    await setUp(connection, MIGRATIONS);
    const database = await openDatabase(connection);
    const asked = vi.fn(database.probe.run);
    const ready = readiness({ ...database.probe, run: asked }, MIGRATIONS);
    await Promise.all(Array.from({ length: 50 }, ready));
    expect(asked).toHaveBeenCalledTimes(1);
    await database.close();
    await drop();
  });
});

const disk = mkdtempSync(join(tmpdir(), 'mortise-disk-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=755', 'tmpfs', disk]).status === 0;
afterAll(() => {
  if (mounted) spawnSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true, force: true });
});

describe.runIf(mounted)('a database whose disk is full', () => {
  it('is not ready, until there is room again', async () => {
    chmodSync(disk, 0o755);
    const embedded = await startEmbedded({ dataDir: join(disk, 'data'), log: pino({ level: 'silent' }), durable: false });
    await setUp(embedded.connection, MIGRATIONS);
    const database = await openDatabase(embedded.connection);
    const ready = readiness(database.probe, MIGRATIONS);
    await ready();
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(join(disk, 'filler'), Buffer.alloc(Number(bavail) * Number(bsize)));
    await vi.waitFor(() => expect(ready()).rejects.toThrow('No space left on device'), { timeout: 10_000 });
    rmSync(join(disk, 'filler'));
    await vi.waitFor(() => ready(), { timeout: 10_000 });
    await database.close();
    await embedded.stop();
  }, 60_000);
});
