/** A process of its own, as Mortise is one: the least that Fastify and pg can do to answer an integration by its id. */
import { fastify } from 'fastify';
import type pg from 'pg';
import { appPool } from '../../server/src/db/connection.ts';
import { Database } from '../../server/src/db/pool.ts';
import { must } from '../../server/src/lib/must.ts';

const database = new Database(appPool(JSON.parse(must(process.argv[2], 'the connection is an argument')) as pg.ClientConfig));
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
console.log(await bare.listen({ host: '127.0.0.1', port: 0 }));
