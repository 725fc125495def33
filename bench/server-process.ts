import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import manifest from '../package.json' with { type: 'json' };

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** What `npm start` runs, behind `exec node`. */
const [, , ...START] = manifest.scripts.start.split(' ');

interface Options {
  /** Whether its statements are counted, which takes a little of every one. */
  readonly counting?: boolean;
  /** Further variables of its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whose code it runs: this checkout's, or another's. */
  readonly root?: string;
}

const COUNTER = new URL('statement-counter.ts', import.meta.url).href;
const READY = /ready at (\S+)/;

/** A Mortise server of its own, on a free port. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** How many statements it has sent to its database, where they are counted. */
  statements(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the server on this data directory and waits until it is ready. What it logs from `warn` on goes to stderr. */
export async function startServer(dataDir: string, bootstrapKey: string, options: Options = {}): Promise<ServerProcess> {
  const { counting = false, root = ROOT } = options;
  const env = {
    PATH: process.env.PATH,
    PORT: '0',
    MORTISE_DATA_DIR: resolve(dataDir),
    MORTISE_BOOTSTRAP_KEY: bootstrapKey,
    MORTISE_LOG_LEVEL: 'warn',
    ...options.env,
  };
  const child = spawn(process.execPath, [...(counting ? ['--import', COUNTER] : []), ...START], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const { stdout } = child;
  if (stdout === null) throw new Error('the output of the server is a pipe');
  for await (const line of createInterface({ input: stdout })) {
    const url = READY.exec(line)?.[1];
    if (url === undefined || child.pid === undefined) continue;
    stdout.on('data', (chunk) => process.stderr.write(chunk)).resume();
    const exited = once(child, 'exit');
    return {
      url,
      pid: child.pid,
      statements: async () => {
        if (!counting) throw new Error('the statements of this server are not counted');
        child.send('statements');
        const [count] = await once(child, 'message');
        return Number(count);
      },
      stop: async () => {
        child.kill('SIGTERM');
        await exited;
      },
    };
  }
  throw new Error('the server ended before it was ready');
}
