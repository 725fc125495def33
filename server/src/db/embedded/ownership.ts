import { chmodSync, chownSync, existsSync, lchownSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../../lib/start-error.ts';
import { MAJOR } from './binaries.ts';
import type { DataDirectory } from './directory.ts';
import type { Privileges } from './privileges.ts';

/** Makes the data directory private; where PostgreSQL runs as another user, that one's group may pass through, no more. */
export function closeDirectory(directory: DataDirectory, privileges: Privileges): void {
  try {
    if (privileges.become !== undefined) chownSync(directory.path, 0, privileges.become.gid);
    chmodSync(directory.path, privileges.become === undefined ? 0o700 : 0o710);
  } catch (cause) {
    throw new StartError(`MORTISE_DATA_DIR ${directory.path} belongs to another user and cannot be made private.`, { cause });
  }
}

/** Gives a new directory to whoever runs PostgreSQL. */
export function give(path: string, { owner }: Privileges): void {
  if (statSync(path).uid !== owner.uid) chownSync(path, owner.uid, owner.gid);
}

/** Whether there is a cluster that our binaries can open. Throws `StartError` when something else is in its place. */
export function hasCluster({ cluster }: DataDirectory): boolean {
  if (!existsSync(cluster) || readdirSync(cluster).length === 0) return false;
  const mark = join(cluster, 'PG_VERSION');
  if (!existsSync(mark))
    throw new StartError(`${cluster} holds something that is not a PostgreSQL cluster: name another MORTISE_DATA_DIR.`);
  const major = readFileSync(mark, 'utf8').trim();
  if (major === MAJOR) return true;
  throw new StartError(
    `${cluster} was made by PostgreSQL ${major}, this program brings ${MAJOR}: move the data with dump and restore, or set DATABASE_URL to a PostgreSQL ${major}.`,
  );
}

/** Gives the cluster to whoever runs PostgreSQL now: a copied directory, or one that was used by another user before. */
export function handOver({ cluster }: DataDirectory, { owner }: Privileges): void {
  const { uid } = statSync(cluster);
  if (uid === owner.uid) return;
  if (process.getuid?.() !== 0)
    throw new StartError(`${cluster} belongs to user ${uid}: start as that user, or name another MORTISE_DATA_DIR.`);
  for (const name of readdirSync(cluster, { recursive: true, encoding: 'utf8' })) lchownSync(join(cluster, name), owner.uid, owner.gid);
  lchownSync(cluster, owner.uid, owner.gid);
}
