import type pg from 'pg';
import { StartError } from '../lib/start-error.ts';

const OLDEST = 150_000;

/** Refuses a PostgreSQL that is too old for what the server uses, and a database that cannot hold or compare every text. */
export async function checkSuitable(owner: pg.ClientBase): Promise<void> {
  const { rows } = await owner.query<{ version: string; number: number; encoding: string; unicode: boolean }>(
    `select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
       current_setting('server_encoding') as encoding, to_regcollation('"und-x-icu"') is not null as unicode`,
  );
  const [server] = rows;
  if (server === undefined || server.number < OLDEST)
    throw new StartError(`PostgreSQL ${server?.version} is too old: Mortise needs 15 or newer.`);
  if (server.encoding !== 'UTF8')
    throw new StartError(
      `The database is encoded in ${server.encoding}: create one with "create database … encoding 'UTF8' locale 'C' template template0".`,
    );
  if (!server.unicode) throw new StartError('This PostgreSQL was built without ICU, which compares text in any case: use one that has it.');
}
