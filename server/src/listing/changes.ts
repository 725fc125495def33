/**
 * The table `row_changes`: which rows each statement changed, written by triggers in its own transaction, whoever wrote. What held in
 * one snapshot holds in another when no change of what it depends on is visible in the one and not in the other.
 */
import sql, { type Sql } from 'sql-template-tag';
import type { Db } from '../db/pool.ts';

/** One statement's change. `ids` is null when it changed too many rows to tell, and in the mark of what was pruned. */
export interface Change {
  readonly relation: string;
  readonly ids: readonly string[] | null;
}

/** The relation of the row that tells below which transaction changes may be missing. */
const PRUNED = '(pruned)';

const followed = (tables: readonly string[]): Sql => sql`${[...tables, PRUNED]}::text[]`;

/** Whether `row_changes c` tells of something that the snapshot (PostgreSQL's text of it) does not have. */
const isNews = (snapshot: string): Sql => sql`c.transaction_id >= pg_snapshot_xmin(${snapshot}::pg_snapshot)
  and (c.relation = ${PRUNED}::text or not pg_visible_in_snapshot(c.transaction_id, ${snapshot}::pg_snapshot))`;

/**
 * Whether something in these tables may have changed since the snapshot: one look at the end of each table's changes. The order keeps the
 * look to the index; planned for all snapshots, the table would be read from end to end.
 */
export const changedSince = (tables: readonly string[], snapshot: string): Sql =>
  sql`exists (select from unnest(${followed(tables)}) f (relation), lateral (
    select from row_changes c where c.relation = f.relation and ${isNews(snapshot)} order by c.transaction_id desc limit 1) n)`;

/** Statement: the changes to these tables since the snapshot, at most `most`. */
export const changesSince = (tables: readonly string[], snapshot: string, most: number): Sql =>
  sql`select c.relation, c.ids from row_changes c where c.relation = any(${followed(tables)}) and ${isNews(snapshot)} limit ${most}::int`;

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
