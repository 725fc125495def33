import { type Schema as CfSchema, Validator } from '@cfworker/json-schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../json.ts';
import { SCHEMA_CAPS } from './caps.ts';
import { checkSchema } from './check.ts';
import { validate } from './validate.ts';

const said = (schema: JsonObject, value: Json): string[] => validate(schema, value).map(({ pointer, message }) => `${pointer} ${message}`);

describe('faults are sentences with the place', () => {
  it.each<[JsonObject, Json, string[]]>([
    [{ type: 'string' }, 1, [' must be a string']],
    [{ type: ['integer', 'null'] }, 1.5, [' must be an integer or null']],
    [{ enum: ['a', 1, null] }, 'b', [' must be one of "a", 1, null']],
    [{ const: 'a' }, 'b', [' must be "a"']],
    [{ minLength: 3 }, 'ab', [' must be at least 3 characters']],
    [{ maxLength: 1 }, 'ab', [' must be at most 1 character']],
    [{ pattern: '^[a-z]+$' }, 'A', [' must match the pattern ^[a-z]+$']],
    [{ format: 'email' }, 'nobody', [' must be an email']],
    [{ minimum: 1 }, 0, [' must be at least 1']],
    [{ exclusiveMaximum: 1 }, 1, [' must be less than 1']],
    [{ multipleOf: 0.1 }, 0.35, [' must be a multiple of 0.1']],
    [{ minItems: 2 }, [1], [' must have at least 2 items']],
    [{ uniqueItems: true }, [1, { a: [], b: 0 }, '1', { b: 0, a: [] }], [' must not have equal items; item 3 was there before']],
    [{ contains: { type: 'string' } }, [1], [' must contain at least 1 item that fit the schema under `contains`']],
    [{ maxProperties: 1 }, { a: 1, b: 1 }, [' must have at most 1 property']],
    [{ required: ['a', 'b'] }, { a: 1 }, ['/b is required']],
    [{ dependentRequired: { a: ['b'] } }, { a: 1 }, ['/b is required beside a']],
    [{ properties: { a: true }, additionalProperties: false }, { a: 1, 'b/c': 1 }, ['/b~1c is not a known property']],
    [{ propertyNames: { maxLength: 1 } }, { ab: 1 }, ['/ab has a name that is not allowed: it must be at most 1 character']],
    [{ properties: { a: { items: { type: 'null' } } } }, { a: [null, 1] }, ['/a/1 must be null']],
    [{ anyOf: [{ type: 'string' }, { minimum: 5 }] }, 1, [' fits none of the 2 alternatives: must be a string; must be at least 5']],
    [{ oneOf: [{ type: 'integer' }, { minimum: 1 }] }, 1, [' must fit exactly one of the 2 alternatives, but fits 2']],
    [{ not: { type: 'integer' } }, 1, [' must not fit the schema under `not`']],
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    [{ if: { required: ['a'] }, then: { required: ['b'] }, else: { required: ['c'] } }, {}, ['/c is required']],
    [{ properties: { a: false } }, { a: 1 }, ['/a is not allowed']],
    [{ allOf: [{ properties: { a: true } }], unevaluatedProperties: false }, { a: 1, b: 1 }, ['/b is not a known property']],
    [{ prefixItems: [true], unevaluatedItems: false }, [1, 2], ['/1 is not allowed']],
    [{ $defs: { n: { minimum: 3 } }, items: { $ref: '#/$defs/n' } }, [1, 3], ['/0 must be at least 3']],
  ])('%j on %j', (schema, value, faults) => {
    expect(checkSchema(schema)).toEqual([]);
    expect(said(schema, value)).toEqual(faults);
  });

  it('all at once, below the prefix, a hundred at most', () => {
    expect(validate({ properties: { a: { type: 'null' } }, required: ['b'] }, { a: 1 }, '/variables')).toEqual([
      { pointer: '/variables/a', message: 'must be null' },
      { pointer: '/variables/b', message: 'is required' },
    ]);
    expect(validate({ items: { type: 'null' } }, Array(1000).fill(1))).toHaveLength(SCHEMA_CAPS.faults);
  });
});

it('lengths count characters, not UTF-16 units', () => {
  expect(said({ maxLength: 2 }, '😀😀')).toEqual([]);
  expect(said({ minLength: 3 }, '😀😀')).toEqual([' must be at least 3 characters']);
});

it('decimals are multiples of decimals', () => {
  for (const [value, divisor] of [
    [0.3, 0.1],
    [19.99, 0.01],
    [1e300, 0.5],
    [-4, 2],
    [0, 3],
    [1e-7, 1e-8],
  ] as const)
    expect(said({ multipleOf: divisor }, value)).toEqual([]);
  expect(said({ multipleOf: 3 }, 1e22)).toHaveLength(1);
});

describe('formats', () => {
  const good = {
    date: ['2024-02-29'],
    time: ['23:59:60Z', '01:02:03.456+05:30'],
    'date-time': ['2024-02-29T12:00:00Z', '1963-06-19t08:30:06.283185z'],
    email: ['joe.bloggs+x@example.com', 'a@b'],
    hostname: ['example.com', 'a-b.c', 'xn--nxasmq6b'],
    ipv4: ['127.0.0.1'],
    ipv6: ['::1', '2001:db8::1'],
    uri: ['https://example.com/a?b#c', 'urn:isbn:1', 'mailto:a@b.c'],
    uuid: ['2EB8AA08-aa98-11ea-b4aa-73b441d16380'],
  };
  const bad = {
    date: ['2023-02-29', '2024-1-1', '20240101', '2024-01-01 '],
    time: ['24:00:00Z', '12:00', '12:00:00'],
    'date-time': ['2024-02-30T12:00:00Z', '2024-01-01 12:00:00Z', '2024-01-01'],
    email: ['joe', '@x', 'a@', '.a@b.c', 'a..b@c.d', 'a@b@c'],
    hostname: ['-a', 'a-', 'a..b', `${'a'.repeat(64)}.b`, ''],
    ipv4: ['127.0.0', '256.1.1.1', '01.1.1.1'],
    ipv6: ['12345::', '1::2::3', 'fe80::1%eth0'],
    uri: ['/a', 'example.com', 'https://a b', 'http://[::', '\\\\x'],
    uuid: ['2eb8aa08aa9811eab4aa73b441d16380', 'x'],
  };
  it.each(Object.entries(good))('%s takes %j', (format, texts) => {
    for (const text of texts) expect(said({ format }, text)).toEqual([]);
  });
  it.each(Object.entries(bad))('%s refuses %j', (format, texts) => {
    for (const text of texts) expect(said({ format }, text)).toHaveLength(1);
  });
  it('others are notes, as are formats of other types', () => {
    expect(said({ format: 'constructor' }, 'x')).toEqual([]);
    expect(said({ format: 'email' }, 1)).toEqual([]);
  });
});

it('INP-04: keys such as __proto__ and constructor are seen only where they are', () => {
  const parsed = (text: string) => JSON.parse(text) as JsonObject;
  expect(said({ required: ['constructor', '__proto__', 'toString'] }, {})).toEqual([
    '/constructor is required',
    '/__proto__ is required',
    '/toString is required',
  ]);
  expect(said(parsed('{"properties":{"__proto__":{"type":"string"}},"additionalProperties":false}'), parsed('{"__proto__":1}'))).toEqual([
    '/__proto__ must be a string',
  ]);
  expect(said({ properties: {}, additionalProperties: false }, parsed('{"constructor":1}'))).toEqual([
    '/constructor is not a known property',
  ]);
  expect(said({ constructor: 1, toString: { a: 1 } }, {})).toEqual([]);
});

describe('INP-05: time is bounded, whatever schema and value', () => {
  const branch = { properties: { a: { $ref: '#/$defs/n' } } };
  const records = Array.from({ length: 30_000 }, (_, i) => ({ id: i }));
  it.each<[string, JsonObject, Json]>([
    ['a catastrophic pattern on a megabyte', { pattern: '^(a+)+$' }, `${'a'.repeat(1_000_000)}!`],
    [
      'a doubling at every level',
      { $defs: { n: { allOf: [branch, branch] } }, $ref: '#/$defs/n' },
      JSON.parse(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`) as Json,
    ],
    ['a thousand schemas on 30,000 records', { items: { allOf: Array.from({ length: 1000 }, () => ({ minProperties: 0 })) } }, records],
    ['a thousand large constants', { allOf: Array.from({ length: 1000 }, (_, i) => ({ enum: [records.slice(0, 5), i] })) }, records],
    ['alternatives that all fail', { items: { anyOf: [{ type: 'string' }, { type: 'null' }, { required: ['x'] }] } }, records],
    [
      'a pattern of exponentially many states',
      { items: { pattern: '(a|b)*a(a|b){20}(c|d)' } },
      records.map(({ id }) => id.toString(2).replaceAll('0', 'a').replaceAll('1', 'b')),
    ],
    ['unique items', { uniqueItems: true }, Array.from({ length: 100_000 }, (_, i) => ({ i }))],
    ['what nothing has looked at', { allOf: Array.from({ length: 50 }, () => ({ items: true })), unevaluatedItems: false }, records],
  ])('%s', (_name, schema, value) => {
    expect(checkSchema(schema)).toEqual([]);
    const start = performance.now();
    const faults = validate(schema, value, '/variables');
    expect(performance.now() - start).toBeLessThan(500);
    expect(faults).not.toEqual([]);
  });

  it('too much work is refused, not let through', () => {
    expect(validate({ pattern: 'x' }, 'a'.repeat(10_000_000), '/v')).toEqual([
      { pointer: '/v', message: 'takes too long to check against its schema; make it smaller, or the schema simpler' },
    ]);
  });
});

describe('agrees with @cfworker/json-schema', () => {
  const scalar = fc.constantFrom<Json>(null, true, 0, 1, 2.5, '', 'a', 'ab');
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      scalar,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
    ),
  }));
  /** A schema of up to three keywords, whose subschemas are `inner`. */
  const schemaOf = (inner: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> => {
    const list = fc.array(inner, { minLength: 1, maxLength: 3 });
    const byName = fc.dictionary(fc.constantFrom('a', 'b'), inner, { maxKeys: 2, noNullPrototype: true });
    const keywords: Record<string, fc.Arbitrary<Json>> = {
      type: fc.constantFrom('null', 'boolean', 'integer', 'number', 'string', 'array', 'object'),
      enum: fc.uniqueArray(scalar, { minLength: 1, maxLength: 4 }),
      required: fc.uniqueArray(fc.constantFrom('a', 'b')),
      uniqueItems: fc.boolean(),
      pattern: fc.constantFrom('^a', 'b$', '^$'),
      properties: byName,
      patternProperties: fc.constantFrom<Json>({}, { '^a$': { type: 'string' } }),
      dependentSchemas: byName,
    };
    for (const name of ['minimum', 'exclusiveMaximum', 'minLength', 'maxItems', 'minProperties']) keywords[name] = fc.nat(2);
    for (const name of ['additionalProperties', 'items', 'contains', 'propertyNames', 'not', 'if', 'then', 'else']) keywords[name] = inner;
    for (const name of ['prefixItems', 'allOf', 'anyOf', 'oneOf']) keywords[name] = list;
    const entries = Object.entries(keywords).map(([name, argument]) => argument.map((each): [string, Json] => [name, each]));
    return fc.array(fc.oneof(...entries), { maxLength: 3 }).map((chosen) => Object.fromEntries(chosen));
  };
  const schema = schemaOf(schemaOf(schemaOf(fc.constant({}))));

  it('on which values are valid', () => {
    fc.assert(
      fc.property(schema, value, (schema, value) => {
        fc.pre(checkSchema(schema).length === 0);
        const theirs = new Validator(structuredClone(schema) as CfSchema, '2020-12', false).validate(value).valid;
        expect(validate(schema, value).length === 0).toBe(theirs);
      }),
      { numRuns: 1000 },
    );
  });
});
