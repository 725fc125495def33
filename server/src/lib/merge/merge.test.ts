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
      base: { a: 1, b: 1 },
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

  it('of scalars merge as ordered sets: what each side added and took away, as often as it is there', () => {
    expect(mergedOf(['a', 'b', 'c'], ['a', 'c', 'mine'], ['new', 'a', 'b', 'c'])).toEqual(['new', 'a', 'c', 'mine']);
    expect(mergedOf(['a'], ['a', 'x'], ['a', 'y'])).toEqual(['a', 'x', 'y']);
    expect(mergedOf(['a'], ['a', 'x', 'y'], ['a', 'z', 'y'])).toEqual(['a', 'x', 'z', 'y']);
    expect(mergedOf([1, 1], [1, 1, 1], [1, 1, 2])).toEqual([1, 1, 1, 2]);
    expect(mergedOf(['a', 'b', 'a'], ['a', 'b'], ['a', 'b', 'a', 'c'])).toEqual(['a', 'b', 'c']);
  });

  it('of scalars have a conflict where both replaced one by something else', () => {
    expect(mergeJson(['pip>=1', 'x'], ['pip>=2', 'x'], ['pip>=3', 'x'])).toMatchObject({
      value: ['pip>=2', 'x'],
      conflicts: [{ pointer: '/0', base: 'pip>=1', ours: 'pip>=2', theirs: 'pip>=3' }],
    });
    expect(mergeJson([10, 50], [20, 50], [30, 50]).conflicts).toEqual([{ pointer: '/0', base: 10, ours: 20, theirs: 30 }]);
    expect(mergeJson([], ['pip>=1'], ['pip>=2']).conflicts).toEqual([{ pointer: '/0', ours: 'pip>=1', theirs: 'pip>=2' }]);
  });

  const step = (use: string, more: object = {}): Json => ({ use, with: { retries: 3, timeout: '30s' }, ...more });

  it('without a key pair items that are equal, wherever these have moved to, or alike', () => {
    const base = [step('fetch'), step('parse'), step('store'), step('log')];
    expect(mergedOf(base, base.with(0, step('log')).with(3, step('fetch')), base.with(2, step('store', { v: 2 })))).toEqual([
      step('log'),
      step('parse'),
      step('store', { v: 2 }),
      step('fetch'),
    ]);
    const ours = [step('fetch', { own: 1 }), step('store'), step('log')];
    expect(mergedOf(base, ours, [{ level: 'debug' }, ...base.with(2, step('store', { v: 2 }))])).toEqual([
      { level: 'debug' },
      step('fetch', { own: 1 }),
      step('store', { v: 2 }),
      step('log'),
    ]);
  });

  it('without a key tell an item that ours deleted and theirs changed by its index in the base', () => {
    const changed = step('parse', { strict: true });
    expect(mergeJson([step('fetch'), step('parse')], [step('fetch')], [step('fetch'), changed]).conflicts).toEqual([
      { pointer: '/-/1', base: step('parse'), theirs: changed },
    ]);
  });

  it('where two items have one name pair them by what else they say', () => {
    const base = [step('fetch', { name: 'x' }), step('store', { name: 'x' })];
    const ours = [step('fetch', { name: 'x', own: 1 }), step('store', { name: 'x' })];
    const theirs = [step('fetch', { name: 'x' }), step('store', { name: 'x', v: 2 })];
    expect(mergedOf(base, ours, theirs)).toEqual([step('fetch', { name: 'x', own: 1 }), step('store', { name: 'x', v: 2 })]);
  });

  it('without a base and a key, or moved by both in ways of their own, merge as one value', () => {
    expect(mergeJson({}, { a: [{ x: 1 }] }, { a: [{ y: 1 }] }).conflicts).toEqual([
      { pointer: '/a', ours: [{ x: 1 }], theirs: [{ y: 1 }] },
    ]);
    const [a, b, c] = [step('a'), step('b'), step('c')] as const;
    expect(mergeJson([a, b, c], [c, a, b], [b, a, c]).conflicts).toMatchObject([{ pointer: '' }]);
  });

  it('go by the key that the kind names, inside of items too', () => {
    const keys = { '/steps': 'at', '/steps/*/inputs': 'port' };
    const steps = (value: number, ...ports: object[]): Json => parsed(JSON.stringify({ steps: [{ at: 1, value, inputs: ports }] }));
    const merged = mergeJson(steps(1, { port: 1, x: 1 }), steps(2, { port: 1, x: 1 }), steps(1, { port: 2 }, { port: 1, x: 2 }), [], keys);
    expect(merged).toMatchObject({ value: steps(2, { port: 2 }, { port: 1, x: 2 }), conflicts: [] });
  });

  describe('tell where it is in doubt which item is which', () => {
    const about = { use: 'tool', model: 'large', owner: 'ops', tier: 2, unit: 'ms', zone: 'a' };
    const item = (id: string, more: object = {}): Json => ({ id, ...about, region: 'eu', retries: 3, ...more });

    it('what both added under one key, as one conflict', () => {
      expect(mergeJson([], [item('a', { x: 1 })], [item('a', { y: 1 })]).conflicts).toEqual([
        { pointer: '/0', ours: item('a', { x: 1 }), theirs: item('a', { y: 1 }) },
      ]);
    });

    it('an item that one side renamed and the other deleted', () => {
      expect(mergeJson([item('a')], [item('b')], [])).toMatchObject({
        value: [item('b')],
        conflicts: [{ pointer: '/0', base: item('a'), ours: item('b') }],
      });
      expect(mergeJson([item('a')], [], [item('b')])).toMatchObject({
        value: [],
        conflicts: [{ pointer: '/-/a', base: item('a'), theirs: item('b') }],
      });
    });

    it('an item that both renamed, but differently', () => {
      const { value, conflicts } = mergeJson([item('a')], [item('b')], [item('c')]);
      expect(value).toEqual([item('b')]);
      expect(conflicts).toEqual([{ pointer: '/0', base: item('a'), ours: item('b'), theirs: item('c') }]);
    });

    it('but not one that both renamed in the same way', () => {
      expect(mergedOf([item('a')], [item('b', { retries: 4 })], [item('b', { region: 'us' })])).toEqual([
        item('b', { retries: 4, region: 'us' }),
      ]);
    });

    it('a key that one side gave to another item, while the other changed what it was', () => {
      const other = { id: 'a', prompt: 'hello', stream: true, tokens: 100, stop: 'end' };
      expect(mergeJson([item('a')], [item('a', { retries: 4 })], [other]).conflicts).toEqual([
        { pointer: '/0', base: item('a'), ours: item('a', { retries: 4 }), theirs: other },
      ]);
      expect(mergedOf([item('a')], [item('a')], [other])).toEqual([other]);
    });
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

  it('have a conflict for each run of lines that both changed, with its place in the text that keeps ours', () => {
    const [base, ours, theirs] = ['a\nb\nc\nd\ne\nf', 'a\nB\nB2\nc\nd\ne\nF', 'a\nβ\nc\nD\ne\nφ'];
    expect(mergeJson({ t: base }, { t: ours }, { t: theirs })).toEqual({
      value: { t: 'a\nB\nB2\nc\nD\ne\nF' },
      base: { t: 'a\nb\nc\nD\ne\nf' },
      conflicts: [
        { pointer: '/t', lines: { from: 1, to: 3 }, base: 'b', ours: 'B\nB2', theirs: 'β' },
        { pointer: '/t', lines: { from: 6, to: 7 }, base: 'f', ours: 'F', theirs: 'φ' },
      ],
      unused: [],
    });
  });

  it('of one line merge word by word when they are long', () => {
    const [base, ours, theirs] = [
      'You answer questions of customers about their invoices in a friendly tone.',
      'You answer questions of business customers about their invoices in a friendly tone.',
      'You answer questions of customers about their invoices in a calm tone.',
    ];
    expect(mergedOf(base, ours, theirs)).toBe('You answer questions of business customers about their invoices in a calm tone.');
    expect(mergeJson('a short line', 'a very short line', 'a short word').conflicts).toHaveLength(1);
  });

  it('may end their lines otherwise: that is no change, and follows ours', () => {
    const dos = (text: string): string => text.replaceAll('\n', '\r\n');
    expect(mergedOf('a\nb\nc\n', dos('a\nb\nc\n'), 'a\nb\nC\n')).toBe(dos('a\nb\nC\n'));
    expect(mergedOf('a\nb\nc\n', 'A\nb\nc\n', dos('a\nb\nC\n'))).toBe('A\nb\nC\n');
    expect(mergedOf(dos('a\nb\nc'), 'a\nb\nc', dos('a\nb\nC'))).toBe('a\nb\nC');
  });
});

describe('large documents', () => {
  /** Far more than it takes, on a busy machine as well, and far less than what is quadratic would. */
  const IN_TIME = 8000;

  /** Of processor time, which does not depend on what else the machine does. */
  function milliseconds(base: Json, ours: Json, theirs: Json): number {
    const start = process.cpuUsage();
    mergeJson(base, ours, theirs);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
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
