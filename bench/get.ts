/** `npm run bench:get`: one integration by id, against a bare Fastify route that reads the same row by its primary key. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Mortise } from '@mortise/sdk';
import sql from 'sql-template-tag';
import { runningOn } from '../server/src/db/embedded/running.ts';
import { Database } from '../server/src/db/pool.ts';
import { must } from '../server/src/lib/must.ts';
import { type Load, load } from './load.ts';
import { readOptions } from './marketplace/options.ts';
import { stageMarketplace } from './marketplace/stage.ts';
import { startServer } from './server-process.ts';

const BARE = fileURLToPath(new URL('marketplace/bare.ts', import.meta.url));
const { size, dataDir, seconds } = readOptions();

await stageMarketplace(dataDir, size, (line) => console.error(line));
const bootstrap = `sec_${randomBytes(24).toString('base64url')}`;
const server = await startServer(dataDir, bootstrap);
const owner = must(runningOn(dataDir), 'the server runs on its directory');
const database = new Database({ ...owner, max: 1 });
const bare = spawn(process.execPath, [BARE, JSON.stringify(owner)], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const [line] = await once(createInterface({ input: bare.stdout }), 'line');
  const bareUrl = String(line);
  const platform = new Mortise({ url: server.url, key: bootstrap });
  const { id, workspaceId } = await database.db.one<{ id: string; workspaceId: string }>(
    sql`select id, workspace_id as "workspaceId" from integrations order by id offset 1000 limit 1`,
  );
  const { secret } = await platform.request<{ secret: string }>('POST', '/api/api-keys', {
    body: { workspaceId, name: 'bench', kind: 'secret', role: 'viewer' },
  });
  const rows: { connections: number; mortise: Load; bare: Load; ratio: number }[] = [];
  for (const connections of [1, 8, 32]) {
    const asked = { url: `${server.url}/api/integrations/${id}`, headers: { authorization: `Bearer ${secret}` } };
    const ours = await load([asked], connections, seconds);
    const theirs = await load([{ url: `${bareUrl}/${id}`, headers: {} }], connections, seconds);
    if (ours.errors + theirs.errors > 0) throw new Error(`${ours.errors + theirs.errors} answers were no integration`);
    rows.push({ connections, mortise: ours, bare: theirs, ratio: ours.perSecond / theirs.perSecond });
  }
  console.log('| connections | requests/s | p50 ms | p99 ms | bare requests/s | ratio |\n| --- | --- | --- | --- | --- | --- |');
  for (const { connections, mortise, bare: other, ratio } of rows)
    console.log(
      `| ${connections} | ${mortise.perSecond.toFixed(0)} | ${mortise.p50.toFixed(2)} | ${mortise.p99.toFixed(2)} | ${other.perSecond.toFixed(0)} | ${ratio.toFixed(2)} |`,
    );
  mkdirSync(new URL('results', import.meta.url), { recursive: true });
  writeFileSync(new URL('results/get.json', import.meta.url), `${JSON.stringify({ size, seconds, rows }, null, 2)}\n`);
} finally {
  bare.kill();
  await database.close();
  await server.stop();
}
