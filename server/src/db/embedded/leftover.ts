import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../../lib/start-error.ts';
import { pidIn } from './directory.ts';

/** Marks our servers in the process list. */
export const CLUSTER_NAME = 'mortise';

const POLL_MS = 25;
const POLLS = 1200; // 30 s: a fast shutdown writes out all that is dirty

/**
 * Stops a PostgreSQL that a killed Mortise left on this cluster, and waits for it to be gone. The caller holds the data directory's
 * lock, so whoever started it is dead. Returns the process id that the cluster's pid file still names, or null.
 */
export async function stopLeftover(cluster: string): Promise<number | null> {
  const pid = pidIn(join(cluster, 'postmaster.pid'));
  if (pid === null || !runsOn(cluster, pid)) return pid;
  if (!commandOf(pid).includes(`cluster_name=${CLUSTER_NAME}`)) {
    throw new StartError(`A PostgreSQL that Mortise did not start (pid ${pid}) runs on ${cluster}: stop it first.`);
  }
  interrupt(pid);
  for (let poll = 0; poll < POLLS; poll++) {
    if (!runsOn(cluster, pid)) return pidIn(join(cluster, 'postmaster.pid'));
    await sleep(POLL_MS);
  }
  throw new StartError(`The PostgreSQL of an earlier Mortise (pid ${pid}) on ${cluster} does not stop: stop it by hand.`);
}

/** Whether the process is a PostgreSQL on this cluster. A number in a pid file alone may since belong to anybody. */
const runsOn = (cluster: string, pid: number): boolean => commandOf(pid).includes(`-D ${cluster} `);

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
function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch (cause) {
    if (commandOf(pid) === '') return;
    throw new StartError(`The PostgreSQL of an earlier Mortise (pid ${pid}) belongs to another user: start as that user.`, { cause });
  }
}
