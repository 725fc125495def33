import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schemaText } from '../../scripts/schema-text.ts';
import { TestApi, TestIntegration } from '../../test/api.ts';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import { formerNames, setUpFormerly } from '../../test/former-migrations.ts';
import { asOwner, MIGRATIONS } from '../../test/server.ts';
import { setUp } from './open.ts';

const names = await formerNames();

/** What PostgreSQL 15.20 and its siblings say to the former texts, with the one that they refuse. */
const REFUSED = /^The migration (\S+) failed and left nothing behind: cannot alter table \S+ because function \S+ uses its row type/;

/** Runs as many of the first `count` former texts as this PostgreSQL takes, then those of today. */
async function thenToday(connection: pg.ClientConfig, count: number): Promise<void> {
  await setUpFormerly(connection, count).catch((error: Error) => {
    expect(error.message).toMatch(REFUSED); // what came before the refused one has run
  });
  await setUp(connection, MIGRATIONS);
}

const VARIABLES = { type: 'object', properties: { host: { type: 'string' } }, required: ['host'] };

const describeSchema = (connection: pg.ClientConfig) => asOwner(connection, schemaText);

/** Functions that take or return a table's row. */
const ROW_TYPES = `
  select p.oid::regprocedure::text as function
  from pg_proc p join pg_type t on t.oid = any(p.proargtypes || p.prorettype)
  where p.pronamespace = 'public'::regnamespace and t.typrelid <> 0`;

let today: TestDatabase;
beforeAll(async () => {
  today = await testDatabase();
});
afterAll(() => today.drop());

describe('a database that ran migrations by their former texts', () => {
  it.each(names.map((name, index) => [name, index + 1] as const))('up to %s is brought to the state of a new one', async (_name, count) => {
    const former = await testDatabase((connection) => thenToday(connection, count));
    const schema = await describeSchema(former.connection);
    await former.drop();
    expect(schema).toBe(await describeSchema(today.connection));
  });

  it('publishes, installs and upgrades', async () => {
    const api = await TestApi.start(
      undefined,
      testDatabase((connection) => thenToday(connection, names.length)),
    );
    const [publisher, buyer] = [await api.workspace('acme'), await api.workspace('buyer')];
    const made = await TestIntegration.create(publisher, 'demo', { variablesSchema: VARIABLES });
    await publisher.editor.post(`/api/integrations/${made.id}/visibility`, { visibility: 'unlisted' }, 200);
    const agent = { kind: 'agent', forkOnInstall: true, required: true };
    await made.publish('1.0.0', { agent: { ...agent, definition: { url: 'http://{{ variables.host }}/' } } });
    const asked = { workspaceId: buyer.id, variables: { host: 'a' } };
    const { id } = await buyer.editor.post(`/api/integrations/${made.id}/install`, asked, 201);
    await made.publish('1.1.0', { agent: { ...agent, definition: { url: 'https://{{ variables.host }}/' } } });
    expect(await buyer.editor.post(`/api/integration-installs/${id}/upgrade`)).toMatchObject({ updated: ['agent'] });
    const { members } = await buyer.viewer.get(`/api/integration-installs/${id}/members`);
    expect(members).toMatchObject([{ sourceMemberSlug: 'agent', configState: 'ready', drift: 'none' }]);
    await api.stop(); // checks the invariants
  });
});

describe('the functions of the database', () => {
  it('take no rows of tables: some releases of PostgreSQL add no column with a default beside them', async () => {
    const { rows } = await asOwner(today.connection, (client) => client.query(ROW_TYPES));
    expect(rows).toEqual([]);
  });
});
