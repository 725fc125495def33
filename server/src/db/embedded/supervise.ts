import { setTimeout as sleep } from 'node:timers/promises';
import { type Launch, launch, type Server } from './launch.ts';
import { leftoversOn, stopLeftover } from './leftover.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/** As often a start is tried again when the PostgreSQL of a killed Mortise was just starting, too. */
const ATTEMPTS = 5;

/** Keeps PostgreSQL running until `stop`: when it dies, requests fail for a moment and then find it again. */
export async function supervise(options: Launch): Promise<{ stop(): Promise<void> }> {
  let stopping = false;
  let server = await first(options);
  const watched = watch();

  async function watch(): Promise<void> {
    await server.ended;
    while (!stopping) {
      options.log.error({ cluster: options.cluster }, 'the embedded PostgreSQL died; starting it again');
      server = await relaunch(options, () => stopping);
      await server.ended;
    }
  }

  return {
    stop: async () => {
      stopping = true;
      await server.stop();
      await watched;
    },
  };
}

async function first(options: Launch): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(options, await stopLeftover(options.cluster));
    } catch (error) {
      if (attempt === ATTEMPTS || leftoversOn(options.cluster).length === 0) throw error;
    }
  }
}

/** Tries until it succeeds: the backends of a killed server need a moment to notice and leave. A server whose watchdog was killed is stopped first. */
async function relaunch(options: Launch, stopping: () => boolean): Promise<Server> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await launch(options, await stopLeftover(options.cluster));
    } catch (error) {
      if (stopping()) return { ended: Promise.resolve(), stop: async () => {} };
      options.log.warn({ err: error }, 'the embedded PostgreSQL does not start yet');
      await sleep(pause);
    }
  }
}
