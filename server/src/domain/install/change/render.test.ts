import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../lib/json.ts';
import { atOnce } from '../../../lib/turns.ts';
import { referencesOf } from '../../entity/references.ts';
import { growthFault, render } from './render.ts';

const SOURCE = 'sch_01jd00000000000000000000aa';
const CLONE = 'sch_01jd00000000000000000000bb';
const OTHER = 'sch_01jd00000000000000000000cc';
const ids = new Map([[SOURCE, CLONE]]);
const rendered = (definition: JsonObject, variables: JsonObject = {}) => render(definition, { ids, variables });

describe('render', () => {
  test("a reference to a cloned member becomes the clone's id, at any depth", () => {
    expect(rendered({ input: SOURCE, deep: [{ list: [SOURCE] }] })).toEqual({ input: CLONE, deep: [{ list: [CLONE] }] });
  });

  test('a reference to a referenced member, and an id inside a longer string, stay', () => {
    expect(rendered({ a: OTHER, b: `see ${SOURCE}` })).toEqual({ a: OTHER, b: `see ${SOURCE}` });
  });

  test('a string that is exactly the token becomes the typed value, spaces or not', () => {
    const variables = { port: 8080, tls: true, tags: ['a'], none: null };
    const definition = { a: '{{ variables.port }}', b: '{{variables.tls}}', c: '{{  variables.tags  }}', d: '{{ variables.none }}' };
    expect(rendered(definition, variables)).toEqual({ a: 8080, b: true, c: ['a'], d: null });
  });

  test('inside a longer string the value is interpolated', () => {
    const definition = { url: 'https://{{ variables.host }}:{{ variables.port }}/', json: 'x {{ variables.list }}' };
    expect(rendered(definition, { host: 'example.org', port: 1, list: [1, 'a'] })).toEqual({
      url: 'https://example.org:1/',
      json: 'x [1,"a"]',
    });
  });

  test('an unset variable gives null, or nothing inside a longer string', () => {
    expect(rendered({ a: '{{ variables.gone }}', b: 'x{{ variables.gone }}y' })).toEqual({ a: null, b: 'xy' });
  });

  test('every other {{…}} stays as it is, and keys are never templated', () => {
    const definition = { '{{ variables.a }}': '{{ secrets.a }}', b: '{{ variables.a.b }}', c: '{{variables}}', d: '{{ input }}' };
    expect(rendered(definition, { a: 1 })).toEqual(definition);
  });

  test('values are not templated again', () => {
    expect(rendered({ a: '{{ variables.x }}' }, { x: '{{ variables.y }}', y: 'z' })).toEqual({ a: '{{ variables.y }}' });
  });

  test('names of the prototype are unset variables', () => {
    expect(rendered({ a: '{{ variables.constructor }}', b: '{{ variables.__proto__ }}' })).toEqual({ a: null, b: null });
  });

  test('a definition without references and tokens is itself', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (value) => {
        const definition = JSON.parse(JSON.stringify(value)) as JsonObject;
        const { refs, variables } = atOnce(referencesOf(definition));
        fc.pre(refs.length === 0 && variables.length === 0);
        expect(rendered(definition, { a: 1 })).toBe(definition);
      }),
    );
  });

  test('rendering changes only the strings that refer, whatever surrounds them', () => {
    const leaf = fc.oneof(fc.constantFrom(SOURCE, OTHER, '{{ variables.x }}', 'plain'), fc.integer(), fc.boolean());
    const value = fc.letrec((tie) => ({
      node: fc.oneof(leaf, fc.array(tie('node'), { maxLength: 3 }), fc.dictionary(fc.string(), tie('node'), { maxKeys: 3 })),
    })).node;
    fc.assert(
      fc.property(value, (node) => {
        const text = JSON.stringify({ node }, (key, each) => (key === '__proto__' ? undefined : each));
        const expected = text.replaceAll(`:"${SOURCE}"`, `:"${CLONE}"`).replaceAll(`["${SOURCE}"`, `["${CLONE}"`);
        const back = expected.replaceAll(`,"${SOURCE}"`, `,"${CLONE}"`).replaceAll('"{{ variables.x }}"', '7');
        fc.pre(!Object.keys(JSON.parse(text)).some((key) => key.includes('variables')));
        expect(JSON.stringify(rendered(JSON.parse(text) as JsonObject, { x: 7 }))).toBe(back);
      }),
    );
  });

  test('a rendering that would grow out of bounds is refused before it is made', () => {
    const body = JSON.stringify({ a: '{{ variables.x }}'.repeat(1000) });
    expect(growthFault('big', body, ['x'], { x: 'y'.repeat(100_000) })?.message).toMatch(/make the member big larger/);
    expect(growthFault('fine', body, ['x'], { x: 'y' })).toBeNull();
  });
});
