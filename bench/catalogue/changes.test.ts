import type { Json } from '@mortise/sdk/resources';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documents, threeDocuments } from '../../server/test/arbitrary-documents.ts';
import { changesOf } from './changes.ts';
import { overlap, tell, valueAt, withValue } from './paths.ts';

const told = (...[before, after]: Parameters<typeof changesOf>) => changesOf(before, after).map(({ path }) => tell(path));

describe('the changes between two documents', () => {
  test('are the smallest places that differ, items by their name', () => {
    const before = {
      a: 1,
      b: { c: [1, 2], d: 'x' },
      items: [
        { name: 'p', v: 1 },
        { name: 'q', v: 1 },
      ],
    };
    const after = {
      b: { c: [1, 3], d: 'x' },
      items: [
        { name: 'q', v: 2 },
        { name: 'r', v: { w: 1 } },
      ],
      e: { f: 1 },
    };
    const places = ['/a', '/b/c', '/items/[name=p]', '/items/[name=q]/v', '/items/[name=r]/name', '/items/[name=r]/v/w', '/e/f'];
    expect(told(before, after)).toEqual(places);
  });

  test('take arrays without names as one, and the order of items for nothing', () => {
    expect(told({ a: [{ name: 'p' }, { name: 'p' }] }, { a: [{ name: 'p' }] })).toEqual(['/a']);
    expect(told({ a: [{ name: 'p' }, { name: 'q' }] }, { a: [{ name: 'q' }, { name: 'p' }] })).toEqual([]);
    expect(told({ a: {} }, { a: [] })).toEqual(['/a']);
    expect(told({}, { a: {} })).toEqual(['/a']);
  });

  test('are none between equals, and none of them is in another', () => {
    fc.assert(
      fc.property(documents, (document) => {
        expect(changesOf(document, document)).toEqual([]);
      }),
    );
    fc.assert(
      fc.property(threeDocuments, ([before, after]) => {
        const paths = changesOf(before, after).map(({ path }) => path);
        expect(paths.some((path, i) => paths.some((other, j) => i !== j && overlap(path, other)))).toBe(false);
      }),
    );
  });

  test('lead from the one to the other', () => {
    fc.assert(
      fc.property(threeDocuments, ([before, after]) => {
        const changes = changesOf(before, after).filter(({ path }) => path.length > 0);
        const led = changes.reduce<Json>((value, { path, after: put }) => withValue(value, path, put), before);
        for (const { path, after: put } of changes) expect(valueAt(led, path)).toEqual(put);
      }),
    );
  });
});
