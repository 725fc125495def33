import { Agent, request } from 'node:http';

/** What a load showed. Milliseconds. */
export interface Load {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly errors: number;
}

/** Sends GETs of one URL over `connections` connections, each the next when the last is answered, for `seconds`. */
export async function load(url: string, headers: Record<string, string>, connections: number, seconds: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  await run(url, headers, agent, connections, Math.min(1, seconds / 4)); // plans and code get warm
  const { times, errors } = await run(url, headers, agent, connections, seconds);
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99), errors };
}

async function run(url: string, headers: Record<string, string>, agent: Agent, connections: number, seconds: number) {
  const times: number[] = [];
  let errors = 0;
  const end = performance.now() + seconds * 1000;
  const connection = async () => {
    while (performance.now() < end) {
      const start = performance.now();
      const status = await get(url, headers, agent);
      times.push(performance.now() - start);
      if (status !== 200) errors += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  return { times, errors };
}

function get(url: string, headers: Record<string, string>, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end();
  });
}
