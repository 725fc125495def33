import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../json.ts';
import { withDefaults } from './defaults.ts';
import { demandsOf, newDemands } from './demands.ts';
import { validate } from './validate.ts';

const added = (from: JsonObject, to: JsonObject) => newDemands(demandsOf(from), demandsOf(to));
const NEEDS: JsonObject = { required: ['pw'] };
const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({ type: 'object', properties, ...more });

describe('what a schema demands that another one does not', () => {
  test.each<[string, JsonObject, readonly string[]]>([
    ['required', NEEDS, ['/pw']],
    ['allOf', { allOf: [NEEDS] }, ['/pw']],
    ['anyOf', { anyOf: [NEEDS] }, ['/pw']],
    ['oneOf', { oneOf: [{}, NEEDS] }, ['/pw']],
    ['if, then', JSON.parse('{ "if": {}, "then": { "required": ["pw"] } }'), ['/pw']],
    ['if, else', { if: false, else: NEEDS }, ['/pw']],
    ['a condition that is always broken', { if: NEEDS, else: false }, ['/pw']],
    ['not not', { not: { not: NEEDS } }, ['/pw']],
    ['not, of a property that no value fits', { not: { properties: { pw: false } } }, ['/pw']],
    ['oneOf, of a property that no value fits', { oneOf: [true, { properties: { pw: false } }] }, ['/pw']],
    ['$ref', { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: NEEDS } }, ['/pw']],
    ['an anchor', { $ref: '#x', $defs: { a: { $anchor: 'x', ...NEEDS } } }, ['/pw']],
    ['properties', object({ a: NEEDS }), ['/a/pw']],
    ['properties through a reference', object({ a: { $ref: '#/$defs/a' } }, { $defs: { a: NEEDS } }), ['/a/pw']],
    ['items', object({ a: { items: NEEDS } }), ['/a/*/pw']],
    ['prefixItems', object({ a: { prefixItems: [NEEDS] } }), ['/a/0/pw']],
    ['contains', object({ a: { contains: NEEDS } }), ['/a/*/pw']],
    ['additionalProperties', { additionalProperties: NEEDS }, ['/*/pw']],
    ['patternProperties', { patternProperties: { '^a': NEEDS } }, ['/*/pw']],
    ['dependentRequired', { dependentRequired: { a: ['pw'] } }, ['/pw']],
    ['dependentSchemas', { dependentSchemas: { a: NEEDS } }, ['/pw']],
    ['minProperties', { minProperties: 1 }, ['/(at least 1)']],
    ['minItems', object({ a: { minItems: 1 } }), ['/a/(at least 1)']],
    ['const', object({ a: { const: { pw: 1 } } }), ['/a/pw']],
    ['enum', object({ a: { enum: [{ pw: 1 }] } }), ['/a/pw']],
  ])('by %s', (_, to, places) => {
    expect(added({}, to)).toEqual(places);
    expect(added(to, to)).toEqual([]);
    expect(added(to, {})).toEqual([]);
  });

  test('a way out that closes, a condition that is another one, a default that goes', () => {
    const either = { anyOf: [{ required: ['a'] }, { required: ['b'] }] };
    expect(added(either, { required: ['a', 'b'] })).toEqual(['/a', '/b']);
    expect(added(either, { anyOf: [{ required: ['b'] }] })).toEqual(['/b']);
    expect(added({ anyOf: [NEEDS, true] }, { anyOf: [NEEDS, false] })).toEqual(['/pw']);
    expect(added({ dependentRequired: { a: ['pw'] } }, { dependentRequired: { b: ['pw'] } })).toEqual(['/pw']);
    const far = (pw: Json): JsonObject => ({ anyOf: [NEEDS, { $ref: '#/$defs/way' }], $defs: { way: pw } });
    expect(added(far(true), far(false))).toEqual(['/pw']);
    expect(added(object({ pw: { default: 1 } }, NEEDS), object({ pw: {} }, NEEDS))).toEqual(['/pw']);
  });

  const one = { default: 1 };
  const deep = (leaf: JsonObject, more: JsonObject = {}): JsonObject => object({ a: object({ b: leaf, ...more }, { required: ['b'] }) });

  test.each<[string, JsonObject, JsonObject, readonly string[]]>([
    ['below', deep(one), deep({}), ['/a/b']],
    [
      'through a reference',
      object({ pw: { $ref: '#/$defs/pw' } }, { ...NEEDS, $defs: { pw: one } }),
      object({ pw: { $ref: '#/$defs/pw' } }, { ...NEEDS, $defs: { pw: {} } }),
      ['/pw'],
    ],
    ['where the demand stands elsewhere', object({ pw: one }, { allOf: [NEEDS] }), object({ pw: {} }, { allOf: [NEEDS] }), ['/pw']],
    [
      'where the demand is one of two',
      object({ pw: one }, { anyOf: [NEEDS, { required: ['x'] }] }),
      object({ pw: {} }, { anyOf: [NEEDS, { required: ['x'] }] }),
      ['/pw'],
    ],
    [
      'of what another property needs',
      object({ pw: one }, { dependentRequired: { a: ['pw'] } }),
      object({ pw: {} }, { dependentRequired: { a: ['pw'] } }),
      ['/pw'],
    ],
    [
      'of the items of a list',
      object({ a: { items: object({ pw: one }, NEEDS) } }),
      object({ a: { items: object({ pw: {} }, NEEDS) } }),
      ['/a/*/pw'],
    ],
    [
      'out of the default around it',
      object({ a: { ...object({ pw: {} }, NEEDS), default: { pw: 1 } } }),
      object({ a: { ...object({ pw: {} }, NEEDS), default: {} } }),
      ['/a/pw'],
    ],
    ['which is null', object({ pw: { default: null } }, NEEDS), object({ pw: {} }, NEEDS), ['/pw']],
  ])('a default that goes: %s', (_, from, to, places) => {
    expect(added(from, to)).toEqual(places);
    expect(added(to, from)).toEqual([]);
    expect(added(from, from)).toEqual([]);
  });

  test('a default that is another one, or stands in another place, is no demand', () => {
    expect(added(object({ pw: one }, NEEDS), object({ pw: { default: 2 } }, NEEDS))).toEqual([]);
    const beside = object({ pw: { $ref: '#/$defs/pw' } }, { ...NEEDS, $defs: { pw: one } });
    expect(added(object({ pw: one }, NEEDS), beside)).toEqual([]);
    expect(added(object({ pw: one }, NEEDS), object({ pw: one }, { allOf: [NEEDS] }))).toEqual([]);
  });

  test('what is given from elsewhere is a default as well', () => {
    const schema = object({ pw: {} }, NEEDS);
    const given = demandsOf(schema, { pw: 1 });
    expect(newDemands(given, demandsOf(schema))).toEqual(['/pw']);
    expect(newDemands(given, demandsOf(object({ pw: one }, NEEDS)))).toEqual([]);
    expect(newDemands(demandsOf(object({ pw: one }, NEEDS)), given)).toEqual([]);
  });

  test('nothing, where only notes and optional properties are others, or a condition is met already', () => {
    const before = object({ a: { title: 'A' } }, { anyOf: [{ required: ['a'], description: 'old' }, true] });
    const after = object({ a: { title: 'B' }, b: {} }, { anyOf: [{ required: ['a'], description: 'new' }, true] });
    expect(added(before, after)).toEqual([]);
    expect(added(NEEDS, { anyOf: [NEEDS] })).toEqual([]);
    expect(added({ minProperties: 3 }, { minProperties: 2 })).toEqual([]);
  });

  test('a schema within itself ends; one that unfolds too far is not judged', () => {
    expect(added({}, object({ a: { $ref: '#' } }, NEEDS))).toEqual(expect.arrayContaining(['/pw']));
    const levels = Array.from({ length: 14 }, (_, level) => [
      `l${level}`,
      object({ a: { $ref: `#/$defs/l${level + 1}` }, b: { $ref: `#/$defs/l${level + 1}` } }),
    ]);
    const deep = { $ref: '#/$defs/l0', $defs: { ...Object.fromEntries(levels), l14: NEEDS } };
    expect(added({}, deep)).toBeNull();
  });

  /** Small schemas over the properties a and b. */
  const schemas = fc.letrec<{ schema: Json }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<Json>(
        true,
        false,
        {},
        { required: ['a'] },
        { required: ['b'] },
        { dependentRequired: { a: ['b'] } },
        { minProperties: 1 },
      ),
      fc.record({ properties: fc.record({ a: tie('schema') }) }),
      fc.record({ allOf: fc.tuple(tie('schema'), tie('schema')) }),
      fc.record({ anyOf: fc.tuple(tie('schema'), tie('schema')) }),
      fc.record({ oneOf: fc.tuple(tie('schema'), tie('schema')) }),
      fc.record({ not: tie('schema') }),
      fc
        .tuple(tie('schema'), tie('schema'), tie('schema'))
        .map((parts) => Object.fromEntries(['if', 'then', 'else'].map((keyword, i) => [keyword, parts[i]]))),
    ) as fc.Arbitrary<Json>,
  })).schema;

  /** Two levels of objects, with defaults and demands here and there. */
  const filled = fc.letrec<{ schema: Json }>((tie) => ({
    schema: fc.record(
      {
        properties: fc.record({ a: tie('schema'), b: tie('schema') }, { requiredKeys: [] }),
        required: fc.subarray(['a', 'b']),
        default: fc.constant(1),
        $ref: fc.constantFrom('#/$defs/d'),
      },
      { requiredKeys: [] },
    ),
  })).schema as fc.Arbitrary<JsonObject>;
  const roots = fc.tuple(filled, filled).map(([root, d]): JsonObject => ({ ...root, $defs: { d: without$ref(d) } }));
  const without$ref = ({ $ref: _, ...schema }: JsonObject): JsonObject =>
    JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/$defs/d"', '"title":""'));

  test('whenever a value that was completed so that it fits no more is', () => {
    const values: JsonObject[] = [{}, { a: {} }, { b: {} }, { a: { b: 1 } }, { a: { a: {} } }];
    const fits = (schema: JsonObject, value: JsonObject) => validate(schema, withDefaults(schema, value), '').length === 0;
    fc.assert(
      fc.property(roots, roots, (from, to) => {
        for (const value of values) if (fits(from, value) && !fits(to, value)) expect(added(from, to)).not.toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('whenever a value with less in it fits no more and one with more does', () => {
    const values: JsonObject[] = [{}, { a: 1 }, { b: 1 }, { a: 1, b: 1 }];
    const fits = (schema: Json, value: JsonObject) => validate({ allOf: [schema] } as JsonObject, value, '').length === 0;
    fc.assert(
      fc.property(schemas, schemas, (before, after) => {
        const from = { allOf: [before] } as JsonObject;
        const to = { allOf: [after] } as JsonObject;
        for (const less of values)
          for (const more of values) {
            const grows = Object.keys(less).every((name) => name in more) && Object.keys(more).length > Object.keys(less).length;
            if (grows && fits(from, less) && !fits(to, less) && fits(to, more)) expect(added(from, to)).not.toEqual([]);
          }
      }),
      { numRuns: 2_000 },
    );
  });
});
