import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { must } from '../../lib/must.ts';
import { StartError } from '../../lib/start-error.ts';
import type { Binaries } from './binaries.ts';
import type { DataDirectory } from './directory.ts';
import { give } from './ownership.ts';
import { type Privileges, spawnOptions } from './privileges.ts';

/** The cluster's superuser, who runs migrations. Only whoever can enter the socket's directory can connect as this. */
export const OWNER = 'mortise';

/**
 * Makes the cluster: beside its place first, so that a cluster is whole or not there. What a killed start left is cleared away; should its
 * initdb be at work still, for the moment that it takes to die, it is in a directory of its own.
 */
export async function initCluster(directory: DataDirectory, binaries: Binaries, privileges: Privileges, durable: boolean): Promise<void> {
  clearDrafts(directory);
  const draft = join(directory.drafts, randomBytes(8).toString('hex'));
  for (const path of [directory.drafts, draft]) {
    mkdirSync(path, { mode: 0o700 });
    give(path, privileges);
  }
  await initdb(draft, binaries, privileges, durable);
  renameSync(draft, directory.cluster);
  syncDirectory(directory.path);
  clearDrafts(directory);
}

/** Removes what initdb has left; again while a dying one still writes. */
export const clearDrafts = ({ drafts }: DataDirectory): void => rmSync(drafts, { recursive: true, force: true, maxRetries: 10 });

/** Runs a program that dies with us: the end of its standard input, a pipe that Node holds, kills it. */
const GUARDED = `
exec 3<&0 </dev/null
"$@" 3<&- &
program=$!
( while read -r _ <&3; do :; done; kill -KILL $program ) >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait $program
status=$?
kill $watcher 2>/dev/null
exit $status`;

async function initdb(draft: string, binaries: Binaries, privileges: Privileges, durable: boolean): Promise<void> {
  const options = [
    ...['--pgdata', draft, '--username', OWNER, '--auth=trust', '--encoding=UTF8', '--no-instructions'],
    ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
    ...(durable ? [] : ['--no-sync']),
  ];
  const command = ['-c', GUARDED, 'mortise-initdb', ...privileges.wrap, binaries.initdb, ...options];
  const child = spawn('/bin/sh', command, { ...spawnOptions(privileges), stdio: ['pipe', 'ignore', 'pipe'], detached: true });
  const said = text(must(child.stderr, 'stderr is a pipe'));
  const [status] = await once(child, 'exit').catch((cause: Error) => [cause.message]);
  if (status === 0) return;
  throw new StartError(`The embedded PostgreSQL cannot be set up in ${draft}: ${(await said).trim() || `initdb ended with ${status}`}`);
}

/** The rename itself survives a power cut. */
function syncDirectory(path: string): void {
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
