import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../server/src/main.ts', import.meta.url));
const READY = /ready at (\S+)/;

/** A Mortise server of its own, on a free port. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts the server on this data directory and waits until it is ready. What it logs from `warn` on goes to stderr. */
export async function startServer(dataDir: string, bootstrapKey: string): Promise<ServerProcess> {
  const env = {
    PATH: process.env.PATH,
    PORT: '0',
    MORTISE_DATA_DIR: dataDir,
    MORTISE_BOOTSTRAP_KEY: bootstrapKey,
    MORTISE_LOG_LEVEL: 'warn',
  };
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = READY.exec(line)?.[1];
    if (url === undefined || child.pid === undefined) continue;
    child.stdout.on('data', (chunk) => process.stderr.write(chunk)).resume();
    const exited = once(child, 'exit');
    return {
      url,
      pid: child.pid,
      stop: async () => {
        child.kill('SIGTERM');
        await exited;
      },
    };
  }
  throw new Error('the server ended before it was ready');
}
