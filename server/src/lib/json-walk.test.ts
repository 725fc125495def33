import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from './json.ts';
import { at } from './json-pointer.ts';
import { eachString, mapStrings, sameJson } from './json-walk.ts';

const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json);
const parsed = (text: string): Json => JSON.parse(text) as Json;

describe('mapStrings', () => {
  it('maps string values at any depth, and no keys', () => {
    const value: Json = { a: 'x', x: ['x', 1, { y: 'x' }], n: null };
    expect(mapStrings(value, (text) => (text === 'x' ? { was: 'x' } : text))).toEqual({
      a: { was: 'x' },
      x: [{ was: 'x' }, 1, { y: { was: 'x' } }],
      n: null,
    });
  });

  it('gives back the very same value when nothing changes', () => {
    fc.assert(fc.property(json, (value) => void expect(mapStrings(value, (text) => text)).toBe(value)));
  });

  it('keeps the identity of parts that do not change, and the value it was given', () => {
    const value = { same: { a: 'b' }, other: 'c' };
    const mapped = mapStrings(value, (text) => (text === 'c' ? 'd' : text)) as typeof value;
    expect(mapped).toEqual({ same: { a: 'b' }, other: 'd' });
    expect(mapped.same).toBe(value.same);
    expect(value.other).toBe('c');
  });

  it('keeps __proto__ an ordinary key', () => {
    const mapped = mapStrings(parsed('{"__proto__":{"a":"x"}}'), () => 'y');
    expect(JSON.stringify(mapped)).toBe('{"__proto__":{"a":"y"}}');
    expect(Object.getPrototypeOf(mapped)).toBe(Object.prototype);
  });
});

it('eachString gives every string with the pointer that leads to it', () => {
  fc.assert(
    fc.property(json, (value) => {
      const pointers: string[] = [];
      eachString(value, (text, pointer) => {
        expect(at(value, pointer)).toBe(text);
        pointers.push(pointer);
      });
      expect(new Set(pointers).size).toBe(pointers.length);
    }),
  );
  const seen: string[] = [];
  eachString({ 'a/b': ['x', { c: 'y' }], d: 1 }, (text, pointer) => void seen.push(`${pointer}=${text}`));
  expect(seen).toEqual(['/a~1b/0=x', '/a~1b/1/c=y']);
});

describe('sameJson', () => {
  it('is equality of JSON', () => {
    expect(sameJson({ a: 1, b: [null] }, { b: [null], a: 1 })).toBe(true);
    expect(sameJson([1, 2], [2, 1])).toBe(false);
    expect(sameJson({ a: 1 }, { a: 1, b: 1 })).toBe(false);
    expect(sameJson({ a: null }, { b: null })).toBe(false);
    expect(sameJson([], {})).toBe(false);
    expect(sameJson(null, {})).toBe(false);
    expect(sameJson('1', 1)).toBe(false);
    expect(sameJson(parsed('{"__proto__":1}'), parsed('{"x":1}'))).toBe(false);
  });

  it('holds for copies, and says of two values what their texts say', () => {
    fc.assert(fc.property(json, (value) => void expect(sameJson(value, structuredClone(value))).toBe(true)));
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => void expect(sameJson([a], [b])).toBe(a === b)));
  });
});
