/** Values that fit a schema of the document, mostly. */
import fc from 'fast-check';
import { AuthConfig, Manifest } from '../../src/domain/integration/manifest.ts';
import { isObject, type Json, type JsonObject } from '../../src/lib/json.ts';
import { must } from '../../src/lib/must.ts';
import { plainSchema } from '../../src/lib/plain-schema.ts';
import { resolved } from '../contract/document.ts';
import { hostileNumbers, hostileTexts, hostileValues } from './hostile.ts';
import { bundleToken, cursorToken, idToken, rawToken } from './tokens.ts';

/** Levels of objects and arrays. Filters nest without end. */
const DEPTH = 5;

/** What the document leaves open, and publish looks into. */
const OPEN: Readonly<Record<string, fc.Arbitrary<Json>>> = {
  manifest: fc.constant(null).chain(() => values(plainSchema(Manifest), DEPTH)),
  authConfig: fc.constant(null).chain(() => values(plainSchema(AuthConfig), DEPTH)),
  variablesSchema: fc.constantFrom<Json[]>(
    {},
    { type: 'object', properties: { url: { type: 'string' } }, required: ['url'] },
    { type: 'object', properties: { n: { type: 'integer', default: 3 } } },
    { $ref: '#/nowhere' },
    { type: 'object', patternProperties: { '(a+)+$': {} }, allOf: [{ required: ['pw'] }] },
  ),
  definition: fc.oneof(
    fc.constantFrom<Json[]>({}, { prompt: '{{variables.url}}' }, { __proto__: 1 }, { a: { b: [1, 2, { c: '' }] } }),
    fc.nat(20).map((n): Json => ({ tool: idToken('fun', n) })),
  ),
  bundle: fc.oneof(
    { weight: 4, arbitrary: fc.nat(20).map(bundleToken) },
    fc.constant(null).chain(() => hostileValues),
  ),
  after: fc.nat(20).map(cursorToken),
  before: fc.nat(20).map(cursorToken),
};

export const valuesOf = (schema: JsonObject): fc.Arbitrary<Json> => values(schema, DEPTH);

function values(schema: JsonObject, depth: number): fc.Arbitrary<Json> {
  const { anyOf, type, enum: choices, ...rest } = resolved(schema);
  if (Array.isArray(choices)) return fc.constantFrom(...choices);
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map((form) => values(form as JsonObject, depth)));
  if (Array.isArray(type)) return fc.oneof(...type.map((each) => ofType(String(each), rest, depth)));
  return ofType(String(type ?? 'any'), rest, depth);
}

function ofType(type: string, schema: JsonObject, depth: number): fc.Arbitrary<Json> {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return numbers(schema);
    case 'string':
      return strings(schema);
    case 'array':
      return arrays(schema, depth);
    case 'object':
      return objects(schema, depth);
    default:
      return fc.oneof(
        fc.constantFrom<Json[]>(null, true, 0, 'x', [], {}),
        fc.nat(9).map((n) => idToken('agt', n)),
      );
  }
}

const numbers = ({ minimum = 0, maximum = 100 }: JsonObject): fc.Arbitrary<Json> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.integer({ min: Math.ceil(Number(minimum)), max: Math.max(Number(minimum), Math.min(Number(maximum), 2 ** 31)) }),
    },
    hostileNumbers.map(rawToken),
  );

const WORDS = [
  'a',
  'triage',
  'lookup',
  'desk',
  'home',
  'Ada',
  'support',
  '1.0.0',
  '1.1.0',
  '2.0.0',
  '^1.0.0',
  'home/desk',
  'agent',
  'function',
];

function strings({ pattern, format, maxLength = 40, minLength = 0 }: JsonObject): fc.Arbitrary<Json> {
  const prefix = /^\^\(([a-z|]+)\)_/.exec(String(pattern ?? ''))?.[1];
  if (prefix !== undefined) return fc.nat(30).map((n) => idToken(must(prefix.split('|')[n % prefix.split('|').length], 'it has one'), n));
  if (String(pattern).startsWith('^[a-z]{3}_')) return fc.nat(30).map((n) => idToken('agt', n));
  if (format === 'date-time') return fc.constantFrom('2030-01-31T12:00:00Z', '2020-02-29T23:59:59.999+14:00', '0001-01-01T00:00:00Z');
  if (pattern !== undefined) return fc.stringMatching(new RegExp(String(pattern), 'u'), { size: 'small' });
  const plain = fc.constantFrom(...WORDS).filter((word) => word.length <= Number(maxLength) && word.length >= Number(minLength));
  return fc.oneof({ weight: 8, arbitrary: plain }, fc.string({ maxLength: 12 }), hostileTexts);
}

function arrays({ items = {}, minItems = 0, maxItems = 3 }: JsonObject, depth: number): fc.Arbitrary<Json> {
  if (depth === 0) return fc.constant([]);
  return fc.array(values(items as JsonObject, depth - 1), { minLength: Number(minItems), maxLength: Math.min(Number(maxItems), 3) });
}

/** Required fields, and some of the others: at least and at most as many as the schema wants. */
function objects({ properties = {}, required = [], minProperties = 0, maxProperties = 4 }: JsonObject, depth: number): fc.Arbitrary<Json> {
  const entries = isObject(properties) ? Object.entries(properties) : [];
  const needed = Array.isArray(required) ? required.map(String) : [];
  const optional = entries.map(([name]) => name).filter((name) => !needed.includes(name));
  const fewest = depth === 0 ? Math.min(1, Number(minProperties)) : Number(minProperties);
  const some = fc.subarray(optional, {
    minLength: Math.min(fewest, optional.length),
    maxLength: Math.min(depth === 0 ? fewest : Number(maxProperties), optional.length),
  });
  return some.chain((chosen) => {
    const names = [...needed, ...chosen];
    const made = names.map((name) => property(name, must((properties as JsonObject)[name], 'it is described') as JsonObject, depth));
    return fc.tuple(...made).map((all) => Object.fromEntries(names.map((name, i): [string, Json] => [name, all[i] ?? null])));
  });
}

function property(name: string, schema: JsonObject, depth: number): fc.Arbitrary<Json> {
  const open = Object.hasOwn(OPEN, name) ? OPEN[name] : undefined;
  if (open !== undefined && (name === 'bundle' || resolved(schema).properties === undefined)) return open;
  return values(schema, depth - 1 < 0 ? 0 : depth - 1);
}
