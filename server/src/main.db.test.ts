import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { must } from './lib/must.ts';

const ENTRY = fileURLToPath(new URL('../bin/mortise.mjs', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY = /Mortise is ready at (\S+)/;

const home = mkdtempSync(join(tmpdir(), 'mortise-main-'));
const dataDir = join(home, 'data');
const KEY = `sec_${'k'.repeat(32)}`;
const started: Started[] = [];

beforeAll(() => chmodSync(home, 0o755));
afterAll(() => rmSync(home, { recursive: true }));
afterEach(async () => {
  for (const server of started.splice(0)) await stop(server, 'SIGKILL');
  await vi.waitFor(() => expect(databases()).toBe(0));
});

interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<unknown>;
  readonly output: Promise<string>;
  readonly errors: Promise<string>;
}

/** Runs the server with nothing in its environment but a path and these settings. */
function run(settings: Record<string, string> = {}): Started {
  const env = { PATH: '/usr/bin:/bin', PORT: '0', MORTISE_DATA_DIR: dataDir, MORTISE_LOG_LEVEL: 'warn', ...settings };
  return follow(spawn(process.execPath, [ENTRY], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** What a shell does for `npm start`. */
function runByNpm(): Started {
  const env = { PATH: process.env.PATH, HOME: home, PORT: '0', MORTISE_DATA_DIR: dataDir, MORTISE_LOG_LEVEL: 'warn' };
  return follow(spawn('npm', ['start'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true }));
}

function follow(child: ChildProcessByStdio<null, Readable, Readable>): Started {
  const server = { process: child, ended: once(child, 'exit'), output: text(child.stdout), errors: text(child.stderr) };
  started.push(server);
  return server;
}

async function ready(server: Started): Promise<URL> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = '';
  server.process.stdout?.on('data', (piece) => {
    said += String(piece);
    const url = READY.exec(said)?.[1];
    if (url !== undefined) resolve(url);
  });
  void server.errors.then((errors) => reject(new Error(errors)));
  return new URL(await promise);
}

async function stop(server: Started, signal: NodeJS.Signals): Promise<number | null> {
  server.process.kill(signal);
  await server.ended;
  return server.process.exitCode;
}

/** How many processes of PostgreSQL work on the data directory. */
const databases = (): number => readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(`-D\0${dataDir}`)).length;

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // gone meanwhile
  }
}

const me = async (url: URL, key: string): Promise<number> =>
  (await fetch(new URL('/api/me', url), { headers: { authorization: `Bearer ${key}` } })).status;

describe('the server', () => {
  it('starts with nothing set, prints its URL and key once, and stops cleanly at SIGTERM', async () => {
    const first = run();
    const url = await ready(first);
    expect((await fetch(new URL('/readyz', url))).status).toBe(200);
    expect(await stop(first, 'SIGTERM')).toBe(0);
    const [key = ''] = /sec_\S+/.exec(await first.output) ?? [];
    const again = run();
    expect(await me(await ready(again), key)).toBe(200);
    expect(await stop(again, 'SIGINT')).toBe(0);
    expect(await again.output).not.toContain('sec_');
  });

  it('takes a fixed key, which replaces the old one and is never printed', async () => {
    const server = run({ MORTISE_BOOTSTRAP_KEY: KEY });
    expect(await me(await ready(server), KEY)).toBe(200);
    await stop(server, 'SIGTERM');
    expect(await server.output).not.toContain('sec_');
  });

  it('finishes the request under way before it stops (CRA-05)', async () => {
    const server = run({ MORTISE_BOOTSTRAP_KEY: KEY });
    const socket = await halfARequest(await ready(server));
    server.process.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 200));
    socket.write('{}');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 422 /);
    await server.ended;
    expect(server.process.exitCode).toBe(0);
  });

  it('refuses a data directory in use with one line, and leaves the first server alone', async () => {
    const first = run();
    const url = await ready(first);
    const second = run();
    await second.ended;
    expect(second.process.exitCode).toBe(1);
    expect(await second.errors).toBe(
      `MORTISE_DATA_DIR ${dataDir} is in use by another Mortise (pid ${first.process.pid}): stop that one, or name another directory.\n`,
    );
    expect((await fetch(new URL('/readyz', url))).status).toBe(200);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops at a %s that only npm gets', async (signal) => {
    const server = runByNpm();
    const url = await ready(server);
    await stop(server, signal);
    await vi.waitFor(() => expect(databases()).toBe(0), { timeout: 10_000 });
    await expect(fetch(url)).rejects.toThrow();
  });

  it('is what npm starts without a shell in between', () => {
    const scripts: Record<string, string> = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;
    const starters = Object.values(scripts).filter((script) => script.includes('server/bin/mortise.mjs'));
    expect(starters).toHaveLength(2);
    expect(starters.filter((script) => !script.startsWith('exec '))).toEqual([]);
  });

  it('shows the key that it made up, though its first start found its port taken', async () => {
    const fresh = { MORTISE_DATA_DIR: join(home, 'fresh') };
    const { port, blocker } = await takenPort();
    const first = run({ ...fresh, PORT: port, MORTISE_LOG_LEVEL: 'trace' });
    await first.ended;
    blocker.close();
    expect(await first.errors).toBe(`Port ${port} on 127.0.0.1 is taken by another program: stop that one, or set PORT.\n`);
    expect(await first.output).not.toMatch(/"level":[4-6]0|Error:/);
    const second = run(fresh);
    const url = await ready(second);
    expect(await stop(second, 'SIGTERM')).toBe(0);
    const [key = ''] = /sec_\S+/.exec(await second.output) ?? [];
    expect(key, url.href).toMatch(/^sec_/);
  });

  it('refuses another master key than the one that sealed the secrets of its database', async () => {
    await ready(run());
    await stop(must(started.at(-1), 'it was just started'), 'SIGTERM');
    const server = run({ MORTISE_MASTER_KEY: Buffer.alloc(32, 9).toString('base64') });
    await server.ended;
    expect(server.process.exitCode).toBe(1);
    expect(await server.errors).toMatch(/^MORTISE_MASTER_KEY is not the key that sealed the secrets in this database: [^\n]+\n$/);
  });

  it('says in one line that its port is taken, and stops its database', async () => {
    const { port, blocker } = await takenPort();
    const server = run({ PORT: port });
    await server.ended;
    blocker.close();
    expect(server.process.exitCode).toBe(1);
    expect(await server.errors).toBe(`Port ${port} on 127.0.0.1 is taken by another program: stop that one, or set PORT.\n`);
    expect(databases()).toBe(0);
  });

  it('says everything that is wrong with its settings, and starts nothing', async () => {
    const server = run({ PORT: 'http', MORTISE_LOG_LEVEL: 'loud' });
    await server.ended;
    expect(server.process.exitCode).toBe(1);
    expect((await server.errors).split('\n')).toEqual([
      expect.stringMatching(/^PORT is "http"/),
      expect.stringMatching(/^MORTISE_LOG_LEVEL is "loud"/),
      '',
    ]);
  });

  it('says that a database cannot be reached', async () => {
    const server = run({ DATABASE_URL: 'postgresql://me@127.0.0.1:1/none', MORTISE_MASTER_KEY: Buffer.alloc(32).toString('base64') });
    await server.ended;
    expect(server.process.exitCode).toBe(1);
    expect(await server.errors).toBe('The database cannot be reached (connect ECONNREFUSED 127.0.0.1:1): check DATABASE_URL.\n');
  });
});

async function takenPort(): Promise<{ port: string; blocker: Server }> {
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const address = blocker.address();
  return { port: typeof address === 'object' ? String(address?.port) : '', blocker };
}

/** A connection on which a request has arrived but for its two bytes of body. */
async function halfARequest(url: URL): Promise<Socket> {
  const socket = connect(Number(url.port), url.hostname);
  const head = [
    'POST /api/workspaces HTTP/1.1',
    `Host: ${url.host}`,
    `Authorization: Bearer ${KEY}`,
    'Content-Type: application/json',
    'Content-Length: 2',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  await new Promise((resolve) => setTimeout(resolve, 200));
  return socket;
}
