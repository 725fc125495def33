import { afterAll, describe, expect, test } from 'vitest';
import { actorWith, SECRET_KEY, sampleServer } from './sample-server.ts';

const APP = 'https://app.example.com';
const OTHER = 'https://other.example';
const PUBLIC_KEY = 'pub_sample';
const ID = 'bot_01arz3ndektsv4rrffq69g5fav';
const actors = new Map([
  [SECRET_KEY, actorWith([])],
  [PUBLIC_KEY, { ...actorWith([]), publicOnly: true }],
]);
const serving = (origins: ReadonlySet<string> | 'any') =>
  sampleServer({ origins, authenticate: async (_db, token) => actors.get(token) ?? null }).app;

const some = serving(new Set([APP]));
const none = serving(new Set());
const all = serving('any');
afterAll(() => Promise.all([some, none, all].map((app) => app.close())));

type Server = typeof some;
const get = (app: Server, url: string, origin: string | null, key: string | null) =>
  app.inject({ url, headers: { ...(origin && { origin }), ...(key && { authorization: `Bearer ${key}` }) } });
const preflight = (app: Server, method: string, url: string, origin: string) =>
  app.inject({
    method: 'OPTIONS',
    url,
    headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'authorization' },
  });
const readableBy = async (answer: ReturnType<typeof get>) => (await answer).headers['access-control-allow-origin'];

describe('MORTISE_CORS_ORIGINS', () => {
  test('a page of an origin that is named uses every key, and reads what our headers say', async () => {
    const answer = await get(some, '/api/boats', APP, SECRET_KEY);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': APP, vary: 'origin' });
    expect(String(answer.headers['access-control-expose-headers']).split(', ')).toEqual(
      expect.arrayContaining(['etag', 'location', 'retry-after']),
    );
  });

  test('its preflights are answered with what the path has, for writes too', async () => {
    const answer = await preflight(some, 'POST', '/api/boats', APP);
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': APP, 'access-control-allow-methods': 'GET, HEAD, POST' });
    expect(String(answer.headers['access-control-allow-headers']).split(', ')).toEqual(
      expect.arrayContaining(['authorization', 'content-type', 'idempotency-key', 'if-match']),
    );
  });

  test('pages of other origins read nothing with a secret key, and are told so before they write', async () => {
    for (const origin of [OTHER, 'null', `${APP}.evil.example`, APP.replace('https', 'http')]) {
      expect(await readableBy(get(some, '/api/boats', origin, SECRET_KEY))).toBeUndefined();
      const refused = await preflight(some, 'POST', '/api/boats', origin);
      expect([refused.statusCode, refused.json().code, refused.headers['access-control-allow-origin']]).toEqual([
        403,
        'origin_not_allowed',
        undefined,
      ]);
    }
  });

  test('problems are read by who may read answers', async () => {
    expect(await readableBy(get(some, '/api/boats?x=1', APP, SECRET_KEY))).toBe(APP);
    expect(await readableBy(get(some, '/api/boats', APP, 'sec_wrong'))).toBe(APP);
    expect(await readableBy(get(some, '/api/nothing', APP, SECRET_KEY))).toBe(APP);
    expect(await readableBy(get(some, '/api/boats', OTHER, 'sec_wrong'))).toBeUndefined();
  });

  test('* is every origin; absent is none', async () => {
    expect(await readableBy(get(all, '/api/boats', OTHER, SECRET_KEY))).toBe('*');
    expect((await preflight(all, 'POST', '/api/boats', OTHER)).statusCode).toBe(204);
    expect(await readableBy(get(none, '/api/boats', APP, SECRET_KEY))).toBeUndefined();
    expect((await get(none, '/api/boats', APP, SECRET_KEY)).headers.vary).toBeUndefined();
  });

  test('no cookies, no credentials: a key is sent by the page or not at all', async () => {
    for (const answer of [await get(some, '/api/boats', APP, SECRET_KEY), await preflight(some, 'GET', '/api/boats', APP)])
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });
});

describe('publishable keys', () => {
  test('work from any origin, without any setting', async () => {
    for (const app of [some, none, all]) {
      expect(await readableBy(get(app, `/api/boats/${ID}`, OTHER, PUBLIC_KEY))).toBe('*');
      expect((await preflight(app, 'GET', `/api/boats/${ID}`, OTHER)).headers['access-control-allow-origin']).toBe('*');
    }
  });

  test('where only secret keys do, the preflight of an unknown origin is refused', async () => {
    expect((await preflight(none, 'GET', '/api/boats', OTHER)).statusCode).toBe(403);
    expect((await preflight(none, 'DELETE', `/api/boats/${ID}`, OTHER)).statusCode).toBe(403);
  });
});

test('OPTIONS that is no preflight stays what it was', async () => {
  const answer = await some.inject({ method: 'OPTIONS', url: '/api/boats', headers: { origin: APP } });
  expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'GET, HEAD, POST']);
});
