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

const RUNS = { numRuns: 1000 };

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
