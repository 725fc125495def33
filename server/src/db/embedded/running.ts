import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { OWNER } from './initdb.ts';

/** How to connect to the PostgreSQL that a Mortise runs on `dataDir` right now, or null when none is ready there. */
export function runningOn(dataDir: string): pg.ClientConfig | null {
  try {
    const lines = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
    const [pid, , , port, host, , , status] = lines.map((line) => line.trim());
    process.kill(Number(pid), 0);
    return status === 'ready' && host ? { host, port: Number(port), user: OWNER, database: 'postgres' } : null;
  } catch {
    return null; // no pid file, or a stale one
  }
}
