/**
 * `node bench/peers.ts --data <directory> --peer <name>=<url> [--peer …] [--header "authorization: …"]`: other servers on the marketplace's
 * database, asked the question of `bench:list`, beside Mortise in the same run. README.md says how to set them up.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Mortise } from '@mortise/sdk';
import sql from 'sql-template-tag';
import { runningOn } from '../server/src/db/embedded/running.ts';
import { Database } from '../server/src/db/pool.ts';
import { must } from '../server/src/lib/must.ts';
import { type Get, load } from './load.ts';
import { searchOf } from './marketplace/question.ts';
import { startServer } from './server-process.ts';

const CONNECTIONS = [1, 8, 32];
const WAIT_MS = 60_000;
/** More pages than Mortise keeps: each is read from the tables, as peers do. */
const PAGES = 300;

interface Subject {
  readonly name: string;
  readonly gets: readonly Get[];
}

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    workspace: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    peer: { type: 'string', multiple: true, default: [] },
    header: { type: 'string', default: '' },
  },
});
const dataDir = must(values.data, '--data names a directory that bench:list has filled');
const seconds = Number(values.seconds);
const bootstrap = `sec_${randomBytes(24).toString('base64url')}`;
const server = await startServer(dataDir, bootstrap);
const owner = must(runningOn(dataDir), 'the server runs on its directory');
console.error(`the database: host=${owner.host} user=${owner.user} dbname=${owner.database}`);
try {
  console.log('| server | connections | requests/s | p50 ms | p99 ms |\n| --- | --- | --- | --- | --- |');
  for (const subject of [...(await mortise()), ...values.peer.map(peer)]) {
    await answers(subject);
    for (const connections of CONNECTIONS) {
      const { perSecond, p50, p99, errors } = await load(subject.gets, connections, seconds);
      if (errors > 0) throw new Error(`${subject.name}: ${errors} answers were no page`);
      console.log(`| ${subject.name} | ${connections} | ${perSecond.toPrecision(3)} | ${p50.toFixed(1)} | ${p99.toFixed(1)} |`);
    }
  }
} finally {
  await server.stop();
}

async function mortise(): Promise<Subject[]> {
  const database = new Database({ ...owner, max: 1 });
  const { id } = await database.db.one<{ id: string }>(
    sql`select id from workspaces where ${values.workspace ?? null}::text is null or id = ${values.workspace} order by id limit 1`,
  );
  await database.close();
  const body = { workspaceId: id, name: 'bench', kind: 'secret', role: 'viewer' };
  const { secret } = await new Mortise({ url: server.url, key: bootstrap }).request<{ secret: string }>('POST', '/api/api-keys', { body });
  const headers = { authorization: `Bearer ${secret}` };
  const get = (more: Record<string, string>): Get => ({ url: `${server.url}/api/integrations?${searchOf(more)}`, headers });
  const pages: Get[] = [];
  for (let after = await endOf(get({ limit: '1' })); pages.length < PAGES; after = await endOf(get({ limit: '1', after })))
    pages.push(get({ after }));
  return [
    { name: 'Mortise, pages that begin a row after one another', gets: pages },
    { name: 'Mortise, one page again and again', gets: [get({})] },
  ];
}

/** The cursor behind a page. */
async function endOf({ url, headers }: Get): Promise<string> {
  const { pageInfo } = (await (await fetch(url, { headers })).json()) as { pageInfo: { endCursor: string } };
  return pageInfo.endCursor;
}

function peer(text: string): Subject {
  const cut = text.indexOf('=');
  const [header, value = ''] = values.header.split(/: (.*)/);
  return { name: text.slice(0, cut), gets: [{ url: text.slice(cut + 1), headers: header ? { [header]: value } : {} }] };
}

/** Waits until the server answers: it may have to find the database first. */
async function answers({ name, gets }: Subject): Promise<void> {
  const { url, headers } = must(gets[0], 'something is asked');
  const end = performance.now() + WAIT_MS;
  while (performance.now() < end) {
    const status = await fetch(url, { headers, signal: AbortSignal.timeout(30_000) }).then(
      async (response) => (await response.text()) && response.status,
      () => 0,
    );
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error(`${name} does not answer at ${url}`);
}
