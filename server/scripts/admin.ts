// What only whoever runs the server may do. `npm run admin -- reset-key`, with the server's own settings, running or not.
import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/db/open.ts';
import { resetBootstrap } from '../src/domain/api-key/bootstrap.ts';
import { StartError } from '../src/lib/start-error.ts';
import { ownerOf } from './owner.ts';

const USAGE = 'Usage: npm run admin -- reset-key   mint a new key of the platform admin; the old one stops working at once';

try {
  if (process.argv[2] !== 'reset-key' || process.argv.length > 3) throw new StartError(USAGE);
  const config = readConfig(process.env);
  if (config.bootstrapKey !== null)
    throw new StartError('MORTISE_BOOTSTRAP_KEY fixes the key: change it there and start the server again.');
  await using teardown = new AsyncDisposableStack();
  const database = await openDatabase(await ownerOf(config, teardown));
  teardown.defer(() => database.close());
  console.log(`The platform admin's new key, shown this once:\n${await resetBootstrap(database, new Date())}`);
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exitCode = 2;
}
