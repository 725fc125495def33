import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import sql from 'sql-template-tag';
import { StartError } from '../lib/start-error.ts';
import type { Db } from './pool.ts';

interface Migration {
  readonly name: string;
  /** SHA-256 of the file, in hex. */
  readonly digest: string;
  /** Digests of texts that the file had before. A database that ran one of them is brought to the same state by a later migration. */
  readonly formerly: readonly string[];
  readonly text: string;
}

type Applied = Pick<Migration, 'name' | 'digest'>;

const LOCK = 4_713_000;

const TABLE = `create table if not exists mortise_migrations (
  name text collate "C" primary key,
  digest text not null,
  applied_at timestamptz not null default now()
)`;

/**
 * Brings the database up to the files `0001_name.sql` … in `directory`, each in a transaction of its own, and returns the names of those
 * it ran. Servers that start together wait for one another. Throws `StartError` when the database and the files are not of one history.
 */
export async function migrate(owner: pg.ClientBase, directory: string): Promise<string[]> {
  const migrations = await readMigrations(directory);
  await owner.query(`select pg_advisory_lock(${LOCK})`);
  try {
    const pending = pendingOf(migrations, await readApplied(owner));
    for (const migration of pending) await apply(owner, migration);
    return pending.map(({ name }) => name);
  } finally {
    await owner.query(`select pg_advisory_unlock(${LOCK})`).catch(() => {}); // a lost connection has lost the lock too
  }
}

/** Rejects unless every migration in `directory` has run; for the readiness check, in the server's own role. */
export async function checkMigrated(db: Db, directory: string): Promise<void> {
  const applied = await db.many<Applied>(sql`select name, digest from mortise_migrations order by name`);
  const [missing] = pendingOf(await readMigrations(directory), applied);
  if (missing !== undefined) throw new Error(`the migration ${missing.name} has not run`);
}

/** The migrations that have not run. What did run must be exactly how the files begin. */
function pendingOf(migrations: readonly Migration[], applied: readonly Applied[]): readonly Migration[] {
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = applied.find(({ name }) => !known.has(name));
  if (unknown !== undefined)
    throw new StartError(`The database is newer than this program: it has ${unknown.name}, which this program lacks. Start the newer one.`);
  for (const [position, { name, digest }] of applied.entries()) {
    const file = migrations[position];
    if (file?.name !== name)
      throw new StartError(`The migration ${file?.name} comes before ${name}, which has already run: give it the next number.`);
    if (![file.digest, ...file.formerly].includes(digest))
      throw new StartError(`The migration ${name} was edited after it ran: restore the file, and put the change into a new one.`);
  }
  return migrations.slice(applied.length);
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(directory, name), 'utf8');
      return { name, text, digest: createHash('sha256').update(text).digest('hex'), formerly: formerlyIn(name, text) };
    }),
  );
}

/** The lines `-- formerly: <SHA-256 in hex>` of the comment at the file's head. One that is none is a mistake, never passed over. */
function formerlyIn(name: string, text: string): string[] {
  const head = /^(?:--.*\n)*/.exec(text)?.[0] ?? '';
  return head
    .split('\n')
    .filter((line) => /^--\s*formerly\b/i.test(line))
    .map((line) => {
      const [, digest] = /^-- formerly: ([0-9a-f]{64})$/.exec(line) ?? [];
      if (digest === undefined) throw new StartError(`The migration ${name} has "${line}": write "-- formerly: <SHA-256 in hex>".`);
      return digest;
    });
}

async function readApplied(owner: pg.ClientBase): Promise<Applied[]> {
  try {
    await owner.query(TABLE);
  } catch (cause) {
    throw new StartError(
      `The tables cannot be created (${cause instanceof Error ? cause.message : cause}): let the user of DATABASE_URL own the database.`,
      { cause },
    );
  }
  return (await owner.query<Applied>('select name, digest from mortise_migrations order by name')).rows;
}

/** The file's statements and the note that they ran: both or neither. */
async function apply(owner: pg.ClientBase, { name, text, digest }: Migration): Promise<void> {
  try {
    await owner.query('begin');
    await owner.query(text);
    await owner.query('insert into mortise_migrations (name, digest) values ($1, $2)', [name, digest]);
    await owner.query('commit');
  } catch (cause) {
    await owner.query('rollback').catch(() => {});
    throw new StartError(`The migration ${name} failed and left nothing behind: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}
