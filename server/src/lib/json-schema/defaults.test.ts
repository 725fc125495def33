import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.ts';
import { checkSchema } from './check.ts';
import { withDefaults } from './defaults.ts';

const completed = (schema: JsonObject, value: JsonObject): JsonObject => {
  expect(checkSchema(schema)).toEqual([]);
  return withDefaults(schema, value);
};

describe('withDefaults', () => {
  const schema: JsonObject = {
    $defs: { region: { type: 'string', default: 'eu' } },
    properties: {
      name: { type: 'string' },
      size: { type: 'integer', default: 3 },
      region: { $ref: '#/$defs/region' },
      options: { properties: { deep: { default: null }, list: { default: [] } } },
    },
  };

  it('completes what is missing, and changes nothing that is there', () => {
    expect(completed(schema, {})).toEqual({ size: 3, region: 'eu' });
    expect(completed(schema, { size: 0, region: null, other: 1 })).toEqual({ size: 0, region: null, other: 1 });
  });

  it('completes the objects within, but makes up none', () => {
    expect(completed(schema, { options: {} })).toEqual({ options: { deep: null, list: [] }, size: 3, region: 'eu' });
    expect(completed(schema, { options: 'text' })).toEqual({ options: 'text', size: 3, region: 'eu' });
  });

  it('leaves the value it was given as it was', () => {
    const value = { options: {} };
    completed(schema, value);
    expect(value).toEqual({ options: {} });
  });

  it('an own default goes before that of the reference', () => {
    expect(completed({ $defs: { a: { default: 1 } }, properties: { x: { $ref: '#/$defs/a', default: 2 } } }, {})).toEqual({ x: 2 });
  });

  it('__proto__ is a property like any other', () => {
    const proto = JSON.parse('{"properties":{"__proto__":{"default":{"polluted":1}}}}') as JsonObject;
    const value = completed(proto, {});
    expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":1}}');
    expect(value.polluted).toBeUndefined();
  });

  it('a schema of itself takes time linear in the value', () => {
    const self = { properties: { a: { $ref: '#' }, d: { default: 1 } } };
    const tree: JsonObject = { $defs: { s: self }, ...self, $ref: '#/$defs/s' };
    const value = JSON.parse(`${'{"a":'.repeat(60)}{}${'}'.repeat(60)}`) as JsonObject;
    expect(JSON.stringify(completed(tree, value)).match(/"d":1/g)).toHaveLength(61);
  });

  it('refuses to make gigabytes of a small value and a small schema', () => {
    const names = Array.from({ length: 1000 }, (_, i) => `p${i}`);
    const hostile: JsonObject = {
      properties: { ...Object.fromEntries(names.map((name) => [name, { $ref: '#' }])), text: { default: 'x'.repeat(200_000) } },
    };
    const value = Object.fromEntries(names.map((name) => [name, {}]));
    expect(() => completed(hostile, value)).toThrow('makes it too large');
  });
});
