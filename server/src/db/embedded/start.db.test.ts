import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { runningOn } from './running.ts';
import { type Embedded, startEmbedded } from './start.ts';

const log = pino({ level: 'silent' });
const isRoot = process.getuid?.() === 0;
const STARTER = fileURLToPath(new URL('../../../test/start-embedded.ts', import.meta.url));

/** How often what hinges on the moment is tried: more often in the long form (npm run test:faults). */
const LONG = process.env.TEST_FAULTS === 'long';
const KILLS = LONG ? 48 : 4;
const PAIRS = LONG ? 12 : 2;
/** A first start takes about as long on a machine with nothing else to do. */
const LATEST_KILL_MS = 2_000;

const home = mkdtempSync(join(tmpdir(), 'mortise-embedded-'));
/** One directory, set up once, that every test finds stopped and leaves stopped; `data directory` tests take new ones. */
const SHARED = join(home, 'shared');
let dataDir = SHARED;
let count = 0;
const running: Embedded[] = [];

beforeAll(() => chmodSync(home, 0o755));
afterAll(() => rmSync(home, { recursive: true }));

afterEach(async () => {
  for (const embedded of running.splice(0)) await embedded.stop();
  dataDir = SHARED;
});

/** Lets the test work on a directory that does not exist yet. */
function takeNewDirectory(): void {
  dataDir = join(home, `new${count++}`);
}

async function start(directory = dataDir): Promise<Embedded> {
  const embedded = await startEmbedded({ dataDir: directory, log, durable: false });
  running.push(embedded);
  return embedded;
}

async function query(embedded: Embedded, text: string): Promise<unknown[]> {
  const client = new pg.Client(embedded.connection);
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query({ text, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

/** A Node of its own that starts the database, says so and waits. */
async function startElsewhere(options: { uid?: number; gid?: number; env?: NodeJS.ProcessEnv } = {}) {
  const child = spawn(process.execPath, [STARTER, dataDir], { stdio: ['ignore', 'pipe', 'inherit'], ...options });
  const [said] = await once(child.stdout, 'data');
  return { child, said: String(said).trim() };
}

async function kill(child: ReturnType<typeof spawn>, signal: NodeJS.Signals): Promise<void> {
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

const postmasters = (): number =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => existsSync(`/proc/${pid}/cmdline`) && commandOf(pid).includes(join(dataDir, 'postgres'))).length;

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // gone meanwhile
  }
}

describe('the embedded database', () => {
  it('starts, keeps what was written, and starts again', async () => {
    const first = await start();
    await query(first, 'create table kept as select 42 as answer');
    await running.pop()?.stop();
    expect(await query(await start(), 'select answer from kept')).toEqual([42]);
  });

  it('listens on no TCP port, and only its user can reach the socket', async () => {
    const embedded = await start();
    expect(await query(embedded, `select current_setting('listen_addresses')`)).toEqual(['']);
    expect(statSync(join(dataDir, 'postgres')).mode & 0o777).toBe(0o700);
    expect(statSync(dataDir).mode & 0o707).toBe(0o700);
    expect(statSync(join(dataDir, 'master.key')).mode & 0o777).toBe(0o600);
  });

  it('refuses a second owner of the directory, naming the directory and the first one', async () => {
    await start();
    await expect(startEmbedded({ dataDir, log })).rejects.toThrow(`${dataDir} is in use by another Mortise (pid ${process.pid})`);
    const { said } = await startElsewhere();
    expect(said).toContain(`${dataDir} is in use by another Mortise (pid ${process.pid})`);
  });

  it('is stopped when its Node is killed, and starts again each time (CRA-03)', async () => {
    for (let round = 0; round < 3; round++) {
      const { child, said } = await startElsewhere();
      expect(said).toBe('ready');
      await kill(child, 'SIGKILL');
    }
    expect(await query(await start(), 'select 1')).toEqual([1]);
    await running.pop()?.stop();
    await vi.waitFor(() => expect(postmasters()).toBe(0));
  });

  it('that outlived even its watchdog is stopped by the next start', async () => {
    const { child } = await startElsewhere();
    const left = Number.parseInt(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10);
    for (const pid of childrenOf(child.pid)) for (const each of [...childrenOf(pid), pid]) if (each !== left) process.kill(each, 'SIGKILL');
    await kill(child, 'SIGKILL');
    await sleep(100);
    expect(() => process.kill(left, 0)).not.toThrow();
    expect(await query(await start(), 'select 1')).toEqual([1]);
    expect(commandOf(String(left))).toBe('');
  });

  it('that outlived even its watchdog is found though its pid file is gone', async () => {
    const { child } = await startElsewhere();
    const file = join(dataDir, 'postgres', 'postmaster.pid');
    const left = Number.parseInt(readFileSync(file, 'utf8'), 10);
    for (const pid of childrenOf(child.pid)) for (const each of [...childrenOf(pid), pid]) if (each !== left) process.kill(each, 'SIGKILL');
    await kill(child, 'SIGKILL');
    rmSync(file);
    expect(await query(await start(), 'select 1')).toEqual([1]);
    expect(commandOf(String(left))).toBe('');
  });

  it('is stopped when its Node is killed after its watchdog was: another one took its place', async () => {
    const { child } = await startElsewhere();
    const [shell = 0] = childrenOf(child.pid);
    const postmaster = Number.parseInt(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10);
    for (let round = 0; round < 3; round++) {
      const watchers = [...childrenOf(shell), ...childrenOf(child.pid)].filter((pid) => pid !== postmaster && pid !== shell);
      expect(watchers).toHaveLength(1);
      for (const pid of watchers) process.kill(pid, 'SIGKILL');
      await sleep(400);
    }
    await kill(child, 'SIGKILL');
    await vi.waitFor(() => expect(postmasters()).toBe(0), { timeout: 5_000 });
  });

  it('goes on when the shell above it is killed, and stops with its Node', async () => {
    const { child } = await startElsewhere();
    for (const pid of childrenOf(child.pid)) process.kill(pid, 'SIGKILL');
    await sleep(1_000);
    await vi.waitFor(async () => expect(runningOn(dataDir)).not.toBeNull(), { timeout: 5_000 });
    await kill(child, 'SIGTERM');
    await vi.waitFor(() => expect(postmasters()).toBe(0), { timeout: 5_000 });
  });

  it('is not stopped when somebody else started it', async () => {
    const cluster = join(dataDir, 'postgres');
    const stranger = spawn('sh', ['-c', 'sleep 60; exit', 'postgres', '-D', cluster, '-c', 'port=1']);
    writeFileSync(join(cluster, 'postmaster.pid'), `${stranger.pid}\n`);
    await expect(start()).rejects.toThrow(
      `A PostgreSQL that Mortise did not start (pid ${stranger.pid}) runs on ${cluster}: stop it first.`,
    );
    expect(stranger.exitCode).toBeNull();
    await kill(stranger, 'SIGTERM');
  });

  it('starts though the pid file names a process that is somebody else now', async () => {
    const cluster = join(dataDir, 'postgres');
    const { uid, gid } = statSync(cluster);
    const stranger = spawn('sleep', ['60'], { uid, gid });
    writeFileSync(join(cluster, 'postmaster.pid'), `${stranger.pid}\n${cluster}\n0\n5432\n${cluster}\n`);
    chownSync(join(cluster, 'postmaster.pid'), uid, gid);
    expect(await query(await start(), 'select 1')).toEqual([1]);
    expect(stranger.exitCode).toBeNull();
    stranger.kill();
  });

  it('that is killed comes back by itself (CRA-02)', async () => {
    const embedded = await start();
    const [pid] = await query(embedded, `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int`);
    process.kill(Number(pid), 'SIGKILL');
    await vi.waitFor(async () => expect(await query(embedded, 'select 1')).toEqual([1]), { timeout: 2_000, interval: 50 });
  });

  it('lies under a path that is too long for a socket', async () => {
    const deep = join(home, 'a'.repeat(120));
    renameSync(SHARED, deep);
    const embedded = await start(deep);
    expect(await query(embedded, 'select 1')).toEqual([1]);
    await running.pop()?.stop();
    renameSync(deep, SHARED);
    expect(existsSync(String(embedded.connection.host))).toBe(false);
  });

  it('needs nothing of the environment', async () => {
    const { child, said } = await startElsewhere({ env: { PATH: '/usr/bin:/bin' } });
    expect(said).toBe('ready');
    await kill(child, 'SIGTERM');
  });
});

describe('a data directory', () => {
  it('that holds something else is refused and left alone', async () => {
    takeNewDirectory();
    mkdirSync(dataDir, { mode: 0o755 });
    writeFileSync(join(dataDir, 'thesis.tex'), 'mine');
    await expect(start()).rejects.toThrow(
      `MORTISE_DATA_DIR ${dataDir} holds something else (thesis.tex): name an empty or missing directory.`,
    );
    expect(readdirSync(dataDir)).toEqual(['thesis.tex']);
    expect(statSync(dataDir).mode & 0o777).toBe(0o755);
  });

  it('whose cluster is none is refused', async () => {
    takeNewDirectory();
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres', 'notes'), '');
    await expect(start()).rejects.toThrow('holds something that is not a PostgreSQL cluster');
  });

  it('of another PostgreSQL is refused with both versions', async () => {
    takeNewDirectory();
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '16\n');
    await expect(start()).rejects.toThrow('was made by PostgreSQL 16, this program brings 18');
  });

  it('that is a file is refused', async () => {
    takeNewDirectory();
    writeFileSync(dataDir, '');
    await expect(start()).rejects.toThrow(`MORTISE_DATA_DIR ${dataDir} cannot be created (EEXIST`);
  });

  it('without the master key that sealed its secrets is refused', async () => {
    renameSync(join(dataDir, 'master.key'), join(home, 'lost.key'));
    await expect(start()).rejects.toThrow('master.key is missing: restore it from a backup');
    renameSync(join(home, 'lost.key'), join(dataDir, 'master.key'));
  });

  it('keeps the key that the first start made', async () => {
    const { masterKey } = await start();
    expect(masterKey).toHaveLength(32);
    await running.pop()?.stop();
    expect((await start()).masterKey).toEqual(masterKey);
  });

  it('half set up by a crash is set up anew', async () => {
    takeNewDirectory();
    mkdirSync(join(dataDir, 'postgres.new', 'base'), { recursive: true });
    for (const name of ['postgres.new/PG_VERSION', 'lock', 'lock-journal', 'master.key.new']) writeFileSync(join(dataDir, name), '');
    expect(await query(await start(), 'select 1')).toEqual([1]);
    expect(existsSync(join(dataDir, 'postgres.new'))).toBe(false);
  });

  it('whose pid file was never written to the end is started', async () => {
    writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), '');
    expect(await query(await start(), 'select 1')).toEqual([1]);
  });

  it('whose first start is killed, whenever that is, is set up by the next one', async () => {
    for (let round = 0; round < KILLS; round++) {
      takeNewDirectory();
      const child = spawn(process.execPath, [STARTER, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
      const said = once(child.stdout, 'data');
      await Promise.race([said, sleep((LATEST_KILL_MS * (round + Math.random())) / KILLS)]);
      await kill(child, 'SIGKILL');
      const again = await startElsewhere();
      expect(again.said).toBe('ready');
      await kill(again.child, 'SIGTERM');
      expect(readdirSync(dataDir).sort()).toEqual(['lock', 'master.key', 'mortise.pid', 'postgres']);
    }
  }, 600_000);

  it('that is new is taken by one of two that start at once, and the other is told so', async () => {
    for (let round = 0; round < PAIRS; round++) {
      takeNewDirectory();
      const pair = await Promise.all([startElsewhere(), startElsewhere()]);
      const said = pair.map((each) => each.said).sort();
      for (const { child } of pair) if (child.exitCode === null) await kill(child, 'SIGTERM');
      expect(said).toEqual([expect.stringMatching(/^MORTISE_DATA_DIR \S+ is in use by another Mortise \(pid (\d+|unknown)\)/), 'ready']);
    }
  }, 600_000);
});

describe.runIf(isRoot)('started by root', () => {
  const ownerOf = (path: string) => statSync(path).uid;

  it('runs as another user where the way is open', async () => {
    await start();
    expect(ownerOf(join(dataDir, 'postgres'))).not.toBe(0);
    expect(ownerOf(join(dataDir, 'master.key'))).toBe(0);
  });

  it.runIf(spawnSync('unshare', ['--user', 'true']).status === 0)('runs in a user namespace where the way is closed', async () => {
    chmodSync(home, 0o700);
    expect(await query(await start(), 'select 1')).toEqual([1]);
    expect(ownerOf(join(dataDir, 'postgres'))).toBe(0);
    await running.pop()?.stop();
    chmodSync(home, 0o755);
    expect(await query(await start(), 'select 1')).toEqual([1]);
    expect(ownerOf(join(dataDir, 'postgres'))).not.toBe(0);
  });

  it('serves a plain user too, who keeps it private', async () => {
    takeNewDirectory();
    const nobody = { uid: 65534, gid: 65534 };
    mkdirSync(dataDir);
    chownSync(dataDir, nobody.uid, nobody.gid);
    const { child, said } = await startElsewhere(nobody);
    expect(said).toBe('ready');
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(ownerOf(join(dataDir, 'postgres'))).toBe(nobody.uid);
    await kill(child, 'SIGTERM');
  });
});

const childrenOf = (pid: number | undefined): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
