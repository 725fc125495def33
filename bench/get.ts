/** `npm run bench:get`: one integration by id, against a bare Fastify route that reads the same row by its primary key. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import sql from 'sql-template-tag';
import { must } from '../server/src/lib/must.ts';
import { type Load, load } from './load.ts';
import { openMarket } from './marketplace/market.ts';
import { readOptions } from './marketplace/options.ts';
import { stageMarketplace } from './marketplace/stage.ts';
import { markdown, save } from './measure.ts';

const BARE = fileURLToPath(new URL('marketplace/bare.ts', import.meta.url));
/** Each is asked as often, in turn; the round with the ratio in the middle is told. */
const ROUNDS = 5;
const { size, dataDir, seconds } = readOptions();

interface Row {
  readonly connections: number;
  readonly mortise: Load;
  readonly bare: Load;
  readonly ratio: number;
}

await stageMarketplace(dataDir, size, (line) => console.error(line));
const market = await openMarket(dataDir);
const { server, owner, database } = market;
const bare = spawn(process.execPath, [BARE, JSON.stringify(owner)], { stdio: ['ignore', 'pipe', 'inherit'] });
const exited = once(bare, 'exit');
try {
  const [line] = await once(createInterface({ input: bare.stdout }), 'line');
  const bareUrl = String(line);
  const { id, workspaceId } = await database.db.one<{ id: string; workspaceId: string }>(
    sql`select id, workspace_id as "workspaceId" from integrations order by id offset 1000 limit 1`,
  );
  const secret = await market.viewerOf(workspaceId);
  const rows: Row[] = [];
  for (const connections of [1, 8, 32]) {
    const rounds: Row[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const asked = { url: `${server.url}/api/integrations/${id}`, headers: { authorization: `Bearer ${secret}` } };
      const ours = await load([asked], connections, seconds);
      const theirs = await load([{ url: `${bareUrl}/${id}`, headers: {} }], connections, seconds);
      if (ours.errors + theirs.errors > 0) throw new Error(`${ours.errors + theirs.errors} answers were no integration`);
      rounds.push({ connections, mortise: ours, bare: theirs, ratio: ours.perSecond / theirs.perSecond });
    }
    rows.push(must(rounds.sort((a, b) => a.ratio - b.ratio)[(ROUNDS - 1) / 2], 'there is a round in the middle'));
  }
  const cells = rows.map(({ connections, mortise, bare: other, ratio }) => [
    connections,
    mortise.perSecond.toFixed(0),
    mortise.p50.toFixed(2),
    mortise.p99.toFixed(2),
    other.perSecond.toFixed(0),
    ratio.toFixed(2),
  ]);
  console.log(markdown(['connections', 'requests/s', 'p50 ms', 'p99 ms', 'bare requests/s', 'ratio'], cells));
  await save('get', { size, seconds, rows });
} finally {
  bare.kill();
  await exited;
  await market.close();
}
