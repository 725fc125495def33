/**
 * The table `row_changes`: which rows each statement changed, written by triggers in its own transaction, whoever wrote. What held in
 * one snapshot holds in another when no change of what it depends on is visible in the one and not in the other.
 */
import sql, { join, type Sql } from 'sql-template-tag';
import type { Db } from '../db/pool.ts';

/** One statement's change. `ids` is null when it changed too many rows to tell, and in the mark of what was pruned. */
export interface Change {
  readonly relation: string;
  readonly ids: readonly string[] | null;
}

/** The relation of the row that tells below which transaction changes may be missing. */
const PRUNED = '(pruned)';

/**
 * Which transactions a snapshot (PostgreSQL's text of it) does not have: those that came later, and those that were open. Told so, they are
 * found by their index. What lies above the oldest that was open is no measure: one that somebody forgot, in any database of the cluster,
 * makes it everything.
 */
export const later = (snapshot: string): Sql => sql`>= pg_snapshot_xmax(${snapshot}::pg_snapshot)`;
export const open = (snapshot: string): Sql => sql`= any(array(select pg_snapshot_xip(${snapshot}::pg_snapshot)))`;

/** Whether changes that the snapshot does not have may have been pruned. */
const isPruned = (snapshot: string): Sql =>
  sql`c.relation = ${PRUNED}::text and c.transaction_id >= pg_snapshot_xmin(${snapshot}::pg_snapshot)`;

/**
 * Whether something in these tables may have changed since the snapshot: looks at each table's changes by their index. The order keeps the
 * look to the index; planned for all snapshots, the table would be read from end to end.
 */
export const changedSince = (tables: readonly string[], snapshot: string): Sql => {
  const last = (which: Sql) => sql`(select 1 from row_changes c where ${which} order by c.transaction_id desc limit 1)`;
  const came = last(sql`c.relation = f.relation and c.transaction_id ${later(snapshot)}`);
  const wasOpen = last(sql`c.relation = f.relation and c.transaction_id >= x.id and c.transaction_id <= x.id`);
  return sql`(exists (select from unnest(${[...tables]}::text[]) f (relation), lateral ${came} n)
    or exists (select from unnest(${[...tables]}::text[]) f (relation), pg_snapshot_xip(${snapshot}::pg_snapshot) x (id), lateral ${wasOpen} n)
    or ${last(isPruned(snapshot))} is not null)`; // of `exists`, the order would be dropped
};

/** Statement: the changes to these tables since the snapshot, at most `most`. */
export const changesSince = (tables: readonly string[], snapshot: string, most: number): Sql => {
  const news = [later, open].map((when) => sql`c.relation = any(${[...tables]}::text[]) and c.transaction_id ${when(snapshot)}`);
  const parts = [...news, isPruned(snapshot)].map((which) => sql`select c.relation, c.ids from row_changes c where ${which}`);
  return sql`${join(parts, ' union all ')} limit ${most}::int`;
};

/** Whether the transaction is yet to come. */
function isForeign(): Sql {
  return sql`transaction_id >= pg_snapshot_xmax(pg_current_snapshot())`;
}

const EVERY_MS = 10 * 60_000;

/** Deletes changes when they are ten to twenty minutes old. What failed is tried again by then. Returns what stops it, and waits for it. */
export function pruneChanges(db: Db, failed: (error: unknown) => void): () => Promise<void> {
  let older: string | null = null;
  const tick = async () => {
    if (older === null) await db.run(forgetForeign);
    else await db.run(prune(older));
    older = (await db.one<{ xmin: string }>(sql`select pg_snapshot_xmin(pg_current_snapshot())::text as xmin`)).xmin;
  };
  let running = Promise.resolve();
  const run = () => {
    running = tick().catch(failed);
  };
  run();
  const timer = setInterval(run, EVERY_MS).unref();
  return () => {
    clearInterval(timer);
    return running;
  };
}

/** Changes of another database's transactions, brought along by a dump: here they would stay news for ever. */
export const forgetForeign = sql`
  with gone as (delete from row_changes where ${isForeign()} and relation <> ${PRUNED})
  update row_changes set transaction_id = '0' where ${isForeign()} and relation = ${PRUNED}`;

/** Deletes what transactions before this one changed, and says so: a total that is as old is counted again. */
export const prune = (transaction: string): Sql => sql`
  with gone as (delete from row_changes where transaction_id < ${transaction}::xid8 and relation <> ${PRUNED})
  update row_changes set transaction_id = greatest(transaction_id, (${transaction}::text::numeric - 1)::text::xid8) where relation = ${PRUNED}`;
