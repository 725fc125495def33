import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import type { Logger } from 'pino';
import { type AppDeps, buildApp } from './app.ts';
import { type Config, type Environment, readConfig } from './config.ts';
import { startEmbedded } from './db/embedded/start.ts';
import { openDatabase, setUp } from './db/open.ts';
import { ensureBootstrap } from './domain/api-key/bootstrap.ts';
import { refuseOtherMasterKey } from './domain/auth-state/master-key.ts';
import { ensureSigningKey } from './domain/bundle/signing-key.ts';
import { listFormerRevocations } from './domain/integration/former-revocations.ts';
import { createLog } from './http/log.ts';
import { Kinds } from './lib/kinds.ts';
import { must } from './lib/must.ts';
import { StartError } from './lib/start-error.ts';

const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url));

/** From the first signal on: how long requests have to finish, and from when on another signal means "now". */
const GRACE_MS = 10_000;
const IMPATIENCE_MS = 1_000; // npm and the terminal both pass on one Ctrl-C

/** Between attempts at what a migration left to the server. */
const RETRY_MS = 10_000;

/** What a program makes of the server. */
export interface Program {
  readonly environment: Environment;
  /** Called when requests are answered. When it fails, the server stops. */
  readonly ready: (server: Running) => void | Promise<void>;
}

export interface Running {
  /** Where users find the server. */
  readonly url: string;
  /** Where it listens. */
  readonly address: string;
  /** The platform admin's key, when it was made up by this start. */
  readonly newKey: string | null;
}

/** Runs the server until the first signal, then ends the process. A `StartError`, that of `prepare` too, ends it with its message. */
export async function run(prepare: () => Program): Promise<never> {
  const signalled = firstSignal();
  const teardown = new AsyncDisposableStack();
  let exitCode = 0;
  try {
    const { environment, ready } = prepare();
    const config = readConfig(environment);
    const log = createLog(config.logLevel);
    const server = await start(config, log, teardown);
    const signal = await Promise.race([signalled, Promise.resolve(ready(server)).then(() => signalled)]);
    log.info({ signal }, 'stopping: finishing the requests under way');
  } catch (error) {
    process.stderr.write(`${error instanceof StartError ? error.message : unexpected(error)}\n`);
    exitCode = 1;
  } finally {
    await teardown.disposeAsync();
  }
  process.exit(exitCode);
}

/** Starts all that stands on one another; `teardown` stops in reverse what has been started, also when the rest fails. */
async function start(config: Config, log: Logger, teardown: AsyncDisposableStack): Promise<Running> {
  const { connection, masterKey } = await openStore(config, log, teardown);
  await setUp(connection, MIGRATIONS);
  const database = await openDatabase(connection);
  teardown.defer(() => database.close());
  await ensureSigningKey(database, masterKey, new Date());
  await refuseOtherMasterKey(database.db, masterKey);
  if (config.bootstrapKey !== null) await ensureBootstrap(database, config.bootstrapKey, new Date());
  const deps = { database, masterKey, kinds: new Kinds(config.kinds), log, clock: () => new Date(), origins: config.corsOrigins };
  const app = buildApp(deps);
  teardown.defer(() => app.close());
  const address = await app.listen({ host: config.host, port: config.port }).catch((cause) => {
    throw notListening(config, cause);
  });
  finishMigrations(deps, teardown);
  // Last of all: a key that is made up is shown, since nothing can fail any more.
  const newKey = config.bootstrapKey === null ? await ensureBootstrap(database, null, new Date()) : null;
  return { url: config.publicUrl ?? address, address, newKey };
}

/** What migrations leave to the server is done while it serves. What fails is tried again, and `/readyz` says so meanwhile. */
function finishMigrations(deps: AppDeps, teardown: AsyncDisposableStack): void {
  const stop = new AbortController();
  const done = untilDone(() => listFormerRevocations(deps, stop.signal), deps.log, stop.signal);
  teardown.defer(async () => {
    stop.abort();
    await done;
  });
}

async function untilDone(work: () => Promise<void>, log: Logger, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    try {
      return await work();
    } catch (error) {
      log.error({ err: error }, 'what a migration left to the server failed, and is tried again');
      await sleep(RETRY_MS, undefined, { signal: stop }).catch(() => {}); // stopped: there is nothing to wait for
    }
  }
}

interface Store {
  readonly connection: pg.ClientConfig;
  readonly masterKey: Buffer;
}

async function openStore(config: Config, log: Logger, teardown: AsyncDisposableStack): Promise<Store> {
  if (config.databaseUrl !== null) {
    const masterKey = must(config.masterKey, 'the configuration has a master key beside a database URL');
    return { connection: { connectionString: config.databaseUrl }, masterKey };
  }
  const embedded = await startEmbedded({ dataDir: config.dataDir, masterKey: config.masterKey, log });
  teardown.defer(() => embedded.stop());
  return embedded;
}

/** Resolves at the first SIGTERM or SIGINT; from then on the process ends within the grace period, whatever hangs. */
function firstSignal(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  const onFirst = (signal: NodeJS.Signals) => {
    resolve(signal);
    setTimeout(giveUp, GRACE_MS).unref();
    setTimeout(() => process.on('SIGTERM', giveUp).on('SIGINT', giveUp), IMPATIENCE_MS).unref();
  };
  process.on('SIGTERM', onFirst).on('SIGINT', onFirst);
  return promise;
}

/** The embedded database stops by itself when this process ends. */
const giveUp = (): never => process.exit(1);

function notListening({ host, port }: Config, cause: unknown): unknown {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'is taken by another program: stop that one, or set PORT.',
    EACCES: 'is not allowed to this user: set PORT to 1024 or more.',
    EADDRNOTAVAIL: 'is not an address of this machine: set HOST to one that is, or to 0.0.0.0.',
    ENOTFOUND: 'is not a name that leads to an address: set HOST to one that does.',
  };
  const reason = cause instanceof Error && 'code' in cause ? reasons[String(cause.code)] : undefined;
  return reason === undefined ? cause : new StartError(`Port ${port} on ${host} ${reason}`, { cause });
}

const unexpected = (error: unknown): string => `Mortise could not start: ${error instanceof Error ? error.stack : error}`;
