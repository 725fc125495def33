import { expect, test } from 'vitest';
import { apiDocument } from '../src/app.ts';
import { isObject, type Json, type JsonObject } from '../src/lib/json.ts';
import { undocumented } from './documented.ts';

const DOCUMENT = apiDocument() as unknown as JsonObject;
const INT4_MAX = 2_147_483_647;

/** Every schema of a whole number below this value, with its place; components that it refers to included. */
function integersIn(value: Json, place: string, seen: ReadonlySet<string> = new Set()): [string, JsonObject][] {
  if (Array.isArray(value)) return value.flatMap((each, index) => integersIn(each, `${place}/${index}`, seen));
  if (!isObject(value)) return [];
  const ref = typeof value.$ref === 'string' ? value.$ref : null;
  const own: [string, JsonObject][] = [value.type].flat().includes('integer') ? [[place, value]] : [];
  if (ref !== null && !seen.has(ref)) return integersIn(resolve(ref), ref, new Set([...seen, ref]));
  return [
    ...own,
    ...Object.entries(value).flatMap(([key, each]) => (key.startsWith('example') ? [] : integersIn(each, `${place}/${key}`, seen))),
  ];
}

const resolve = (ref: string): Json =>
  ref
    .slice(2)
    .split('/')
    .reduce<Json>((at, key) => (isObject(at) ? (at[key] ?? null) : null), DOCUMENT);

const operations = Object.entries(DOCUMENT.paths as Record<string, Record<string, JsonObject>>).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
);

test('every whole number that a request may bring has bounds that the database holds', () => {
  const numbers = operations.flatMap(({ name, operation }) => [
    ...integersIn(operation.requestBody ?? null, name),
    ...integersIn(operation.parameters ?? null, name),
  ]);
  const unbounded = numbers.filter(([, { minimum, maximum }]) => typeof minimum !== 'number' || !(Number(maximum) <= INT4_MAX));
  expect(unbounded.map(([place]) => place)).toEqual([]);
  expect(numbers.length).toBeGreaterThan(3);
});

test('what the document tells of answers is found', () => {
  expect(undocumented('POST', '/api/integrations/int_1/check', 422, 'invalid_body')).toBeNull();
  expect(undocumented('POST', '/api/integrations/int_1/check', 422, 'altered_bundle')).toMatch(/does not tell/);
  expect(undocumented('GET', '/api/integrations?limit=1', 200, undefined)).toBeNull();
  expect(undocumented('GET', '/api/integrations?limit=1', 201, undefined)).toMatch(/does not tell/);
});
