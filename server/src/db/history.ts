/**
 * Which course of events the database is in. What was learnt of one does not hold in another: after a failover that lost transactions, or
 * a restore, the numbers of those that are gone are given out again.
 */
import type pg from 'pg';
import sql, { type Sql } from 'sql-template-tag';

/** Names a history that this server may tell from others later, by the database alone: the cluster, its timeline, the database in it. */
export const historyName = (): Sql => sql`(
  select system_identifier || '/' || case when pg_is_in_recovery() then 'standby' else left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) end
    || '/' || (select oid from pg_database where datname = current_database())
  from pg_control_system())`;

/** The same, and when PostgreSQL was started: whatever is put in its place meanwhile, a start goes with it. */
const IDENTITY = sql`select ${historyName()} || '/' || pg_postmaster_start_time() as name, pg_is_in_recovery() as standby`;

export interface Identity {
  readonly name: string;
  readonly standby: boolean;
}

export const identify = async (client: pg.ClientBase): Promise<Identity> => {
  const { rows } = await client.query<Identity>(IDENTITY.text);
  const [identity] = rows;
  if (identity === undefined) throw new Error('the database does not say which one it is');
  return identity;
};

/** For as long as it is the same object, what was read before holds together with what is read now. */
export interface Epoch {
  /** Whether what is read may be kept. A standby's snapshots do not name the transactions that run on its primary. */
  readonly keeps: boolean;
}

export class History {
  #name: string | null = null;
  #epoch: Epoch = { keeps: false };

  get epoch(): Epoch {
    return this.#epoch;
  }

  /** Tells what a connection leads to. False when that is not what others led to: a new epoch has begun. */
  meet({ name, standby }: Identity): boolean {
    if (name === this.#name) return true;
    const first = this.#name === null;
    this.#name = name;
    this.#epoch = { keeps: !standby };
    return first;
  }

  /** A connection broke: what it saw last may be lost. */
  broke(): void {
    this.#epoch = { ...this.#epoch };
  }
}
