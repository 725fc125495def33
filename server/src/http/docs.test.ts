import { afterAll, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../lib/errors.ts';
import { sampleServer } from './sample-server.ts';

const { app } = sampleServer({ openapi: '{"openapi":"3.1.0"}' });
afterAll(() => app.close());
const get = (url: string, headers = {}) => app.inject({ url, headers });

describe('200', () => {
  it.each(Object.keys(CATALOGUE))('the error %s has its page', async (code) => {
    const answer = await get(`/docs/errors/${code}`);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(answer.body).toContain(`<code>${code}</code>`);
  });

  it('the index leads to every error', async () => {
    const { body } = await get('/docs/errors');
    for (const code of Object.keys(CATALOGUE)) expect(body).toContain(`href="/docs/errors/${code}"`);
  });

  it('every page forbids whatever is not from here', async () => {
    for (const url of ['/docs', '/docs/errors', '/docs/errors/forbidden']) {
      const { headers } = await get(url);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';.*frame-ancestors 'none'$/);
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    }
  });

  it('what the reference page loads is served here', async () => {
    const { body } = await get('/docs');
    const sources = [...body.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)].map(([, source]) => String(source));
    expect(sources).toEqual(['/docs/reference.js', '/docs/start.js']);
    for (const source of sources) expect((await get(source)).headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  it('a slash at the end is no other page', async () => {
    for (const url of ['/docs', '/docs/errors']) expect((await get(`${url}/`)).body).toBe((await get(url)).body);
  });

  it('the document is the one that was given', async () => {
    expect((await get('/openapi.json')).body).toBe('{"openapi":"3.1.0"}');
  });
});

describe('302 and 304', () => {
  it('the root leads to the reference', async () => {
    const answer = await get('/');
    expect([answer.statusCode, answer.headers.location]).toEqual([302, '/docs']);
  });

  it('a browser that has the script is not sent it again', async () => {
    const { etag } = (await get('/docs/reference.js')).headers;
    expect((await get('/docs/reference.js', { 'if-none-match': etag })).statusCode).toBe(304);
  });
});

describe('404', () => {
  it.each(['nonsense', '__proto__', 'constructor', '%3Cscript%3E'])('there is no error %s', async (code) => {
    const answer = await get(`/docs/errors/${code}`);
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'no_such_route']);
  });
});
