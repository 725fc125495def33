import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { inject } from 'vitest';
import { ownerPool } from '../src/db/connection.ts';
import { findBreaches, readInvariants, tellBreaches } from '../src/db/invariants.ts';
import { openDatabase } from '../src/db/open.ts';
import { Database } from '../src/db/pool.ts';
import { asOwner, createDatabase, dropDatabase, inDatabase } from './server.ts';

/** A migrated database of one test file. */
export interface TestDatabase {
  readonly name: string;
  /** As the server uses it: in the unprivileged role. */
  readonly database: Database;
  /** As its owner, for what the server itself may not do. */
  readonly owner: Database;
  /** How to connect as the owner. */
  readonly connection: pg.ClientConfig;
  /** For `afterAll`: checks the invariants, then drops the database. */
  drop(): Promise<void>;
}

const INVARIANTS = fileURLToPath(new URL('../invariants.sql', import.meta.url));

/** A copy of the migrated template, or an empty database that `make` migrates. */
export async function testDatabase(make?: (connection: pg.ClientConfig) => Promise<unknown>): Promise<TestDatabase> {
  const { connection: server, template } = inject('testServer');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asOwner(server, (client) => createDatabase(client, name, make === undefined ? template : undefined));
  const connection = inDatabase(server, name);
  await make?.(connection);
  const database = await openDatabase(connection);
  const owner = new Database(ownerPool(connection));
  return {
    name,
    database,
    owner,
    connection,
    drop: async () => {
      const broken = existsSync(INVARIANTS) ? tellBreaches(await findBreaches(owner.db, await readInvariants(INVARIANTS))) : '';
      await Promise.all([database.close(), owner.close()]);
      await asOwner(server, (client) => dropDatabase(client, name));
      if (broken !== '') throw new Error(`after the tests of this file\n${broken}`);
    },
  };
}

/** An empty database, without role or tables, and how to connect to it as the owner. */
export async function emptyDatabase(): Promise<{ connection: pg.ClientConfig; drop(): Promise<void> }> {
  const { connection: server } = inject('testServer');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asOwner(server, (client) => createDatabase(client, name));
  return { connection: inDatabase(server, name), drop: () => asOwner(server, (client) => dropDatabase(client, name)) };
}
