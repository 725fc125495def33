import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const WATCH = new URL('watch.ts', import.meta.url).href;

/** Milliseconds of processor time. */
export interface Told {
  /** For how long the event loop was taken at most. */
  readonly longest: number;
  /** How long a fixed piece of work takes on this machine now. */
  readonly unit: number;
}

/** A server in a process of its own, whose event loop is watched. */
export interface WatchedServer {
  readonly url: string;
  /** Since it was asked last. */
  longest(): Promise<Told>;
  stop(): Promise<void>;
}

export async function startWatched(connection: pg.ClientConfig, key: string): Promise<WatchedServer> {
  const child = spawn(process.execPath, ['--import', WATCH, MAIN], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      DATABASE_URL: urlOf(connection),
      MORTISE_BOOTSTRAP_KEY: key,
      MORTISE_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
      MORTISE_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  if (child.stdout === null) throw new Error('its output is a pipe');
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /ready at (\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return {
      url,
      longest: async () => {
        child.send('longest');
        const [told] = await once(child, 'message');
        return told as Told;
      },
      stop: async () => {
        child.kill('SIGTERM');
        await exited;
      },
    };
  }
  throw new Error('the server ended before it was ready');
}

function urlOf({ connectionString, user, host, port, database, password }: pg.ClientConfig): string {
  if (connectionString !== undefined) return connectionString;
  const url = new URL(`postgresql://localhost/${database}`);
  url.username = user ?? '';
  if (typeof password === 'string') url.password = password;
  url.searchParams.set('host', host ?? 'localhost');
  if (port !== undefined) url.searchParams.set('port', String(port));
  return url.href;
}
