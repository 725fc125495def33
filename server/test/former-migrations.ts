import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { setUp } from '../src/db/open.ts';
import { MIGRATIONS } from './server.ts';

/** The texts that some migrations had before: what databases in use ran. */
const FORMER = fileURLToPath(new URL('./fixtures/former-migrations', import.meta.url));

/** The last migration that was there when the former texts were. */
const LAST = '0009_members_go_with_their_install.sql';

/** The names of the migrations of then, in order. */
export const formerNames = async (): Promise<string[]> => (await readdir(MIGRATIONS)).filter((name) => name <= LAST).sort();

/** Brings a database up as those did that ran the first `count` migrations by their former texts, and no other yet. */
export async function setUpFormerly(connection: pg.ClientConfig, count: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'mortise-former-'));
  try {
    const former = new Set(await readdir(FORMER));
    for (const name of (await formerNames()).slice(0, count))
      await copyFile(join(former.has(name) ? FORMER : MIGRATIONS, name), join(directory, name));
    await setUp(connection, directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}
