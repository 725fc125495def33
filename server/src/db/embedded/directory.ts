import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartError } from '../../lib/start-error.ts';

/** A data directory that belongs to this process until `release`. */
export interface DataDirectory {
  readonly path: string;
  /** The PostgreSQL cluster. */
  readonly cluster: string;
  /** Where initdb works, in a directory of its own each time, before its result becomes the cluster. */
  readonly drafts: string;
  readonly masterKey: string;
  release(): void;
}

const LOCK = 'lock';
const PID = 'mortise.pid';
/** SQLite made a journal beside the lock once; a directory whose first start was killed may have it. */
const JOURNAL = 'lock-journal';
const OURS: ReadonlySet<string> = new Set(['postgres', 'postgres.new', 'master.key', 'master.key.new', 'demo.jsonl', LOCK, JOURNAL, PID]);

/** Takes the directory for this process, creating it when missing. Throws `StartError` when another Mortise or something else is in it. */
export function claimDirectory(dataDir: string): DataDirectory {
  const path = create(resolve(dataDir));
  refuseStrangers(path);
  const lock = takeLock(path);
  writeFileSync(join(path, PID), `${process.pid}\n`, { mode: 0o600 });
  return {
    path,
    cluster: join(path, 'postgres'),
    drafts: join(path, 'postgres.new'),
    masterKey: join(path, 'master.key'),
    release: () => lock.close(),
  };
}

function create(path: string): string {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return realpathSync(path);
  } catch (cause) {
    throw new StartError(`MORTISE_DATA_DIR ${path} cannot be created (${messageOf(cause)}).`, { cause });
  }
}

/** Nothing of anybody else's is made private, owned or filled up: a new directory has to be empty. */
function refuseStrangers(path: string): void {
  const present = contents(path);
  const stranger = present.includes('postgres') ? undefined : present.find((name) => !OURS.has(name) && name !== 'lost+found');
  if (stranger === undefined) return;
  throw new StartError(`MORTISE_DATA_DIR ${path} holds something else (${stranger}): name an empty or missing directory.`);
}

function contents(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (cause) {
    throw new StartError(`MORTISE_DATA_DIR ${path} cannot be read (${messageOf(cause)}).`, { cause });
  }
}

const SQLITE_BUSY = 5;

/** An exclusive SQLite lock: the kernel drops it however the process ends, so there is no stale lock to clear. */
function takeLock(path: string): DatabaseSync {
  try {
    createLockFile(join(path, LOCK));
    const lock = new DatabaseSync(join(path, LOCK), { timeout: 0 });
    lock.exec('pragma journal_mode = off; pragma locking_mode = exclusive; begin exclusive');
    return lock;
  } catch (cause) {
    if (cause instanceof Error && 'errcode' in cause && cause.errcode === SQLITE_BUSY) throw inUse(path);
    throw new StartError(`MORTISE_DATA_DIR ${path} cannot be locked (${messageOf(cause)}).`, { cause });
  }
}

/** Never opens a file that is there: closing it again would drop the lock that this process may hold on it. */
function createLockFile(file: string): void {
  if (!existsSync(file)) closeSync(openSync(file, 'ax', 0o600));
}

const inUse = (path: string): StartError =>
  new StartError(
    `MORTISE_DATA_DIR ${path} is in use by another Mortise (pid ${pidIn(join(path, PID)) ?? 'unknown'}): stop that one, or name another directory.`,
  );

/** The process id on the first line of a file, or null when there is none. */
export function pidIn(file: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
