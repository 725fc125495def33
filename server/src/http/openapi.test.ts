import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { expect, it } from 'vitest';
import { lintOpenapi } from '../../scripts/lint-openapi.ts';
import type { Actor } from '../context.ts';
import { CATALOGUE } from '../lib/errors.ts';
import { at } from '../lib/json-pointer.ts';
import { idOf, shape, text } from '../lib/shape.ts';
import type { Resource } from '../query/resource.ts';
import { type AnyRoute, reply, route } from '../route.ts';
import { serviceRoutes } from './health.ts';
import { openapiDocument } from './openapi.ts';
import { sampleRoutes } from './sample-server.ts';

const harbour: Resource<Actor> = {
  name: 'Harbour',
  table: 'harbours',
  prefixes: ['hrb'],
  json: (t) => sql`${t}.doc`,
  fields: { id: { type: 'id', column: 'id', prefixes: ['hrb'] }, name: { type: 'string', column: 'name' } },
  relations: {},
  scope: () => sql`true`,
  shorthands: { name: { field: 'name', op: 'icontains', description: 'Name contains this text.' } },
};
const quay: Resource<Actor> = {
  ...harbour,
  name: 'Quay',
  relations: { harbour: { to: () => harbour, kind: 'one', join: () => sql`true` } },
};
const Quay = shape({ id: idOf('quy', 'Its id.'), name: text('Its name.', 20) }, { $id: 'Quay' });

const harbourRoutes: readonly AnyRoute[] = [
  {
    operationId: 'listQuays',
    path: '/api/quays',
    tag: 'Quays',
    summary: 'List quays.',
    permission: { need: 'key' },
    list: quay,
    row: Quay,
    example: { id: 'quy_01arz3ndektsv4rrffq69g5fav', name: 'East' },
  },
  { operationId: 'getQuay', path: '/api/quays/{id}', tag: 'Quays', summary: 'Get a quay.', get: quay, answer: Quay },
  route({
    operationId: 'createQuay',
    method: 'POST',
    path: '/api/quays/{id}/build',
    tag: 'Quays',
    summary: 'Build a quay.',
    permission: { need: 'target', resource: quay, role: 'editor' },
    query: shape({ at: idOf('quy', 'Where.') }),
    body: shape({ name: text('Its name.', 20) }),
    answer: Quay,
    created: '/api/quays/{id}',
    errors: ['slug_taken'],
    write: async () => reply({}, 'quy_1'),
  }),
];
const about = { version: '1.2.3', tags: { Boats: 'Boats.', Quays: 'Quays.', Service: 'The service.' } };
const document = openapiDocument([...sampleRoutes, ...harbourRoutes, ...serviceRoutes(async () => {})], about);
const found = (pointer: string) => at(document, pointer);
const build = '/paths/~1api~1quays~1{id}~1build/post';

it('the document passes redocly without a warning', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'openapi-'));
  const file = join(directory, 'openapi.json');
  await writeFile(file, JSON.stringify(document));
  expect(await lintOpenapi(file)).toEqual([]);
  await rm(directory, { recursive: true });
});

it('a named schema is written once and referred to', () => {
  expect(found(`${build}/responses/201/content/application~1json/schema`)).toEqual({ $ref: '#/components/schemas/Quay' });
  expect(found('/components/schemas/Quay/properties/id')).toEqual({
    type: 'string',
    description: 'Its id.',
    pattern: '^(quy)_[0-7][0-9a-hjkmnp-tv-z]{25}$',
  });
});

it('two schemas of one name are refused', () => {
  const other = shape({ name: text('Another.', 1) }, { $id: 'Quay' });
  const clash = route({
    operationId: 'clash',
    method: 'GET',
    path: '/api/clash',
    tag: 'Quays',
    summary: 'Clash.',
    permission: { need: 'key' },
    answer: other,
    read: async () => reply({}),
  });
  expect(() => openapiDocument([...harbourRoutes, clash], about)).toThrow('two different schemas are named Quay');
});

it('a list is a GET with its parameters and a POST …/search with the same in the body', () => {
  expect(found('/paths/~1api~1quays/get/operationId')).toBe('listQuays');
  expect(found('/paths/~1api~1quays~1search/post/operationId')).toBe('searchQuays');
  expect(found('/paths/~1api~1quays/get/responses/200/content/application~1json/schema')).toEqual({
    $ref: '#/components/schemas/QuayPage',
  });
  expect(JSON.stringify(found('/paths/~1api~1quays/get/parameters'))).toContain('"name":"orderBy"');
});

it('the filters of every resource that a list leads to are there', () => {
  const schemas = Object.keys(found('/components/schemas') as object);
  expect(schemas).toEqual(expect.arrayContaining(['QuayFilter', 'QuayOrderBy', 'HarbourFilter']));
});

it('an operation tells every error that its permission, its shapes and its verb can give', () => {
  expect(Object.keys(found(`${build}/responses`) as object)).toEqual([
    '201',
    '400',
    '401',
    '403',
    '404',
    '408',
    '409',
    '413',
    '414',
    '415',
    '422',
    '429',
    '431',
    '500',
    '503',
  ]);
  expect(found(`${build}/responses/409/description`)).toBe(
    (['workspace_suspended', 'request_in_progress', 'slug_taken'] as const)
      .map((code) => `\`${code}\`: ${CATALOGUE[code].title}.`)
      .join(' '),
  );
  expect(Object.keys(found('/paths/~1healthz/get/responses') as object)).toEqual(['200', '304', '400', '408', '414', '431', '500', '503']);
});

it('what needs no key says so', () => {
  expect(found('/paths/~1healthz/get/security')).toEqual([]);
  expect(found(`${build}/security`)).toBeUndefined();
});

it('the id in the path has the prefix of its resource, the query its own types, and a POST takes an Idempotency-Key', () => {
  expect(found(`${build}/parameters`)).toEqual([
    {
      name: 'id',
      in: 'path',
      required: true,
      description: 'Id of the quay.',
      schema: { type: 'string', pattern: '^(hrb)_[0-7][0-9a-hjkmnp-tv-z]{25}$' },
    },
    {
      name: 'at',
      in: 'query',
      required: true,
      description: 'Where.',
      schema: { type: 'string', pattern: '^(quy)_[0-7][0-9a-hjkmnp-tv-z]{25}$' },
    },
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: expect.stringContaining('24 hours'),
      schema: { type: 'string' },
    },
  ]);
});
