import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import pino from 'pino';
import { startEmbedded } from '../../server/src/db/embedded/start.ts';
import { setUp } from '../../server/src/db/open.ts';
import { fillMarketplace } from './fill.ts';
import { MIGRATIONS } from './paths.ts';

/** A data directory with a filled marketplace: the one that is there, or a new one. */
export async function stageMarketplace(dataDir: string, size: number, tell: (line: string) => void): Promise<void> {
  if (existsSync(join(dataDir, 'postgres'))) return tell(`using the marketplace in ${dataDir}`);
  tell(`filling ${dataDir} with ${size} integrations, ${size * 3} versions, about ${size * 2} installs`);
  const embedded = await startEmbedded({ dataDir, log: pino({ level: 'warn' }) });
  try {
    await setUp(embedded.connection, MIGRATIONS);
    await fillMarketplace(embedded.connection as pg.ClientConfig, size, tell);
  } finally {
    await embedded.stop();
  }
}
