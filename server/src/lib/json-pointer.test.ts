import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Json } from './json.ts';
import { at, pointer, segmentsOf } from './json-pointer.ts';

it('the examples of RFC 6901', () => {
  const document: Json = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'c%d': 2, 'm~n': 8 };
  expect(at(document, '')).toBe(document);
  expect(at(document, '/foo')).toEqual(['bar', 'baz']);
  expect(at(document, '/foo/0')).toBe('bar');
  expect(at(document, '/')).toBe(0);
  expect(at(document, '/a~1b')).toBe(1);
  expect(at(document, '/c%d')).toBe(2);
  expect(at(document, '/m~0n')).toBe(8);
});

it('segments come back as they went in', () => {
  fc.assert(fc.property(fc.array(fc.string()), (segments) => void expect(segmentsOf(pointer(...segments))).toEqual(segments)));
});

it('a text that is no pointer has no segments and leads nowhere', () => {
  for (const text of ['a', 'a/b', '/~', '/~2']) {
    expect(segmentsOf(text)).toBeNull();
    expect(at({ a: 1 }, text)).toBeUndefined();
  }
});

it('leads to own properties and indexes only', () => {
  expect(at({}, '/constructor')).toBeUndefined();
  expect(at({}, '/__proto__')).toBeUndefined();
  expect(at([1], '/length')).toBeUndefined();
  expect(at([1], '/00')).toBeUndefined();
  expect(at('text', '/0')).toBeUndefined();
  expect(at(JSON.parse('{"__proto__":{"a":1}}') as Json, '/__proto__/a')).toBe(1);
});
