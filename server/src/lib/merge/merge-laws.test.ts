import fc from 'fast-check';
import { expect, it } from 'vitest';
import { documents, threeDocuments } from '../../../test/arbitrary-documents.ts';
import { isObject, type Json } from '../json.ts';
import { canonicalJson } from '../json-canonical.ts';
import { pointer } from '../json-pointer.ts';
import { itemsByKey } from './keyed.ts';
import { type Merged, mergeJson } from './merge.ts';
import type { Resolution } from './settle.ts';
import { type Sides, same } from './sides.ts';

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
      const each = open.conflicts.map((conflict): Resolution => ({ pointer: conflict.pointer, pick }));
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
      const pointers = conflicts.map((conflict) => conflict.pointer);
      expect(new Set(pointers).size).toBe(pointers.length);
      const chosen = conflicts[n % conflicts.length]?.pointer;
      if (chosen === undefined) return;
      const merged = mergeJson(base, ours, theirs, [{ pointer: chosen, pick }]);
      expect(merged).toMatchObject({ conflicts: conflicts.filter((each) => each.pointer !== chosen), unused: [] });
    }),
    RUNS,
  );
});

/** Values up to the order of arrays of objects, which `order.test.ts` is about. */
function unordered(value: Json): Json {
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unordered(each)]));
  if (!Array.isArray(value)) return value;
  const items = value.map(unordered);
  return items.every(isObject) ? items.sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1)) : items;
}

/** Conflicts as one text each, without the indexes of items, since who deleted an item decides whether it has one. */
const placesOf = ({ conflicts }: Merged, swapped: boolean): string[] =>
  conflicts
    .map(({ ours, theirs, ...rest }) => (swapped ? { ...rest, ours: theirs, theirs: ours } : { ...rest, ours, theirs }))
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

/** Where the result holds neither what was asked for nor what was told, found without merging. */
function lost(at: string, sides: Sides, result: Json | undefined, told: ReadonlySet<string>): string[] {
  const { base, ours, theirs } = sides;
  if (told.has(at) || same(base, theirs) || same(ours, theirs)) return same(result, ours) ? [] : [`ours at ${at}`];
  if (same(base, ours)) return same(result, theirs) ? [] : [`theirs at ${at}`];
  if (typeof result === 'string') return lostLines([base, ours, theirs, result]) ? [`lines at ${at}`] : [];
  const parts = Array.isArray(result) ? itemsOf(sides, result) : propertiesOf(sides, result);
  if (parts === null) return [`both at ${at}`];
  return parts.flatMap(([place, each, value]) => lost(at + place, each, value, told));
}

type Part = readonly [place: string, sides: Sides, result: Json | undefined];

function propertiesOf({ base = {}, ours, theirs }: Sides, result: Json | undefined): Part[] | null {
  const objects = [base, ours, theirs, result].filter(isObject);
  if (objects.length < 4) return null;
  return [...new Set(objects.flatMap((object) => Object.keys(object)))].map((key) => {
    const [was, mine, yours, merged] = objects.map((object) => (Object.hasOwn(object, key) ? object[key] : undefined));
    return [pointer(key), { base: was, ours: mine, theirs: yours }, merged];
  });
}

function itemsOf({ base = [], ours, theirs }: Sides, result: Json[]): Part[] | null {
  const lists = itemsByKey([base, ours, theirs, result].filter((each) => Array.isArray(each)));
  const [before, mine, yours, merged] = lists ?? [];
  if (!before || !mine || !yours || !merged) return null;
  const places = new Map([...merged.keys()].map((key, i) => [key, pointer(i)]));
  return [...new Set([before, mine, yours, merged].flatMap((each) => [...each.keys()]))].map((key) => {
    const sides = { base: before.get(key), ours: mine.get(key), theirs: yours.get(key) };
    return [places.get(key) ?? pointer('-', key), sides, merged.get(key)];
  });
}

/** Whether a line that a side wrote is missing, or one is there that no side has. How often a line is there depends on what moved. */
function lostLines(texts: readonly (Json | undefined)[]): boolean {
  const [base = [], ours = [], theirs = [], result = []] = texts.map((text) => String(text).split('\n'));
  const sides = [...ours, ...theirs];
  return sides.some((line) => !base.includes(line) && !result.includes(line)) || result.some((line) => !sides.includes(line));
}

it('no edit is lost: what one side changed is in the result, or told as a conflict that keeps ours', () => {
  law((base, ours, theirs) => {
    const { value, conflicts } = mergeJson(base, ours, theirs);
    expect(lost('', { base, ours, theirs }, value, new Set(conflicts.map((conflict) => conflict.pointer)))).toEqual([]);
  });
});
