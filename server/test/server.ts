import { fileURLToPath } from 'node:url';
import pg from 'pg';

/** What the global setup hands to the test files. */
export interface TestServer {
  /** How to connect as the owner. */
  readonly connection: pg.ClientConfig;
  /** The migrated database to copy. */
  readonly template: string;
}

export const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url));

/** The same server and user, another database. */
export function inDatabase(connection: pg.ClientConfig, database: string): pg.ClientConfig {
  if (connection.connectionString === undefined) return { ...connection, database };
  const url = new URL(connection.connectionString);
  url.pathname = `/${database}`;
  return { ...connection, connectionString: url.href };
}

/** Runs `work` on a connection of its own. */
export async function asOwner<T>(connection: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export async function createDatabase(client: pg.Client, name: string, template = 'template1'): Promise<void> {
  await client.query(`create database ${name} template ${template}`);
}

export async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  await client.query(`drop database if exists ${name} with (force)`);
}
