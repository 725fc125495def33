import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { must } from '../../lib/must.ts';
import { StartError } from '../../lib/start-error.ts';
import { pidIn } from './directory.ts';
import { CLUSTER_NAME, interrupt, WATCHDOG_NAME } from './leftover.ts';
import { type Privileges, spawnOptions } from './privileges.ts';

export interface Launch {
  readonly postgres: string;
  readonly privileges: Privileges;
  readonly cluster: string;
  readonly socketDir: string;
  /** False only for tests: commits are acknowledged before they are on the disk. */
  readonly durable: boolean;
  readonly log: Logger;
}

/** A running PostgreSQL. */
export interface Server {
  /** Resolves when it has ended, by whatever reason. */
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
}

/** Reads a pipe that Node holds: its end means that Node is gone or wants a stop, and PostgreSQL is told to shut down fast, until it does. */
const WATCH = 'while read -r _; do :; done; while kill -INT $postgres; do sleep 1; done';

/**
 * Runs PostgreSQL in the background, and beside it the watcher of standard input: a process of its own, so that this holds even when the
 * shell dies. Of the pipe 4 it alone has the end, so that Node is told when the watcher dies.
 */
const WATCHDOG = `
exec 3<&0 </dev/null
"$@" 3<&- 4>&- &
postgres=$!
( exec <&3 3<&-; ${WATCH} ) 2>/dev/null &
watcher=$!
exec 3<&- 4>&-
wait $postgres
status=$?
kill $watcher 2>/dev/null
exit $status`;

/** Starts PostgreSQL and resolves when it accepts connections. `stalePid`: what the pid file names, known not to be a PostgreSQL. */
export async function launch(options: Launch, stalePid: number | null): Promise<Server> {
  const command = [...options.privileges.wrap, options.postgres, '-D', options.cluster, ...settings(options)];
  const child = spawn('/bin/sh', ['-c', WATCHDOG, WATCHDOG_NAME, ...command], {
    // PostgreSQL takes a pid file for stale when it names this "grandparent", and still looks for survivors in shared memory.
    ...spawnOptions(options.privileges, stalePid === null ? {} : { PG_GRANDPARENT_PID: String(stalePid) }),
    stdio: ['pipe', 'ignore', 'pipe', 'ignore', 'pipe'],
    detached: true, // a Ctrl-C in the terminal is for us: we stop PostgreSQL after the last request
  });
  const running = new AbortController();
  const ended = once(child, 'exit')
    .catch(() => {})
    .then(() => running.abort());
  await ready(child, options);
  const guard = keepGuarded(child, options, running.signal);
  return {
    ended,
    stop: () => {
      child.stdin?.end();
      guard.end();
      return ended;
    },
  };
}

/** Puts another watcher in the place of one that was killed. `end` tells it to stop PostgreSQL. */
function keepGuarded(child: ChildProcess, { cluster, privileges, log }: Launch, running: AbortSignal): { end(): void } {
  let ending = false;
  let substitute: ChildProcess | null = null;
  const replace = () => {
    const pid = pidIn(join(cluster, 'postmaster.pid'));
    if (ending || running.aborted || pid === null) return;
    log.warn({ cluster }, "the embedded PostgreSQL's watchdog was killed; another one takes its place");
    const script = ['-c', `postgres=$1; ${WATCH}`, WATCHDOG_NAME, String(pid)];
    substitute = spawn('/bin/sh', script, { ...spawnOptions(privileges), stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    substitute.stdin?.on('error', () => {}); // it was killed: `exit` tells
    substitute.once('exit', soon);
    running.addEventListener('abort', () => substitute?.kill('SIGKILL'), { once: true });
  };
  const soon = () => setTimeout(replace, NOTICE_MS).unref();
  const held = child.stdio[4] as Readable | undefined; // what Node types loosely was asked for as a pipe
  held?.once('close', soon).resume();
  return {
    end: () => {
      ending = true;
      substitute?.stdin?.end();
      const pid = pidIn(join(cluster, 'postmaster.pid'));
      if (pid !== null) interrupt(pid); // there may be no watcher just now
    },
  };
}

/** From the death of a watcher until it is replaced: it ends when PostgreSQL does, too, which is told in the same moment. */
const NOTICE_MS = 50;

/** Resolves at PostgreSQL's own word that it is ready; its lines go to the log from then on. */
function ready(child: ChildProcess, { cluster, log }: Launch): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const said: string[] = [];
  const fail = (cause?: Error) =>
    reject(new StartError(`The embedded PostgreSQL does not start on ${cluster}: ${cause?.message ?? said.join(' ')}`));
  child.stdin?.on('error', () => {}); // PostgreSQL ended by itself: `exit` tells
  child.once('error', fail);
  createInterface(must(child.stderr, 'stderr is a pipe'))
    .on('line', (line) => {
      if (line.includes('ready to accept connections')) resolve();
      if (/^(FATAL|PANIC)/.test(line)) said.push(line);
      log[/^(WARNING|FATAL|PANIC)/.test(line) ? 'warn' : 'debug']({ postgres: line });
    })
    .once('close', () => fail());
  return promise;
}

/** Command-line settings: they outrank whatever was written into the cluster. */
function settings({ socketDir, durable }: Launch): string[] {
  const chosen = { ...SETTINGS, unix_socket_directories: `"${socketDir.replaceAll('"', '""')}"`, ...(durable ? {} : FORGETFUL) };
  return Object.entries(chosen).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

const SETTINGS = {
  cluster_name: CLUSTER_NAME,
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '60',
  shared_buffers: '64MB',
  io_method: 'sync', // the page cache does the reading ahead; three processes less
  jit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  TimeZone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '',
  // Failed statements are ours to log. PostgreSQL would add their text and the row's values, secrets included.
  log_min_messages: 'log',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
};

const FORGETFUL = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
