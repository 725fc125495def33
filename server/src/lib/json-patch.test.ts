import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documents, threeDocuments } from '../../test/arbitrary-documents.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { diffJson, type PatchOperation } from './json-patch.ts';
import { segmentsOf } from './json-pointer.ts';
import { sameJson } from './json-walk.ts';
import { must } from './must.ts';

/** RFC 6902, section 4, as far as `diffJson` uses it: the value with the operations applied one after the other. */
const patched = (value: Json, operations: readonly PatchOperation[]): Json =>
  operations.reduce((now, operation) => applyAt(now, must(segmentsOf(operation.path), 'a path is a pointer'), operation), value);

function applyAt(value: Json, [segment, ...rest]: readonly string[], operation: PatchOperation): Json {
  if (segment === undefined) return operation.op === 'replace' ? operation.value : never(operation);
  if (Array.isArray(value)) return applyToItem(value, segment, rest, operation);
  return isObject(value) ? applyToProperty(value, segment, rest, operation) : never(operation);
}

function applyToItem(items: Json[], segment: string, rest: readonly string[], operation: PatchOperation): Json[] {
  const index = /^(0|[1-9]\d*)$/.test(segment) ? Number(segment) : never(operation);
  const isAdded = operation.op === 'add' && rest.length === 0;
  if (index > items.length - (isAdded ? 0 : 1)) never(operation);
  if (isAdded) return items.toSpliced(index, 0, operation.value);
  if (operation.op === 'remove' && rest.length === 0) return items.toSpliced(index, 1);
  return items.with(index, applyAt(items[index] as Json, rest, operation));
}

function applyToProperty(object: JsonObject, key: string, rest: readonly string[], operation: PatchOperation): JsonObject {
  const others = Object.entries(object).filter(([other]) => other !== key);
  if (operation.op === 'add' && rest.length === 0) return Object.fromEntries([...others, [key, operation.value]]);
  if (!Object.hasOwn(object, key)) never(operation);
  if (operation.op === 'remove' && rest.length === 0) return Object.fromEntries(others);
  return Object.fromEntries([...others, [key, applyAt(object[key] as Json, rest, operation)]]);
}

function never(operation: PatchOperation): never {
  throw new Error(`${operation.op} at ${operation.path} leads nowhere`);
}

const RUNS = { numRuns: 500 };

describe('for all documents', () => {
  it('the patch makes the second of the first', () => {
    fc.assert(
      fc.property(threeDocuments, ([from, to]) => {
        const result = patched(from, diffJson(from, to));
        if (!sameJson(result, to)) expect(result).toEqual(to);
      }),
      RUNS,
    );
  });

  it('equal documents have an empty patch, and only those', () => {
    fc.assert(
      fc.property(documents, (value) => void expect(diffJson(value, structuredClone(value))).toEqual([])),
      RUNS,
    );
    fc.assert(
      fc.property(threeDocuments, ([from, to]) => void expect(diffJson(from, to).length === 0).toBe(sameJson(from, to))),
      RUNS,
    );
  });
});

describe('the patch', () => {
  it('has the places that differ, and nothing around them', () => {
    expect(diffJson({ a: 1, b: { c: 1, 'd/e': [1] }, g: 1 }, { a: 1, b: { c: 2, 'd/e': [1], f: null } })).toEqual([
      { op: 'remove', path: '/g' },
      { op: 'replace', path: '/b/c', value: 2 },
      { op: 'add', path: '/b/f', value: null },
    ]);
    expect(diffJson({ a: 1 }, [])).toEqual([{ op: 'replace', path: '', value: [] }]);
  });

  it('of an array has what was put in or taken out between what stayed', () => {
    expect(diffJson(['a', 'b', 'c'], ['a', 'x', 'b', 'c'])).toEqual([{ op: 'add', path: '/1', value: 'x' }]);
    expect(diffJson(['a', 'b', 'c', 'd'], ['a', 'd'])).toEqual([
      { op: 'remove', path: '/2' },
      { op: 'remove', path: '/1' },
    ]);
  });

  it('of items with a key follows the key', () => {
    expect(diffJson([{ id: 1 }, { id: 2, x: 1 }, { id: 3 }], [{ id: 2, x: 2 }, { id: 4 }, { id: 3 }])).toEqual([
      { op: 'remove', path: '/0' },
      { op: 'add', path: '/1', value: { id: 4 } },
      { op: 'replace', path: '/0/x', value: 2 },
    ]);
    expect(diffJson([{ id: 1 }, { id: 2 }, { id: 3 }], [{ id: 2 }, { id: 3 }, { id: 1 }])).toEqual([
      { op: 'remove', path: '/0' },
      { op: 'add', path: '/2', value: { id: 1 } },
    ]);
  });

  it('has names that objects inherit as ordinary keys', () => {
    const [from, to] = ['{"__proto__":{"a":1}}', '{"__proto__":{"a":2},"constructor":1}'].map((text) => JSON.parse(text) as Json);
    expect(diffJson(from as Json, to as Json)).toEqual([
      { op: 'replace', path: '/__proto__/a', value: 2 },
      { op: 'add', path: '/constructor', value: 1 },
    ]);
  });

  it('of arrays of 100,000 items is made in time', () => {
    const numbers = (step: number): Json => Array.from({ length: 100_000 }, (_, i) => i * step);
    const items = (order: number): Json => Array.from({ length: 100_000 }, (_, i) => ({ id: i * order, x: order }));
    const start = performance.now();
    diffJson([numbers(1), items(1)], [numbers(2), items(-1)]);
    expect(performance.now() - start).toBeLessThan(8000);
  });
});
