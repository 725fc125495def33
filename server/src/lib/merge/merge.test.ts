import { describe, expect, it } from 'vitest';
import type { Json } from '../json.ts';
import { mergeJson } from './merge.ts';

const parsed = (text: string): Json => JSON.parse(text) as Json;
const mergedOf = (base: Json, ours: Json, theirs: Json): Json => {
  const { value, conflicts } = mergeJson(base, ours, theirs);
  expect(conflicts).toEqual([]);
  return value;
};

describe('objects', () => {
  it('merge by key: what each side set, added and deleted', () => {
    const base = { a: 1, b: 1, c: { x: 1, y: 1 }, d: 1 };
    expect(mergedOf(base, { a: 2, b: 1, c: { x: 2, y: 1 }, e: 1 }, { a: 1, c: { x: 1, y: 2 }, d: 1, f: 1 })).toEqual({
      a: 2,
      c: { x: 2, y: 2 },
      e: 1,
      f: 1,
    });
  });

  it('what one side deleted and the other changed is a conflict that keeps ours, also when ours deleted it', () => {
    expect(mergeJson({ a: 1, b: 1 }, { a: 2 }, { b: 2 })).toEqual({
      value: { a: 2 },
      conflicts: [
        { pointer: '/a', base: 1, ours: 2 },
        { pointer: '/b', base: 1, theirs: 2 },
      ],
      unused: [],
    });
  });

  it('what both added merges as objects, is one when equal, and a conflict otherwise', () => {
    expect(mergedOf({}, { a: { x: 1 }, b: [1] }, { a: { y: 1 }, b: [1] })).toEqual({ a: { x: 1, y: 1 }, b: [1] });
    expect(mergeJson({}, { a: [1] }, { a: [2] }).conflicts).toEqual([{ pointer: '/a', ours: [1], theirs: [2] }]);
  });

  it('a null is a value, not an absence', () => {
    expect(mergedOf({ a: null }, { a: null }, {})).toEqual({});
    expect(mergeJson({}, { a: null }, { a: 1 }).conflicts).toEqual([{ pointer: '/a', ours: null, theirs: 1 }]);
    expect(mergedOf(1, null, 1)).toBe(null);
  });

  it('names that objects inherit are ordinary keys', () => {
    const theirs = parsed('{"__proto__":{"x":1},"constructor":1,"toJSON":{}}');
    const value = mergedOf({}, parsed('{"__proto__":{"y":2}}'), theirs);
    expect(JSON.stringify({ value: Object.entries(value as object) })).toBe(
      '{"value":[["__proto__",{"y":2,"x":1}],["constructor",1],["toJSON",{}]]}',
    );
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(mergedOf(theirs, {}, theirs)).toEqual({});
  });

  it('values of different types are one conflict', () => {
    expect(mergeJson({ a: 1 }, { a: {} }, { a: [] })).toMatchObject({ conflicts: [{ pointer: '/a', base: 1, ours: {}, theirs: [] }] });
  });
});

describe('arrays', () => {
  const steps = (...ids: string[]): Json[] => ids.map((id) => ({ id }));

  it('merge item by item, by id, else slug, else name', () => {
    for (const key of ['id', 'slug', 'name'])
      expect(
        mergedOf(
          [{ [key]: 'a', x: 1 }, { [key]: 'b' }],
          [{ [key]: 'a', x: 2 }, { [key]: 'b' }, { [key]: 'c' }],
          [{ [key]: 'a', x: 1, y: 1 }],
        ),
      ).toEqual([{ [key]: 'a', x: 2, y: 1 }, { [key]: 'c' }]);
  });

  it('merge as one value where an item lacks the key, two have the same, or items are no objects', () => {
    for (const [base, ours, theirs] of [
      [[{ id: 1 }], [{ id: 1 }, { x: 1 }], [{ id: 1, y: 1 }]],
      [[{ id: 1 }], [{ id: 1 }, { id: '1' }], [{ id: 1, y: 1 }]],
      [[{ id: null }], [{ id: null, x: 1 }], [{ id: null, y: 1 }]],
      [['a'], ['a', 'b'], ['c', 'a']],
    ] as const)
      expect(mergeJson(base as never, ours as never, theirs as never)).toEqual({
        value: ours,
        conflicts: [{ pointer: '', base, ours, theirs }],
        unused: [],
      });
  });

  it('merge as one value where an item that both added has a better key on one side only, as the result would have next time', () => {
    const ours = [{ name: 'a' }, { name: 'b', id: 1 }];
    const theirs = [{ name: 'a', id: 1 }];
    expect(mergeJson([], ours, theirs)).toMatchObject({ value: ours, conflicts: [{ pointer: '', base: [], ours, theirs }] });
    expect(mergedOf([], [{ name: 'a', id: 1, x: 1 }, { name: 'b' }], [{ name: 'a', id: 1, y: 1 }])).toEqual([
      { name: 'a', id: 1, x: 1, y: 1 },
      { name: 'b' },
    ]);
  });

  it('a conflict in an item has the item’s index in the result', () => {
    const base = [{ id: 'a' }, { id: 'b', n: 0 }];
    const { value, conflicts } = mergeJson(base, [{ id: 'b', n: 1 }], [{ id: 'new' }, { id: 'a' }, { id: 'b', n: 2 }]);
    expect(value).toEqual([{ id: 'new' }, { id: 'b', n: 1 }]);
    expect(conflicts).toEqual([{ pointer: '/1/n', base: 0, ours: 1, theirs: 2 }]);
  });

  it('an item that ours deleted and theirs changed is a conflict beyond the end, by its key', () => {
    const { value, conflicts } = mergeJson({ s: steps('a/b', 'c') }, { s: steps('c') }, { s: [{ id: 'a/b', x: 1 }, { id: 'c' }] });
    expect(value).toEqual({ s: steps('c') });
    expect(conflicts).toEqual([{ pointer: '/s/-/a~1b', base: { id: 'a/b' }, theirs: { id: 'a/b', x: 1 } }]);
  });

  it('a new order and changes of items come together', () => {
    expect(mergedOf(steps('a', 'b', 'c'), steps('c', 'a', 'b'), [{ id: 'a', x: 1 }, ...steps('b', 'new', 'c')])).toEqual([
      { id: 'c' },
      { id: 'a', x: 1 },
      { id: 'b' },
      { id: 'new' },
    ]);
  });
});

describe('texts', () => {
  it('merge line by line', () => {
    expect(mergedOf({ t: 'a\nb\nc\nd' }, { t: 'A\nb\nc\nd' }, { t: 'a\nb\nc\nD\ne' })).toEqual({ t: 'A\nb\nc\nD\ne' });
  });

  it('with the same line changed are one conflict, the whole text', () => {
    const [base, ours, theirs] = ['a\nb\nc', 'a\nB\nc', 'a\nβ\nC'];
    expect(mergeJson({ t: base }, { t: ours }, { t: theirs })).toMatchObject({
      value: { t: ours },
      conflicts: [{ pointer: '/t', base, ours, theirs }],
    });
  });
});

describe('large documents', () => {
  /** Far more than it takes, on a busy machine as well, and far less than what is quadratic would. */
  const IN_TIME = 8000;

  function milliseconds(base: Json, ours: Json, theirs: Json): number {
    const start = performance.now();
    mergeJson(base, ours, theirs);
    return performance.now() - start;
  }

  it('of 20,000 items merge in time', () => {
    const steps = (change: (n: number) => object): Json =>
      Array.from({ length: 20_000 }, (_, n) => ({ id: `step-${n}`, use: 'tool', with: { n, ...change(n) } }));
    const [base, ours, theirs] = [steps(() => ({})), steps((n) => (n % 2 ? {} : { o: n })), steps((n) => (n % 3 ? {} : { t: n }))];
    expect(milliseconds(base, (ours as Json[]).reverse(), theirs)).toBeLessThan(IN_TIME);
  });

  it('as deep as the door lets in merge in time', () => {
    const deep = (end: number): Json =>
      Array.from({ length: 62 }).reduce<Json>((inner) => ({ x: inner }), [...Array(200_000).fill(0), end] as Json[]);
    expect(milliseconds(deep(0), deep(1), deep(2))).toBeLessThan(IN_TIME);
  });

  it.each([1, 20, 400])('of a megabyte of lines of two kinds, split into %i, merge or are told as conflicts in time', (count) => {
    const [base, ours, theirs] = [1, 2, 3].map((seed): Json => {
      const next = linesOfTwoKinds(seed);
      return Array.from({ length: count }, (_, id) => ({ id, text: Array.from({ length: 500_000 / count }, next).join('\n') }));
    });
    expect(milliseconds(base as Json, ours as Json, theirs as Json)).toBeLessThan(IN_TIME);
  });

  /** By a linear congruential generator: much alike, and never the same. */
  function linesOfTwoKinds(seed: number): () => string {
    let state = seed;
    return () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 31 ? 'a' : 'b';
    };
  }
});
