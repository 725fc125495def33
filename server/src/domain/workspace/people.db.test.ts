/** Who sees whom: invitations, email and platform roles, and keys that are nobody. */
import { pino } from 'pino';
import sql, { raw } from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';
import type { Actor, WriteCtx } from '../../context.ts';
import { FaultLog } from '../../lib/fault-log.ts';
import { newId } from '../../lib/ids.ts';
import { Kinds } from '../../lib/kinds.ts';
import { cursorKeyOf, decodeCursor, fingerprint } from '../../listing/cursor.ts';
import { getStatement } from '../../listing/get.ts';
import { parseOrder } from '../../query/order.ts';
import { integrationResource } from '../integration/resource.ts';
import { acceptInvitation, declineInvitation } from './invitations.ts';
import { membershipResource, userResource } from './resource.ts';

let api: TestApi;
let team: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  team = await api.workspace('team');
});
afterAll(() => api.stop());

const user = (name: string): Promise<{ id: string }> =>
  api.platform.post('/api/users', { email: `${name}@example.org`, name, platformRoles: ['reviewer'] }, 201);
const inviteTo = ({ id, admin }: TestWorkspace, userId: string) =>
  admin.call('POST', `/api/workspaces/${id}/memberships`, { userId, role: 'editor' });
const join = async ({ id }: TestWorkspace, userId: string, role = 'editor') =>
  api.platform.post(`/api/workspaces/${id}/memberships`, { userId, role }, 201);

const person = (userId: string): Actor => ({ userId, keyId: null, roles: new Map(), platformRoles: new Set(), publicOnly: false });

/** Runs a verb as somebody who is signed in. */
const as = <T>(userId: string, verb: (ctx: WriteCtx) => Promise<T>): Promise<T> =>
  api.test.database.transaction((db) =>
    verb({
      db,
      actor: person(userId),
      now: new Date(),
      requestId: 'test',
      log: pino({ level: 'silent' }),
      kinds: new Kinds(),
      masterKey: Buffer.alloc(32),
    }),
  );

describe('an invitation', () => {
  test('of an id that nobody has answers as one of somebody, in all that the inviting side sees', async () => {
    const known = await user('known');
    const unknown = { id: newId('usr') };
    const [one, other] = await Promise.all([seenBy(known.id), seenBy(unknown.id)]);
    expect(one).toEqual(other);
    expect(one[0]).toMatchObject({ status: 201, body: { state: 'invited', acceptedAt: null } });
    expect(one.map(({ status }) => status)).toEqual([201, 409, 200, 200, 200, 200, 200, 200, 200, 404, 403, 403, 200, 200, 200]);
  });

  /** Everything that the inviting side can ask about its invitation, with ids and times blotted out. */
  async function seenBy(userId: string): Promise<{ status: number; body: unknown }[]> {
    const host = await api.workspace();
    const made = await inviteTo(host, userId);
    const path = `/api/workspace-memberships/${made.body.id}`;
    const list = `/api/workspaces/${host.id}/memberships`;
    const filtered = (filter: object) => host.viewer.call('GET', `${list}?filter=${encodeURIComponent(JSON.stringify(filter))}`);
    const ordered = (order: object) => host.viewer.call('GET', `${list}?orderBy=${encodeURIComponent(JSON.stringify([order]))}`);
    const answers = [
      made,
      await inviteTo(host, userId),
      await host.viewer.call('GET', list),
      await host.viewer.call('GET', path),
      await filtered({ user: { isNull: false } }),
      await filtered({ user: { name: { ne: '' } } }),
      await filtered({ workspace: { memberships: { some: { user: { email: { isNull: true } } } } } }),
      await ordered({ user: { email: 'asc' } }),
      await host.admin.call('PATCH', path, { role: 'admin' }),
      await host.admin.call('GET', `/api/users/${userId}`),
      await host.admin.call('POST', `${path}/accept`),
      await host.admin.call('POST', `${path}/decline`),
      await host.viewer.call('GET', `/api/events?filter=${JSON.stringify({ subjectId: made.body.id })}`),
      await host.admin.call('DELETE', path),
      await host.viewer.call('GET', list),
    ];
    return answers.map((answer) => blotted(answer));
  }

  /** Without what differs from row to row: ids, times, cursors. */
  function blotted({ status, body }: Answer): { status: number; body: unknown } {
    const text = JSON.stringify(body)
      .replace(/"(start|end)Cursor":"[^"]+"/g, '"$1Cursor":"…"')
      .replace(/"requestId":"[^"]+"/g, '')
      .replace(/[a-z]{3,6}_[0-7][0-9a-z]{25}/g, (id) => id.slice(0, 4))
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…');
    return { status, body: JSON.parse(text.replaceAll(',,', ',').replace(/,}/g, '}')) };
  }

  test('gives no sight of its user until that is accepted', async () => {
    const { id } = await user('guest');
    const host = await api.workspace();
    const { body: invitation } = await inviteTo(host, id);
    const list = `/api/workspaces/${host.id}/memberships?filter=${JSON.stringify({ user: { name: 'guest' } })}`;
    await host.viewer.get(`/api/users/${id}`, 404);
    expect((await host.viewer.get(list)).pageInfo.total).toBe(0);
    const accepted = await api.platform.post(`/api/workspace-memberships/${invitation.id}/accept`, undefined, 200);
    expect(accepted).toMatchObject({ state: 'accepted', acceptedAt: expect.any(String), role: 'editor' });
    expect(await host.viewer.get(`/api/users/${id}`)).toMatchObject({ name: 'guest' });
    expect((await host.viewer.get(list)).pageInfo.total).toBe(1);
    expect(await api.platform.post(`/api/workspace-memberships/${invitation.id}/accept`, undefined, 200)).toEqual(accepted);
    expect((await api.platform.post(`/api/workspace-memberships/${invitation.id}/decline`, undefined, 409)).code).toBe(
      'membership_accepted',
    );
  });

  test('is accepted or declined by its user in person; no key is a person, not even that of its minter', async () => {
    const [host, { id }, { id: other }] = [await api.workspace(), await user('invited'), await user('bystander')];
    const { body: one } = await inviteTo(host, id);
    const target = { id: one.id as string, workspaceId: host.id };
    await expect(as(other, (ctx) => acceptInvitation(ctx, { target }))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(as(other, (ctx) => declineInvitation(ctx, { target }))).rejects.toMatchObject({ code: 'forbidden' });
    await as(id, (ctx) => declineInvitation(ctx, { target }));
    expect((await host.viewer.get(`/api/workspaces/${host.id}/memberships`)).data).toEqual([]);
    const { body: two } = await inviteTo(host, id);
    const { json } = await as(id, (ctx) => acceptInvitation(ctx, { target: { ...target, id: two.id } }));
    expect(JSON.parse(json)).toMatchObject({ state: 'accepted' });
    const { id: minter } = await user('minter');
    await api.test.owner.db.run(sql`update api_keys set created_by = ${minter} where workspace_id = ${host.id}`);
    const { body: mine } = await inviteTo(host, minter);
    await host.admin.post(`/api/workspace-memberships/${mine.id}/accept`, undefined, 403);
    const told = await host.viewer.get(`/api/events?limit=100&filter=${JSON.stringify({ type: { startsWith: 'workspace_membership' } })}`);
    expect(told.data.map(({ type }: { type: string }) => type).sort()).toEqual([
      'workspace_membership.accepted',
      'workspace_membership.created',
      'workspace_membership.created',
      'workspace_membership.created',
      'workspace_membership.declined',
    ]);
  });

  test('can be looked up by its user, and by nobody else outside', async () => {
    const [host, { id }, { id: other }] = [await api.workspace(), await user('looks'), await user('strolls')];
    const { body } = await inviteTo(host, id);
    const found = (userId: string) => api.test.database.db.maybe(getStatement(membershipResource, body.id, person(userId)));
    expect(await found(id)).not.toBeNull();
    expect(await found(other)).toBeNull();
    await team.admin.get(`/api/workspace-memberships/${body.id}`, 404);
  });

  test('of an id that nobody has cannot be accepted by a platform admin, and counts for no admin', async () => {
    const host = await api.workspace();
    const made = await host.admin.post(`/api/workspaces/${host.id}/memberships`, { userId: newId('usr'), role: 'admin' }, 201);
    expect((await api.platform.post(`/api/workspace-memberships/${made.id}/accept`, undefined, 409)).code).toBe('no_such_user');
    const admin = await join(host, (await user('only')).id, 'admin');
    expect((await host.admin.delete(`/api/workspace-memberships/${admin.id}`, 409)).code).toBe('last_admin');
    await host.admin.delete(`/api/workspace-memberships/${made.id}`, 200);
  });
});

describe('email and platform roles of a user', () => {
  const SHORT = { email: null, platformRoles: null };
  const FULL = { email: 'ada@example.org', platformRoles: ['reviewer'] };
  let ada: string;
  let host: TestWorkspace;
  beforeAll(async () => {
    host = await api.workspace();
    ada = (await user('ada')).id;
    await join(host, ada);
  });

  test('are seen by admins of a shared workspace, by platform admins and by oneself; id and name by all who share one', async () => {
    const path = `/api/users/${ada}`;
    expect(await host.admin.get(path)).toMatchObject(FULL);
    expect(await api.platform.get(path)).toMatchObject(FULL);
    for (const caller of [host.viewer, host.editor]) expect(await caller.get(path)).toMatchObject({ id: ada, name: 'ada', ...SHORT });
    await team.admin.get(path, 404);
    const own = await api.test.database.db.one<{ json: string }>(getStatement(userResource, ada, person(ada)));
    expect(JSON.parse(own.json)).toMatchObject(FULL);
  });

  test('are null to the others in filters and orders too, through relations as well', async () => {
    const of = (filter: object) => `/api/workspaces/${host.id}/memberships?filter=${encodeURIComponent(JSON.stringify({ user: filter }))}`;
    const total = async (filter: object, caller = host.viewer) => (await caller.get(of(filter))).pageInfo.total;
    for (const told of [
      { email: 'ada@example.org' },
      { email: { startsWith: 'a' } },
      { email: { isNull: false } },
      { email: { gt: '' } },
    ]) {
      expect(await total(told), JSON.stringify(told)).toBe(0);
      expect(await total({ NOT: told }, host.admin), JSON.stringify(told)).toBe(0);
      expect(await total(told, host.admin), JSON.stringify(told)).toBe(1);
    }
    expect(await total({ email: null })).toBe(1);
    expect(await total({ name: 'ada' })).toBe(1);
  });

  test('of whoever minted a key are not told to whoever holds it', async () => {
    const { user: minter } = await host.viewer.get('/api/me');
    expect(minter).toMatchObject({ name: 'Platform admin', ...SHORT });
    await host.viewer.get(`/api/users/${minter.id}`, 404);
    expect((await api.platform.get('/api/me')).user).toMatchObject({ email: 'admin@mortise.invalid', platformRoles: ['admin'] });
  });
});

describe('a publishable key', () => {
  test('is nobody: no answer names its minter, and no cursor holds one', async () => {
    const minter = await user('minted');
    const published = await TestIntegration.create(team, 'open');
    await published.publish('1.0.0', { a: {} });
    await api.platform.post(`/api/integrations/${published.id}/visibility`, { visibility: 'public' }, 200);
    const browser = await api.key(team.id, 'viewer', 'publishable');
    const { owner } = api.test;
    await owner.db.run(sql`update api_keys set created_by = ${minter.id} where kind = 'publishable'`);
    for (const table of ['integrations', 'published_integrations'])
      await owner.db.run(sql`update ${raw(table)} set created_by = ${minter.id}`);
    const me = await browser.get('/api/me');
    expect(me).toMatchObject({ user: null, memberships: [], platformRoles: [], key: { createdBy: null, kind: 'publishable' } });
    for (const key of ['id', 'name', 'email', 'createdAt']) {
      const orderBy = [{ createdBy: { [key]: 'asc' } }];
      const page = await browser.post('/api/integrations/search', { orderBy });
      const order = parseOrder(integrationResource, orderBy, new FaultLog('body'));
      const at = decodeCursor(cursorKeyOf(Buffer.alloc(32, 7)), fingerprint('Integration', order), 2, page.pageInfo.endCursor);
      expect(at?.[0], key).toBeNull();
      const probe = (op: object) => browser.post('/api/integrations/search', { filter: { createdBy: { [key]: op } } });
      for (const op of [{ isNull: false }, { isNull: true }, { ne: key.endsWith('At') ? '2020-01-01T00:00:00Z' : newId('usr') }])
        expect((await probe(op)).pageInfo.total, `${key} ${JSON.stringify(op)}`).toBe(0);
    }
  });
});
