import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../json.ts';
import { SCHEMA_CAPS } from './caps.ts';
import { checkSchema } from './check.ts';

const properties = (count: number, schema: (i: number) => Json): JsonObject => ({
  properties: Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, schema(i)])),
});

/** Twenty layers, each of which refers twice to the next: 2^20 subschemas for one value. */
function doubling(): JsonObject {
  const $defs: JsonObject = { d20: { type: 'string' } };
  for (let i = 0; i < 20; i++) $defs[`d${i}`] = { allOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] };
  return { $defs, $ref: '#/$defs/d0' };
}

describe('schemas without faults', () => {
  it.each<[string, JsonObject]>([
    ['empty', {}],
    [
      'a form',
      {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        properties: { a: { type: ['string', 'null'], minLength: 1 } },
        required: ['a'],
      },
    ],
    ['a tree of itself', { type: 'object', properties: { children: { type: 'array', items: { $ref: '#' } } } }],
    [
      'definitions, anchors, escaped pointers',
      { $defs: { 'a/b %': { $anchor: 'x' } }, anyOf: [{ $ref: '#/$defs/a~1b%20%25' }, { $ref: '#x' }] },
    ],
    ['unknown keywords, whatever they hold', { 'x-order': 1, 'ui:widget': { pattern: '(' }, enum: [{ $ref: 'http://x' }] }],
    ['a default that fits', { properties: { a: { type: 'integer', default: 3 }, b: { $ref: '#/properties/a', default: 4 } } }],
    ['a catastrophic pattern, since it takes linear time here', { pattern: '^(a+)+$' }],
    [
      'ordinary patterns',
      {
        anyOf: ['^[a-z0-9-]{1,64}$', '^\\d{4}-\\d{2}$', '^https?://\\S+$', '^[\\p{L} ]{1,200}$', '^(?<year>\\d+)$'].map((pattern) => ({
          pattern,
        })),
      },
    ],
  ])('%s', (_name, schema) => expect(checkSchema(schema)).toEqual([]));
});

describe('every keyword has an argument of its form', () => {
  it.each<[string, Json, string]>([
    ['$schema', 'http://json-schema.org/draft-07/schema#', 'must be https://json-schema.org/draft/2020-12/schema'],
    ['type', 'strin', 'must be one of null, boolean, integer'],
    ['type', ['string', 'string'], 'must be one of'],
    ['type', [], 'must be one of'],
    ['enum', [], 'must be an array of 1 to 1000 values'],
    ['minLength', -1, 'must be an integer of 0 or more'],
    ['maxItems', 1.5, 'must be an integer of 0 or more'],
    ['minimum', '1', 'must be a number'],
    ['exclusiveMinimum', true, 'must be a number'],
    ['multipleOf', 0, 'must be a number greater than 0'],
    ['uniqueItems', 1, 'must be true or false'],
    ['required', 'a', 'must be an array of strings, each once'],
    ['required', ['a', 'a'], 'must be an array of strings, each once'],
    ['required', [1], 'must be an array of strings, each once'],
    ['dependentRequired', { a: 'b' }, 'must be an object of arrays of strings'],
    ['properties', [], 'must be an object of schemas'],
    ['items', [{}], 'must be a schema'],
    ['additionalProperties', 'no', 'must be a schema'],
    ['allOf', [], 'must be an array of at least one schema'],
    ['pattern', 1, 'must be a string'],
    ['$anchor', '9', 'must be letters'],
    ['dependencies', {}, 'is not supported; use dependentRequired or dependentSchemas'],
    ['additionalItems', false, 'is not supported; use prefixItems and items'],
    ['$dynamicRef', '#x', 'is not supported; use $ref and $anchor'],
  ])('%s: %j', (keyword, argument, message) => {
    const [fault, ...more] = checkSchema({ properties: { a: { [keyword]: argument } } });
    expect(more).toEqual([]);
    expect(fault?.pointer).toBe(`/properties/a/${keyword}`);
    expect(fault?.message).toContain(message);
  });

  it('all faults are told at once, each with its pointer', () => {
    const schema: JsonObject = { type: 'x', properties: { 'a/b': { minLength: -1, pattern: '(?=x)' }, c: 5 }, allOf: [{ $ref: '#/no' }] };
    expect(checkSchema(schema).map(({ pointer }) => pointer)).toEqual([
      '/type',
      '/properties/a~1b/minLength',
      '/properties/c',
      '/allOf/0/$ref',
      '/properties/a~1b/pattern',
    ]);
  });

  it('an $id below the root is refused, since it would change what references mean', () => {
    expect(checkSchema({ $id: 'https://example.com/a', properties: { a: { $id: 'b' } } })).toEqual([
      { pointer: '/properties/a/$id', message: 'is allowed at the root only' },
    ]);
  });
});

describe('references', () => {
  it.each(['https://evil.example/schema.json', 'other.json#/a', '//evil.example', 'file:///etc/passwd', ''])(
    '%j is never fetched',
    ($ref) =>
      expect(checkSchema({ items: { $ref } })).toEqual([
        { pointer: '/items/$ref', message: 'must begin with #: only references within the schema are followed, nothing is fetched' },
      ]),
  );

  it.each(['#/nope', '#nope', '#/properties', '#/default/a', '#/constructor', '#/%zz', '#/enum/0'])('%s leads to no schema', ($ref) =>
    expect(checkSchema({ default: { a: {} }, enum: [{ a: {} }], properties: { x: { $ref } } })).toEqual([
      { pointer: '/properties/x/$ref', message: 'leads to no schema within this one' },
    ]),
  );

  it.each<[string, JsonObject, string]>([
    ['to itself', { $ref: '#' }, '/$ref'],
    ['within allOf', { allOf: [{ $ref: '#' }] }, '/allOf/0/$ref'],
    ['in a ring', { $defs: { a: { $ref: '#/$defs/b' }, b: { not: { $ref: '#/$defs/a' } } } }, '/$defs/b/not/$ref'],
    ['under dependentSchemas', { dependentSchemas: { x: { $ref: '#' } } }, '/dependentSchemas/x/$ref'],
  ])('a circle that consumes nothing of the value is refused: %s', (_name, schema, pointer) =>
    expect(checkSchema(schema)).toEqual([{ pointer, message: 'refers to itself without going into a property or an item' }]),
  );

  it('two subschemas of one $anchor are refused', () => {
    expect(checkSchema({ $defs: { a: { $anchor: 'x' }, b: { $anchor: 'x' } } })).toEqual([
      { pointer: '/$defs/b/$anchor', message: 'is the name of another subschema already' },
    ]);
  });
});

describe('patterns', () => {
  it.each([
    ['(?=a)b', 'lookahead'],
    ['^(?!x)', 'lookahead'],
    ['(?<=a)b', 'lookbehind'],
    ['(?<!a)b', 'lookbehind'],
    ['(a)\\1', 'backreferences'],
    ['(?<n>a)\\k<n>', 'backreferences'],
    ['a++', 'Nothing to repeat'],
    ['(', 'Unterminated group'],
    ['\\Z', 'Invalid escape'],
    ['(?P<n>a)', 'Invalid group'],
    ['a{1001}', 'invalid repeat count'],
  ])('%s is refused, naming the construct', (pattern, construct) => {
    for (const [schema, pointer] of [
      [{ pattern }, '/pattern'],
      [{ patternProperties: { [pattern]: true } }, `/patternProperties/${pattern}`],
    ] as [JsonObject, string][]) {
      const faults = checkSchema(schema);
      expect(faults).toHaveLength(1);
      expect(faults[0]?.pointer).toBe(pointer);
      expect(faults[0]?.message).toContain(construct);
    }
  });
});

describe('defaults', () => {
  it('that break their own schema are refused, with the place within them', () => {
    expect(
      checkSchema({ properties: { a: { type: 'integer', default: 'x' }, b: { items: { minLength: 3 }, default: ['abc', 'ab'] } } }),
    ).toEqual([
      { pointer: '/properties/a/default', message: 'does not fit its own schema: it must be an integer' },
      { pointer: '/properties/b/default/1', message: 'does not fit its own schema: it must be at least 3 characters' },
    ]);
  });

  it('are checked against what their schema refers to', () => {
    expect(checkSchema({ $defs: { port: { maximum: 65535 } }, properties: { port: { $ref: '#/$defs/port', default: 70000 } } })).toEqual([
      { pointer: '/properties/port/default', message: 'does not fit its own schema: it must be at most 65535' },
    ]);
  });
});

describe('INP-05: hostile schemas are refused with a reason, and soon', () => {
  const deepDefault = JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`) as Json;
  const branch = { properties: { a: { $ref: '#/$defs/n' } } };
  const ring = Object.fromEntries(Array.from({ length: 1900 }, (_, i) => [`c${i}`, { $ref: `#/$defs/c${i + 1}` }]));

  it.each<[string, JsonObject, string]>([
    ['a fan-out of 2^20', doubling(), 'unfolds into more than 2000 subschemas for one value'],
    ['3,000 properties', properties(3000, () => ({ type: 'string' })), `must have at most ${SCHEMA_CAPS.subschemas} subschemas`],
    [
      'an enum of a megabyte',
      { enum: Array.from({ length: 50_000 }, (_, i) => `value number ${i}`) },
      'must be at most 262144 bytes of JSON',
    ],
    ['an enum of 1,001', { enum: Array.from({ length: 1001 }, (_, i) => i) }, 'must be an array of 1 to 1000 values'],
    [
      'a doubling at every level of a default',
      { $defs: { n: { allOf: [branch, branch] } }, $ref: '#/$defs/n', default: deepDefault },
      'take too long',
    ],
    ['a chain of 1,900 references', { $defs: { ...ring, c1900: {} }, $ref: '#/$defs/c0', default: 1 }, 'take too long'],
    ['patterns that are large programs', properties(9, (i) => ({ pattern: `(a|b){500}${i}` })), 'has patterns that are too large'],
    ['one that nests repetitions', { pattern: `(?:${'a'.repeat(200)}){999}` }, 'has patterns that are too large'],
    ['a bracket that hides them', { pattern: `(?:[)]${'a'.repeat(200)}){999}` }, 'has patterns that are too large'],
    ['many Unicode classes', properties(51, (i) => ({ pattern: `(?i:\\p{L})${i}` })), 'at most 50 Unicode classes'],
    ['a long pattern', { pattern: 'a'.repeat(1001) }, 'must be at most 1000 characters'],
  ])('%s', (_name, schema, message) => {
    const start = performance.now();
    const faults = checkSchema(schema);
    const took = performance.now() - start;
    expect(faults.map((fault) => fault.message).join()).toContain(message);
    expect(took).toBeLessThan(500);
  });

  it('__proto__ is a property like any other', () => {
    const schema = JSON.parse('{"properties":{"__proto__":{"type":"integer","default":"x"}}}') as JsonObject;
    expect(checkSchema(schema)).toEqual([
      { pointer: '/properties/__proto__/default', message: 'does not fit its own schema: it must be an integer' },
    ]);
  });

  it('nesting as deep as JSON may be is no problem', () => {
    let schema: JsonObject = { type: 'string' };
    for (let depth = 0; depth < 31; depth++) schema = { properties: { a: schema } };
    expect(checkSchema(schema)).toEqual([]);
  });

  it('never tells more than 100 faults', () => {
    expect(checkSchema(properties(1000, () => ({ type: 'x' })))).toHaveLength(SCHEMA_CAPS.faults);
  });
});
