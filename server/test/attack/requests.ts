/** Requests made of the document: for any operation, as it wants them, nearly so, or not at all. */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/lib/json.ts';
import { at } from '../../src/lib/json-pointer.ts';
import { type ApiOperation, resolved } from '../contract/document.ts';
import { leastRole } from '../isolation/least-role.ts';
import { hostileTexts, hostileValues, spoilt } from './hostile.ts';
import { valuesOf } from './schema-values.ts';
import { idToken, rawToken, writeJson } from './tokens.ts';

/** What is sent, with tokens (`tokens.ts`) where something has to be known first. */
export interface MadeRequest {
  readonly operation: ApiOperation;
  /** Index of who sends it. */
  readonly actor: number;
  /** The id in the path, if it has one. */
  readonly id: string;
  readonly query: JsonObject;
  readonly body: Json | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

export const requestsOf = (operations: readonly ApiOperation[], actors: number): fc.Arbitrary<MadeRequest> =>
  fc.constantFrom(...operations).chain((operation) =>
    fc.record({
      operation: fc.constant(operation),
      actor: actorsFor(operation, actors),
      id: pathIds(operation),
      query: queries(operation),
      body: bodies(operation),
      headers: headersOf(operation),
    }),
  );

/** Those who come first among the actors: a platform admin, and an admin of the workspace that has most rows. */
const [PLATFORM, ADMIN] = [0, 1];

/** Half of the time somebody who gets far, else anybody. */
function actorsFor(operation: ApiOperation, actors: number): fc.Arbitrary<number> {
  const able = leastRole(operation) === 'platform_admin' ? PLATFORM : ADMIN;
  return fc.oneof(fc.constant(able), fc.nat(actors - 1));
}

function pathIds({ names }: ApiOperation): fc.Arbitrary<string> {
  if (names === null) return fc.constant('');
  const wrong = fc.oneof(
    hostileTexts,
    fc.constantFrom('wsp', 'int', 'agt').map((prefix) => idToken(prefix, 0)),
  );
  return fc.oneof({ weight: 30, arbitrary: fc.nat(60).map((n) => idToken(names, n)) }, wrong);
}

type Parameter = ApiOperation['parameters'][number];

/** Each parameter now and then; a value that is JSON in the query is spoilt like a body. */
function queries({ parameters }: ApiOperation): fc.Arbitrary<JsonObject> {
  const fields = parameters.filter((parameter) => parameter.in === 'query');
  const chance = Math.max(2, fields.length);
  const made = fields.map((field): [string, fc.Arbitrary<Json | undefined>] => [
    field.name,
    fc.nat(chance).chain((roll) => (roll < 2 || field.required ? parameterValues(field) : fc.constant(undefined))),
  ]);
  const stray: [string, fc.Arbitrary<Json | undefined>] = ['nope', fc.nat(60).map((roll) => (roll === 0 ? 1 : undefined))];
  return fc.record(Object.fromEntries([...made, stray])).map(
    (record) => JSON.parse(JSON.stringify(record)) as JsonObject, // without what is undefined
  );
}

function parameterValues({ name, schema, content }: Parameter): fc.Arbitrary<Json> {
  const json = content === undefined ? undefined : (at(content, '/application~1json/schema') as JsonObject);
  const fitting = fc.constant(null).chain(() => parameterOf(name, json ?? schema ?? {}));
  const text = json === undefined ? fitting : fitting.map(writeJson);
  return fc.oneof({ weight: 12, arbitrary: text }, hostileTexts, json === undefined ? hostileTexts : fitting.chain(spoilt).map(writeJson));
}

/** One field of an object, so that what the fields' names say counts here too. */
const parameterOf = (name: string, schema: JsonObject): fc.Arbitrary<Json> =>
  valuesOf({ type: 'object', properties: { [name]: schema }, required: [name] }).map((made) => (made as JsonObject)[name] ?? null);

/** The example of the document with other ids, a body that fits the schema, or either of them spoilt. */
function bodies({ method, body }: ApiOperation): fc.Arbitrary<Json | undefined> {
  if (method === 'GET') return fc.constant(undefined);
  if (body === null) return fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, hostileValues);
  const fitting = fc.oneof(exampleOf(body.example ?? {}), valuesOf(body.schema), merged(body.example ?? {}, resolved(body.schema)));
  const empty = fc.constantFrom<(Json | undefined)[]>(undefined, {}, rawToken('{"a":'));
  return fc.oneof({ weight: 12, arbitrary: fitting }, { weight: 5, arbitrary: fitting.chain(spoilt) }, empty);
}

/** The example with some fields as the schema could have them: mostly past the door, and different each time. */
function merged(example: Json, schema: JsonObject): fc.Arbitrary<Json> {
  return fc.tuple(exampleOf(example), valuesOf(schema), fc.func(fc.boolean())).map(([base, made, keep]) => {
    const changed = Object.entries(made as JsonObject).filter(([name]) => keep(name));
    return { ...(base as JsonObject), ...Object.fromEntries(changed) };
  });
}

const ID = /^([a-z]+)_[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** The example, each of its ids replaced by one of the type. */
function exampleOf(example: Json): fc.Arbitrary<Json> {
  return fc.array(fc.nat(60), { minLength: 8, maxLength: 8 }).map((numbers) => {
    let next = 0;
    const text = JSON.stringify(example, (_key, value) => {
      const prefix = typeof value === 'string' ? ID.exec(value)?.[1] : undefined;
      return prefix === undefined ? value : idToken(prefix, numbers[next++ % numbers.length] ?? 0);
    });
    return JSON.parse(text) as Json;
  });
}

const ODD_HEADERS = ['"another"', '*', 'W/"x"', '', 'a'.repeat(256), '"a", "b"'] as const;

function headersOf({ parameters, method }: ApiOperation): fc.Arbitrary<Readonly<Record<string, string>>> {
  const named = parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name.toLowerCase());
  const all = method === 'GET' ? ['if-none-match'] : named;
  const values = fc.oneof(
    fc.constantFrom(...ODD_HEADERS),
    fc.nat(20).map((n) => `key-${n}`),
  );
  const each = all.map((name): [string, fc.Arbitrary<string | undefined>] => [
    name,
    fc.nat(9).chain((roll) => (roll === 0 ? values : fc.constant(undefined))),
  ]);
  return fc.record(Object.fromEntries(each)).map((record) => {
    const sent = Object.entries(record).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return Object.fromEntries(sent);
  });
}
