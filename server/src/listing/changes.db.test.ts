import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyDatabase, type TestDatabase, testDatabase } from '../../test/database.ts';
import { asOwner } from '../../test/server.ts';
import { changedSince, changesSince } from './changes.ts';

/** Transactions after the one that somebody forgot. */
const MANY = 5_000;
const FEW_BLOCKS = 60;

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.drop());

interface Plan {
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
}

/** How many blocks a statement looks at. */
async function blocksOf(statement: { text: string; values: readonly unknown[] }): Promise<number> {
  const explain = { text: `explain (analyze, buffers, timing off, format json) ${statement.text}`, values: statement.values };
  const { plan } = await test.owner.db.one<{ plan: string }>({ ...explain, text: explain.text }).then((row) => ({
    plan: String(Object.values(row)[0]),
  }));
  const [{ Plan: top }] = JSON.parse(plan) as [{ Plan: Plan }];
  return top['Shared Hit Blocks'] + top['Shared Read Blocks'];
}

describe('whether something changed', () => {
  it('is found by few looks beside a writing transaction that was forgotten in another database', async () => {
    const other = await emptyDatabase();
    await asOwner(other.connection, async (forgotten) => {
      await forgotten.query('begin; select pg_current_xact_id()');
      const filled = `do $$ begin for n in 1..${MANY} loop insert into row_changes (relation, ids) values ('users', '{}'); commit; end loop; end $$`;
      await asOwner(test.connection, (client) => client.query(filled));
      await test.owner.db.run(sql`analyze row_changes`);
      const { snapshot } = await test.owner.db.one<{ snapshot: string }>(sql`select pg_current_snapshot()::text as snapshot`);
      expect(await blocksOf(sql`select ${changedSince(['users'], snapshot)}`)).toBeLessThan(FEW_BLOCKS);
      expect(await blocksOf(changesSince(['users'], snapshot, 1_000))).toBeLessThan(FEW_BLOCKS);
      expect(await test.owner.db.one(sql`select ${changedSince(['users'], snapshot)} as changed`)).toEqual({ changed: false });
      await forgotten.query('rollback');
    });
    await other.drop();
  }, 60_000);

  it('is told of what came later, and of what was open then', async () => {
    const late = await test.owner.transaction(async (tx) => {
      await tx.run(sql`insert into row_changes (relation, ids) values ('solutions', '{open}')`);
      return test.owner.db.one<{ snapshot: string }>(sql`select pg_current_snapshot()::text as snapshot`);
    });
    const changes = (snapshot: string) => test.owner.db.many(changesSince(['solutions'], snapshot, 10));
    expect(await changes(late.snapshot)).toEqual([{ relation: 'solutions', ids: ['open'] }]);
    await test.owner.db.run(sql`insert into row_changes (relation, ids) values ('solutions', '{later}')`);
    expect(await changes(late.snapshot)).toHaveLength(2);
    const { snapshot } = await test.owner.db.one<{ snapshot: string }>(sql`select pg_current_snapshot()::text as snapshot`);
    expect(await changes(snapshot)).toEqual([]);
  });
});
