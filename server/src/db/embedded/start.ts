import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import type { Logger } from 'pino';
import { findBinaries } from './binaries.ts';
import { claimDirectory, type DataDirectory } from './directory.ts';
import { clearDrafts, initCluster, OWNER } from './initdb.ts';
import { masterKeyIn } from './master-key.ts';
import { closeDirectory, give, handOver, hasCluster } from './ownership.ts';
import { choosePrivileges, type Privileges } from './privileges.ts';
import { supervise } from './supervise.ts';

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly log: Logger;
  /** The key that seals secrets, when the environment gives it; else the one in the data directory, made on the first start. */
  readonly masterKey?: Buffer | null;
  /** False only for tests. */
  readonly durable?: boolean;
}

/** A PostgreSQL of our own. */
export interface Embedded {
  /** How to connect as the owner of the database. */
  readonly connection: pg.ClientConfig;
  readonly masterKey: Buffer;
  /** Ends connections and transactions, stops the server and gives the directory free. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL on `dataDir`, set up on the first start, over a unix socket that only this user can reach. It stops with this
 * process, however that ends. Throws `StartError` with the reason and the way out.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const directory = claimDirectory(options.dataDir);
  try {
    return await startOn(directory, options);
  } catch (error) {
    directory.release();
    throw error;
  }
}

async function startOn(directory: DataDirectory, { log, masterKey: given = null, durable = true }: EmbeddedOptions): Promise<Embedded> {
  const binaries = findBinaries();
  const privileges = choosePrivileges([directory.path, binaries.postgres]);
  closeDirectory(directory, privileges);
  const present = hasCluster(directory);
  const masterKey = given ?? masterKeyIn(directory.masterKey, !present);
  if (present) {
    clearDrafts(directory);
    handOver(directory, privileges);
  } else await initCluster(directory, binaries, privileges, durable);
  const { cluster } = directory;
  const socket = socketDirectory(cluster, privileges);
  const server = await supervise({ postgres: binaries.postgres, privileges, cluster, socketDir: socket.path, durable, log });
  return {
    connection: { host: socket.path, port: PORT, user: OWNER, database: 'postgres' },
    masterKey,
    stop: async () => {
      await server.stop();
      socket.remove();
      directory.release();
    },
  };
}

const PORT = 5432; // names the socket's file; nothing listens on TCP

/** Longest path of a socket that every system takes, less the name of the socket's file. */
const LONGEST_SOCKET_DIR = 103 - `/.s.PGSQL.${PORT}`.length;

/** Where the socket is: in the cluster, or in a temporary directory when that path is too long for a socket. */
function socketDirectory(cluster: string, privileges: Privileges): { path: string; remove(): void } {
  if (Buffer.byteLength(cluster) <= LONGEST_SOCKET_DIR) return { path: cluster, remove: () => {} };
  const path = mkdtempSync(join(tmpdir(), 'mortise-'));
  give(path, privileges);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
