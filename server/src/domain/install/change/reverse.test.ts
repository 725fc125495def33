import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { type Definition, definitionOf } from '../../entity/definitions.ts';
import { undo, type Written } from './reverse.ts';

/** Definitions by digest, as the database has them. */
class Store {
  readonly #bodies = new Map<string, string>();
  readonly bodyOf = (digest: Buffer): string => {
    const body = this.#bodies.get(digest.toString('hex'));
    if (body === undefined) throw new Error('a text was asked for that nobody needs');
    return body;
  };
  add(value: JsonObject): Buffer {
    const { digest, body } = definitionOf(value);
    this.#bodies.set(digest.toString('hex'), body);
    return digest;
  }
}

/** The value behind an undone digest. */
function undoneValue({ digest, made }: { digest: Buffer; made: readonly Definition[] }, store: Store): Json {
  const found = made.find((each) => each.digest.equals(digest));
  return JSON.parse(found?.body ?? store.bodyOf(digest));
}

/** Definitions of three parts: each revision writes `published`, the workspace `own`, and both may touch `shared`. */
const value = fc.record({ published: fc.nat(3), own: fc.nat(3), shared: fc.nat(3) });
const step = fc.record({ write: fc.record({ published: fc.nat(9), shared: fc.nat(9) }), edit: fc.option(fc.nat(9)) });

describe('undoing what revisions wrote', () => {
  test('without edits gives back what was there before, and reads no text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }).map(Buffer.from), { minLength: 2, maxLength: 6 }),
        async (digests) => {
          const writes = digests.slice(1).map((after, index): Written => ({ before: digests[index] as Buffer, after }));
          const never = () => {
            throw new Error('read');
          };
          const result = await undo(digests.at(-1) as Buffer, writes.toReversed(), never);
          expect(result).toEqual({ digest: digests[0], made: [], conflicts: [] });
        },
      ),
    );
  });

  test('over any number of revisions takes back what they wrote and keeps every edit between and after them', async () => {
    await fc.assert(
      fc.asyncProperty(value, fc.array(step, { minLength: 1, maxLength: 5 }), async (first, steps) => {
        const store = new Store();
        const writes: Written[] = [];
        let now: JsonObject = first;
        for (const { write, edit } of steps) {
          const before = store.add(now);
          now = { ...now, ...write };
          writes.unshift({ before, after: store.add(now) });
          if (edit !== null) now = { ...now, own: edit };
        }
        const result = await undo(store.add(now), writes, store.bodyOf);
        expect(undoneValue(result, store)).toEqual({ ...first, own: now.own });
        expect(result.conflicts).toEqual([]);
      }),
    );
  });

  test('wins at a place that was edited since, and tells it', async () => {
    const store = new Store();
    const writes = [{ before: store.add({ a: 1, b: 1 }), after: store.add({ a: 2, b: 2 }) }];
    const result = await undo(store.add({ a: 'mine', b: 2, c: true }), writes, store.bodyOf);
    expect(undoneValue(result, store)).toEqual({ a: 1, b: 1, c: true });
    expect(result.conflicts).toEqual([{ pointer: '/a', base: 2, ours: 'mine', theirs: 1 }]);
  });
});
