/** Holds the server to the published reference of the 13 endpoints, and each endpoint to every answer that it documents. */
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { CATALOGUE, type ErrorCode } from '../src/lib/errors.ts';
import type { Json, JsonObject } from '../src/lib/json.ts';
import { must } from '../src/lib/must.ts';
import type { Answer } from './api.ts';
import { schemaDifferences, valueDifferences } from './contract/compare.ts';
import { CONFLICTS } from './contract/conflicts.ts';
import { faultsOf, operation, problemFaults, resolved } from './contract/document.ts';
import { INSTALL_MEMBER, PREVIEW } from './contract/items.ts';
import { ABSENT, type DocumentedEndpoint, readReference } from './contract/reference.ts';
import { applies, REFUSALS } from './contract/refusals.ts';
import { type Stage, setStage } from './contract/stage.ts';
import { SUCCESSES } from './contract/successes.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.api.stop());

const ENDPOINTS = Object.keys(SUCCESSES);
const operationOf = (key: string) => operation(...(key.split(' ') as [string, string]));

const REFERENCE = readReference();

/** The endpoint as documented; without the reference, the test is skipped and says why. */
function documented(key: string, { skip }: TestContext): DocumentedEndpoint {
  if (REFERENCE === null) return skip(ABSENT);
  return must(REFERENCE.get(key), `the reference has ${key}`);
}

/** What an endpoint takes beyond the reference, and why it may. */
const ADDED_PARAMETERS: Readonly<Record<string, string>> = {
  'GET /api/integrations/{id}/members?integration_version_id': 'opts into another version than the current one',
  'POST /api/integrations/{id}/install?install_dependencies': 'opts into what it depends on being installed first',
  'GET /api/integration-installs/{id}/members?include_deleted': 'opts into removed members',
};
/** Bodies beyond the reference, of nothing but options. */
const ADDED_BODIES: Readonly<Record<string, string>> = {
  'POST /api/integration-installs/{id}/upgrade': 'opts into another version, a strategy, a plan, or a longer answer',
};
/** Optional fields of a body beside the documented ones. */
const ADDED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  'POST /api/integrations/{id}/install': ['name', 'uses', 'channel', 'adopt', 'planDigest'],
};
/** Headers that every write takes. */
const SAFETY_HEADERS = ['Idempotency-Key', 'If-Match'];

/** Problems of the door, the same for every endpoint: their tests are in `src/http`. */
const OF_THE_DOOR: readonly ErrorCode[] = [
  'origin_not_allowed',
  'payload_too_large',
  'unsupported_media_type',
  'request_timeout',
  'uri_too_long',
  'headers_too_large',
  'too_many_requests',
  'request_in_progress',
  'internal_error',
  'unavailable',
];

/** The answer as documented, with the items that the reference leaves open filled in. */
function answerShape(key: string, { answer }: DocumentedEndpoint): JsonObject {
  if (key === 'GET /api/integrations/{id}/members') return { ...answer, members: [PREVIEW] };
  if (key === 'GET /api/integration-installs/{id}/members') return { ...answer, members: [INSTALL_MEMBER] };
  if (key === 'GET /api/integrations')
    return { ...answer, data: [must(REFERENCE?.get('GET /api/integrations/{id}')?.answer, 'documented')] };
  return answer;
}

test('the reference documents 13 endpoints, with every parameter and every shape read', ({ skip }) => {
  if (REFERENCE === null) return skip(ABSENT);
  expect([...REFERENCE.keys()].sort()).toEqual([...ENDPOINTS].sort());
  expect([...REFERENCE.values()].flatMap(({ parameters }) => parameters)).toHaveLength(25);
  expect([...REFERENCE.values()].filter(({ body }) => body !== null)).toHaveLength(5);
});

test('a row of the list has the fields of the integration itself', ({ skip }) => {
  if (REFERENCE === null) return skip(ABSENT);
  const [list, one] = ['GET /api/integrations', 'GET /api/integrations/{id}'].map((key) => must(REFERENCE.get(key), 'documented').answer);
  expect(list?.data).toEqual([Object.fromEntries(Object.keys(one ?? {}).map((name) => [name, '<...>']))]);
});

describe.each(ENDPOINTS)('%s', (key) => {
  const described = operationOf(key);
  const { codes, success } = described;

  test('has exactly the documented parameters', (context) => {
    const { parameters } = documented(key, context);
    const added = described.parameters.filter(({ name }) => SAFETY_HEADERS.includes(name) || `${key}?${name}` in ADDED_PARAMETERS);
    const others = described.parameters.filter((parameter) => !added.includes(parameter));
    expect(others.map(({ name, in: where, required }) => ({ name, in: where, required })).sort(byName)).toEqual(
      [...parameters].sort(byName),
    );
    expect(added.filter(({ required }) => required)).toEqual([]);
  });

  test('takes exactly the documented body', (context) => {
    const { body, requiredFields } = documented(key, context);
    if (body === null && key in ADDED_BODIES) return expect(must(described.body, 'a body is added').schema.required ?? []).toEqual([]);
    if (body === null) return expect(described.body).toBeNull();
    const schema = resolved(must(described.body, 'a body is documented').schema);
    expect(schemaDifferences(body, schema)).toEqual((ADDED_FIELDS[key] ?? []).map((name) => `/${name} is not documented`));
    expect(schema.required ?? []).toEqual(requiredFields);
    expect(schema.additionalProperties).toBe(false);
  });

  test('describes exactly the documented answer', (context) => {
    const shape = answerShape(key, documented(key, context));
    const [answer] = [success.schema.anyOf ?? success.schema].flat() as JsonObject[];
    const schema = must(answer, 'what is answered without an option comes first');
    expect(schemaDifferences(shape, schema)).toEqual([]);
    expect(resolved(schema)).toMatchObject({ required: Object.keys(shape), additionalProperties: false });
  });

  test('answers with exactly the documented fields', async (context) => {
    const answer = await must(SUCCESSES[key], 'a call that succeeds')(stage);
    expect(answer.status, JSON.stringify(answer.body)).toBe(success.status);
    expect(answer.headers.location !== undefined).toBe(success.status === 201);
    expect(answer.headers.etag !== undefined).toBe(/^(GET|PATCH) /.test(key) && described.names !== null);
    expect(faultsOf(success.schema, answer.body)).toEqual([]);
    expect(valueDifferences(answerShape(key, documented(key, context)), answer.body)).toEqual([]);
  });

  for (const refusal of REFUSALS.filter((each) => applies(each, described)))
    test(`${CATALOGUE[refusal.code].status} ${refusal.code} ${refusal.when}`, async () => {
      expectProblem(await refusal.ask(stage, described), refusal.code);
    });

  for (const [code, when, ask] of CONFLICTS[key] ?? [])
    test(`${CATALOGUE[code].status} ${code} ${when}`, async () => {
      expect(codes).toContain(code);
      expectProblem(await ask(stage), code);
    });

  test('has a test of every problem that it documents', () => {
    const tested = [
      ...REFUSALS.filter((each) => applies(each, described)).map(({ code }) => code),
      ...(CONFLICTS[key] ?? []).map(([code]) => code),
    ];
    expect(codes.filter((code) => !OF_THE_DOOR.includes(code) && !tested.includes(code))).toEqual([]);
  });
});

const byName = (one: { name: string }, other: { name: string }): number => (one.name < other.name ? -1 : 1);

/** The answer is this problem, whole and nothing else. */
function expectProblem({ status, headers, body }: Answer, code: ErrorCode): void {
  expect(body, JSON.stringify(body)).toMatchObject({ code });
  expect(status).toBe(CATALOGUE[code].status);
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(problemFaults(body as Json)).toEqual([]);
  expect(body).toMatchObject({
    type: `/docs/errors/${code}`,
    title: CATALOGUE[code].title,
    status,
    detail: expect.stringMatching(/\.$/),
    instance: expect.stringMatching(/^\/api\//),
    requestId: headers['x-request-id'],
  });
  if (status === 401) expect(headers['www-authenticate']).toBe('Bearer');
}
