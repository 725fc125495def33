import type { Json } from '@mortise/sdk/resources';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeJson } from '../../server/src/lib/merge/merge.ts';
import { threeDocuments } from '../../server/test/arbitrary-documents.ts';
import { type Merge, proveMerge } from './merge-proof.ts';

test("the server's merge of any documents has no fault", () => {
  fc.assert(
    fc.property(threeDocuments, ([base, ours, theirs]) => {
      const { value, conflicts } = mergeJson(base, ours, theirs);
      expect(proveMerge({ base, ours, theirs, result: value, conflicts }).faults).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

const base = {
  a: 1,
  text: 'one\ntwo\nthree\nfour',
  items: [
    { name: 'p', v: 1, w: 1 },
    { name: 'q', v: 1 },
  ],
  list: [1, 2],
};
const ours = { ...base, own: true, text: 'ONE\ntwo\nthree\nfour', items: [{ name: 'p', v: 'mine', w: 1 }] };
const theirs = {
  ...base,
  a: 2,
  text: 'one\ntwo\nthree\nFOUR',
  items: [{ name: 'r' }, { name: 'p', v: 2, w: 2 }, { name: 'q', v: 2 }],
};
const result = { own: true, a: 2, text: 'ONE\ntwo\nthree\nFOUR', items: [{ name: 'r' }, { name: 'p', v: 'mine', w: 2 }], list: [1, 2] };
const atV = { pointer: '/items/1/v', base: 1, ours: 'mine', theirs: 2 };
const atQ = { pointer: '/items/-/q', base: { name: 'q', v: 1 }, theirs: { name: 'q', v: 2 } };
const good: Merge = { base, ours, theirs, result, conflicts: [atV, atQ] };

const puts = (more: { readonly [key: string]: Json }): Partial<Merge> => ({ result: { ...result, ...more } });
const [r, p] = result.items as [Json, { name: string; v: string; w: number }];

describe('a merge', () => {
  test('that keeps both sides and tells where it could not has no fault, and its places are counted', () => {
    const { faults, contested, upstream } = proveMerge(good);
    expect(faults).toEqual([]);
    expect(contested).toEqual([
      ['items', { by: 'name', is: 'p' }, 'v'],
      ['items', { by: 'name', is: 'q' }],
    ]);
    expect(upstream).toEqual({ taken: 4, inConflict: 2, lost: 0 });
  });

  test.each<[string, Partial<Merge>, string]>([
    ['loses an edit', puts({ own: false }), 'the edit at /own is lost'],
    ['loses an edit in a conflict', puts({ items: [r, { ...p, v: 2 }] }), "does not hold the workspace's value"],
    ['brings a deleted item back', puts({ items: [r, p, { name: 'q', v: 2 }] }), "does not hold the workspace's value"],
    ['loses what the version changed', puts({ a: 1 }), "the version's change at /a is lost"],
    ['loses what the version added', puts({ items: [p] }), "the version's change at /items/[name=r]/name is lost"],
    ['invents something', puts({ list: [1, 2, 3] }), '/list is what neither side has there'],
    ['loses a line of the workspace', puts({ text: theirs.text }), 'in the text at /text'],
    ['loses a line of the version', puts({ text: ours.text }), 'in the text at /text'],
    ['moves items', puts({ items: [p, r] }), 'the items of /items are out of order'],
    ['hides a conflict', { conflicts: [atQ] }, "the version's change at /items/[name=p]/v is lost"],
    ['hides a deletion in conflict', { conflicts: [atV] }, "the version's change at /items/[name=q]/v is lost"],
    ['tells a conflict of a place that nobody changed', { conflicts: [atV, atQ, conflictAt('/list', [1, 2])] }, 'is not changed'],
    [
      'tells a conflict where only one side changed',
      { conflicts: [atV, atQ, conflictAt('/a', 1, 1, 2)] },
      'is not changed by the workspace',
    ],
    ['tells a conflict too wide', { conflicts: [conflictAt('/items', base.items, ours.items, theirs.items)] }, 'wider than it has to be'],
    ['tells a conflict of lines that are apart', { conflicts: [conflictAt('/text', base.text, ours.text, theirs.text)] }, 'wider than'],
    ['tells another value than there was', { conflicts: [{ ...atV, theirs: 3 }, atQ] }, 'tells another theirs'],
    ['points nowhere', { conflicts: [{ ...atV, pointer: '/items/7/v' }, atQ] }, 'the conflict at /items/7/v is nowhere'],
  ])('that %s has that fault', (_what, wrong, fault) => {
    expect(proveMerge({ ...good, ...wrong }).faults).toContainEqual(expect.stringContaining(fault));
  });
});

function conflictAt(pointer: string, was: Json, mine: Json = was, yours: Json = was) {
  return { pointer, base: was, ours: mine, theirs: yours };
}
