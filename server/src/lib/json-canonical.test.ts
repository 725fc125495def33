import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isObject, type Json } from './json.ts';
import { canonicalInTurns, canonicalJson, digestOf } from './json-canonical.ts';
import { atOnce } from './turns.ts';

const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json);

/** The same value with the keys of every object in reverse order. */
function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, reversed(each)]),
  );
}

it('the order of keys does not matter', () => {
  fc.assert(fc.property(json, (value) => void expect(canonicalJson(reversed(value))).toBe(canonicalJson(value))));
});

it('reads back as the same value, and is its own canonical form', () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(value);
      expect(canonicalJson(JSON.parse(text) as Json)).toBe(text);
    }),
  );
});

it('sorts by UTF-16 units and spells numbers one way (RFC 8785)', () => {
  expect(canonicalJson(JSON.parse('{"b":1.0,"a":[1e2,4.50,1E-7],"😀":0,"\\ufb33":-0}') as Json)).toBe(
    '{"a":[100,4.5,1e-7],"b":1,"😀":0,"\ufb33":0}',
  );
});

it('keys like __proto__ and toJSON are ordinary', () => {
  expect(canonicalJson(JSON.parse('{"toJSON":1,"__proto__":{"x":1},"then":{}}') as Json)).toBe(
    '{"__proto__":{"x":1},"then":{},"toJSON":1}',
  );
});

it('the digest is SHA-256 of the UTF-8', () => {
  expect(digestOf('{"a":"é"}').toString('hex')).toBe('b3a092a6af48807fa9482b2ee140105575daa26d5b24b3c0e60a7e2dee6683b1');
});

it('is what another implementation writes, also where others get on meanwhile', () => {
  const check = (value: Json) => {
    expect(canonicalJson(value)).toBe(canonicalize(value));
    expect(atOnce(canonicalInTurns(value))).toBe(canonicalize(value));
  };
  fc.assert(fc.property(json, check), { numRuns: 500 });
});
