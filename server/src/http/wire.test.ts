import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchange, SECRET_KEY, sampleServer } from './sample-server.ts';
import { LIMITS } from './server.ts';

/** The limits of a patient server, cut short. */
const { app } = sampleServer({ limits: { ...LIMITS, headMs: 200, requestMs: 400, idleMs: 300, silenceMs: 2_000 } });
let url = '';
beforeAll(async () => {
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => app.close());

const HEAD = `Host: x\r\nAuthorization: Bearer ${SECRET_KEY}\r\nContent-Type: application/json\r\n`;
const CLOSE = 'Connection: close\r\n';
const echo = (headers: string, body = '') => `POST /api/boats/echo HTTP/1.1\r\n${HEAD}${headers}\r\n${body}`;
const get = (target: string, headers = '') => `GET ${target} HTTP/1.1\r\n${HEAD}${CLOSE}${headers}\r\n`;

/** The status and the problem's code of each answer on a connection. */
function outcomes(text: string): [number, string | undefined][] {
  const answers = text.split(/(?=^HTTP\/1\.1 )/m).filter((answer) => answer !== '');
  return answers.map((answer) => [Number(answer.slice(9, 12)), /"code":"(\w+)"/.exec(answer)?.[1]]);
}
const outcome = async (...chunks: string[]) => outcomes(await exchange(url, chunks));

async function* slowly(start: string, chunk: string, times: number, pause: number): AsyncGenerator<string> {
  yield start;
  for (let i = 0; i < times; i++) {
    await sleep(pause);
    yield chunk;
  }
}

describe('INP-01 bodies', () => {
  it('of the right length are read, in pieces too', async () => {
    const answer = await exchange(url, slowly(echo(`${CLOSE}Content-Length: 14\r\n`), '{"name"', 1, 10));
    expect(outcomes(answer)).toEqual([[408, 'request_timeout']]);
    expect(await outcome(echo(`${CLOSE}Content-Length: 14\r\n`, '{"name":'), '"abc"}')).toEqual([[200, undefined]]);
  });

  it('that come a byte at a time are given up: 408', async () => {
    expect(outcomes(await exchange(url, slowly(echo('Content-Length: 1000\r\n'), '1', 40, 25)))).toEqual([[408, 'request_timeout']]);
  });

  it('headers that come a byte at a time are given up: 408', async () => {
    expect(outcomes(await exchange(url, slowly('GET /api/boats HTTP/1.1\r\nX-Slow: ', 'a', 40, 25)))).toEqual([[408, 'request_timeout']]);
  });

  it('that announce 100 MB are refused before they arrive: 413', async () => {
    const [first] = outcomes(await exchange(url, slowly(echo('Content-Length: 104857600\r\n'), 'x'.repeat(65_536), 20, 2)));
    expect(first).toEqual([413, 'payload_too_large']);
  });

  it('of endless chunks are refused at the cap: 413', async () => {
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const [first] = outcomes(await exchange(url, slowly(echo('Transfer-Encoding: chunked\r\n'), chunk, 100, 0)));
    expect(first).toEqual([413, 'payload_too_large']);
  });

  it('longer than they say are another, broken request: 400', async () => {
    const answers = await outcome(echo('Content-Length: 12\r\n', '{"name":"a"}garbage\r\n\r\n'));
    expect(answers.at(-1)).toEqual([400, 'invalid_request']);
  });

  it('slow ones hold nobody else up', async () => {
    const slow = Array.from({ length: 20 }, () => exchange(url, slowly(echo('Content-Length: 1000\r\n'), '1', 20, 20)));
    const started = performance.now();
    expect(await outcome(get('/api/anchor'))).toEqual([[200, undefined]]);
    expect(performance.now() - started).toBeLessThan(200);
    await Promise.all(slow);
  });
});

describe('INP-07 requests', () => {
  it.each([
    ['with Content-Length and Transfer-Encoding', echo('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n')],
    ['with two Content-Lengths', echo('Content-Length: 5\r\nContent-Length: 6\r\n', '12345')],
    ['with a negative Content-Length', echo('Content-Length: -1\r\n')],
    ['with a broken chunk', echo('Transfer-Encoding: chunked\r\n', 'zz\r\n')],
    ['with an unknown transfer coding', echo('Transfer-Encoding: xchunked\r\n', '5\r\n12345\r\n0\r\n\r\n')],
    ['with a space before the colon', 'GET /api/boats HTTP/1.1\r\nHost : x\r\n\r\n'],
    ['with a folded header', 'GET /api/boats HTTP/1.1\r\nHost: x\r\nX-A: a\r\n b\r\n\r\n'],
    ['that are no HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['of an unknown method', 'BREW /api/boats HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['without a host', `GET /api/boats HTTP/1.1\r\n${CLOSE}\r\n`],
    ['with NUL in a header', get('/api/boats', 'X-A: a\0b\r\n')],
  ])('%s are 400', async (_name, text) => {
    expect(await outcome(text)).toEqual([[400, 'invalid_request']]);
  });

  it('with headers over 32 KiB are 431', async () => {
    expect(await outcome(get('/api/boats', `X-A: ${'a'.repeat(40_000)}\r\n`))).toEqual([[431, 'headers_too_large']]);
  });

  it.each(['/api/%2e%2e/healthz', '/api/../healthz', '/./api/boats', '/api\\boats', '//api/boats', '/api/boats;x=1', '/api/boats%2fecho'])(
    'to %s reach no endpoint: 404',
    async (target) => {
      expect(await outcome(get(target))).toEqual([[404, 'no_such_route']]);
    },
  );

  it.each(['//api/boats', '/%61pi/boats', 'http://x/api/boats', '/api/boats?/healthz', '/api/boats#/healthz'])(
    'to %s find no way around the key',
    async (target) => {
      const [[status] = []] = await outcome(`GET ${target} HTTP/1.1\r\nHost: x\r\n${CLOSE}\r\n`);
      expect([400, 401, 404]).toContain(status);
    },
  );

  it('with TRACE echo nothing: 405', async () => {
    expect(await outcome(`TRACE /api/boats HTTP/1.1\r\n${HEAD}${CLOSE}\r\n`)).toEqual([[405, 'method_not_allowed']]);
  });

  it('with an expectation other than 100-continue are served', async () => {
    expect(await outcome(get('/api/anchor', 'Expect: tea\r\n'))).toEqual([[200, undefined]]);
  });

  it('in a broken answer carry a request id and close', async () => {
    const answer = await exchange(url, ['nonsense\r\n\r\n']);
    expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*X-Request-Id: ([0-9a-f-]{36})\r\n[\s\S]*Connection: close[\s\S]*"requestId":"\1"/);
  });
});

describe('CRA-05 closing', () => {
  it('answers what is in flight, then ends its connection', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const closing = sampleServer({ authenticate: () => gate.then(() => null) });
    const address = await closing.app.listen({ port: 0, host: '127.0.0.1' });
    const answer = exchange(address, [`GET /api/boats HTTP/1.1\r\n${HEAD}\r\n`]);
    await sleep(50);
    const closed = closing.app.close();
    await sleep(50);
    release();
    expect(outcomes(await answer)).toEqual([[401, 'unauthenticated']]);
    await closed;
  });
});
