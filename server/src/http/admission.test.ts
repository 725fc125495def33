import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { Actor } from '../context.ts';
import { must } from '../lib/must.ts';
import { Admission } from './admission.ts';
import type { Endpoint } from './endpoint.ts';
import { nowhere } from './sample-server.ts';

const MB = 1024 * 1024;
const LARGE = 64 * MB;
const of = (workspaceId: string): Actor => ({
  userId: 'usr_1',
  keyId: 'key_1',
  roles: new Map([[workspaceId, 'editor']]),
  platformRoles: new Set(),
  publicOnly: false,
});
const bytes = (length: number) => ({ headers: { 'content-length': String(length) } }) as unknown as IncomingMessage;
const upload = { method: 'POST', limits: { bytes: LARGE } } as unknown as Endpoint;
const ordinary = { method: 'POST' } as unknown as Endpoint;
const code = (promise: Promise<unknown> | null) => must(promise, 'it takes memory').then(String, (problem) => problem.code);

describe('the memory for bodies', () => {
  test('is nothing to speak of for small ones, and a body over the limit is refused before it is read', () => {
    const admission = new Admission(nowhere());
    expect(admission.memory(ordinary, of('a'), bytes(60_000), 2 * MB)).toBeNull();
    expect(admission.memory(ordinary, of('a'), { headers: {} } as IncomingMessage, 2 * MB)).toBeNull();
    expect(() => admission.memory(ordinary, of('a'), bytes(3 * MB), 2 * MB)).toThrow('over the size limit');
  });

  test('is shared by all: who comes when there is none waits before his body is read', async () => {
    const admission = new Admission(nowhere());
    const leave = await must(admission.memory(upload, of('a'), bytes(LARGE), LARGE), 'it is large');
    let entered = false;
    const second = must(admission.memory(upload, of('b'), bytes(LARGE), LARGE), 'it is large').then((give) => {
      entered = true;
      return give;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(entered).toBe(false);
    leave();
    (await second)();
  });

  test('one workspace is told when too many of its bodies wait; a body in chunks counts as the largest that it may be', async () => {
    const admission = new Admission(nowhere());
    const chunked = { headers: { 'transfer-encoding': 'chunked' } } as IncomingMessage;
    const leave = await must(admission.memory(upload, of('a'), chunked, LARGE), 'it may be large');
    const waiting = Array.from({ length: 8 }, () => must(admission.memory(upload, of('a'), bytes(LARGE), LARGE), 'it is large'));
    expect(await code(admission.memory(upload, of('a'), bytes(LARGE), LARGE))).toBe('too_many_requests');
    leave();
    for (const each of waiting) (await each)();
  });

  test('is taken by large answers too', async () => {
    const admission = new Admission(nowhere());
    const large = { method: 'GET', weighs: LARGE } as unknown as Endpoint;
    const get = { headers: {} } as IncomingMessage;
    const leave = await must(admission.memory(large, of('a'), get, 0), 'the answer is large');
    const next = must(admission.memory(large, of('b'), get, 0), 'the answer is large');
    leave();
    (await next)();
  });
});
