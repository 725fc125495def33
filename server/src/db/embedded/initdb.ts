import { spawnSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { StartError } from '../../lib/start-error.ts';
import type { Binaries } from './binaries.ts';
import type { DataDirectory } from './directory.ts';
import { give } from './ownership.ts';
import { type Privileges, spawnOptions } from './privileges.ts';

/** The cluster's superuser, who runs migrations. Only whoever can enter the socket's directory can connect as this. */
export const OWNER = 'mortise';

/** Makes the cluster: beside its place first, so that a cluster is whole or not there. */
export function initCluster(directory: DataDirectory, binaries: Binaries, privileges: Privileges, durable: boolean): void {
  rmSync(directory.draft, { recursive: true, force: true });
  mkdirSync(directory.draft, { mode: 0o700 });
  give(directory.draft, privileges);
  initdb(directory.draft, binaries, privileges, durable);
  renameSync(directory.draft, directory.cluster);
  syncDirectory(directory.path);
}

function initdb(draft: string, binaries: Binaries, privileges: Privileges, durable: boolean): void {
  const options = [
    ...['--pgdata', draft, '--username', OWNER, '--auth=trust', '--encoding=UTF8', '--no-instructions'],
    ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
    ...(durable ? [] : ['--no-sync']),
  ];
  const [command = '', ...args] = [...privileges.wrap, binaries.initdb, ...options];
  const { status, stderr, error } = spawnSync(command, args, { ...spawnOptions(privileges), encoding: 'utf8' });
  if (status === 0) return;
  rmSync(draft, { recursive: true, force: true });
  throw new StartError(`The embedded PostgreSQL cannot be set up in ${draft}: ${error?.message ?? stderr.trim()}`);
}

/** The rename itself survives a power cut. */
function syncDirectory(path: string): void {
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
