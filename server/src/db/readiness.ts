import sql from 'sql-template-tag';
import { checkMigrated } from './migrate.ts';
import type { Db } from './pool.ts';

/** So long it is told again that all is well: whoever asks often asks the database no oftener than this. */
const HOLDS_MS = 1_000;

/**
 * A write that needs new room, undone again: it fails where the database takes no writes, as a standby, one set to read only, and one whose
 * disk is full. Rows of some kilobytes go beside their table, where no room is left over from before.
 */
const WRITES = sql`do $$
begin
  insert into row_changes (relation, ids) select '(probe)', array[string_agg(md5(random()::text), '')] from generate_series(1, 1000);
  raise exception 'undone';
exception when raise_exception then null;
end $$`;

/** What a migration left to the server, which does it behind its start. */
const UNFINISHED = sql`select count(*)::int as count from unlisted_revocations`;

/** What resolves when the database answers and takes writes, and its migrations are complete. Many who ask at once ask once. */
export function readiness(db: Db, migrations: string): () => Promise<void> {
  let told: Promise<void> | null = null;
  return () => {
    told ??= look().then(
      () => forget(HOLDS_MS),
      (error: unknown) => {
        forget(0);
        throw error;
      },
    );
    return told;
  };

  function forget(inMs: number): void {
    setTimeout(() => {
      told = null;
    }, inMs).unref();
  }

  async function look(): Promise<void> {
    await checkMigrated(db, migrations);
    const { count } = await db.one<{ count: number }>(UNFINISHED);
    if (count > 0) throw new Error(`the contents of ${count} versions that were revoked long ago are not listed yet`);
    await db.run(WRITES);
  }
}
