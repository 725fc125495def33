import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '@mortise/sdk/resources';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomOf } from '../random.ts';
import { edited } from './edit.ts';

const REFERENCE = 'sch_01jd0000000000000000000000';

test('an edit changes the definition, and the same seed changes it in the same way', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (value, seed) => {
      const definition = JSON.parse(JSON.stringify(value)) as JsonObject;
      const once = edited(definition, randomOf(seed));
      expect(isDeepStrictEqual(JSON.parse(JSON.stringify(once)), definition)).toBe(false);
      expect(edited(definition, randomOf(seed))).toEqual(once);
    }),
  );
});

test('one value changes, and references are left alone', () => {
  expect(edited({ uses: REFERENCE, text: 'a' }, randomOf('x'))).toEqual({ uses: REFERENCE, text: 'a (edited)' });
  expect(edited({ uses: REFERENCE }, randomOf('x'))).toEqual({ uses: REFERENCE, edited: true });
});
