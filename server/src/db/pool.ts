import pg from 'pg';
import sql from 'sql-template-tag';
import { must } from '../lib/must.ts';
import { type Epoch, History } from './history.ts';
import { Liveness } from './liveness.ts';

pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.JSON, (text) => text);

/** A statement of the `sql` tag, or one like it; with a `name` it is prepared once per connection. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly name?: string;
  /** Each row as an array of its columns' values. */
  readonly rowMode?: 'array';
}

/** What reads: statements against one database. `json` columns arrive as text, `bigint` as number, `timestamptz` as Date. */
export interface Db {
  many<T extends object>(statement: Statement): Promise<T[]>;
  /** The only row, or null. */
  maybe<T extends object>(statement: Statement): Promise<T | null>;
  /** The only row; its absence is a bug. */
  one<T extends object>(statement: Statement): Promise<T>;
  /** Runs and returns how many rows it touched. */
  run(statement: Statement): Promise<number>;
}

declare const inTransaction: unique symbol;
/** What writes: the same, inside a transaction that the door opened. */
export interface Tx extends Db {
  readonly [inTransaction]: true;
}

/** One state of the database, readable until it is released, whatever is written meanwhile. */
export interface Held {
  readonly db: Db;
  /** PostgreSQL's text of the snapshot. */
  readonly snapshot: string;
  release(): Promise<void>;
}

type Runner = (statement: Statement) => Promise<pg.QueryResult>;

function dbOf(run: Runner): Db {
  const many = async <T extends object>(statement: Statement): Promise<T[]> => (await run(statement)).rows as T[];
  const maybe = async <T extends object>(statement: Statement): Promise<T | null> => ((await run(statement)).rows[0] as T) ?? null;
  return {
    many,
    maybe,
    one: async <T extends object>(statement: Statement): Promise<T> => must(await maybe<T>(statement), 'the statement returns a row'),
    run: async (statement) => (await run(statement)).rowCount ?? 0,
  };
}

const queryOf =
  (client: { query: pg.Pool['query'] }): Runner =>
  ({ text, values, name, rowMode }) =>
    client.query({ text, values: [...values], name, rowMode } as pg.QueryConfig);

/**
 * SQLSTATEs that another transaction caused: deadlock, serialization failure, and a unique or foreign key that was fine when the verb
 * looked. Run again, the verb sees what the other one committed, and refuses by its own rule.
 */
const RETRY = new Set(['40P01', '40001', '23505', '23503']);
const ATTEMPTS = 4;

const sqlState = (error: unknown): string | undefined => (error instanceof Error && 'code' in error ? String(error.code) : undefined);

const SNAPSHOT = 'begin isolation level repeatable read read only';

/**
 * Connections that a server holds at most, each kind for itself, so that no work of one kind waits for that of another: transactions that
 * write; reads; reads by statements with a name; states that are held for totals; and one to tell whether the database answers. Three
 * servers fit into the hundred connections that PostgreSQL takes by default.
 */
export const CONNECTIONS = { writes: 9, reads: 6, prepared: 7, states: 8, probe: 1 } as const;

/** Pools of connections to PostgreSQL, all in the unprivileged role, UTC, with every wait bounded. */
export class Database {
  readonly #writes: pg.Pool;
  readonly #reads: pg.Pool;
  readonly #prepared: pg.Pool;
  readonly #states: pg.Pool;
  readonly #probe: pg.Pool;
  readonly #history = new History();
  readonly #liveness: Liveness;
  readonly #held = new Set<Held>();
  /** Statements outside a transaction. */
  readonly db: Db;
  /** The same, for those who only ask whether the database answers. */
  readonly probe: Db;

  /** `prepared`: for statements with a name, which may plan them once for all values. */
  constructor(config: pg.PoolConfig, prepared = config) {
    this.#liveness = new Liveness(config, this.#history);
    const poolOf = (each: pg.PoolConfig) => watchedPool(this.#liveness.watched(each), () => this.#history.broke());
    this.#writes = poolOf({ ...config, max: CONNECTIONS.writes });
    this.#reads = poolOf({ ...config, max: CONNECTIONS.reads });
    this.#prepared = poolOf({ ...prepared, max: CONNECTIONS.prepared });
    this.#states = poolOf({ ...config, max: CONNECTIONS.states });
    this.#probe = poolOf({ ...config, max: CONNECTIONS.probe });
    const [run, runPrepared] = [queryOf(this.#reads), queryOf(this.#prepared)];
    this.db = dbOf((statement) => (statement.name === undefined ? run : runPrepared)(statement));
    this.probe = dbOf(queryOf(this.#probe));
  }

  /** What is read holds together with what is read later for as long as this is the same. */
  get epoch(): Epoch {
    return this.#history.epoch;
  }

  /** Runs `work` on one state of the database, whatever is written meanwhile. */
  snapshot<T>(work: (db: Db) => Promise<T>): Promise<T> {
    return this.#once(this.#reads, SNAPSHOT, work);
  }

  /** Holds the present state, on a connection of its own. PostgreSQL ends it when it is not read for a minute. */
  async hold(): Promise<Held> {
    const client = await this.#states.connect();
    try {
      await client.query(SNAPSHOT);
      const run = inTurn(queryOf(client));
      let released = false; // another's transaction may be running on the connection by then
      const db = dbOf((statement) => (released ? Promise.reject(new Error('this state was released')) : run(statement)));
      const { snapshot } = await db.one<{ snapshot: string }>(sql`select pg_current_snapshot()::text as snapshot`);
      const release = once(() => {
        released = true;
        return this.#release(held, client, run);
      });
      const held: Held = { db, snapshot, release };
      this.#held.add(held);
      return held;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  async #release(held: Held, client: pg.PoolClient, run: Runner): Promise<void> {
    this.#held.delete(held);
    const ended = await run(sql`rollback`).then(
      () => true,
      () => false,
    );
    client.release(!ended);
  }

  /** Runs `work` in one transaction; a deadlock or serialization failure runs it again from its start. */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(this.#writes, 'begin', work);
      } catch (error) {
        if (attempt === ATTEMPTS || !RETRY.has(sqlState(error) ?? '')) throw error;
      }
    }
  }

  async #once<T>(pool: pg.Pool, begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(begin);
      const result = await work(dbOf(queryOf(client)) as Tx);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#held].map((held) => held.release()));
    await Promise.all([this.#writes, this.#reads, this.#prepared, this.#states, this.#probe].map((pool) => pool.end()));
    await this.#liveness.close();
  }
}

/** Several ask on one connection: one statement after another. */
function inTurn(run: Runner): Runner {
  let last: Promise<unknown> = Promise.resolve();
  return (statement) => {
    const result = last.then(() => run(statement));
    last = result.catch(() => {}); // it tells who asked
    return result;
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}

function watchedPool(config: pg.PoolConfig, broke: () => void): pg.Pool {
  const pool = new pg.Pool(config);
  pool.on('error', broke); // an idle connection died: the pool drops it, the next request gets a new one
  pool.on('connect', (client) => client.on('error', () => {})); // one in use died: its statement fails and tells
  return pool;
}
