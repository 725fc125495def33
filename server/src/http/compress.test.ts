import { Readable } from 'node:stream';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type FastifyInstance, fastify } from 'fastify';
import { afterAll, describe, expect, test } from 'vitest';
import { compressAnswers } from './compress.ts';
import { etagOf } from './etag.ts';
import { SECRET_KEY, sampleServer } from './sample-server.ts';

/** Answers the text of its query, whole or in pieces, with the ETag of a single resource. */
function echoing(): FastifyInstance {
  const app = fastify();
  compressAnswers(app);
  app.get<{ Querystring: { text: string } }>('/whole', ({ query }, reply) => reply.header('etag', etagOf(query.text)).send(query.text));
  app.get<{ Querystring: { text: string } }>('/pieces', ({ query }, reply) =>
    reply
      .header('content-length', Buffer.byteLength(query.text))
      .send(Readable.from(query.text.match(/.{1,100}/gsu) ?? [], { objectMode: false })),
  );
  return app;
}

const app = echoing();
afterAll(() => app.close());
const ask = (path: string, text: string, accepted?: string) =>
  app.inject({ url: path, query: { text }, headers: accepted === undefined ? {} : { 'accept-encoding': accepted } });
const OPENED = { br: brotliDecompressSync, gzip: gunzipSync } as const;
const LONG = 'Ariel, sloop. '.repeat(200);

describe.each(['/whole', '/pieces'])('%s', (path) => {
  test.each(['br', 'gzip'] as const)('over 1 kB, %s has the same bytes inside', async (coding) => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1_025, maxLength: 3_000 }), async (text) => {
        const answer = await ask(path, text, coding);
        expect(answer.headers['content-encoding']).toBe(coding);
        expect(OPENED[coding](answer.rawPayload).toString()).toBe(text);
      }),
      { numRuns: 20 },
    );
  });

  test('tells that it depends on what the client accepts, compressed or not', async () => {
    for (const accepted of [undefined, 'gzip', 'identity']) expect((await ask(path, LONG, accepted)).headers.vary).toBe('accept-encoding');
  });

  test('who accepts nothing gets it as it is, with its length', async () => {
    const answer = await ask(path, LONG);
    expect([answer.body, answer.headers['content-encoding'], answer.headers['content-length']]).toEqual([
      LONG,
      undefined,
      `${LONG.length}`,
    ]);
  });

  test('up to 1 kB nothing is compressed', async () => {
    for (const text of ['x'.repeat(1_024), 'é'.repeat(512)])
      expect((await ask(path, text, 'br')).headers['content-encoding']).toBeUndefined();
    for (const text of ['x'.repeat(1_025), 'é'.repeat(513)]) expect((await ask(path, text, 'br')).headers['content-encoding']).toBe('br');
  });
});

test('the compressed representation has an ETag of its own, and either names the row', async () => {
  const { app: server } = sampleServer({ openapi: JSON.stringify({ text: LONG }) });
  const get = (headers: Record<string, string>) => server.inject({ url: '/openapi.json', headers });
  const plain = String((await get({})).headers.etag);
  const packed = String((await get({ 'accept-encoding': 'gzip' })).headers.etag);
  expect(packed).toBe(plain.replace(/"$/, '.gzip"'));
  for (const etag of [plain, packed, `W/${packed}`, `"x", ${packed}`]) {
    const again = await get({ 'if-none-match': etag, 'accept-encoding': 'gzip' });
    expect([again.statusCode, again.body, again.headers.vary]).toEqual([304, '', 'accept-encoding']);
    expect(etag).toContain(again.headers.etag);
  }
  await server.close();
});

test('problems are compressed as answers are', async () => {
  const { app: server } = sampleServer();
  const body = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`unknown-${index}`, 1]));
  const headers = { authorization: `Bearer ${SECRET_KEY}`, 'content-type': 'application/json', 'accept-encoding': 'br' };
  const answer = await server.inject({ method: 'POST', url: '/api/boats/echo', payload: JSON.stringify(body), headers });
  expect([answer.statusCode, answer.headers['content-encoding']]).toEqual([422, 'br']);
  expect(JSON.parse(brotliDecompressSync(answer.rawPayload).toString()).errors).toHaveLength(100);
  await server.close();
});

test('whoever goes away in the middle takes the pieces along', async () => {
  const server = fastify();
  compressAnswers(server);
  const source = Readable.from(
    (function* () {
      for (;;) yield Math.random().toString(36).repeat(1_000);
    })(),
    { objectMode: false },
  );
  server.get('/', (_request, reply) => reply.header('content-length', 1e9).send(source));
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const gone = new AbortController();
  const answer = await fetch(url, { headers: { 'accept-encoding': 'gzip' }, signal: gone.signal });
  await answer.body?.getReader().read();
  gone.abort();
  await expect.poll(() => source.destroyed).toBe(true);
  await server.close();
});
