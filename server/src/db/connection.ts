import pg from 'pg';
import { StartError } from '../lib/start-error.ts';
import { APP_ROLE } from './role.ts';

/** How long a request waits for a connection of a pool at most. */
const CONNECT_MS = 2_000;
/** How long a statement is waited for: longer than PostgreSQL lets it run, so that this is for a connection that is dead. */
const ANSWER_MS = 33_000;
/** A connection on which nobody speaks is tried from then on, by the kernel. */
const KEEP_ALIVE_MS = 5_000;

/** Statements here take milliseconds; to compile one, as a PostgreSQL with JIT does by default when it expects much of it, takes seconds. */
const EVERYWHERE = { search_path: 'public', TimeZone: 'UTC', jit: 'off' };

/** For migrations: they wait as long as it takes, and their notices are nobody's. */
const OWNER = { ...EVERYWHERE, statement_timeout: '0', lock_timeout: '0', client_min_messages: 'warning' };

/** For requests: the unprivileged role, and no wait without an end. */
const APP = {
  ...EVERYWHERE,
  role: APP_ROLE,
  statement_timeout: '30s',
  lock_timeout: '10s',
  idle_in_transaction_session_timeout: '60s',
  // PostgreSQL, too, notices soon when we are gone, and lets go of the locks.
  tcp_keepalives_idle: '5',
  tcp_keepalives_interval: '2',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '10s',
  client_connection_check_interval: '2s',
  // A request takes one core, and union parts come in the order in which they are written.
  max_parallel_workers_per_gather: '0',
};

/** A connected client of the owner; the caller ends it. Throws `StartError` when the database cannot be reached. */
export async function connectOwner(owner: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client({ ...withSettings(owner, OWNER), connectionTimeoutMillis: 10_000, application_name: 'mortise setup' });
  client.on('error', () => {}); // the statement that is running, or the next one, fails and tells
  try {
    await client.connect();
    return client;
  } catch (cause) {
    await client.end().catch(() => {});
    throw new StartError(`The database cannot be reached (${cause instanceof Error ? reasonOf(cause) : cause}): check DATABASE_URL.`, {
      cause,
    });
  }
}

/** The configuration of a pool of owners, for tools and tests. */
export const ownerPool = (owner: pg.ClientConfig): pg.PoolConfig => withSettings(owner, OWNER);

/** The pool's configuration: the owner's connection, in the role that owns nothing. */
export const appPool = (owner: pg.ClientConfig): pg.PoolConfig => poolWith(owner, APP);

/** The same for statements with a name: planned once per connection. Planning a page anew for its values costs more than reading it. */
export const preparedPool = (owner: pg.ClientConfig): pg.PoolConfig => poolWith(owner, { ...APP, plan_cache_mode: 'force_generic_plan' });

const poolWith = (owner: pg.ClientConfig, settings: Readonly<Record<string, string>>): pg.PoolConfig => ({
  ...withSettings(owner, settings),
  connectionTimeoutMillis: CONNECT_MS,
  query_timeout: ANSWER_MS,
  keepAlive: true,
  keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  application_name: 'mortise',
});

/** Settings from the first statement on. They go last into `options`, so that none in DATABASE_URL outranks them. */
function withSettings(owner: pg.ClientConfig, settings: Readonly<Record<string, string>>): pg.ClientConfig {
  const ours = Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
  if (owner.connectionString === undefined) return { ...owner, options: [owner.options, ours].filter(Boolean).join(' ') };
  const url = new URL(owner.connectionString); // what the URL says wins over what stands beside it, so ours has to go in
  url.searchParams.set('options', [url.searchParams.get('options'), ours].filter(Boolean).join(' '));
  return { ...owner, connectionString: url.href };
}

/** Node joins the failures of several addresses into one error without a message. */
const reasonOf = (error: Error): string =>
  error instanceof AggregateError ? error.errors.map((each) => each.message).join('; ') : error.message;
