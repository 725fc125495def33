import { Agent, request } from 'node:http';
import { percentile } from '../measure.ts';

const EVERY_MS = 10;

/** How long somebody else waited for answers. Milliseconds. */
export interface Waits {
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/** Asks for one thing over and over while `work` runs, as another client of the server would. */
export async function besides(work: () => Promise<unknown>, url: string, key: string): Promise<Waits> {
  const agent = new Agent({ keepAlive: true });
  const waits: number[] = [];
  let done = false;
  const watching = (async () => {
    while (!done) {
      const start = performance.now();
      await get(url, key, agent);
      waits.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  })();
  await work().finally(() => {
    done = true;
  });
  await watching;
  agent.destroy();
  waits.sort((a, b) => a - b);
  return { p50: percentile(waits, 0.5), p99: percentile(waits, 0.99), longest: percentile(waits, 1) };
}

function get(url: string, key: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers: { authorization: `Bearer ${key}` } }, (response) => {
      response.resume().on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`${url}: ${response.statusCode}`))));
    })
      .on('error', reject)
      .end();
  });
}
