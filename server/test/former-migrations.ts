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

const namesUpTo = async (last: string): Promise<string[]> => (await readdir(MIGRATIONS)).filter((name) => name <= last).sort();

/** The names of the migrations of then, in order. */
export const formerNames = (): Promise<string[]> => namesUpTo(LAST);

/** Brings a database up as those did that ran the first `count` migrations by their former texts, and no other yet. */
export async function setUpFormerly(connection: pg.ClientConfig, count: number): Promise<void> {
  const former = new Set(await readdir(FORMER));
  const names = (await formerNames()).slice(0, count);
  await setUpFrom(
    connection,
    names.map((name) => join(former.has(name) ? FORMER : MIGRATIONS, name)),
  );
}

/** Brings a database up to the migration of this number, as it was before there were others. */
export async function setUpTo(connection: pg.ClientConfig, number: string): Promise<void> {
  const names = await namesUpTo(`${number}_~`);
  await setUpFrom(
    connection,
    names.map((name) => join(MIGRATIONS, name)),
  );
}

async function setUpFrom(connection: pg.ClientConfig, files: readonly string[]): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'mortise-former-'));
  try {
    for (const file of files) await copyFile(file, join(directory, file.replace(/^.*\//, '')));
    await setUp(connection, directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}
