import type { FastifyInstance } from 'fastify';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import { authenticate } from '../access/authenticate.ts';
import { ensureBootstrap } from '../domain/api-key/bootstrap.ts';
import { apiKeyRoutes } from '../domain/api-key/routes.ts';
import { workspaceResource } from '../domain/workspace/resource.ts';
import { workspaceRoutes } from '../domain/workspace/routes.ts';
import { Problem } from '../lib/errors.ts';
import { newId } from '../lib/ids.ts';
import { must } from '../lib/must.ts';
import { Success } from '../lib/shape.ts';
import { type AnyRoute, route } from '../route.ts';
import { NOW, sampleServer } from './sample-server.ts';

/** Writes, then fails in every way that the test wants. */
let fail = (): never => must<never>(null, 'set by the test');
const failingRoute: AnyRoute = route({
  operationId: 'renameAndFail',
  method: 'POST',
  path: '/api/workspaces/{id}/rename-and-fail',
  tag: 'Tests',
  summary: 'Renames, then fails.',
  permission: { need: 'target', resource: workspaceResource, role: 'admin' },
  answer: Success,
  write: async (ctx, { target }) => {
    await ctx.db.run(sql`update workspaces set name = 'never' where id = ${target.id}`);
    return fail();
  },
});

let world: TestDatabase;
let app: FastifyInstance;
let platform: string;
let own: { id: string };
let foreign: { id: string };
const keys: Record<string, string> = {};

beforeAll(async () => {
  world = await testDatabase();
  const { database } = world;
  platform = must(await ensureBootstrap(database, null, NOW), 'a new database has no key');
  ({ app } = sampleServer({ routes: [...workspaceRoutes, ...apiKeyRoutes, failingRoute], database, authenticate }));
  own = (await post(platform, '/api/workspaces', { name: 'Own', handle: 'own' })).json();
  foreign = (await post(platform, '/api/workspaces', { name: 'Foreign', handle: 'foreign' })).json();
  for (const role of ['viewer', 'admin']) {
    keys[role] = (await post(platform, '/api/api-keys', { workspaceId: own.id, name: role, role, kind: 'secret' })).json().secret;
  }
});
afterAll(async () => {
  await app.close();
  await world.drop();
});

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
const send = (key: string | undefined, method: Method, url: string, payload?: object) =>
  app.inject({ method, url, headers: { authorization: `Bearer ${key}` }, ...(payload === undefined ? {} : { payload }) });
const post = (key: string | undefined, url: string, payload: object = {}) => send(key, 'POST', url, payload);

describe('200 and 201', () => {
  it('what was created is where Location says, byte for byte', async () => {
    const created = await post(platform, '/api/workspaces', { name: 'New', handle: 'new' });
    expect([created.statusCode, created.headers.location]).toEqual([201, `/api/workspaces/${created.json().id}`]);
    expect((await send(platform, 'GET', String(created.headers.location))).body).toBe(created.body);
  });

  it('the ETag of a resource changes with it', async () => {
    const url = `/api/workspaces/${own.id}`;
    const before = await send(keys.admin, 'GET', url);
    expect((await send(keys.admin, 'GET', url)).headers.etag).toBe(before.headers.etag);
    await send(keys.admin, 'PATCH', url, { name: 'Renamed' });
    expect((await send(keys.admin, 'GET', url)).headers.etag).not.toBe(before.headers.etag);
  });
});

describe('401', () => {
  it('a revoked key is gone on the next request', async () => {
    const { id, secret } = (
      await post(platform, '/api/api-keys', { workspaceId: own.id, name: 'k', role: 'viewer', kind: 'secret' })
    ).json();
    expect((await send(secret, 'GET', '/api/me')).statusCode).toBe(200);
    await send(platform, 'DELETE', `/api/api-keys/${id}`);
    expect((await send(secret, 'GET', '/api/me')).statusCode).toBe(401);
  });
});

describe('403 and 404', () => {
  it('a role too low is admitted to what it sees, and told so', async () => {
    const answer = await send(keys.viewer, 'PATCH', `/api/workspaces/${own.id}`, { name: 'x' });
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'forbidden']);
  });

  it.each(['GET', 'PATCH'] as const)('ISO-01 %s: foreign and missing are the same but for id and request', async (method) => {
    const about = async (id: string) => {
      const answer = await send(keys.admin, method, `/api/workspaces/${id}`, method === 'GET' ? undefined : { name: 'x' });
      return [answer.statusCode, answer.body.replaceAll(id, 'ID').replace(/"requestId":"[^"]+"/, '')];
    };
    const missing = await about(newId('wsp'));
    expect(missing[0]).toBe(404);
    expect(await about(foreign.id)).toEqual(missing);
  });

  it('an id of another type names the one that is expected: 400', async () => {
    const answer = await send(platform, 'GET', `/api/workspaces/${newId('usr')}`);
    expect([answer.statusCode, answer.json().errors]).toEqual([
      400,
      [{ pointer: 'path:id', message: 'is an id of another type (usr_…); expected wsp_…' }],
    ]);
  });
});

describe('422 workspaceId in the body', () => {
  const mint = (key: string | undefined, workspaceId: string) =>
    post(key, '/api/api-keys', { workspaceId, name: 'k', role: 'viewer', kind: 'secret' });

  it('of another prefix, foreign and unknown are faults of the body; a role too low is 403', async () => {
    expect((await mint(keys.admin, newId('usr'))).json().errors).toEqual([
      { pointer: '/workspaceId', message: 'is an id of another type (usr_…); expected wsp_…' },
    ]);
    for (const id of [foreign.id, newId('wsp')]) {
      const answer = await mint(keys.admin, id);
      expect([answer.statusCode, answer.json().errors]).toEqual([
        422,
        [{ pointer: '/workspaceId', message: 'names no workspace that you can see' }],
      ]);
    }
    expect((await mint(keys.viewer, own.id)).statusCode).toBe(403);
  });
});

describe('409', () => {
  it('a suspended workspace takes no writes, and is read as before', async () => {
    await post(platform, `/api/workspaces/${own.id}/suspend`);
    expect((await send(keys.admin, 'PATCH', `/api/workspaces/${own.id}`, { name: 'x' })).json().code).toBe('workspace_suspended');
    expect((await send(keys.admin, 'GET', `/api/workspaces/${own.id}`)).statusCode).toBe(200);
    await post(platform, `/api/workspaces/${own.id}/unsuspend`);
  });

  it('of two that take one handle at once, one gets it and the other is told so', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => post(platform, '/api/workspaces', { name: 'Race', handle: 'race' })));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409, 409, 409]);
  });
});

describe('whatever a verb throws', () => {
  it.each([
    ['a problem', new Problem('slug_taken', 'Taken.'), 409],
    ['a bug', new TypeError('bug'), 500],
    ['a value that is no error', 'oops', 500],
  ])('%s rolls back what it wrote', async (_name, thrown, status) => {
    fail = () => {
      throw thrown;
    };
    expect((await post(platform, `/api/workspaces/${foreign.id}/rename-and-fail`)).statusCode).toBe(status);
    expect((await send(platform, 'GET', `/api/workspaces/${foreign.id}`)).json().name).toBe('Foreign');
  });

  it('the database going away meanwhile is 503, and the next request is served', async () => {
    const pending = world.database.transaction(async (tx) => {
      const { pid } = await tx.one<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await world.owner.db.run(sql`select pg_terminate_backend(${pid})`);
      return tx.one(sql`select 1`);
    });
    fail = () => must<never>(null, 'unused');
    const cause = await pending.catch((error: unknown) => error);
    fail = () => {
      throw cause;
    };
    const answer = await post(platform, `/api/workspaces/${foreign.id}/rename-and-fail`);
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
    expect((await send(platform, 'GET', '/api/me')).statusCode).toBe(200);
  });
});
