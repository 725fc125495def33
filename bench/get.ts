/** `npm run bench:get`: one integration by id, against a bare Fastify route that reads the same row by its primary key. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Mortise } from '@mortise/sdk';
import { fastify } from 'fastify';
import sql from 'sql-template-tag';
import { appPool } from '../server/src/db/connection.ts';
import { runningOn } from '../server/src/db/embedded/running.ts';
import { Database } from '../server/src/db/pool.ts';
import { must } from '../server/src/lib/must.ts';
import { type Load, load } from './load.ts';
import { readOptions } from './marketplace/options.ts';
import { stageMarketplace } from './marketplace/stage.ts';
import { startServer } from './server-process.ts';

const { size, dataDir, seconds } = readOptions();

await stageMarketplace(dataDir, size, (line) => console.error(line));
const bootstrap = `sec_${randomBytes(24).toString('base64url')}`;
const server = await startServer(dataDir, bootstrap);
const database = new Database(appPool(must(runningOn(dataDir), 'the server runs on its directory')));
const bare = fastify();
bare.get<{ Params: { id: string } }>('/:id', async ({ params }, reply) => {
  const row = await database.db.maybe<{ json: string }>({
    name: 'bare',
    text: `select json_open(doc) || ',"manifest":' || manifest::text || ',"variablesSchema":' || variables_schema::text
      || ',"authConfig":' || auth_config::text || '}' as json from integrations where id = $1`,
    values: [params.id],
  });
  return reply.type('application/json').send(row?.json);
});
try {
  const bareUrl = await bare.listen({ host: '127.0.0.1', port: 0 });
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
  await bare.close();
  await database.close();
  await server.stop();
}
