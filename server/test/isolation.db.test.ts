/** What one workspace can learn of another and do to it: nothing. Asked of every operation of the OpenAPI document. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../src/lib/ids.ts';
import type { JsonObject } from '../src/lib/json.ts';
import { must } from '../src/lib/must.ts';
import type { Answer, Caller } from './api.ts';
import { type ApiOperation, OPERATIONS, propertiesOf } from './contract/document.ts';
import { ask, bodyFor, deleted, installed, made, type Stage, setStage } from './contract/stage.ts';
import { fingerprint } from './isolation/fingerprint.ts';
import { isBelow, leastRole, listedAs, type TestedRole } from './isolation/least-role.ts';

let stage: Stage;
/** Soft-deleted rows of home, by the prefix of their ids. */
let gone: Readonly<Record<string, string>>;
let before: Awaited<ReturnType<typeof fingerprint>>;
beforeAll(async () => {
  stage = await setStage();
  gone = await softDelete(stage);
  before = await fingerprint(stage.api.test);
});
afterAll(() => stage.api.stop());

async function softDelete(set: Stage): Promise<Readonly<Record<string, string>>> {
  const { admin, editor, id: workspaceId } = set.home;
  const intins = await installed(set, await made(set, 'uninstalled', { a: { forkOnInstall: true, required: true } }));
  await editor.delete(`/api/integration-installs/${intins}`, 200);
  const entity = { workspaceId, kind: 'agent', slug: 'gone', name: 'Gone', definition: {} };
  const { id: agt } = await editor.post('/api/entities', entity, 201);
  await editor.delete(`/api/entities/${agt}`, 200);
  const secret = { workspaceId, name: 'Gone', type: 'api_key', secret: { apiKey: 'k' } };
  const { id: aut } = await admin.post('/api/auth-states', secret, 201);
  await admin.delete(`/api/auth-states/${aut}`, 200);
  return { int: (await deleted(set, 'deleted')).id, intins, agt, aut };
}

const allows = (operation: ApiOperation, role: TestedRole): boolean => !isBelow(role, leastRole(operation));

/** Reads whose parameters are in a body, beside the searches. */
const ASKS = ['checkIntegration', 'planInstall', 'planUpgrade', 'planWorkspaceUpgrade'];

const writes = ({ operationId, method }: ApiOperation): boolean =>
  method !== 'GET' && listedAs(operationId) === operationId && !ASKS.includes(operationId);

describe('ISO-01 of another workspace', () => {
  const strangers = (): Readonly<Record<string, Caller>> => {
    const { stranger, browser, nobody } = stage;
    return { viewer: stranger.viewer, editor: stranger.editor, admin: stranger.admin, publishable: browser, nobody };
  };

  /** What a caller who sees nothing is told: 401 without a key, 403 where a publishable key never gets in, else 404. */
  function blindStatus(operation: ApiOperation, role: string): number {
    if (role === 'nobody') return 401;
    return role === 'publishable' && !allows(operation, 'publishable') ? 403 : 404;
  }

  const WITH_ID = OPERATIONS.filter(({ names }) => names !== null);

  test.each(WITH_ID)('$operationId tells nobody whether a foreign row exists', async (operation) => {
    const prefix = must(operation.names, 'the path has an id');
    const missing = newId(prefix);
    const hidden = [stage.home.rows[prefix], gone[prefix]].filter((id) => id !== undefined);
    for (const [role, caller] of Object.entries(strangers())) {
      const request = (id: string) => ask(operation, stage.home, caller, { id, body: bodyFor(operation, stage.stranger) });
      const nothing = seen(await request(missing), missing);
      expect(nothing.status, role).toBe(blindStatus(operation, role));
      for (const id of hidden) expect(seen(await request(id), id), role).toEqual(nothing);
    }
  });

  test.each(WITH_ID)('$operationId refuses an id of another type, and no id at all, with the prefix that it expects', async (operation) => {
    const { home } = stage;
    const expected = `expected ${operation.names === 'agt' ? '.*\\bagt' : operation.names}_…`;
    for (const [role, caller] of Object.entries(strangers()))
      for (const id of [operation.names === 'wsp' ? home.integration.id : home.id, 'nonsense', `${operation.names}_short`]) {
        const { status, body } = await ask(operation, home, caller, { id });
        expect(status, `${role} ${id}`).toBe(role === 'nobody' ? 401 : 400);
        if (status === 400)
          expect(body.errors, role).toEqual([{ pointer: 'path:id', message: expect.stringMatching(new RegExp(expected)) }]);
      }
  });

  /** An answer as bytes and headers, without what differs from request to request: its own id and the id that was asked for. */
  function seen({ status, headers, body }: Answer, id: string) {
    const { 'x-request-id': requestId, date, ...others } = headers;
    const text = JSON.stringify(body).replaceAll(id, '<id>').replaceAll(String(requestId), '<request>');
    return { status, headers: others, text };
  }
});

const GUARDED = OPERATIONS.filter(({ parameters }) => parameters.some(({ name }) => name === 'If-Match'));

test.each(GUARDED)('$operationId holds an If-Match against the row', async (operation) => {
  const answer = await ask(operation, stage.home, stage.api.platform, { headers: { 'if-match': '"another"' } });
  expect(answer.body).toMatchObject({ status: 412, code: 'precondition_failed' });
});

describe('ISO-05 what the server decides cannot be sent', () => {
  const WITH_BODY = OPERATIONS.filter(({ method }) => method === 'POST' || method === 'PATCH');

  test.each(WITH_BODY)('$operationId refuses every field of its answer that it does not take', async (operation) => {
    const taken = operation.body === null ? [] : Object.keys(propertiesOf(operation.body.schema));
    const example = operation.success.example as JsonObject;
    const foreign = Object.keys(propertiesOf(operation.success.schema)).filter((field) => !taken.includes(field));
    const smuggled = Object.fromEntries(foreign.map((field) => [field, example[field] ?? null]));
    const body = { ...bodyFor(operation, stage.home), ...smuggled };
    const answer = await ask(operation, stage.home, stage.api.platform, { body });
    expect(answer.status, JSON.stringify(answer.body)).toBe(listedAs(operation.operationId) === operation.operationId ? 422 : 400);
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual(
      foreign.map((field) => `/${field}`).sort(),
    );
  });
});

test('none of these requests changed a row', async () => {
  expect(await fingerprint(stage.api.test)).toEqual(before);
});

describe('ISO-04 who may do what', () => {
  /** Suspended, so that a write that is let through is stopped right behind the permission. Its integration is public for once. */
  beforeAll(async () => {
    await stage.api.platform.post(`/api/integrations/${stage.closed.integration.id}/visibility`, { visibility: 'public' }, 200);
  });

  const SHOWS_PUBLIC = OPERATIONS.filter((each) => !writes(each) && each.names !== null && allows(each, 'publishable'));

  test.each(SHOWS_PUBLIC)('$operationId shows a publishable key what is public, unless its publisher is suspended', async (operation) => {
    const { closed, browser, api } = stage;
    const status = async () => (await ask(operation, closed, browser)).status;
    expect(await status()).toBe(404);
    await api.platform.post(`/api/workspaces/${closed.id}/unsuspend`, undefined, 200);
    expect(await status()).toBe(200);
    await api.platform.post(`/api/workspaces/${closed.id}/suspend`, undefined, 200);
  });

  /** What takes something away is done in a suspended workspace too; what removes it for good comes last. */
  const weightOf = ({ permission, operationId }: ApiOperation) => (permission.takesAway ? (operationId.startsWith('purge') ? 2 : 1) : 0);
  const IN_ORDER = OPERATIONS.toSorted((one, other) => weightOf(one) - weightOf(other));

  const enters = ({ permission: { need, into } }: ApiOperation) => need === 'workspace' || into !== undefined;

  function isThrough(operation: ApiOperation, { status, body }: Answer): boolean {
    const suspended = status === 409 && body.code === 'workspace_suspended';
    // What plans to change a workspace is refused as the change would be.
    if (!writes(operation)) return status === 200 || (suspended && enters(operation));
    // Whoever comes second finds it gone.
    if (operation.permission.takesAway && status === 404) return /already/.test(body.detail);
    if (operation.permission.takesAway) return status === 200 || (status === 409 && body.code !== 'workspace_suspended');
    return suspended;
  }

  test.each(IN_ORDER)('$operationId lets through whom `x-mortise-permission` names', async (operation) => {
    const { closed, browser, nobody } = stage;
    const callers = { nobody, publishable: browser, viewer: closed.viewer, editor: closed.editor, admin: closed.admin };
    for (const [role, caller] of Object.entries(callers) as [keyof typeof callers, Caller][]) {
      const answer = await ask(operation, closed, caller);
      const { status, body } = answer;
      const through = isThrough(operation, answer);
      const open = role !== 'publishable' || !SHOWS_PUBLIC.includes(operation);
      expect(through, `${role}: ${status} ${JSON.stringify(body).slice(0, 300)}`).toBe(open && allows(operation, role));
      if (!through) expect([401, 403, 404], role).toContain(status);
    }
  });

  const OF_THE_PLATFORM = OPERATIONS.filter((operation) => leastRole(operation) === 'platform_admin');

  test.each(OF_THE_PLATFORM)('$operationId lets a platform admin through', async (operation) => {
    const { status, body } = await ask(operation, stage.home, stage.api.platform);
    // 409: let through, to a version that was revoked or a submission that was decided on just before.
    expect([200, 201, 409], JSON.stringify(body)).toContain(status);
  });
});
