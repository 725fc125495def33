import { run } from '../src/run.ts';
import { Actor } from './actor.ts';
import { guide } from './guide.ts';
import { Journal } from './journal.ts';
import { playWorld } from './world.ts';

await run(() => {
  const given = process.env;
  const dataDir = given.MORTISE_DATA_DIR || './.mortise-demo';
  const journal = Journal.open(dataDir);
  const adminKey = given.MORTISE_BOOTSTRAP_KEY || journal.adminKey;
  return {
    environment: {
      ...given,
      DATABASE_URL: undefined, // is meant for something else: the sample world goes into data of its own
      MORTISE_DATA_DIR: dataDir,
      MORTISE_BOOTSTRAP_KEY: adminKey,
      MORTISE_LOG_LEVEL: given.MORTISE_LOG_LEVEL || 'warn',
    },
    ready: async ({ url, address }) => {
      const world = await playWorld(new Actor(address, adminKey, journal), journal, (line) => process.stdout.write(`${line}\n`));
      process.stdout.write(guide(url, adminKey, world));
    },
  };
});
