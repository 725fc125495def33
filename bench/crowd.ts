/**
 * `npm run bench:crowd`: what one tenant notices of many others. How long publish, yank and revoke take beside installers of the same
 * integration over two servers on one database; how much memory many uploads of large bundles take, and how long others wait meanwhile.
 * See README.md.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import { runningOn } from '../server/src/db/embedded/running.ts';
import { must } from '../server/src/lib/must.ts';
import { markdown, percentile, save } from './measure.ts';
import { besides } from './members/bystander.ts';
import { watchMemory } from './memory.ts';
import { type ServerProcess, startServer } from './server-process.ts';

const { values: options } = parseArgs({
  options: {
    installers: { type: 'string', default: '24' },
    members: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '20' },
    uploads: { type: 'string', default: '40' },
    megabytes: { type: 'string', default: '60' },
  },
});
const [installers, members, seconds, uploads, megabytes] = [
  options.installers,
  options.members,
  options.seconds,
  options.uploads,
  options.megabytes,
].map(Number) as [number, number, number, number, number];

const agent = new Agent({ keepAlive: true });

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A body that is bytes is sent as it is, and not copied for each request. */
function ask(url: string, key: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const bytes = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const headers = { authorization: `Bearer ${key}`, ...(bytes && { 'content-type': 'application/json', 'content-length': bytes.length }) };
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { method, headers, agent }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part)).on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(parts).toString()) }));
    });
    sent.on('error', reject).end(bytes);
  });
}

async function made(url: string, key: string, path: string, body: unknown): Promise<Record<string, unknown>> {
  const answer = await ask(url, key, 'POST', path, body);
  if (answer.status > 201) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function tenant(url: string, platform: string, handle: string): Promise<{ id: string; key: string }> {
  const { id } = await made(url, platform, '/api/workspaces', { name: handle, handle });
  const { secret } = await made(url, platform, '/api/api-keys', { workspaceId: id, name: 'bench', kind: 'secret', role: 'admin' });
  return { id: String(id), key: String(secret) };
}

const key = `sec_${randomBytes(24).toString('hex')}`;
const masterKey = randomBytes(32).toString('base64');
const dataDir = await mkdtemp(join(tmpdir(), 'mortise-bench-'));
const first = await startServer(dataDir, key, { env: { MORTISE_MASTER_KEY: masterKey } });
let second: ServerProcess | null = null;
try {
  const { user, host, port, database } = must(runningOn(dataDir), 'the server runs its database') as pg.ClientConfig;
  const url = `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(String(host))}${port ? `&port=${port}` : ''}`;
  second = await startServer(dataDir, key, { env: { MORTISE_MASTER_KEY: masterKey, DATABASE_URL: url } });
  const crowd = await besideInstallers([first.url, second.url]);
  console.log(
    markdown(
      ['beside installers', 'p50 ms', 'longest ms', 'times', 'refused'],
      crowd.map(({ what, p50, longest, times, refused }) => [what, p50.toFixed(0), longest.toFixed(0), times, refused]),
    ),
  );
  await second.stop();
  second = null;
  const large = await manyUploads(first);
  console.log(
    markdown(
      ['uploads', 'peak MB', 'others alone p99 ms', 'others p99 ms', 'longest ms', 'answers'],
      [[`${uploads} × ${megabytes} MB`, large.peak, large.alone.toFixed(1), large.p99.toFixed(1), large.longest.toFixed(0), large.answers]],
    ),
  );
  await save('crowd', { installers, members, crowd, large });
} finally {
  await second?.stop();
  await first.stop();
  await rm(dataDir, { recursive: true, force: true });
}

/** Installers install and uninstall for as long as it takes; the publisher publishes, yanks and has revoked what he published. */
async function besideInstallers(urls: readonly [string, string]) {
  const [url] = urls;
  const publisher = await tenant(url, key, 'publisher');
  const entityIds: string[] = [];
  for (let i = 0; i < members; i++) {
    const body = { workspaceId: publisher.id, kind: 'function', slug: `f${i}`, name: 'f', definition: { i, tone: '{{ variables.tone }}' } };
    entityIds.push(String((await made(url, publisher.key, '/api/entities', body)).id));
  }
  const manifest = {
    members: entityIds.map((entityId, i) => ({ slug: `f${i}`, entityId, kind: 'function', forkOnInstall: true, required: true })),
  };
  const variablesSchema = { type: 'object', properties: { tone: { type: 'string', default: 'calm' } } };
  const { id } = await made(url, publisher.key, '/api/integrations', {
    workspaceId: publisher.id,
    slug: 'crowded',
    name: 'crowded',
    manifest,
    variablesSchema,
  });
  await made(url, publisher.key, `/api/integrations/${id}/publish`, { version: '1.0.0' });
  await ask(url, publisher.key, 'POST', `/api/integrations/${id}/visibility`, { visibility: 'unlisted' });
  const buyers = await Promise.all(Array.from({ length: installers }, (_, i) => tenant(url, key, `buyer-${i}`)));
  let done = false;
  let installs = 0;
  const installing = buyers.map(async (buyer, i) => {
    const mine = must(urls[i % urls.length], 'there are two servers');
    while (!done) {
      const { status, body } = await ask(mine, buyer.key, 'POST', `/api/integrations/${id}/install`, { workspaceId: buyer.id });
      if (status !== 201) continue;
      installs++;
      await ask(mine, buyer.key, 'DELETE', `/api/integration-installs/${body.id}`);
    }
  });
  const times: Record<string, number[]> = { publish: [], yank: [], revoke: [] };
  const refused: Record<string, number> = {};
  const timed = async (what: string, work: () => Promise<Answer>) => {
    const start = performance.now();
    const { status, body } = await work();
    times[what]?.push(performance.now() - start);
    if (status > 201) refused[what] = (refused[what] ?? 0) + 1;
    return body;
  };
  const end = performance.now() + seconds * 1000;
  for (let patch = 1; performance.now() < end; patch++) {
    const at = must(urls[patch % urls.length], 'there are two servers');
    // What was revoked is not published again: each version says something else.
    await ask(at, publisher.key, 'PATCH', `/api/integrations/${id}`, { variablesSchema: { ...variablesSchema, title: `round ${patch}` } });
    const version = await timed('publish', () =>
      ask(at, publisher.key, 'POST', `/api/integrations/${id}/publish`, { version: `1.0.${patch}` }),
    );
    if (version.id === undefined) continue;
    const path = `/api/integration-versions/${version.id}`;
    await timed('yank', () => ask(at, publisher.key, 'POST', `${path}/yank`, {}));
    await timed('revoke', () => ask(at, key, 'POST', `${path}/revoke`, { reason: 'bench' }));
  }
  done = true;
  await Promise.all(installing);
  console.error(`${installs} installs of ${members} members by ${installers} in ${seconds} s`);
  return Object.entries(times).map(([what, all]) => {
    const sorted = all.sort((a, b) => a - b);
    return { what, p50: percentile(sorted, 0.5), longest: percentile(sorted, 1), times: sorted.length, refused: refused[what] ?? 0 };
  });
}

/** A bundle that is read whole before it is found to be altered. */
function bundle(workspaceId: string): Buffer {
  const definition = { text: 'x'.repeat(1_000_000) };
  const list = Array.from({ length: megabytes }, (_, i) => ({
    slug: `m${i}`,
    kind: 'function',
    entityId: `fun_${String(i + 1).padStart(26, '0')}`,
    entitySlug: `m${i}`,
    name: 'm',
    description: null,
    formerSlugs: [],
    definition,
  }));
  const content = { version: '1.0.0', changelog: null, manifest: {}, variablesSchema: {}, authConfig: {}, members: list };
  const integration = { publisher: 'p', slug: 's', name: 'n', description: null, iconUrl: null };
  const signature = {
    algorithm: 'Ed25519',
    publicKey: 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=',
    value: 'A'.repeat(86),
  };
  return Buffer.from(
    JSON.stringify({
      workspaceId,
      bundle: {
        format: 'mortise-bundle/1',
        integration,
        publishedAt: '2026-01-01T00:00:00.000Z',
        digest: '0'.repeat(64),
        content,
        signature: { ...signature, value: `${signature.value}==` },
      },
    }),
  );
}

async function manyUploads(server: ServerProcess) {
  const [uploader, other] = [await tenant(server.url, key, 'uploader'), await tenant(server.url, key, 'other')];
  const url = `${server.url}/api/integrations`;
  const quiet = await besides(() => new Promise((resolve) => setTimeout(resolve, 3_000)), url, other.key);
  const body = bundle(uploader.id);
  const memory = watchMemory(server.pid, dataDir);
  const statuses: Record<string, number> = {};
  const busy = await besides(
    () =>
      Promise.all(
        Array.from({ length: uploads }, async () => {
          const status = await ask(server.url, uploader.key, 'POST', '/api/bundles', body).then(
            ({ status }) => String(status),
            () => 'broken',
          );
          statuses[status] = (statuses[status] ?? 0) + 1;
        }),
      ),
    url,
    other.key,
  );
  const { server: peak } = await memory.stop();
  return {
    peak,
    alone: quiet.p99,
    p99: busy.p99,
    longest: busy.longest,
    answers: Object.entries(statuses)
      .map(([status, count]) => `${count} × ${status}`)
      .join(', '),
  };
}
