import fc from 'fast-check';
import { expect, it } from 'vitest';
import { documents, threeDocuments } from '../../../test/arbitrary-documents.ts';
import { lostEdits } from '../../../test/lost-edits.ts';
import { isObject, type Json } from '../json.ts';
import { canonicalJson } from '../json-canonical.ts';
import { type Merged, mergeJson } from './merge.ts';
import type { Resolution } from './settle.ts';

const RUNS = { numRuns: 500 };

const law = (holds: (base: Json, ours: Json, theirs: Json) => void): void =>
  fc.assert(
    fc.property(threeDocuments, (three) => holds(...three)),
    RUNS,
  );

function expectClean({ value, conflicts, unused }: Merged, expected: Json): void {
  expect(conflicts).toEqual([]);
  expect(unused).toEqual([]);
  expect(canonicalJson(value)).toBe(canonicalJson(expected));
}

it('where ours left the base alone, theirs comes out', () => {
  law((base, _, theirs) => expectClean(mergeJson(base, structuredClone(base), theirs), theirs));
});

it('where theirs left the base alone, ours comes out', () => {
  law((base, ours) => expectClean(mergeJson(base, ours, structuredClone(base)), ours));
});

it('where both made the same of it, that comes out', () => {
  law((base, ours) => expectClean(mergeJson(base, ours, structuredClone(ours)), ours));
  fc.assert(fc.property(documents, documents, (base, ours) => expectClean(mergeJson(base, ours, structuredClone(ours)), ours)));
});

it('merging the result again changes nothing', () => {
  law((base, ours, theirs) => {
    const { value, conflicts } = mergeJson(base, ours, theirs);
    expectClean(mergeJson(theirs, value, theirs), value);
    if (conflicts.length > 0) return;
    expectClean(mergeJson(base, value, theirs), value);
    expectClean(mergeJson(base, ours, value), value);
  });
});

it('the documents that went in are not changed', () => {
  law((...three) => {
    const before = JSON.stringify(three);
    mergeJson(...three, [{ pick: 'theirs' }]);
    expect(JSON.stringify(three)).toBe(before);
  });
});

it('any pick settles all conflicts, named together or one by one', () => {
  fc.assert(
    fc.property(threeDocuments, fc.constantFrom('base', 'ours', 'theirs'), ([base, ours, theirs], pick) => {
      const open = mergeJson(base, ours, theirs);
      const each = open.conflicts.map(({ pointer: at, lines }): Resolution => ({ pointer: at, ...(lines && { lines }), pick }));
      const settled = mergeJson(base, ours, theirs, [{ pick }]);
      expect(settled).toMatchObject({ conflicts: [], unused: [] });
      expectClean(mergeJson(base, ours, theirs, each), settled.value);
      if (pick === 'ours') expectClean(settled, open.value);
    }),
    RUNS,
  );
});

it('a resolution leaves the pointers of all other conflicts as they were', () => {
  fc.assert(
    fc.property(threeDocuments, fc.nat(), fc.constantFrom('base', 'theirs'), ([base, ours, theirs], n, pick) => {
      const { conflicts } = mergeJson(base, ours, theirs);
      const places = conflicts.map(({ pointer: at, lines }) => `${at} ${lines?.from}`);
      expect(new Set(places).size).toBe(places.length);
      const chosen = conflicts[n % conflicts.length];
      if (chosen === undefined) return;
      const { pointer: at, lines } = chosen;
      const merged = mergeJson(base, ours, theirs, [{ pointer: at, ...(lines && { lines }), pick }]);
      expect(merged).toMatchObject({ conflicts: conflicts.filter((each) => each !== chosen), unused: [] });
    }),
    RUNS,
  );
});

/** Values up to the order of items, which `order.test.ts` is about. */
function unordered(value: Json): Json {
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unordered(each)]));
  if (!Array.isArray(value)) return value;
  return value.map(unordered).sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
}

/** Conflicts as one text each, without the indexes of items and lines, since those are of a result that keeps ours. */
const placesOf = ({ conflicts }: Merged, swapped: boolean): string[] =>
  conflicts
    .map(({ ours, theirs, lines: _, ...rest }) => (swapped ? { ...rest, ours: theirs, theirs: ours } : { ...rest, ours, theirs }))
    .map((conflict) => ({ ...conflict, pointer: conflict.pointer.replaceAll(/\/(\d+|-\/[^/]*)(?=\/|$)/g, '/*') }))
    .map((conflict) => canonicalJson(JSON.parse(JSON.stringify(conflict)) as Json))
    .sort();

it('ours and theirs may change places: the conflicts are the same, and without any so is the value', () => {
  law((base, ours, theirs) => {
    const merged = mergeJson(base, ours, theirs);
    const swapped = mergeJson(base, theirs, ours);
    expect(placesOf(swapped, true)).toEqual(placesOf(merged, false));
    if (merged.conflicts.length === 0) expect(canonicalJson(unordered(swapped.value))).toBe(canonicalJson(unordered(merged.value)));
  });
});

it('no edit is lost: what one side changed is in the result, or told as a conflict that keeps ours', () => {
  law((base, ours, theirs) => {
    const { value, conflicts } = mergeJson(base, ours, theirs);
    expect(lostEdits({ base, ours, theirs }, value, conflicts)).toEqual([]);
  });
});
