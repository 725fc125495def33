/** `npm run bench:list`: a page of 100 out of a million integrations, against what pgbench gets for the same statement. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { authenticate } from '../server/src/access/authenticate.ts';
import { stillValid } from '../server/src/access/known-actors.ts';
import { integrationResource } from '../server/src/domain/integration/resource.ts';
import { must } from '../server/src/lib/must.ts';
import { cursorKeyOf } from '../server/src/listing/cursor.ts';
import { listing } from '../server/src/listing/list.ts';
import { parseListParams } from '../server/src/listing/params.ts';
import { type Get, type Load, load } from './load.ts';
import { openMarket } from './marketplace/market.ts';
import { readOptions } from './marketplace/options.ts';
import { hasPgbench, pgbench } from './marketplace/pgbench.ts';
import { FILTER, ORDER, searchOf } from './marketplace/question.ts';
import { stageMarketplace } from './marketplace/stage.ts';
import { cursorsAfter, FOR_EVER } from './marketplace/walk.ts';
import { startWriter } from './marketplace/writer.ts';
import { markdown, save } from './measure.ts';

const CONNECTIONS = [1, 8, 32];
const DEEP_PAGE = 5_000;
const CHANGES = [0, 0.2, 2, 20];
/** More pages than the server keeps: each is read from the tables. */
const PAGES = 300;
/** Keys that ask for the same page. */
const KEYS = 20;
const LOAD = ['p50 ms', 'p99 ms', 'pgbench/s', 'ratio'];
const { size, dataDir, seconds } = readOptions();
const tell = (line: string): void => console.error(line);

interface Row {
  readonly page: string;
  readonly connections: number;
  /** Pages that begin a row after one another, none asked for often enough to be found as it was; pgbench runs the one in their middle. */
  readonly read: Measured;
  /** One page, again and again, with several keys; pgbench runs the same. */
  readonly again: Measured;
}

interface Measured extends Load {
  /** Statements per second of pgbench; null without it, or where tables change. */
  readonly pgbench: number | null;
}

await stageMarketplace(dataDir, size, tell);
const market = await openMarket(dataDir);
const { server, platform, owner, database } = market;
/** The server's own key signs the cursors, so that it takes those found here. */
const cursorKey = cursorKeyOf(Buffer.from(readFileSync(join(dataDir, 'master.key'), 'utf8'), 'base64'));
try {
  const rows = await measure();
  print(rows);
  await save('list', { size, seconds, rows });
} finally {
  await market.close();
}

async function measure(): Promise<Row[]> {
  const workspace = await market.someWorkspace();
  const keys: string[] = [];
  for (let key = 0; key < KEYS; key++) keys.push(await market.viewerOf(workspace));
  const actor = must(await authenticate(database.db, must(keys[0], 'there are keys'), new Date()), 'the key was just minted');
  const ask = (limit: number) => (after: string | null) => {
    const raw = { limit, filter: FILTER, orderBy: ORDER, ...(after === null ? {} : { after }) };
    return listing(integrationResource, parseListParams(integrationResource, raw, 'body'), actor, cursorKey);
  };
  const deep = (await cursorsAfter(null, DEEP_PAGE - 1, ask(100), database.db)).at(-1) ?? null;
  const rows: Row[] = [];
  let first: Questions | null = null;
  for (const [page, after] of [
    ['page 1', null],
    [`page ${DEEP_PAGE}`, deep],
  ] as const) {
    const starts = await cursorsAfter(after, PAGES, ask(1), database.db);
    const questions = questionsOf(keys, after, starts);
    first ??= questions;
    const baseline = (start: string | null, connections: number) =>
      hasPgbench() ? pgbench(owner, ask(100)(start).page(FOR_EVER, stillValid(actor, new Date())), connections, seconds) : null;
    const middle = must(starts[PAGES / 2], 'there are pages');
    for (const connections of CONNECTIONS) {
      const { read, again } = await bothLoads(questions, connections, seconds);
      const measured = {
        read: { ...read, pgbench: baseline(middle, connections) },
        again: { ...again, pgbench: baseline(after, connections) },
      };
      rows.push(row(page, connections, measured));
    }
  }
  for (const perSecond of CHANGES) rows.push(await whileChanging(must(first, 'there is a first page'), perSecond));
  return rows;
}

interface Questions {
  readonly read: readonly Get[];
  readonly again: readonly Get[];
}

function questionsOf(keys: readonly string[], after: string | null, starts: readonly string[]): Questions {
  const get = (key: string, cursor: string | null): Get => ({
    url: `${server.url}/api/integrations?${searchOf(cursor === null ? {} : { after: cursor })}`,
    headers: { authorization: `Bearer ${key}` },
  });
  const [key] = keys;
  return {
    read: starts.map((start) => get(must(key, 'there are keys'), start)),
    again: keys.map((each) => get(each, after)),
  };
}

async function bothLoads({ read, again }: Questions, connections: number, duration: number): Promise<{ read: Load; again: Load }> {
  return { read: await load(read, connections, duration), again: await load(again, connections, duration) };
}

/** The first page while integrations that it may show are changed. */
async function whileChanging(questions: Questions, perSecond: number): Promise<Row> {
  const found = await database.db.many<{ id: string }>(sql`select id from integrations where visibility = 'public' order by id limit 100`);
  const ids = found.map(({ id }) => id);
  const writer = startWriter(platform, ids, perSecond);
  const { read, again } = await bothLoads(questions, 8, seconds * 3);
  await writer.stop();
  return row(`page 1, ${perSecond} changes/s`, 8, { read: { ...read, pgbench: null }, again: { ...again, pgbench: null } });
}

function row(page: string, connections: number, measured: { read: Measured; again: Measured }): Row {
  const { read, again } = measured;
  const said = ({ perSecond, pgbench }: Measured) => `${perSecond.toFixed(0)}/s (pgbench ${pgbench?.toFixed(0) ?? '–'}/s)`;
  tell(`${page}, ${connections} connections: ${said(read)}, again ${said(again)}`);
  if (read.errors + again.errors > 0) throw new Error(`${read.errors + again.errors} answers were no page`);
  return { page, connections, ...measured };
}

function print(rows: readonly Row[]): void {
  const of = ({ perSecond, p50, p99, pgbench }: Measured) => [
    perSecond.toFixed(0),
    p50.toFixed(1),
    p99.toFixed(1),
    ...(pgbench === null ? ['–', '–'] : [pgbench.toFixed(0), (perSecond / pgbench).toFixed(2)]),
  ];
  const cells = rows.map(({ page, connections, read, again }) => [page, connections, ...of(read), ...of(again)]);
  console.log(markdown(['page', 'connections', 'read/s', ...LOAD, 'again/s', ...LOAD], cells));
}
