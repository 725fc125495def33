// Publishes a real catalogue, installs all of it and upgrades it version by version, and checks every clone against a rendering of its
// own: `npm run bench:catalogue -- <file>`. See README.md.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readCatalogue } from '@mortise/cli/importer/catalogue';
import { Mortise } from '@mortise/sdk';
import { runningOn } from '../server/src/db/embedded/running.ts';
import { findBreaches, readInvariants, tellBreaches } from '../server/src/db/invariants.ts';
import { Database } from '../server/src/db/pool.ts';
import { must } from '../server/src/lib/must.ts';
import { runBench } from './catalogue/bench.ts';
import { reportOf, tableOf } from './catalogue/report.ts';
import { save } from './measure.ts';
import { watchMemory } from './memory.ts';
import { startServer } from './server-process.ts';

const INVARIANTS = fileURLToPath(new URL('../server/invariants.sql', import.meta.url));
const SIZE = { name: 'database size', text: 'select pg_database_size(current_database()) as bytes', values: [] };
const SHOWN = 20;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    edit: { type: 'string', default: '0' },
    policy: { type: 'string', default: 'auto_all' },
    strategy: { type: 'string', default: 'skip' },
    reference: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: '1' },
  },
});
process.exitCode = await main();

async function main(): Promise<number> {
  const [file] = positionals;
  const edit = Number(values.edit);
  const policy = (['auto_all', 'auto_defaults'] as const).find((each) => each === values.policy);
  const strategy = (['skip', 'merge', 'overwrite'] as const).find((each) => each === values.strategy);
  if (file === undefined || policy === undefined || strategy === undefined || !(edit >= 0 && edit <= 1)) {
    console.error(
      'npm run bench:catalogue -- <catalogue.json.gz> [--edit 0.1] [--strategy skip|merge|overwrite] [--policy auto_all|auto_defaults] [--reference <kind>]… [--seed 1]',
    );
    return 2;
  }
  const catalogue = await readCatalogue(file);
  await using teardown = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), 'mortise-bench-'));
  teardown.defer(() => rm(dataDir, { recursive: true, force: true }));
  const key = `sec_${randomBytes(24).toString('hex')}`;
  const server = await startServer(dataDir, key);
  teardown.defer(() => server.stop());
  const database = new Database({ ...must(runningOn(dataDir), 'the server runs its database'), max: 1 });
  teardown.defer(() => database.close());

  const memory = watchMemory(server.pid, dataDir);
  teardown.defer(async () => void (await memory.stop()));
  const databaseSize = async () => (await database.db.one<{ bytes: number }>(SIZE)).bytes;
  const onRound = (round: number, rounds: number) => console.error(`round ${round + 1} of ${rounds}`);
  const options = { edit, strategy, policy, references: new Set(values.reference), seed: values.seed };
  const outcome = await runBench(new Mortise({ url: server.url, key }), catalogue, { ...options, databaseSize, onRound });
  const breaches = await findBreaches(database.db, await readInvariants(INVARIANTS));
  const report = reportOf(outcome, await memory.stop(), breaches.length, {
    edit,
    strategy,
    policy,
    references: values.reference,
    seed: values.seed,
  });

  console.log(tableOf(report));
  for (const fault of outcome.faults.slice(0, SHOWN)) console.log(fault);
  if (outcome.faults.length > SHOWN) console.log(`… and ${outcome.faults.length - SHOWN} more`);
  if (breaches.length > 0) console.log(tellBreaches(breaches));
  await save('catalogue', report);
  return outcome.faults.length + breaches.length === 0 ? 0 : 1;
}
