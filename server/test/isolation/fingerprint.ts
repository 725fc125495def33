import sql, { raw } from 'sql-template-tag';
import type { TestDatabase } from '../database.ts';

/** Table → how many rows it has and a digest of them all, to tell that nothing was written. */
export async function fingerprint({ owner }: TestDatabase): Promise<Readonly<Record<string, string>>> {
  const tables = await owner.db.many<{ name: string }>(
    sql`select quote_ident(tablename) as name from pg_tables where schemaname = 'public' order by 1`,
  );
  const prints = tables.map(async ({ name }): Promise<[string, string]> => {
    const { print } = await owner.db.one<{ print: string }>(
      sql`select count(*) || ' ' || md5(coalesce(string_agg(t::text, '' order by t::text), '')) as print from ${raw(name)} t`,
    );
    return [name, print];
  });
  return Object.fromEntries(await Promise.all(prints));
}
