/**
 * `node bench/peers.ts --data <directory> --peer <name>=<url> [--peer …] [--header "authorization: …"]`: other servers on the marketplace's
 * database, asked the question of `bench:list`, beside Mortise in the same run. README.md says how to set them up.
 */
import { parseArgs } from 'node:util';
import { must } from '../server/src/lib/must.ts';
import { type Get, load } from './load.ts';
import { openMarket } from './marketplace/market.ts';
import { searchOf } from './marketplace/question.ts';
import { markdown } from './measure.ts';

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
const market = await openMarket(dataDir);
const { server, owner } = market;
console.error(`the database: host=${owner.host} user=${owner.user} dbname=${owner.database}`);
try {
  const rows: (string | number)[][] = [];
  for (const subject of [...(await mortise()), ...values.peer.map(peer)]) {
    await answers(subject);
    for (const connections of CONNECTIONS) rows.push(await measure(subject, connections));
  }
  console.log(markdown(['server', 'connections', 'requests/s', 'p50 ms', 'p99 ms'], rows));
} finally {
  await market.close();
}

async function measure({ name, gets }: Subject, connections: number): Promise<(string | number)[]> {
  const { perSecond, p50, p99, errors } = await load(gets, connections, seconds);
  if (errors > 0) throw new Error(`${name}: ${errors} answers were no page`);
  console.error(`${name}, ${connections} connections: ${perSecond.toPrecision(3)}/s`);
  return [name, connections, Number(perSecond.toPrecision(3)), p50.toFixed(1), p99.toFixed(1)];
}

async function mortise(): Promise<Subject[]> {
  const workspace = values.workspace ?? (await market.someWorkspace());
  const headers = { authorization: `Bearer ${await market.viewerOf(workspace)}` };
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
