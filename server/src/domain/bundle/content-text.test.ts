import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BundleContent } from '../../../test/bundles.ts';
import type { JsonObject } from '../../lib/json.ts';
import { canonicalJson, digestOf } from '../../lib/json-canonical.ts';
import { Packed } from '../../lib/json-packed.ts';
import { contentDigest } from './content-text.ts';

const text = fc.string({ unit: 'grapheme' });
const object = fc.dictionary(text, fc.jsonValue({ maxDepth: 3 })) as fc.Arbitrary<JsonObject>;
const member = fc.record({
  slug: text,
  kind: text,
  entityId: text,
  entitySlug: text,
  name: text,
  description: fc.option(text),
  formerSlugs: fc.array(text),
  definition: object,
});
const content: fc.Arbitrary<BundleContent> = fc.record({
  version: text,
  changelog: fc.option(text),
  manifest: object,
  variablesSchema: object,
  authConfig: object,
  members: fc.array(member),
});

const digestIn = (each: BundleContent): Promise<string> =>
  contentDigest({ ...each, members: each.members.map((one) => ({ ...one, definition: new Packed(one.definition) })) });

/** The same value with the keys of every object turned round. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, reordered(each)]),
  );
}

test('the digest of a content is that of its canonical JSON as a whole', async () => {
  await fc.assert(
    fc.asyncProperty(content, async (each) => {
      expect(await digestIn(each)).toBe(digestOf(canonicalJson(each)).toString('hex'));
    }),
  );
});

test('the order of keys does not change the digest, and any other value does', async () => {
  await fc.assert(
    fc.asyncProperty(content, content, async (one, other) => {
      expect(await digestIn(reordered(one) as BundleContent)).toBe(await digestIn(one));
      expect((await digestIn(one)) === (await digestIn(other))).toBe(canonicalJson(one) === canonicalJson(other));
    }),
  );
});
