/** Memberships from before there were invitations: migrated, they are memberships. */
import sql from 'sql-template-tag';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '../src/context.ts';
import { listFormerRevocations } from '../src/domain/integration/former-revocations.ts';
import { userResource } from '../src/domain/workspace/resource.ts';
import { must } from '../src/lib/must.ts';
import { getStatement } from '../src/listing/get.ts';
import { TestApi } from './api.ts';
import { FORMER, formerDatabase, MEMBERS, serverOn, THEN } from './former-world.ts';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start(undefined, formerDatabase());
});
afterAll(async () => {
  await listFormerRevocations(serverOn(api.test.database), new AbortController().signal);
  await api.stop();
});

const names = Object.keys(MEMBERS) as (keyof typeof MEMBERS)[];
const { users, memberships } = FORMER;
const at = THEN.toISOString();

test('members stay members, in their roles and since they came, and nobody turns into an invitee', async () => {
  const { data } = await api.platform.get(`/api/workspaces/${FORMER.workspace}/memberships`);
  const found = Object.fromEntries(data.map((membership: { id: string }) => [membership.id, membership]));
  const wanted = names.map((name) => {
    const [id, userId, role] = [memberships[name], users[name], MEMBERS[name]];
    const times = { createdAt: at, acceptedAt: at, updatedAt: at };
    return [id, { id, workspaceId: FORMER.workspace, userId, role, state: 'accepted', createdBy: users.ada, ...times }];
  });
  expect(found).toEqual(Object.fromEntries(wanted));
});

test('each sees the others as before, an admin with their e-mails', async () => {
  const asUser = (name: (typeof names)[number]): Actor => ({
    userId: users[name],
    keyId: null,
    roles: new Map([[FORMER.workspace, MEMBERS[name]]]),
    platformRoles: new Set(),
    publicOnly: false,
  });
  const seen = async (who: (typeof names)[number], whom: (typeof names)[number]) => {
    const row = await api.test.database.db.maybe<{ json: string }>(getStatement(userResource, users[whom], asUser(who)));
    return JSON.parse(must(row, 'a member is in sight').json).email;
  };
  for (const whom of names) {
    expect(await seen('ada', whom)).toBe(`${whom}@x.example`);
    expect(await seen('cy', whom)).toBe(whom === 'cy' ? 'cy@x.example' : null);
  }
});

test('the last admin stays the last admin, and a user of then cannot be taken away under a membership', async () => {
  const { status, body } = await api.platform.call('DELETE', `/api/workspace-memberships/${memberships.ada}`);
  expect([status, body.code]).toEqual([409, 'last_admin']);
  await expect(api.test.owner.db.run(sql`delete from users where id = ${users.cy}`)).rejects.toThrow(/member_id_fkey/);
});

test('a member of then is not invited again, and leaves like any other', async () => {
  const again = await api.platform.call('POST', `/api/workspaces/${FORMER.workspace}/memberships`, { userId: users.bob, role: 'viewer' });
  expect([again.status, again.body.code]).toEqual([409, 'already_member']);
  await api.platform.delete(`/api/workspace-memberships/${memberships.bob}`, 200);
});
