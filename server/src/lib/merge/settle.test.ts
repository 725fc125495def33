import { describe, expect, it } from 'vitest';
import { mergeJson } from './merge.ts';

const base = { a: 0, b: { x: 0 }, c: 0 };
const ours = { a: 1, b: { x: 1 } };
const theirs = { a: 2, b: { x: 2 }, c: 2 };

describe('a resolution', () => {
  it('settles the conflict at its pointer and no other', () => {
    expect(mergeJson(base, ours, theirs, [{ pointer: '/b/x', pick: 'theirs' }])).toEqual({
      value: { a: 1, b: { x: 2 } },
      base: { a: 0, b: { x: 2 }, c: 0 },
      conflicts: [
        { pointer: '/a', base: 0, ours: 1, theirs: 2 },
        { pointer: '/c', base: 0, theirs: 2 },
      ],
      unused: [],
    });
  });

  it.each([
    ['base', base],
    ['ours', ours],
    ['theirs', theirs],
  ] as const)('without a pointer settles all: %s', (pick, value) => {
    expect(mergeJson(base, ours, theirs, [{ pick }])).toEqual({ value, base: theirs, conflicts: [], unused: [] });
  });

  it('with a pointer goes before one without, wherever they stand', () => {
    for (const resolutions of [
      [{ pick: 'theirs' }, { pointer: '/a', pick: 'base' }],
      [{ pointer: '/a', pick: 'base' }, { pick: 'theirs' }],
    ] as const)
      expect(mergeJson(base, ours, theirs, resolutions)).toEqual({ value: { ...theirs, a: 0 }, base: theirs, conflicts: [], unused: [] });
  });

  it('places a value of its own, also null', () => {
    const resolutions = [
      { pointer: '/a', pick: 'value', value: { any: ['thing'] } },
      { pointer: '/c', pick: 'value', value: null },
    ] as const;
    expect(mergeJson(base, ours, theirs, resolutions as never).value).toEqual({ a: { any: ['thing'] }, b: { x: 1 }, c: null });
  });

  it('that picks a side without the place deletes it', () => {
    expect(mergeJson({ a: 0 }, { a: 1 }, {}, [{ pick: 'theirs' }]).value).toEqual({});
    expect(mergeJson({}, { a: 1 }, { a: 2 }, [{ pick: 'base' }]).value).toEqual({});
    expect(mergeJson([{ id: 1 }, { id: 2 }], [{ id: 1, x: 1 }, { id: 2 }], [{ id: 2 }], [{ pointer: '/0', pick: 'theirs' }]).value).toEqual(
      [{ id: 2 }],
    );
  });

  it('brings back an item that ours deleted, where theirs has it', () => {
    const items = (...ids: string[]) => ids.map((id) => ({ id }));
    const changed = [...items('a'), { id: 'b', x: 1 }, ...items('c')];
    const pointer = '/-/b';
    expect(mergeJson(items('a', 'b', 'c'), items('a', 'c'), changed, [{ pointer, pick: 'theirs' }]).value).toEqual(changed);
  });
});

describe('a resolution is unused', () => {
  const unusedOf = (...resolutions: NonNullable<Parameters<typeof mergeJson>[3]>) => mergeJson(base, ours, theirs, resolutions).unused;

  it('when there is no conflict at its pointer', () => {
    const elsewhere = ['', '/', '/b', '/b/x/y', '/missing', 'a', '/A'].map((pointer) => ({ pointer, pick: 'theirs' }) as const);
    expect(unusedOf(...elsewhere)).toEqual(elsewhere);
  });

  it('when a later one is for the same pointer, which then counts', () => {
    const first = { pointer: '/a', pick: 'base' } as const;
    const { value, unused } = mergeJson(base, ours, theirs, [first, { pointer: '/a', pick: 'theirs' }]);
    expect(value).toMatchObject({ a: 2 });
    expect(unused).toEqual([first]);
    expect(unusedOf({ pick: 'base' }, { pick: 'theirs' })).toEqual([{ pick: 'base' }]);
  });

  it('when it places a value and has none: the conflict stays open', () => {
    const empty = { pointer: '/a', pick: 'value' } as const;
    const { conflicts, unused } = mergeJson(base, ours, theirs, [empty]);
    expect(conflicts.map(({ pointer }) => pointer)).toContain('/a');
    expect(unused).toEqual([empty]);
  });

  it('but not when it is for whatever conflicts there are, and there are none', () => {
    expect(mergeJson(base, base, theirs, [{ pick: 'ours' }])).toEqual({ value: theirs, base: theirs, conflicts: [], unused: [] });
  });
});
