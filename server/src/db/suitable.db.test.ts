import { randomBytes } from 'node:crypto';
import sql from 'sql-template-tag';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import { asOwner, dropDatabase, inDatabase, MIGRATIONS } from '../../test/server.ts';
import { setUp } from './open.ts';

const { connection: server } = inject('testServer');
const name = `unsuitable_${randomBytes(4).toString('hex')}`;
afterAll(() => asOwner(server, (client) => dropDatabase(client, name)));

describe('a database', () => {
  it('that cannot hold every text is refused, with how to make one that can', async () => {
    await asOwner(server, (client) => client.query(`create database ${name} encoding 'SQL_ASCII' locale 'C' template template0`));
    const refused = setUp(inDatabase(server, name), MIGRATIONS);
    await expect(refused).rejects.toThrow(/^The database is encoded in SQL_ASCII: create one with "create database … encoding 'UTF8'/);
  });

  it('compiles no statement, whatever its server would do', async () => {
    const world = await testDatabase();
    const { jit } = await world.database.db.one<{ jit: string }>(sql`select current_setting('jit') as jit`);
    await world.drop();
    expect(jit).toBe('off');
  });
});
