import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { threeDocuments } from '../../../../test/arbitrary-documents.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { canonicalJson } from '../../../lib/json-canonical.ts';
import { mergeJson } from '../../../lib/merge/merge.ts';
import { mergeDefinitions, reverseDefinitions } from './merge-definitions.ts';
import { rulesOf } from './merge-rules.ts';

const schema = { type: 'object', properties: { tags: { type: 'array', maxItems: 3 } } };
const rules = rulesOf({ name: 'robot', prefix: 'rob', schema, mergeKeys: { '/parts': 'at' } });
const base = { tags: ['a'], parts: [{ at: 1, x: 1 }] };
const ours = { tags: ['a', 'b', 'c'], parts: [{ at: 1, x: 2 }] };
const theirs = { tags: ['a', 'd'], parts: [{ at: 2 }, { at: 1, x: 1 }] };

describe('a merged definition', () => {
  test('that breaks the schema of its kind, though each side fits, is one conflict that says why and keeps ours', () => {
    const { value, conflicts, unused } = mergeDefinitions({ base, ours, theirs }, rules);
    expect(value).toEqual(ours);
    expect(conflicts).toEqual([
      { pointer: '', base, ours, theirs, reason: expect.stringMatching(/^merged it breaks the schema of its kind: \/tags/) },
    ]);
    expect(unused).toEqual([]);
  });

  test('is settled as a whole then, by a pointer or without', () => {
    for (const resolution of [{ pointer: '', pick: 'theirs' }, { pick: 'theirs' }] as const)
      expect(mergeDefinitions({ base, ours, theirs }, rules, [resolution])).toEqual({
        value: theirs,
        base: theirs,
        conflicts: [],
        unused: [],
      });
    const bad = { pointer: '', pick: 'value', value: 1 } as const;
    expect(mergeDefinitions({ base, ours, theirs }, rules, [bad])).toMatchObject({
      value: ours,
      conflicts: [{ pointer: '' }],
      unused: [bad],
    });
  });

  test('that breaks the schema as a side does already is taken', () => {
    const wrong = { ...ours, tags: ['a', 'b', 'c', 'e'] };
    expect(mergeDefinitions({ base, ours: wrong, theirs }, rules).conflicts).toEqual([]);
  });

  test('over the cap is one conflict', () => {
    const long = (text: string): JsonObject => ({ [text]: text.repeat(700_000) });
    const { value, conflicts } = mergeDefinitions({ base: {}, ours: long('x'), theirs: long('y') }, rulesOf(null));
    expect(value).toEqual(long('x'));
    expect(conflicts).toMatchObject([{ pointer: '', reason: expect.stringContaining('at most 1048576 are allowed') }]);
  });

  test('goes by the keys of its kind', () => {
    expect(mergeDefinitions({ base, ours: { ...ours, tags: ['a'] }, theirs }, rules).value).toEqual({
      tags: ['a', 'd'],
      parts: [{ at: 2 }, { at: 1, x: 2 }],
    });
  });
});

test('merging a merged definition again, from where the next merge starts, changes nothing', () => {
  fc.assert(
    fc.property(threeDocuments, ([a, b, c]) => {
      const merged = mergeDefinitions({ base: { a }, ours: { a: b }, theirs: { a: c } }, rulesOf(null));
      const again = mergeDefinitions({ base: merged.base, ours: merged.value, theirs: { a: c } }, rulesOf(null));
      expect(canonicalJson(again.value)).toBe(canonicalJson(merged.value));
    }),
    { numRuns: 300 },
  );
});

describe('a reversed definition', () => {
  test('is what was there before where the result breaks the schema', () => {
    const { value, conflicts } = reverseDefinitions({ base, ours, theirs }, rules);
    expect(value).toEqual(theirs);
    expect(conflicts).toMatchObject([{ pointer: '', reason: expect.any(String) }]);
  });

  test('is the merge that theirs wins, and tells the conflicts of it', () => {
    fc.assert(
      fc.property(threeDocuments, ([a, b, c]) => {
        const sides = { base: { a }, ours: { a: b }, theirs: { a: c } };
        const { value, conflicts } = reverseDefinitions(sides, rulesOf(null));
        const turned = mergeJson(sides.base, sides.theirs, sides.ours);
        expect(value).toEqual(turned.value);
        expect(conflicts.map(({ ours: mine, theirs: its, ...at }) => ({ ...at, ours: its, theirs: mine }))).toEqual(
          turned.conflicts.map((each) => ({ ours: undefined, theirs: undefined, ...each })),
        );
      }),
      { numRuns: 100 },
    );
  });
});
