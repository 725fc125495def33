import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { Mortise } from './client.ts';
import { MortiseError, UnreachableError } from './errors.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A client of a server that answers with these handlers, one request each, the last one for all that follow. */
async function clientOf(...handlers: Handler[]) {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push(`${request.method} ${request.url}`);
    handlers[Math.min(asked.length, handlers.length) - 1]?.(request, response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => server.close().closeAllConnections());
  return { mortise: new Mortise({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, key: 'sec_test' }), asked };
}

const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): Handler =>
  (_request, response) =>
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));

const cut: Handler = (request) => request.socket.destroy();
const busy = answer(503, { code: 'unavailable', detail: 'Too busy.' }, { 'retry-after': '0' });

async function failureOf(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(
    () => expect.unreachable('the request succeeds'),
    (error: unknown) => error,
  );
}

describe('request', () => {
  test('sends key, method, query and JSON body, and resolves to the JSON of the answer', async () => {
    const { mortise, asked } = await clientOf((request, response, body) =>
      answer(201, { key: request.headers.authorization, type: request.headers['content-type'], body: JSON.parse(body) })(
        request,
        response,
        body,
      ),
    );
    const query = { limit: 5, absent: undefined, filter: { name: { eq: 'a&b' } } };
    expect(await mortise.request('POST', '/api/things', { query, body: { text: 'ü' } })).toEqual({
      key: 'Bearer sec_test',
      type: 'application/json',
      body: { text: 'ü' },
    });
    expect(asked).toEqual([`POST /api/things?limit=5&filter=${encodeURIComponent('{"name":{"eq":"a&b"}}')}`]);
  });

  test('sends no content type without a body', async () => {
    const { mortise } = await clientOf((request, response, body) =>
      answer(200, { type: request.headers['content-type'] ?? null })(request, response, body),
    );
    expect(await mortise.request('POST', '/api/integration-installs/x/upgrade')).toEqual({ type: null });
  });

  test('a problem becomes an error with its code, detail, faults, request id and facts', async () => {
    const { mortise } = await clientOf(
      answer(409, {
        type: '/docs/errors/already_installed',
        title: 'Already installed',
        status: 409,
        detail: 'stripe/billing is installed already.',
        instance: '/api/integrations/x/install',
        code: 'already_installed',
        requestId: 'r-1',
        installId: 'intins_1',
        errors: [{ pointer: '/workspaceId', message: 'has it', code: 'second' }, 'no fault'],
      }),
    );
    const error = await failureOf(mortise.request('POST', '/api/x'));
    expect(error).toBeInstanceOf(MortiseError);
    expect(error).toMatchObject({
      status: 409,
      code: 'already_installed',
      title: 'Already installed',
      message: 'stripe/billing is installed already.',
      detail: 'stripe/billing is installed already.',
      requestId: 'r-1',
      errors: [{ pointer: '/workspaceId', message: 'has it', code: 'second' }],
      facts: { installId: 'intins_1' },
    });
  });

  test.each([
    ['an HTML page of something in between', answer(404, '<html>')],
    ['JSON that is no problem', answer(404, ['no'])],
    ['a success that is not JSON', answer(200, 'hello')],
  ])('%s is told apart from an answer of Mortise', async (_what, handler) => {
    const { mortise } = await clientOf(handler);
    expect(await failureOf(mortise.request('GET', '/api/me'))).toMatchObject({ name: 'MortiseError', code: 'not_mortise' });
  });
});

describe('retries', () => {
  test('a 503 is tried again after Retry-After, also for a POST', async () => {
    const { mortise, asked } = await clientOf(busy, busy, answer(201, { id: 'x' }));
    expect(await mortise.request('POST', '/api/things', { body: {} })).toEqual({ id: 'x' });
    expect(asked).toHaveLength(3);
  });

  test('a server that stays unavailable is given up after five attempts', async () => {
    const { mortise, asked } = await clientOf(busy);
    expect(await failureOf(mortise.request('GET', '/api/things'))).toMatchObject({ status: 503, code: 'unavailable' });
    expect(asked).toHaveLength(5);
  });

  test('a Retry-After of more than ten seconds is not waited for', async () => {
    const { mortise, asked } = await clientOf(answer(503, { code: 'unavailable' }, { 'retry-after': '11' }));
    expect(await failureOf(mortise.request('GET', '/api/things'))).toMatchObject({ status: 503 });
    expect(asked).toHaveLength(1);
  });

  test('a GET whose connection breaks is tried again', async () => {
    const { mortise, asked } = await clientOf(cut, answer(200, { ok: true }));
    expect(await mortise.request('GET', '/api/things')).toEqual({ ok: true });
    expect(asked).toHaveLength(2);
  });

  test('a GET whose answer breaks off is tried again', async () => {
    const brokenOff: Handler = (request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{"ok":');
      setTimeout(() => request.socket.destroy(), 20);
    };
    const { mortise } = await clientOf(brokenOff, answer(200, { ok: true }));
    expect(await mortise.request('GET', '/api/things')).toEqual({ ok: true });
  });

  test.each(['POST', 'PATCH', 'DELETE'] as const)('a %s whose connection breaks is not: it may have been done', async (method) => {
    const { mortise, asked } = await clientOf(cut);
    expect(await failureOf(mortise.request(method, '/api/things'))).toBeInstanceOf(UnreachableError);
    expect(asked).toHaveLength(1);
  });

  test('a refused connection is tried again until the server is there', async () => {
    const { mortise } = await clientOf();
    const port = Number(new URL(mortise.url).port);
    for (const stop of stops.splice(0)) stop();
    const asked = mortise.request('POST', '/api/things', { body: {} });
    setTimeout(() => {
      const late = createServer((_request, response) => response.end('{"late":true}')).listen(port, '127.0.0.1');
      stops.push(() => late.close().closeAllConnections());
    }, 100);
    expect(await asked).toEqual({ late: true });
  });

  test('client errors are not tried again', async () => {
    const { mortise, asked } = await clientOf(answer(404, { code: 'not_found', detail: 'Nothing here.' }));
    expect(await failureOf(mortise.request('GET', '/api/things/x'))).toMatchObject({ status: 404, message: 'Nothing here.' });
    expect(asked).toHaveLength(1);
  });

  test('an abort ends the wait at once, with its reason', async () => {
    const { mortise, asked } = await clientOf(answer(503, {}, { 'retry-after': '9' }));
    const reason = new Error('changed my mind');
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 50);
    expect(await failureOf(mortise.request('GET', '/api/things', { signal: controller.signal }))).toBe(reason);
    expect(asked).toHaveLength(1);
  });
});

describe('each', () => {
  const page = (data: number[], endCursor: string | null, hasNextPage: boolean) =>
    answer(200, { data, pageInfo: { total: 3, hasNextPage, hasPreviousPage: false, startCursor: null, endCursor } });

  test('gives every row of every page, following the cursor with the same query', async () => {
    const { mortise, asked } = await clientOf(page([1, 2], 'c1', true), page([3], 'c2', false));
    expect(await Array.fromAsync(mortise.each<number>('/api/things', { kind: 'function' }))).toEqual([1, 2, 3]);
    expect(asked).toEqual(['GET /api/things?kind=function', 'GET /api/things?kind=function&after=c1']);
  });

  test('asks for no page beyond what is taken', async () => {
    const { mortise, asked } = await clientOf(page([1, 2], 'c1', true));
    for await (const row of mortise.each<number>('/api/things')) if (row === 1) break;
    expect(asked).toHaveLength(1);
  });
});

test('text resolves to the bytes of the answer, and fails as request does', async () => {
  const { mortise } = await clientOf(busy, answer(200, '{"b": 1,"a":2}'), answer(404, { code: 'not_found', detail: 'Gone.' }));
  expect(await mortise.text('/api/x')).toBe('{"b": 1,"a":2}');
  expect(await failureOf(mortise.text('/api/x'))).toMatchObject({ status: 404, code: 'not_found' });
});
