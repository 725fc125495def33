import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { threeDocuments } from '../../../test/arbitrary-documents.ts';
import { canonicalJson } from '../json-canonical.ts';
import { mergeJson } from './merge.ts';
import { standingAt, withStanding } from './standing.ts';

describe('the place of a conflict', () => {
  it('has what ours has, in the value that keeps ours', () => {
    fc.assert(
      fc.property(threeDocuments, ([base, ours, theirs]) => {
        const { value, conflicts } = mergeJson(base, ours, theirs);
        for (const each of conflicts)
          if (each.lines === undefined || each.ours !== undefined) expect(standingAt(value, each)).toEqual(each.ours);
      }),
      { numRuns: 500 },
    );
  });

  it('gets what theirs has as picking theirs there does', () => {
    fc.assert(
      fc.property(threeDocuments, ([base, ours, theirs]) => {
        const { value, conflicts } = mergeJson(base, ours, theirs);
        for (const each of conflicts) {
          if (each.ours === undefined || each.theirs === undefined) continue;
          const { pointer, lines } = each;
          const picked = mergeJson(base, ours, theirs, [{ pointer, ...(lines && { lines }), pick: 'theirs' }]).value;
          expect(canonicalJson(withStanding(value, each, each.theirs))).toBe(canonicalJson(picked));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is made, taken away, or at the end of a list where the item is not there', () => {
    expect(withStanding({ a: 1 }, { pointer: '/b' }, 2)).toEqual({ a: 1, b: 2 });
    expect(withStanding({ a: 1, b: 2 }, { pointer: '/b' }, undefined)).toEqual({ a: 1 });
    expect(withStanding({ s: [{ id: 'a' }] }, { pointer: '/s/-/b' }, { id: 'b' })).toEqual({ s: [{ id: 'a' }, { id: 'b' }] });
    expect(withStanding({ s: [1, 2, 3] }, { pointer: '/s/1' }, undefined)).toEqual({ s: [1, 3] });
    expect(withStanding({ t: 'a\nb\nc' }, { pointer: '/t', lines: { from: 1, to: 2 } }, 'x\ny')).toEqual({ t: 'a\nx\ny\nc' });
  });
});
