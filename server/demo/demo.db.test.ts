import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const ENTRY = fileURLToPath(new URL('../bin/mortise.mjs', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'mortise-demo-'));
const dataDir = join(home, 'data');
const JOURNAL = join(dataDir, 'demo.jsonl');

/** A demo that has said everything it has to say. */
interface Demo {
  readonly process: ChildProcess;
  readonly said: string;
}

function start(directory: string): ChildProcess {
  const env = { PATH: '/usr/bin:/bin', PORT: '0', MORTISE_DATA_DIR: directory, DATABASE_URL: 'postgresql://not.to.be.touched.invalid/x' };
  return spawn(process.execPath, [ENTRY, 'demo'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function ready(directory: string): Promise<Demo> {
  const child = start(directory);
  let said = '';
  child.stdout?.on('data', (piece) => {
    said += String(piece);
  });
  child.stderr?.on('data', (piece) => {
    said += String(piece);
  });
  await vi.waitFor(() => expect(said).toMatch(/\/upgrade'\n/), { timeout: 15_000, interval: 20 });
  return { process: child, said };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  await once(child, 'exit');
}

const journal = (): string => readFileSync(JOURNAL, 'utf8');
const found = (pattern: RegExp, said: string): string => pattern.exec(said)?.[1] ?? expect.unreachable(`${pattern} in ${said}`);

/** Asks the demo as its platform admin. */
async function get<T>({ said }: Demo, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${found(/Platform admin +(sec_\S+)/, said)}` };
  const response = await fetch(new URL(path, found(/ready at (\S+)/, said)), { headers });
  expect(response.status, path).toBe(200);
  return (await response.json()) as T;
}

interface Page<T> {
  readonly data: readonly T[];
  readonly pageInfo: { readonly total: number };
}
const LISTS = ['workspaces', 'users', 'api-keys', 'entities', 'integrations', 'integration-versions', 'integration-installs', 'events'];

/** How many rows each list has, deleted ones included where it tells of them. */
async function counts(demo: Demo): Promise<Record<string, number>> {
  const totals: [string, number][] = [];
  for (const list of LISTS) totals.push([list, (await get<Page<object>>(demo, `/api/${list}?limit=1`)).pageInfo.total]);
  return Object.fromEntries(totals);
}

/** What may be pasted into a shell. */
const commandsIn = ({ said }: Demo): string[] => said.match(/^ {5}curl (?:.*\\\n)?.*'http:.*'$/gm) ?? [];

describe('the demo', () => {
  let demo: Demo;

  beforeAll(async () => {
    chmodSync(home, 0o755);
    const cutOff = start(dataDir);
    await vi.waitFor(() => expect(journal().split('\n').length).toBeGreaterThan(60), { timeout: 15_000, interval: 5 });
    await end(cutOff, 'SIGKILL');
    demo = await ready(dataDir);
  });
  afterAll(async () => {
    await end(demo.process, 'SIGKILL');
    rmSync(home, { recursive: true, force: true });
  });

  it('goes on where it was cut off: everything is there once', async () => {
    expect(await counts(demo)).toMatchObject({ workspaces: 3, users: 7, 'api-keys': 11, integrations: 12, 'integration-installs': 10 });
  });

  it('tells what it is at while it makes the world, and starts at once when that is there', async () => {
    expect(demo.said.match(/^ {2}\d of 5/gm)).toEqual(['  1 of 5', '  2 of 5', '  3 of 5', '  4 of 5', '  5 of 5']);
    expect(demo.said.indexOf('5 of 5')).toBeLessThan(demo.said.indexOf('ready at'));
  });

  it('has public, unlisted and private integrations, most of several versions, and a deleted draft', async () => {
    const { data } = await get<Page<{ id: string; slug: string; visibility: string; deletedAt: string | null }>>(
      demo,
      '/api/integrations?include_deleted=true',
    );
    const slugs = (visibility: string) => data.filter((each) => each.visibility === visibility && !each.deletedAt).map(({ slug }) => slug);
    expect(slugs('public')).toHaveLength(9);
    expect(slugs('unlisted').sort()).toEqual(['release-announcer', 'translation-desk']);
    expect(slugs('private')).toEqual(['vendor-review']);
    expect(data.filter(({ deletedAt }) => deletedAt).map(({ slug }) => slug)).toEqual(['standup-bot']);
    expect((await counts(demo))['integration-versions']).toBeGreaterThanOrEqual(24);
  });

  it('shows every state that a member can be in', async () => {
    const installs = await get<Page<{ id: string }>>(demo, '/api/integration-installs');
    const drift = new Set<string>();
    const configState = new Set<string>();
    for (const { id } of installs.data) {
      const { members } = await get<{ members: { drift: string; configState: string }[] }>(demo, `/api/integration-installs/${id}/members`);
      for (const member of members) {
        drift.add(member.drift);
        configState.add(member.configState);
      }
    }
    expect([...drift].sort()).toEqual(['missing', 'modified', 'none', 'outdated']);
    expect([...configState].sort()).toEqual(['disabled', 'needs_auth', 'needs_variables', 'ready']);
  });

  it('prints keys that work, and commands that can be pasted', async () => {
    const keys = [...demo.said.matchAll(/(?:sec|pub)_\S{43}(?=\n)/g)].map(([key]) => key);
    expect(keys).toHaveLength(11);
    for (const key of keys) {
      const response = await fetch(new URL('/api/me', found(/ready at (\S+)/, demo.said)), { headers: { authorization: `Bearer ${key}` } });
      expect(response.status).toBe(200);
    }
    expect(commandsIn(demo)).toHaveLength(3);
  });

  it('does what it says may be tried', async () => {
    const tried: string[] = [];
    for (const command of commandsIn(demo)) tried.push(execFileSync('bash', ['-c', command], { encoding: 'utf8' }));
    const [market, members, upgrade] = tried.map((answer) => JSON.parse(answer));
    expect(market.data.map(({ name }: { name: string }) => name)).toEqual(['Support inbox triage']);
    const drifts = members.members.map(({ sourceMemberSlug, drift }: Record<string, string>) => [sourceMemberSlug, drift]);
    expect(drifts).toContainEqual(['reply-style', 'modified']);
    expect(upgrade).toMatchObject({ skipped: ['house-style'], along: [{ to: { version: '2.0.0' }, from: { version: '1.0.0' } }] });
    expect(upgrade.updated.length + upgrade.added.length).toBeGreaterThan(0);
  });

  it('started again says the same, and adds nothing', async () => {
    const before = { counts: await counts(demo), journal: journal(), keys: demo.said.match(/sec_\S{43}\n/g) };
    await end(demo.process, 'SIGTERM');
    demo = await ready(dataDir);
    expect({ counts: await counts(demo), journal: journal(), keys: demo.said.match(/sec_\S{43}\n/g) }).toEqual(before);
    expect(demo.said).not.toContain('of 5');
  });

  it('leaves data alone that is not its own', async () => {
    const foreign = join(home, 'foreign');
    mkdirSync(join(foreign, 'postgres'), { recursive: true });
    const child = start(foreign);
    expect(await text(child.stderr ?? expect.unreachable())).toContain("holds data that is not the demo's");
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(1);
  });
});
