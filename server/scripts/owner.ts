import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { Config } from '../src/config.ts';
import { runningOn } from '../src/db/embedded/running.ts';
import { startEmbedded } from '../src/db/embedded/start.ts';
import { createLog } from '../src/http/log.ts';
import { StartError } from '../src/lib/start-error.ts';

/** How to connect as the owner: to the database of DATABASE_URL, or the embedded one: the running one, or else started for the check. */
export async function ownerOf(config: Config, teardown: AsyncDisposableStack): Promise<pg.ClientConfig> {
  if (config.databaseUrl !== null) return { connectionString: config.databaseUrl };
  const running = runningOn(config.dataDir);
  if (running !== null) return running;
  if (!existsSync(join(config.dataDir, 'postgres')))
    throw new StartError(`There is no database in ${config.dataDir}: set MORTISE_DATA_DIR or DATABASE_URL.`);
  const embedded = await startEmbedded({ dataDir: config.dataDir, masterKey: config.masterKey, log: createLog('warn') });
  teardown.defer(() => embedded.stop());
  return embedded.connection;
}
