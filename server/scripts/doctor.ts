// Checks what must hold in the database, whatever happened to it. `npm run doctor`, with the server's own settings.
import { fileURLToPath } from 'node:url';
import { readConfig } from '../src/config.ts';
import { findBreaches, readInvariants, tellBreaches } from '../src/db/invariants.ts';
import { Database } from '../src/db/pool.ts';
import { StartError } from '../src/lib/start-error.ts';
import { ownerOf } from './owner.ts';

const INVARIANTS = fileURLToPath(new URL('../invariants.sql', import.meta.url));

try {
  await using teardown = new AsyncDisposableStack();
  const owner = await ownerOf(readConfig(process.env), teardown);
  const database = new Database({ ...owner, max: 1 });
  teardown.defer(() => database.close());
  const invariants = await readInvariants(INVARIANTS);
  const breaches = await findBreaches(database.db, invariants);
  if (breaches.length > 0) console.log(tellBreaches(breaches));
  console.log(`${invariants.length - breaches.length} of ${invariants.length} invariants hold`);
  process.exitCode = breaches.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exitCode = 2;
}
