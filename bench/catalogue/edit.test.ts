import type { Json, JsonObject } from '@mortise/sdk/resources';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { threeDocuments } from '../../server/test/arbitrary-documents.ts';
import { randomOf } from '../random.ts';
import { changesOf } from './changes.ts';
import { type Edit, editContested, editElsewhere, withEdit } from './edit.ts';
import { holds } from './ledger.ts';
import { isObject, overlap, same } from './paths.ts';

const REFERENCE = 'sch_01jd0000000000000000000000';
const asObject = (value: Json): JsonObject => (isObject(value) ? value : { value });
const sides = threeDocuments.map(([base, ours, theirs]) => [base, ours, theirs].map(asObject) as [JsonObject, JsonObject, JsonObject]);

describe('an edit', () => {
  test('of any definition makes another one that holds it, beside the changes of a version', () => {
    fc.assert(
      fc.property(sides, fc.string(), ([base, ours, theirs], seed) => {
        const changes = changesOf(base, theirs, [ours]);
        const edit = editElsewhere(ours, changes, 'e1', randomOf(seed));
        expect(changes.some(({ path }) => overlap(path, edit.path))).toBe(false);
        expectMade(ours, edit);
        expect(editElsewhere(ours, changes, 'e1', randomOf(seed))).toEqual(edit);
      }),
    );
  });

  test('of a contested place is where the version changes something', () => {
    fc.assert(
      fc.property(sides, fc.string(), ([base, ours, theirs], seed) => {
        const changes = changesOf(base, theirs, [ours]);
        const edit = editContested(ours, changes, 'e1', randomOf(seed));
        if (edit === null) return;
        expect(changes.some(({ path }) => overlap(path, edit.path))).toBe(true);
        expect(holds(edit, withEdit(ours, edit))).toBe(true);
      }),
    );
  });

  test('leaves references and the names of items alone', () => {
    const definition = { uses: REFERENCE, items: [{ name: 'a', uses: [REFERENCE] }] };
    const edits = Array.from({ length: 200 }, (_, seed) => editElsewhere(definition, [], 'e1', randomOf(`${seed}`)));
    expect(new Set(edits.map(({ path }) => path.at(-1)))).toEqual(new Set(['edited e1']));
    expect(edits.some(({ path }) => path.length === 3)).toBe(true);
  });

  test('may be of every kind', () => {
    const definition = { text: 'one\ntwo', list: [1], items: [{ name: 'a', on: true }] };
    const edits = Array.from({ length: 400 }, (_, seed) => editElsewhere(definition, [], 'e1', randomOf(`${seed}`)));
    const kinds: ((edit: Edit) => boolean)[] = [
      ({ line }) => line === 'two (e1)',
      ({ value }) => value === undefined,
      ({ value }) => value === 'e1',
      ({ value }) => same(value, [1, 'e1']),
      ({ value }) => same(value, { name: 'edited e1', on: true }),
      ({ value }) => value === false,
    ];
    for (const isKind of kinds) expect(edits.some(isKind)).toBe(true);
  });
});

function expectMade(definition: JsonObject, edit: Edit): void {
  const made = withEdit(definition, edit);
  expect(same(made, definition)).toBe(false);
  expect(holds(edit, made)).toBe(true);
  expect(holds(edit, definition)).toBe(false);
}
