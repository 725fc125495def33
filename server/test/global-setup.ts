import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import pino from 'pino';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../src/db/embedded/start.ts';
import { setUp } from '../src/db/open.ts';
import { asOwner, createDatabase, dropDatabase, inDatabase, MIGRATIONS, type TestServer } from './server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    testServer: TestServer;
  }
}

/** One PostgreSQL for the whole run, with one migrated database that each test file gets a copy of. */
export default async function globalSetup(project: TestProject): Promise<() => Promise<void>> {
  const { connection, stop } = await startServer(process.env.MORTISE_TEST_DATABASE_URL);
  const template = `mortise_template_${process.pid}`;
  await asOwner(connection, (client) => createDatabase(client, template));
  await setUp(inDatabase(connection, template), MIGRATIONS);
  project.provide('testServer', { connection, template });
  return async () => {
    await asOwner(connection, (client) => dropDatabase(client, template));
    await stop();
  };
}

async function startServer(url: string | undefined): Promise<{ connection: pg.ClientConfig; stop(): Promise<void> }> {
  if (url !== undefined) return { connection: { connectionString: url }, stop: async () => {} };
  const dataDir = await mkdtemp(join(tmpdir(), 'mortise-test-'));
  const { connection, stop } = await startEmbedded({ dataDir, log: pino({ level: 'silent' }), durable: false });
  return {
    connection,
    stop: async () => {
      await stop();
      await rm(dataDir, { recursive: true });
    },
  };
}
