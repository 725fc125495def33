import { type ChildProcess, type SpawnSyncOptionsWithStringEncoding, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { must } from '../src/lib/must.ts';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const ENTRY = fileURLToPath(new URL('../bin/mortise.mjs', import.meta.url));
const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
const KEY = `sec_${randomBytes(24).toString('hex')}`;

/** A block to paste, and what the page says that it prints. */
interface Step {
  readonly title: string;
  readonly commands: string;
  readonly output: string;
}

const STEP = /^\*\*(\d+\. [^*]+)\*\*.*?```bash\n(.*?)```\n\n```text\n(.*?)```/gms;
const STEPS = [...readFileSync(README, 'utf8').matchAll(STEP)].map(
  ([, title = '', commands = '', output = '']): Step => ({ title, commands, output }),
);

const missing = ['bash', 'curl'].filter((program) => spawnSync(program, ['--version'], { env: { PATH } }).status !== 0);

const home = mkdtempSync(join(tmpdir(), 'mortise-readme-'));
afterAll(() => rmSync(home, { recursive: true }));

let server: ChildProcess | undefined;
let printed: readonly string[] = [];

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** `…` on the page is anything without a space. */
const pattern = (output: string): RegExp => new RegExp(`^${output.split('…').map(literal).join('\\S+')}$`);

/** Starts the server in its data directory; resolves to its URL. */
async function start(): Promise<string> {
  chmodSync(home, 0o755); // PostgreSQL may run as another user
  const env = { PATH, PORT: '0', MORTISE_DATA_DIR: join(home, 'data'), MORTISE_BOOTSTRAP_KEY: KEY, MORTISE_LOG_LEVEL: 'warn' };
  const child = spawn(process.execPath, [ENTRY], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  server = child;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = '';
  child.stdout.on('data', (piece) => {
    said += String(piece);
    const url = /ready at (\S+)/.exec(said)?.[1];
    if (url !== undefined) resolve(url);
  });
  child.once('exit', () => reject(new Error('the server ended before it was ready')));
  return promise;
}

/** The examples further down, in the shell of the tour, each with what it prints at the tour's end. */
const EXAMPLES: readonly (readonly [start: string, printed: string])[] = [
  ['api POST /api/entities/search', "[ 'Triage' ]\n"],
  ["api GET '/api/integration-installs?filter=", "[ '1.2.0' ]\n"],
  [
    'KEY=$ADMIN_KEY api PATCH /api/workspaces/',
    "{\n  leastTrustTier: null,\n  allowedPublishers: [ 'acme' ],\n  minReleaseAgeHours: 72\n}\n",
  ],
];
const INDENTED = [...readFileSync(README, 'utf8').matchAll(/^ {2}```sh\n(.*?)^ {2}```$/gms)].map(([, commands = '']) =>
  commands.trimStart(),
);

/** Pastes all blocks into one bash, with the reader's two settings; what each block printed. */
async function paste(url: string): Promise<string[]> {
  const mark = randomBytes(8).toString('hex');
  const wrong = `KEY=sec_wrong; api GET /api/me | get user.name 2>&1 || true\n`;
  const script = [...STEPS.map(({ commands }) => commands), ...INDENTED, wrong]
    .map((commands) => `${commands}\necho ${mark}\n`)
    .join('')
    .replace(/^URL=.*$/m, `URL=${url}`)
    .replace(/^ADMIN_KEY=sec_.*$/m, `ADMIN_KEY=${KEY}`);
  const cwd = join(home, 'empty');
  mkdirSync(cwd);
  // Without a file as its input, bash would take the pipe for a login from elsewhere, and run /etc/bash.bashrc first.
  const options: SpawnSyncOptionsWithStringEncoding = { cwd, env: { PATH }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };
  const { stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], options);
  expect(stderr).toBe('');
  return stdout.split(`${mark}\n`);
}

describe.skipIf(missing.length > 0)(`the tour in the README (needs ${missing.join(' and ') || 'bash and curl'})`, () => {
  beforeAll(async () => {
    printed = await paste(await start());
  });
  afterAll(async () => {
    const child = must(server, 'the server was started');
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  });

  it('has examples behind it, and each works as pasted', () => {
    expect(INDENTED.map((commands, index) => [commands.startsWith(EXAMPLES[index]?.[0] ?? '?'), printed[STEPS.length + index]])).toEqual(
      EXAMPLES.map(([, output]) => [true, output]),
    );
  });

  it('shows the 401 of a wrong key, and no stack', () => {
    expect(printed[STEPS.length + INDENTED.length]).toBe('401 unauthenticated: The key is unknown, expired or revoked. Use another one.\n');
  });

  it('has its eleven steps', () => expect(STEPS).toHaveLength(11));

  it.each(STEPS.map((step, index) => ({ ...step, index })))('$title prints what the page shows', ({ output, index }) => {
    expect(printed[index]).toMatch(pattern(output));
  });
});
