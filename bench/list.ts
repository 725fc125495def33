/** `npm run bench:list`: a page of 100 out of a million integrations, against what pgbench gets for the same statement. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Mortise } from '@mortise/sdk';
import sql from 'sql-template-tag';
import { authenticate } from '../server/src/access/authenticate.ts';
import { cursorKeyOf } from '../server/src/app.ts';
import { runningOn } from '../server/src/db/embedded/running.ts';
import { hot } from '../server/src/db/hot.ts';
import { Database } from '../server/src/db/pool.ts';
import { integrationResource } from '../server/src/domain/integration/resource.ts';
import { must } from '../server/src/lib/must.ts';
import type { Text } from '../server/src/listing/frozen.ts';
import { type Listing, listing } from '../server/src/listing/list.ts';
import type { PageRow } from '../server/src/listing/page.ts';
import { parseListParams } from '../server/src/listing/params.ts';
import { type Load, load } from './load.ts';
import { readOptions } from './marketplace/options.ts';
import { hasPgbench, pgbench } from './marketplace/pgbench.ts';
import { FILTER, ORDER, searchOf } from './marketplace/question.ts';
import { stageMarketplace } from './marketplace/stage.ts';
import { startWriter } from './marketplace/writer.ts';
import { startServer } from './server-process.ts';

const CONNECTIONS = [1, 8, 32];
const DEEP_PAGE = 5_000;
const WRITES = [0, 0.2, 2, 20];
const FOR_EVER = { total: 0, snapshot: '1000000000:1000000000:' };
const { size, dataDir, seconds } = readOptions();
const tell = (line: string): void => console.error(line);

interface Row {
  readonly page: string;
  readonly connections: number;
  readonly load: Load;
  /** Of pgbench's rate for the same statement; null without pgbench. */
  readonly ratio: number | null;
}

await stageMarketplace(dataDir, size, tell);
const bootstrap = `sec_${randomBytes(24).toString('base64url')}`;
const server = await startServer(dataDir, bootstrap);
const owner = must(runningOn(dataDir), 'the server runs on its directory');
const database = new Database({ ...owner, max: 1 });
/** The server's own key signs the cursors, so that it takes those found here. */
const masterKey = Buffer.from(readFileSync(join(dataDir, 'master.key'), 'utf8'), 'base64');
const cursorKey = cursorKeyOf(masterKey);
try {
  const rows = await measure();
  print(rows);
  mkdirSync(new URL('results', import.meta.url), { recursive: true });
  writeFileSync(new URL('results/list.json', import.meta.url), `${JSON.stringify({ size, seconds, rows }, null, 2)}\n`);
} finally {
  await database.close();
  await server.stop();
}

async function measure(): Promise<Row[]> {
  const platform = new Mortise({ url: server.url, key: bootstrap });
  const { id } = await database.db.one<{ id: string }>(sql`select id from workspaces order by id offset ${Math.floor(size / 300)} limit 1`);
  const key = await platform.request<{ secret: string }>('POST', '/api/api-keys', {
    body: { workspaceId: id, name: 'bench', kind: 'secret', role: 'viewer' },
  });
  const actor = must(await authenticate(database.db, key.secret, new Date()), 'the key was just minted');
  const ask = (after: string | null) => question(actor, after);
  const deep = await cursorAfter(ask, DEEP_PAGE - 1);
  const rows: Row[] = [];
  for (const [page, after] of [
    ['page 1', null],
    [`page ${DEEP_PAGE}`, deep],
  ] as const) {
    const url = `${server.url}/api/integrations?${searchOf(after === null ? {} : { after })}`;
    const statement = await known(ask(after));
    for (const connections of CONNECTIONS) {
      const shown = await load(url, { authorization: `Bearer ${key.secret}` }, connections, seconds);
      const ceiling = hasPgbench() ? pgbench(owner, statement, connections, seconds) : null;
      rows.push({ page, connections, load: shown, ratio: ceiling && shown.perSecond / ceiling });
      tell(`${page}, ${connections} connections: ${shown.perSecond.toFixed(0)}/s, pgbench ${ceiling?.toFixed(0) ?? '–'}/s`);
    }
  }
  rows.push(...(await whileChanging(platform, key.secret)));
  return rows;

  function question(who: typeof actor, after: string | null): Listing {
    const raw = { limit: 100, filter: FILTER, orderBy: ORDER, ...(after === null ? {} : { after }) };
    return listing(integrationResource, parseListParams(integrationResource, raw, 'body'), who, cursorKey);
  }
}

/** The first page while integrations that it may show are changed: each change makes the next request count again. */
async function whileChanging(platform: Mortise, key: string): Promise<Row[]> {
  const found = await database.db.many<{ id: string }>(sql`select id from integrations where visibility = 'public' order by id limit 100`);
  const url = `${server.url}/api/integrations?${searchOf()}`;
  const rows: Row[] = [];
  for (const perSecond of WRITES) {
    const writer = startWriter(
      platform,
      found.map(({ id }) => id),
      perSecond,
    );
    rows.push({
      page: `page 1, ${perSecond} changes/s`,
      connections: 8,
      load: await load(url, { authorization: `Bearer ${key}` }, 8, seconds * 3),
      ratio: null,
    });
    await writer.stop();
  }
  return rows;
}

/** The page's own statement once its total is known, as the server sends it from the second request on. */
async function known(list: Listing): Promise<Text> {
  const { counted } = must(list.read(await database.db.many<PageRow>(list.recount())), 'a count gives a total');
  return list.page(counted);
}

/** Walks forward page by page. Totals are of no interest here: one that holds for ever saves counting them. */
async function cursorAfter(ask: (after: string | null) => Listing, pages: number): Promise<string> {
  let after: string | null = null;
  for (let page = 0; page < pages; page++) {
    const list: Listing = ask(after);
    const { json } = must(list.read(await database.db.many<PageRow>(hot(list.page(FOR_EVER)))), 'it holds for ever');
    const { pageInfo } = JSON.parse(json) as { pageInfo: { endCursor: string | null; hasNextPage: boolean } };
    if (!pageInfo.hasNextPage || pageInfo.endCursor === null) throw new Error(`the list has ${page + 1} pages only; use a larger --size`);
    after = pageInfo.endCursor;
  }
  return must(after, 'there is a page before');
}

function print(rows: readonly Row[]): void {
  console.log('| page | connections | requests/s | p50 ms | p99 ms | of pgbench |\n| --- | --- | --- | --- | --- | --- |');
  for (const { page, connections, load: shown, ratio } of rows)
    console.log(
      `| ${page} | ${connections} | ${shown.perSecond.toFixed(0)} | ${shown.p50.toFixed(1)} | ${shown.p99.toFixed(1)} | ${ratio?.toFixed(2) ?? '–'} |`,
    );
}
