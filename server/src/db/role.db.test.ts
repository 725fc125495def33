import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import { asOwner } from '../../test/server.ts';
import { ensureRole } from './role.ts';

/** Owners that are no superusers: one that may create and grant roles, one that may not, and one that a DBA has helped. */
describe('an owner that is no superuser', () => {
  let test: TestDatabase;
  const suffix = randomBytes(4).toString('hex');
  const [creator, plain, helped] = [`creator_${suffix}`, `plain_${suffix}`, `helped_${suffix}`];

  beforeAll(async () => {
    test = await testDatabase();
    await asOwner(test.connection, async (client) => {
      await client.query(`create role ${creator} login createrole; create role ${plain} login; create role ${helped} login`);
      await client.query(`grant mortise_app to ${helped}; grant mortise_app to ${creator} with admin option`);
    });
  });

  afterAll(async () => {
    await asOwner(test.connection, (client) => client.query(`drop role ${creator}, ${plain}, ${helped}`));
    await test.drop();
  });

  const ensureAs = (user: string) =>
    asOwner(test.connection, async (client) => {
      await client.query(`set session authorization ${user}`);
      await ensureRole(client);
      await client.query('set role mortise_app');
      return (await client.query<{ role: string }>('select current_user as role')).rows[0]?.role;
    });

  it('changes into the role when it may grant roles', async () => {
    expect(await ensureAs(creator)).toBe('mortise_app');
  });

  it('changes into the role that a DBA has granted', async () => {
    expect(await ensureAs(helped)).toBe('mortise_app');
  });

  it('is told what a DBA has to run when it may not', async () => {
    await expect(ensureAs(plain)).rejects.toThrow(`A superuser has to run once:\n  grant mortise_app to ${plain};`);
  });

  it('is refused a role that row security does not bind', async () => {
    await asOwner(test.connection, async (client: pg.Client) => {
      await client.query('begin; alter role mortise_app bypassrls');
      await expect(ensureRole(client)).rejects.toThrow('alter role mortise_app nosuperuser nobypassrls');
      await client.query('rollback');
    });
  });
});
