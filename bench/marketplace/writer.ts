import type { Mortise } from '@mortise/sdk';

/** Changes the descriptions of these integrations in turn, `perSecond` times a second, until stopped. Tells how many it changed. */
export function startWriter(platform: Mortise, ids: readonly string[], perSecond: number): { stop(): Promise<number> } {
  let done = false;
  let changed = 0;
  const write = async () => {
    while (!done && perSecond > 0) {
      const id = ids[changed % ids.length];
      await platform.request('PATCH', `/api/integrations/${id}`, { body: { description: `Changed ${changed}` } });
      changed += 1;
      await new Promise((resolve) => setTimeout(resolve, 1000 / perSecond));
    }
  };
  const writing = write();
  return {
    stop: async () => {
      done = true;
      await writing;
      return changed;
    },
  };
}
