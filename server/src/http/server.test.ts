import type { InjectOptions } from 'fastify';
import { afterAll, describe, expect, it } from 'vitest';
import { NOW, SECRET_KEY, sampleServer } from './sample-server.ts';

const { app, lines } = sampleServer();
afterAll(() => app.close());

const authorization = `Bearer ${SECRET_KEY}`;
const send = (method: InjectOptions['method'], url: string, more: Partial<InjectOptions> = {}) =>
  app.inject({ method: method ?? 'GET', url, ...more, headers: { authorization, ...more.headers } });
const post = (url: string, payload: string | Buffer, headers: Record<string, string> = {}) =>
  send('POST', url, { payload, headers: { 'content-type': 'application/json', ...headers } });
const ID = 'bot_01arz3ndektsv4rrffq69g5fav';

describe('200', () => {
  it('a verb answers with its own bytes', async () => {
    const answer = await post('/api/boats/echo', '{"name":"Ariel","crew":2}');
    expect([answer.statusCode, answer.body, answer.headers['content-type']]).toEqual([
      200,
      '{"name":"Ariel","crew":2}',
      'application/json; charset=utf-8',
    ]);
  });

  it('every answer carries a request id, no-store and nosniff', async () => {
    const { headers } = await send('GET', '/api/anchor');
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });

  it('a well-formed request id is taken over, another one replaced', async () => {
    expect((await send('GET', '/api/anchor', { headers: { 'x-request-id': 'a.B_9-' } })).headers['x-request-id']).toBe('a.B_9-');
    for (const id of ['a b', 'x'.repeat(129), 'a"b', '']) {
      expect((await send('GET', '/api/anchor', { headers: { 'x-request-id': id } })).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it("the verb sees the door's clock and the request's id", async () => {
    expect((await send('GET', '/api/anchor', { headers: { 'x-request-id': 'r1' } })).json()).toEqual({ name: `${NOW.toISOString()}r1` });
  });

  it('query parameters arrive as their schema types them', async () => {
    expect((await send('GET', '/api/boats?limit=12&afloat=false&name=a+b%26c')).json()).toEqual({
      limit: 12,
      afloat: false,
      name: 'a b&c',
    });
  });

  it('a missing body is the empty object', async () => {
    expect((await send('POST', '/api/boats/echo')).json().errors).toEqual([{ pointer: '/name', message: 'is required' }]);
  });

  it('HEAD answers as GET without the body', async () => {
    const answer = await send('HEAD', `/api/boats/${ID}`);
    expect([answer.statusCode, answer.body, answer.headers['content-length']]).toEqual([200, '', '16']);
  });

  it('a forwarded method, host or path changes nothing', async () => {
    const headers = {
      'x-http-method-override': 'DELETE',
      'x-forwarded-for': '10.0.0.1',
      'x-forwarded-prefix': '/api',
      'x-original-url': '/api/depth',
    };
    expect((await send('GET', `/api/boats/${ID}`, { headers })).statusCode).toBe(200);
  });
});

describe('304', () => {
  it('a single resource has a strong ETag, and answers 304 to whoever has it', async () => {
    const first = await send('GET', `/api/boats/${ID}`);
    const etag = String(first.headers.etag);
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    for (const header of [etag, `"x", W/${etag}`, '*']) {
      const again = await send('GET', `/api/boats/${ID}`, { headers: { 'if-none-match': header } });
      expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag]);
    }
    expect((await send('GET', `/api/boats/${ID}`, { headers: { 'if-none-match': '"x"' } })).statusCode).toBe(200);
  });
});

describe('400', () => {
  it('a problem has every member of RFC 9457 and ours', async () => {
    const answer = await send('GET', '/api/boats/x', { headers: { 'x-request-id': 'r1' } });
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toEqual({
      type: '/docs/errors/invalid_request',
      title: 'The request is malformed',
      status: 400,
      detail: 'The id in the path is not an id. Correct what `errors` names and send it again.',
      instance: '/api/boats/x',
      code: 'invalid_request',
      requestId: 'r1',
      errors: [{ pointer: 'path:id', message: 'is not an id' }],
    });
  });

  it.each([
    ['colour=red', 'query:colour', 'is not a known parameter'],
    ['limit=1e2', 'query:limit', 'must be a whole number'],
    ['limit=5.0', 'query:limit', 'must be a whole number'],
    ['limit=', 'query:limit', 'must be a whole number'],
    ['limit=0', 'query:limit', 'must be at least 1'],
    ['limit=1&limit=1', 'query:limit', 'is given twice'],
    ['afloat=yes', 'query:afloat', 'must be true or false'],
    ['name=%00', 'query:name', 'is not percent-encoded UTF-8 without NUL'],
    ['name=%ff', 'query:name', 'is not percent-encoded UTF-8 without NUL'],
    ['name=%zz', 'query:name', 'is not percent-encoded UTF-8 without NUL'],
    ['__proto__=1', 'query:__proto__', 'is not a known parameter'],
  ])('the query ?%s is refused', async (query, pointer, message) => {
    const answer = await send('GET', `/api/boats?${query}`);
    expect([answer.statusCode, answer.json().errors]).toEqual([400, [{ pointer, message }]]);
  });

  it.each([
    ['{"name":', 'malformed'],
    ['{"name":"a","name":"b"}', 'a duplicate key'],
    ['{"name":"a\\u0000"}', 'NUL'],
    ['{"crew":9007199254740993}', 'a number that would change'],
    ['['.repeat(100_000), 'too deep'],
  ])('INP-03 the body %.30s is refused (%s)', async (body) => {
    const answer = await post('/api/boats/echo', body);
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'invalid_json']);
  });

  it('a path that is not percent-encoded UTF-8 is a problem too', async () => {
    const answer = await send('GET', '/api/boats/%ff');
    expect([answer.statusCode, answer.json().code, answer.headers['x-request-id']]).toEqual([
      400,
      'invalid_request',
      answer.json().requestId,
    ]);
  });
});

describe('401', () => {
  it.each([undefined, '', 'Bearer', 'Bearer ', 'Bearer wrong', 'Basic c2VjX3NhbXBsZQ==', SECRET_KEY, `Bearer ${SECRET_KEY}, Bearer x`])(
    'the authorization %s is refused',
    async (header) => {
      const answer = await app.inject({ url: '/api/boats', headers: header === undefined ? {} : { authorization: header } });
      expect([answer.statusCode, answer.headers['www-authenticate'], answer.json().code]).toEqual([401, 'Bearer', 'unauthenticated']);
    },
  );

  it('comes before anything else is looked at', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/boats/echo?x=%zz',
      payload: '{',
      headers: { 'content-type': 'text/plain' },
    });
    expect(answer.statusCode).toBe(401);
  });
});

describe('404 and 405', () => {
  it.each(['/api/nothing', '//api/boats', '/api//boats', '/API/boats', '/api/boats/..;/echo/'])('%s is no endpoint', async (url) => {
    const answer = await send('GET', url);
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'no_such_route']);
  });

  it.each(['..%2f..%2fhealthz', '%2e%2e%2fhealthz', `${ID}%00`, `${ID}%2f`])('INP-07 the encoded id %s is no id', async (id) => {
    expect((await send('GET', `/api/boats/${id}`)).statusCode).toBe(400);
  });

  it.each(['PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'] as const)('%s on a known path is told the methods it has', async (method) => {
    const answer = await app.inject({ method: method as 'PUT', url: '/api/boats' });
    expect([answer.statusCode, answer.headers.allow, answer.json().code]).toEqual([405, 'GET, HEAD, POST', 'method_not_allowed']);
  });

  it('an unknown path is 404 whatever its body is', async () => {
    const answer = await app.inject({ method: 'POST', url: '/api/nothing', payload: 'x', headers: { 'content-type': 'text/plain' } });
    expect(answer.statusCode).toBe(404);
  });
});

describe('409', () => {
  it('facts of a problem are members of it', async () => {
    const answer = await send('POST', '/api/boats/mutiny');
    expect([answer.statusCode, answer.json()]).toEqual([
      409,
      expect.objectContaining({ code: 'already_installed', detail: 'Twice. Upgrade the install that there is.', installId: 'x' }),
    ]);
    expect(answer.json()).not.toHaveProperty('errors');
  });
});

describe('413, 414 and 415', () => {
  it('a body over the cap is refused', async () => {
    const answer = await post('/api/boats/echo', `{"name":"${'x'.repeat(3 * 1024 * 1024)}"}`);
    expect([answer.statusCode, answer.json().code]).toEqual([413, 'payload_too_large']);
  });

  it.each(['/api/boats?name=', '/api/boats/', '/'])('a URL over 16 KiB below %s is refused', async (start) => {
    const answer = await send('GET', start + 'x'.repeat(20_000));
    expect([answer.statusCode, answer.json().code]).toEqual([414, 'uri_too_long']);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/json; charset=latin1',
    'nonsense',
  ])('a body of type %s is refused', async (type) => {
    const answer = await post('/api/boats/echo', '{"name":"a"}', { 'content-type': type });
    expect([answer.statusCode, answer.json().code]).toEqual([415, 'unsupported_media_type']);
  });

  it('a body without a type is refused', async () => {
    const answer = await send('POST', '/api/boats/echo', { payload: Buffer.from('{"name":"a"}') });
    expect(answer.statusCode).toBe(415);
  });

  it.each(['gzip', 'br', 'deflate'])('a %s body is refused', async (encoding) => {
    expect((await post('/api/boats/echo', '{"name":"a"}', { 'content-encoding': encoding })).statusCode).toBe(415);
  });

  it('JSON in UTF-8 may say so', async () => {
    expect((await post('/api/boats/echo', '{"name":"a"}', { 'content-type': 'application/json; charset="UTF-8"' })).statusCode).toBe(200);
  });
});

describe('422', () => {
  it('lists every fault of the body with its pointer', async () => {
    const body = { name: 1, slug: 'A b', harbourId: ID, rig: 'raft', crew: 0, launched: 'soon', 'a/b': 1 };
    const answer = await post('/api/boats/echo', JSON.stringify(body));
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'invalid_body']);
    expect(answer.json().errors.toSorted((a: { pointer: string }, b: { pointer: string }) => (a.pointer < b.pointer ? -1 : 1))).toEqual([
      { pointer: '/a~1b', message: 'is not a known field' },
      { pointer: '/crew', message: 'must be at least 1' },
      { pointer: '/harbourId', message: 'is an id of another type (bot_…); expected hrb_…' },
      { pointer: '/launched', message: 'must be an ISO 8601 time such as 2030-01-31T12:00:00Z' },
      { pointer: '/name', message: 'must be a string' },
      { pointer: '/rig', message: 'must be one of sloop, ketch' },
      { pointer: '/slug', message: 'must be lower-case letters, digits and single hyphens' },
    ]);
  });

  it.each(['{"name":"a","__proto__":{"x":1}}', '{"name":"a","constructor":1}', '{"name":"a","toJSON":1}'])(
    'INP-04 %s has an unknown field',
    async (body) => {
      expect((await post('/api/boats/echo', body)).statusCode).toBe(422);
    },
  );

  it.each(['null', '[]', '1', '"x"'])('the body %s is not an object', async (body) => {
    expect((await post('/api/boats/echo', body)).json().errors).toEqual([{ pointer: '', message: 'must be an object' }]);
  });

  it('a body where none is wanted is refused when it says something', async () => {
    expect((await post('/api/boats/sink', '{"x":1}')).statusCode).toBe(422);
  });
});

describe('500 and 503', () => {
  it('an unforeseen error tells nothing, and the log has its cause', async () => {
    const answer = await send('POST', '/api/boats/sink');
    expect([answer.statusCode, answer.json().code]).toEqual([500, 'internal_error']);
    expect(answer.body).not.toContain('hull');
    expect(lines.find((line) => line.msg === 'internal_error')).toMatchObject({
      requestId: answer.json().requestId,
      err: { message: 'hull secret' },
    });
  });

  it('CRA-04 a database out of reach is 503 with Retry-After, and the process stays healthy', async () => {
    const [read, write, ready, health] = await Promise.all([
      send('GET', '/api/depth'),
      post('/api/boats', '{"name":"a"}'),
      send('GET', '/readyz'),
      send('GET', '/healthz'),
    ]);
    for (const answer of [read, write, ready]) {
      expect([answer.statusCode, answer.headers['retry-after'], answer.json().code]).toEqual([503, '1', 'unavailable']);
    }
    expect([health.statusCode, health.json()]).toEqual([200, { status: 'ok' }]);
  });

  it('a key cannot be checked without its store: 503, never in', async () => {
    const closed = sampleServer({ authenticate: (db) => db.one({ name: 'x', text: 'select 1', values: [] }) });
    expect((await closed.app.inject({ url: '/api/boats', headers: { authorization } })).statusCode).toBe(503);
  });
});

describe('the log', () => {
  it('has one line a request, without query, body or key', async () => {
    lines.length = 0;
    await post('/api/boats/echo?x=canary', '{"canary":1}', { 'x-request-id': 'r7' });
    expect(lines).toEqual([
      expect.objectContaining({
        requestId: 'r7',
        method: 'POST',
        path: '/api/boats/echo',
        status: 400,
        keyId: 'key_01arz3ndektsv4rrffq69g5fav',
      }),
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/canary|sec_sample/);
  });
});

describe('what the database refuses', () => {
  const failing = (fault: object) =>
    sampleServer({
      authenticate: () => Promise.reject(Object.assign(new Error('the database says no'), fault)),
    }).app.inject({ url: '/api/boats', headers: { authorization } });

  it.each(['ECONNREFUSED', 'ECONNRESET', '08006', '25006', '40001', '40P01', '53100', '53300', '55P03', '57014', '57P01', '57P03'])(
    '%s is 503',
    async (code) => {
      expect((await failing({ code })).statusCode).toBe(503);
    },
  );

  it.each(['22P02', '23505', '42601', 'XX000'])('%s, unforeseen, is 500', async (code) => {
    expect((await failing({ code })).statusCode).toBe(500);
  });
});
