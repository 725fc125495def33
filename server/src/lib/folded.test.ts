import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accentPattern, folded, marked } from './folded.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
/** Whether the marked text has the pattern, as PostgreSQL tells it. */
function has(value: string, asked: string): boolean {
  const pattern = accentPattern(asked);
  return pattern === null ? folded(value).includes(folded(asked)) : new RegExp(pattern, 'su').test(marked(value));
}

describe('folded', () => {
  test.each([
    ['Crème Brûlée', 'creme brulee'],
    ['ÅNGSTRÖM', 'angstrom'],
    ['Straße', 'strasse'],
    ['Łódź', 'lodz'],
    ['Ægir', 'aegir'],
    ['Ὀδυσσεύς', 'οδυσσευσ'],
    ['ﬁn Ⅷ', 'fin viii'],
    ['Ёлка', 'елка'],
    ['Йод', 'йод'],
    ['٣۴५', '345'],
    ['İstanbul', 'istanbul'],
    ['plain', 'plain'],
  ])('%s is %s', (value, expected) => {
    expect(folded(value)).toBe(expected);
  });

  test('is the same whichever way the letters are written, and whatever their case', () => {
    fc.assert(
      fc.property(text, (value) => {
        for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) expect(folded(value.normalize(form))).toBe(folded(value));
        expect(folded(folded(value))).toBe(folded(value));
      }),
    );
  });
});

describe('an accent pattern', () => {
  test.each([
    ['café', 'cafe\u0301', true],
    ['cafe\u0301', 'CAFÉ', true],
    ['cafes', 'é', false],
    ['ô', 'é', false],
    ['crème brûlée', 'crème brulee', true],
    ['crème brûlée', 'creme brûlee', true],
    ['creme brûlée', 'crème brulee', false],
    ['Łódź', 'łodz', true],
    ['lodz', 'łodz', false],
    ['a.é', '.é', true],
    ['aé', '.é', false],
    ['[é]', '[é]', true],
  ])('%j asked for %j: %s', (value, asked, found) => {
    expect(has(value, asked)).toBe(found);
  });

  test('finds each text in itself, and is only there where there are accents', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(has(`x${value}x`, value)).toBe(true);
      }),
    );
    expect(accentPattern('plain text 9')).toBeNull();
  });
});
