import pg from 'pg';
import type { Sql } from 'sql-template-tag';
import { must } from '../lib/must.ts';

pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.JSON, (text) => text);

/** A statement of the `sql` tag; with a `name` it is prepared once per connection. */
export type Statement = Sql | { readonly name: string; readonly text: string; readonly values: readonly unknown[] };

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

type Runner = (statement: Statement) => Promise<pg.QueryResult>;

function dbOf(run: Runner): Db {
  const many = async <T extends object>(statement: Statement): Promise<T[]> => (await run(statement)).rows as T[];
  const maybe = async <T extends object>(statement: Statement): Promise<T | null> => (await many<T>(statement))[0] ?? null;
  return {
    many,
    maybe,
    one: async <T extends object>(statement: Statement): Promise<T> => must(await maybe<T>(statement), 'the statement returns a row'),
    run: async (statement) => (await run(statement)).rowCount ?? 0,
  };
}

const queryOf =
  (client: { query: pg.Pool['query'] }): Runner =>
  (statement) =>
    client.query({
      text: statement.text,
      values: [...statement.values],
      ...('name' in statement ? { name: statement.name } : {}),
    });

/**
 * SQLSTATEs that another transaction caused: deadlock, serialization failure, and a unique or foreign key that was fine when the verb
 * looked. Run again, the verb sees what the other one committed, and refuses by its own rule.
 */
const RETRY = new Set(['40P01', '40001', '23505', '23503']);
const ATTEMPTS = 4;

const sqlState = (error: unknown): string | undefined => (error instanceof Error && 'code' in error ? String(error.code) : undefined);

/** A pool of connections to PostgreSQL, all in the unprivileged role, UTC, with every wait bounded. */
export class Database {
  readonly #pool: pg.Pool;
  readonly #prepared: pg.Pool;
  /** Statements outside a transaction. */
  readonly db: Db;

  /** `prepared`: for statements with a name, on connections of their own, which may plan them once for all values. */
  constructor(config: pg.PoolConfig, prepared: pg.PoolConfig | null = null) {
    this.#pool = poolOf(config);
    this.#prepared = prepared === null ? this.#pool : poolOf(prepared);
    const [run, runPrepared] = [queryOf(this.#pool), queryOf(this.#prepared)];
    this.db = dbOf((statement) => ('name' in statement ? runPrepared : run)(statement));
  }

  /** Runs `work` on one state of the database, whatever is written meanwhile. */
  snapshot<T>(work: (db: Db) => Promise<T>): Promise<T> {
    return this.#once('begin isolation level repeatable read read only', work);
  }

  /** Runs `work` in one transaction; a deadlock or serialization failure runs it again from its start. */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once('begin', work);
      } catch (error) {
        if (attempt === ATTEMPTS || !RETRY.has(sqlState(error) ?? '')) throw error;
      }
    }
  }

  async #once<T>(begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
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
    await Promise.all([...new Set([this.#pool, this.#prepared])].map((pool) => pool.end()));
  }
}

function poolOf(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  pool.on('error', () => {}); // an idle connection died: the pool drops it, the next request gets a new one
  pool.on('connect', (client) => client.on('error', () => {})); // one in use died: its statement fails and tells
  return pool;
}
