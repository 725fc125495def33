import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeOrder } from './order.ts';

const sorted = ([a = '']: readonly string[], [b = '']: readonly string[]): boolean => a <= b;
const orderOf = (base: string[], ours: string[], theirs: string[]): string[] => mergeOrder(base, ours, theirs, sorted);

const merged = (base: string, ours: string, theirs: string): string => orderOf([...base], [...ours], [...theirs]).join('');

describe('the order', () => {
  it('of the side that moved something is kept', () => {
    expect(merged('abcd', 'abcd', 'dabc')).toBe('dabc');
    expect(merged('abcd', 'dabc', 'abcd')).toBe('dabc');
  });

  it('is ours where both moved', () => {
    expect(merged('abc', 'cab', 'bca')).toBe('cab');
  });

  it('has what one side added behind what precedes it there', () => {
    expect(merged('abc', 'cab', 'aXbYc')).toBe('caXbY');
    expect(merged('abc', 'aXbc', 'cab')).toBe('caXb');
    expect(merged('ab', 'ab', 'Xab')).toBe('Xab');
  });

  it('has what both added at one place in the order of their keys, each side’s together', () => {
    expect(merged('a', 'aXY', 'aPQ')).toBe('aPQXY');
    expect(merged('a', 'aPQ', 'aXY')).toBe('aPQXY');
  });
});

describe('for all lists', () => {
  const lists = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { maxLength: 8 });
  const RUNS = { numRuns: 2000 };

  it('no key is lost or doubled', () => {
    fc.assert(
      fc.property(lists, lists, lists, (base, ours, theirs) => {
        expect(orderOf(base, ours, theirs).sort()).toEqual([...new Set([...ours, ...theirs])].sort());
      }),
      RUNS,
    );
  });

  it('ours and theirs may change places where they agree on what they share, or only one of them moved what all three have', () => {
    fc.assert(
      fc.property(lists, lists, lists, (base, ours, theirs) => {
        const shared = (list: string[], ...others: string[][]) =>
          list.filter((key) => others.every((other) => other.includes(key))).join('');
        const before = shared(base, ours, theirs);
        const oneMoved = (shared(ours, base, theirs) === before) !== (shared(theirs, base, ours) === before);
        fc.pre(oneMoved || shared(ours, theirs) === shared(theirs, ours));
        expect(orderOf(base, ours, theirs)).toEqual(orderOf(base, theirs, ours));
      }),
      RUNS,
    );
  });

  it('merging again changes nothing, where no key is kept that one side deleted', () => {
    fc.assert(
      fc.property(lists, lists, lists, (base, mine, yours) => {
        const ours = mine.filter((key) => yours.includes(key) || !base.includes(key));
        const theirs = yours.filter((key) => mine.includes(key) || !base.includes(key));
        const result = orderOf(base, ours, theirs);
        expect(orderOf(base, result, theirs)).toEqual(result);
        expect(orderOf(theirs, result, theirs)).toEqual(result);
      }),
      RUNS,
    );
  });
});
