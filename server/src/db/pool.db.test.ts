import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/database.ts';

describe('the pool', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await testDatabase();
  });
  afterAll(() => test.drop());

  it('works in the role that owns nothing, in UTC, with every wait bounded', async () => {
    const settings = await test.database.db.one(sql`
      select current_user as role, current_setting('TimeZone') as zone, current_setting('statement_timeout') as statement,
        current_setting('lock_timeout') as lock, current_setting('idle_in_transaction_session_timeout') as idle`);
    expect(settings).toEqual({ role: 'mortise_app', zone: 'UTC', statement: '30s', lock: '10s', idle: '1min' });
  });

  it('cannot create, drop or alter tables, nor rewrite the migrations that ran', async () => {
    const { db } = test.database;
    await expect(db.run(sql`create table mine ()`)).rejects.toThrow('permission denied');
    await expect(db.run(sql`drop table events`)).rejects.toThrow('must be owner');
    await expect(db.run(sql`alter table events disable trigger all`)).rejects.toThrow('must be owner');
    await expect(db.run(sql`delete from mortise_migrations`)).rejects.toThrow('permission denied');
    await expect(db.run(sql`update events set type = 'a.b'`)).rejects.toThrow('permission denied');
  });

  it('runs a transaction again from its start after a deadlock or serialization failure', async () => {
    let runs = 0;
    await test.database.transaction(async (tx) => {
      runs += 1;
      if (runs < 3) await tx.run(sql`do $$ begin raise exception 'again' using errcode = '40P01'; end $$`);
    });
    expect(runs).toBe(3);
  });

  it('rolls back what a failed transaction did, and rethrows its error', async () => {
    const failed = test.database.transaction(async (tx) => {
      await tx.run(sql`insert into users (id, email, name, created_at, updated_at) values ('usr_1', 'a@b.c', 'A', now(), now())`);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await test.database.db.many(sql`select id from users`)).toEqual([]);
  });

  it('gives up a transaction whose connection died, and serves the next one', async () => {
    const killed = test.database.transaction(async (tx) => {
      const { pid } = await tx.one<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await test.owner.db.run(sql`select pg_terminate_backend(${pid})`);
      await tx.run(sql`select 1`);
    });
    await expect(killed).rejects.toThrow();
    expect(await test.database.db.one(sql`select 1 as one`)).toEqual({ one: 1 });
  });
});
