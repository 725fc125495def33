import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { threeDocuments } from '../../../test/arbitrary-documents.ts';
import type { Json } from '../json.ts';
import { canonicalJson } from '../json-canonical.ts';
import { mergeJson } from './merge.ts';
import type { Conflict } from './settle.ts';

const law = (holds: (base: Json, ours: Json, theirs: Json) => void): void =>
  fc.assert(
    fc.property(threeDocuments, (three) => holds(...three)),
    { numRuns: 1000 },
  );

/** Documents whose items have names and whose lines have places: which one is which never changes. */
const line = fc.constantFrom('p', 'q', 'r');
const named = fc.record(
  {
    a: fc.nat(2),
    text: fc.tuple(line, line, line).map(([first, second, third]) => `${first}\n1\n${second}\n2\n${third}`),
    items: fc.uniqueArray(fc.record({ id: fc.nat(5), v: fc.nat(2), w: fc.nat(2) }), { selector: ({ id }) => id, maxLength: 5 }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Json>;

const told = (conflicts: readonly Conflict[]): string[] =>
  conflicts.map((each) => canonicalJson(JSON.parse(JSON.stringify(each)) as Json)).sort();

describe('the base of the next merge', () => {
  it('is theirs where nothing is in conflict', () => {
    law((base, ours, theirs) => {
      const merged = mergeJson(base, ours, theirs);
      if (merged.conflicts.length === 0) expect(canonicalJson(merged.base)).toBe(canonicalJson(theirs));
    });
  });

  it('is theirs once every conflict is settled, in whatever way', () => {
    fc.assert(
      fc.property(threeDocuments, fc.constantFrom('base', 'ours', 'theirs'), ([base, ours, theirs], pick) => {
        expect(canonicalJson(mergeJson(base, ours, theirs, [{ pick }]).base)).toBe(canonicalJson(theirs));
      }),
    );
  });

  it('finds the same conflicts again, and changes nothing', () => {
    fc.assert(
      fc.property(fc.tuple(named, named, named), ([base, ours, theirs]) => {
        const merged = mergeJson(base, ours, theirs);
        const again = mergeJson(merged.base, merged.value, theirs);
        expect(canonicalJson(again.value)).toBe(canonicalJson(merged.value));
        expect(told(again.conflicts)).toEqual(told(merged.conflicts));
      }),
      { numRuns: 1000 },
    );
  });

  it('has what both came from at the conflict alone, and otherwise what theirs has, a null too', () => {
    const merged = mergeJson({ a: 1, list: [null, 1], gone: 1 }, { a: 2, list: [], gone: 1 }, { a: 3, list: [null, 1], own: 1 });
    expect(merged.base).toEqual({ a: 1, list: [null, 1], own: 1 });
    const items = mergeJson(
      [
        { id: 1, v: 1 },
        { id: 2, v: 1 },
      ],
      [{ id: 1, v: 2 }],
      [{ id: 1, v: 3 }, { id: 2, v: 2 }, { id: 3 }],
    );
    expect(items.base).toEqual([{ id: 1, v: 1 }, { id: 2, v: 1 }, { id: 3 }]);
  });
});
