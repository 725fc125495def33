import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documents, threeDocuments } from '../../../test/arbitrary-documents.ts';
import type { Json } from '../json.ts';
import { sameJson } from '../json-walk.ts';
import { mergeJson } from './merge.ts';
import type { Resolution } from './settle.ts';

const RUNS = { numRuns: 1000 };
const twoDocuments = threeDocuments.map(([base, changed]) => [base, changed] as const);

/** Fails with both values when they differ as JSON. */
function expectSame(value: Json, expected: Json): void {
  if (!sameJson(value, expected)) expect(JSON.stringify(value)).toBe(JSON.stringify(expected));
}

describe('for all documents', () => {
  it('where ours left the base alone, theirs comes out', () => {
    fc.assert(
      fc.property(twoDocuments, ([base, theirs]) => {
        const merged = mergeJson(base, base, theirs);
        expect(merged.conflicts).toEqual([]);
        expectSame(merged.value, theirs);
      }),
      RUNS,
    );
  });

  it('where theirs left the base alone, ours comes out', () => {
    fc.assert(
      fc.property(twoDocuments, ([base, ours]) => {
        const merged = mergeJson(base, ours, base);
        expect(merged.conflicts).toEqual([]);
        expectSame(merged.value, ours);
      }),
      RUNS,
    );
  });

  it('where both made the same of it, that comes out', () => {
    fc.assert(
      fc.property(fc.tuple(documents, documents), ([base, both]) => {
        const merged = mergeJson(base, both, both);
        expect(merged.conflicts).toEqual([]);
        expectSame(merged.value, both);
      }),
      RUNS,
    );
  });

  it('merging the result again changes nothing', () => {
    fc.assert(
      fc.property(threeDocuments, ([base, ours, theirs]) => {
        const { value, conflicts } = mergeJson(base, ours, theirs);
        const onto = mergeJson(theirs, value, theirs);
        expect(onto.conflicts).toEqual([]);
        expectSame(onto.value, value);
        if (conflicts.length > 0) return;
        const again = mergeJson(base, value, theirs);
        expect(again.conflicts).toEqual([]);
        expectSame(again.value, value);
      }),
      RUNS,
    );
  });

  it('any pick settles all conflicts', () => {
    fc.assert(
      fc.property(threeDocuments, fc.constantFrom<Resolution['pick'][]>('base', 'ours', 'theirs'), ([base, ours, theirs], pick) => {
        const { conflicts, value } = mergeJson(base, ours, theirs);
        const all = mergeJson(base, ours, theirs, [{ pick }]);
        const each = mergeJson(
          base,
          ours,
          theirs,
          conflicts.map(({ pointer }) => ({ pointer, pick })),
        );
        expect([...all.conflicts, ...each.conflicts, ...all.unused, ...each.unused]).toEqual([]);
        expectSame(each.value, all.value);
        if (pick === 'ours') expectSame(all.value, value);
      }),
      RUNS,
    );
  });
});
