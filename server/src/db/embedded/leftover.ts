import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../../lib/start-error.ts';
import { pidIn } from './directory.ts';

/** Marks our servers in the process list. */
export const CLUSTER_NAME = 'mortise';
/** Marks the shells that watch them. */
export const WATCHDOG_NAME = 'mortise-watchdog';

const POLL_MS = 25;
const POLLS = 1200; // 30 s: a fast shutdown writes out all that is dirty

/**
 * Stops whatever PostgreSQL a killed Mortise left on this cluster, and waits for it to be gone. The caller holds the data directory's
 * lock, so whoever started it is dead. Returns the process id that the cluster's pid file still names, or null.
 */
export async function stopLeftover(cluster: string): Promise<number | null> {
  const file = join(cluster, 'postmaster.pid');
  refuseStranger(cluster, pidIn(file));
  const told = new Set<number>();
  for (let poll = 0; poll < POLLS; poll++) {
    const left = leftoversOn(cluster);
    if (left.length === 0) return staleIn(file);
    for (const pid of left) if (!told.has(pid)) interrupt(pid);
    for (const pid of left) told.add(pid);
    await sleep(POLL_MS);
  }
  throw new StartError(`The PostgreSQL of an earlier Mortise (pid ${[...told].join(', ')}) on ${cluster} does not stop: stop it by hand.`);
}

/** A PostgreSQL on this cluster that somebody else runs is not ours to stop. A number in a pid file alone may since belong to anybody. */
function refuseStranger(cluster: string, pid: number | null): void {
  if (pid === null || !commandOf(pid).includes(`-D ${cluster} `) || isOurs(cluster, commandOf(pid))) return;
  throw new StartError(`A PostgreSQL that Mortise did not start (pid ${pid}) runs on ${cluster}: stop it first.`);
}

/** Our servers on this cluster, those too that have not come to write their pid file. */
export const leftoversOn = (cluster: string): number[] => processes().filter((pid) => isOurs(cluster, commandOf(pid)));

/** The shell that watches a server has the server's command behind its own. */
const isOurs = (cluster: string, command: string): boolean =>
  command.includes(`-D ${cluster} `) && command.includes(`cluster_name=${CLUSTER_NAME}`) && !command.includes(WATCHDOG_NAME);

function processes(): number[] {
  const names =
    process.platform === 'linux' ? readdirSync('/proc') : execFileSync('ps', ['-ax', '-o', 'pid='], { encoding: 'utf8' }).split('\n');
  return names.map(Number).filter((pid) => pid > 0);
}

/** What the pid file still names. One that was never written to the end would keep PostgreSQL from starting. */
function staleIn(file: string): number | null {
  const pid = pidIn(file);
  if (pid === null) rmSync(file, { force: true });
  return pid;
}

/** The command line of a process; empty when there is none, or only its zombie. */
function commandOf(pid: number): string {
  try {
    if (process.platform !== 'linux') return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Fast shutdown: open transactions roll back, all that was acknowledged is kept. */
export function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch (cause) {
    if (commandOf(pid) === '') return;
    throw new StartError(`The PostgreSQL of an earlier Mortise (pid ${pid}) belongs to another user: start as that user.`, { cause });
  }
}
