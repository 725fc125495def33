/**
 * `npm run bench:against -- --other <checkout> --other-data <directory> --data <directory>`: lists and gets of this code beside those of
 * another checkout, each on a marketplace of its own. They are asked in turn, a slice each, so that what else the machine does meets both.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import sql from 'sql-template-tag';
import { must } from '../server/src/lib/must.ts';
import { type Get, load } from './load.ts';
import { type Market, openMarket } from './marketplace/market.ts';
import { searchOf } from './marketplace/question.ts';
import { markdown, median, percentile, save } from './measure.ts';

const { values } = parseArgs({
  options: {
    other: { type: 'string' },
    'other-data': { type: 'string' },
    data: { type: 'string' },
    rounds: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '8' },
    deep: { type: 'string', default: '5000' },
  },
});
const [rounds, seconds, connections] = [Number(values.rounds), Number(values.seconds), Number(values.connections)];
/** The page that is reached by walking there: there are 5,800 of a million integrations. */
const DEEP_PAGE = Number(values.deep);
/** More pages than a server keeps. */
const PAGES = 300;

type Questions = Readonly<Record<string, readonly Get[]>>;

const ours = await openMarket(must(values.data, '--data'));
const theirs = await openMarket(must(values['other-data'], '--other-data'), resolve(must(values.other, '--other')));
try {
  const rows = await compare(await questionsOf(ours), await questionsOf(theirs));
  const cells = rows.map(({ question, ratios, our, their }) => [
    question,
    their.toFixed(0),
    our.toFixed(0),
    median(ratios).toFixed(3),
    `${percentile(ratios, 0.25).toFixed(3)}–${percentile(ratios, 0.75).toFixed(3)}`,
  ]);
  console.log(markdown(['question', 'other/s', 'this/s', 'ratio in the middle', 'half of the rounds'], cells));
  await save('against', { rounds, seconds, connections, rows });
} finally {
  await Promise.all([ours.close(), theirs.close()]);
}

/** What one market is asked: the same of both. */
async function questionsOf(market: Market): Promise<Questions> {
  const headers = { authorization: `Bearer ${await market.viewerOf(await market.someWorkspace())}` };
  const page = (after: string | null, limit: string): Get => ({
    url: `${market.server.url}/api/integrations?${searchOf({ limit, ...(after === null ? {} : { after }) })}`,
    headers,
  });
  const cursors = async (start: string | null, count: number, limit: string): Promise<string[]> => {
    const found: string[] = [];
    while (found.length < count) found.push(await endOf(page(found.at(-1) ?? start, limit)));
    return found;
  };
  const deep = must((await cursors(null, DEEP_PAGE - 1, '100')).at(-1), 'there are pages');
  const { id } = await market.database.db.one<{ id: string }>(
    sql`select id from integrations where visibility = 'public' and deleted_at is null order by id offset 1000 limit 1`,
  );
  const read = async (start: string | null) => (await cursors(start, PAGES, '1')).map((after) => page(after, '100'));
  return {
    'page 1, read': await read(null),
    'page 1, again': [page(null, '100')],
    [`page ${DEEP_PAGE}, read`]: await read(deep),
    'get, an installer’s': [{ url: `${market.server.url}/api/integrations/${id}`, headers }],
  };
}

async function endOf({ url, headers }: Get): Promise<string> {
  const answer = await fetch(url, { headers });
  const { pageInfo } = (await answer.json()) as { pageInfo?: { endCursor: string | null } };
  return must(pageInfo?.endCursor, `${answer.status} of ${url}`);
}

async function compare(our: Questions, their: Questions) {
  const rows = [];
  for (const question of Object.keys(our)) {
    const asked = [must(our[question], question), must(their[question], question)] as const;
    const found: (readonly [number, number])[] = [];
    for (let round = 0; round < rounds; round++) found.push(await inTurn(asked, round % 2 === 1));
    const ratios = found.map(([mine, other]) => mine / other).sort((a, b) => a - b);
    const row = { question, ratios, our: median(found.map(([mine]) => mine)), their: median(found.map(([, other]) => other)) };
    console.error(`${question}: ${median(ratios).toFixed(3)}`);
    rows.push(row);
  }
  return rows;
}

/** Requests per second of ours and of theirs; who is asked first takes turns. */
async function inTurn([our, their]: readonly [readonly Get[], readonly Get[]], theirsFirst: boolean): Promise<readonly [number, number]> {
  const asked = async (gets: readonly Get[]): Promise<number> => {
    const { perSecond, errors } = await load(gets, connections, seconds);
    if (errors > 0) throw new Error(`${errors} answers were not 200`);
    return perSecond;
  };
  if (!theirsFirst) return [await asked(our), await asked(their)];
  const other = await asked(their);
  return [await asked(our), other];
}
