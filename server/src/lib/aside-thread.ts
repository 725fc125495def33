/** What runs on the thread of `aside.ts`. */
import { parentPort } from 'node:worker_threads';
import type { Done, Order } from './aside.ts';

parentPort?.on('message', async ({ id, module, input }: Order) => {
  const done = await work(module, input).then(
    (output): Done => ({ id, output }),
    (failure: Error): Done => ({ id, failure }),
  );
  parentPort?.postMessage(done);
});

async function work(module: string, input: unknown): Promise<unknown> {
  const { default: job } = (await import(module)) as { default: (input: unknown) => unknown };
  return job(input);
}
