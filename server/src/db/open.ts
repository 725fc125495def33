import type pg from 'pg';
import sql from 'sql-template-tag';
import { StartError } from '../lib/start-error.ts';
import { appPool, connectOwner, preparedPool } from './connection.ts';
import { migrate } from './migrate.ts';
import { Database } from './pool.ts';
import { APP_ROLE, ensureRole } from './role.ts';
import { checkSuitable } from './suitable.ts';

/** Brings a database up to date, as its owner: version, role, tables. Returns the names of the migrations that ran. */
export async function setUp(owner: pg.ClientConfig, migrations: string): Promise<string[]> {
  const client = await connectOwner(owner);
  try {
    await checkSuitable(client);
    await ensureRole(client);
    return await migrate(client, migrations);
  } finally {
    await client.end();
  }
}

/** Opens the pool and makes sure that it works in the unprivileged role, which a connection pooler in between might drop. */
export async function openDatabase(owner: pg.ClientConfig): Promise<Database> {
  const database = new Database(appPool(owner), preparedPool(owner));
  try {
    const { role } = await database.db.one<{ role: string }>(sql`select current_user as role`);
    if (role === APP_ROLE) return database;
    throw new StartError(
      `Connections come up as ${role}, not as ${APP_ROLE}: let DATABASE_URL name the server itself, or a pooler that passes on "options".`,
    );
  } catch (error) {
    await database.close();
    throw error;
  }
}
