import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const EVERY_MS = 250;
const MB = 1024;

/** Peak memory in MB. PostgreSQL: what its processes hold for themselves, and the shared buffers once. */
export interface Peaks {
  readonly server: number;
  readonly postgres: number;
}

/** Watches the server and the PostgreSQL that it runs on `dataDir`; `stop` gives the peaks, and may be called again. Linux only. */
export function watchMemory(serverPid: number, dataDir: string): { stop(): Promise<Peaks> } {
  let postgres = 0;
  let running = sample();
  const timer = setInterval(() => {
    running = running.then(sample);
  }, EVERY_MS);

  async function sample(): Promise<void> {
    postgres = Math.max(postgres, await postgresMemory(dataDir));
  }

  return {
    stop: async () => {
      clearInterval(timer);
      await running;
      return { server: toMb((await statusOf(serverPid)).get('VmHWM') ?? 0), postgres: toMb(postgres) };
    },
  };
}

const toMb = (kilobytes: number): number => Math.round(kilobytes / MB);

async function postgresMemory(dataDir: string): Promise<number> {
  const postmaster = Number.parseInt(await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10);
  const children = await readFile(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8');
  const pids = [postmaster, ...children.trim().split(/\s+/).filter(Boolean).map(Number)];
  const statuses = await Promise.all(pids.map(statusOf));
  const own = statuses.reduce((sum, status) => sum + (status.get('RssAnon') ?? 0), 0);
  return own + Math.max(...statuses.map((status) => status.get('RssShmem') ?? 0));
}

/** The sizes in a process's status, in kB; empty when it has ended. */
async function statusOf(pid: number): Promise<ReadonlyMap<string, number>> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return new Map(Array.from(text.matchAll(/^(\w+):\s+(\d+) kB$/gm), ([, name = '', size]) => [name, Number(size)]));
}
