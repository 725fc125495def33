import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameFault, proseFault } from './names.ts';

const NAMES = [
  'Acme',
  'Acme (Berlin) & Söhne, Inc. — #1',
  ' Acme ',
  '日本語のスタジオ',
  'می‌خواهم', // Persian: a non-joiner inside the word
  'क्‍ष', // Hindi: a joiner after a virama
  'שלום עולם',
  'שירות Acme',
  'Ελληνικά',
  '한국어',
  '👩‍👩‍👧 families',
  '❤️‍🔥',
  '🏳️‍🌈',
  '👋🏽',
  '1️⃣ first',
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿 England',
  '€',
  '葛󠄀飾', // an ideograph with a selector
];
const HIDDEN = [
  '\u200b',
  '\u2060',
  '\ufeff',
  '\u00ad',
  '\u115f',
  '\u3164',
  '\uffa0',
  '\u{e0001}',
  '\u{e0041}',
  '\ufff9',
  '\u180e',
  '\u2063',
];
const BIDI = ['\u061c', '\u200e', '\u200f', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'];
const CONTROLS = [...Array.from({ length: 32 }, (_, code) => code), ...Array.from({ length: 33 }, (_, code) => 127 + code)].map((code) =>
  String.fromCharCode(code),
);
const around = fc.tuple(fc.constantFrom(...NAMES), fc.nat(), fc.constantFrom(...NAMES));

describe('a name', () => {
  it.each(NAMES)('%s is one', (name) => expect(nameFault(name)).toBeNull());

  it('of two names beside one another is one, in every script', () => {
    fc.assert(fc.property(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES), (one, other) => nameFault(`${one} ${other}`) === null));
  });

  it.each([
    ['controls', CONTROLS],
    ['direction', BIDI],
    ['line ends', ['\u2028', '\u2029']],
    ['what takes no room', HIDDEN],
  ])('has no %s, wherever they stand', (_, characters) => {
    fc.assert(
      fc.property(around, fc.constantFrom(...characters), ([before, , after], character) => {
        for (const text of [character, before + character, character + before, `${before}${character} ${after}`])
          expect(nameFault(text), JSON.stringify(text)).not.toBeNull();
      }),
    );
  });

  it('shows something: blanks, joiners, selectors and lone marks do not', () => {
    const nothing = fc.constantFrom(' ', '\u00a0', '\u2003', '\u3000', '\u200c', '\u200d', '\ufe0f', '\u0301', '\u2800', '\u034f');
    fc.assert(
      fc.property(fc.array(nothing, { maxLength: 20 }), (parts) => {
        expect(nameFault(parts.join(''))).not.toBeNull();
      }),
    );
  });

  it('has joiners and selectors only where they do something', () => {
    for (const text of [
      '\u200dAcme',
      'A\u200dcme',
      'А\u200cкме',
      'Acme \u200d',
      'می\u200c\u200cخ',
      'Acme \ufe0f',
      'A\ufe0f\ufe0f',
      '❤️\ufe0f',
    ])
      expect(nameFault(text), JSON.stringify(text)).not.toBeNull();
  });

  it('of a megabyte is looked through at once', () => {
    for (const part of ['a', ' ', '\u200d', '\ufe0f', '\u{e0041}', '🏴', 'é\u200d', '\u0301']) {
      const text = part.repeat(1_000_000 / part.length);
      const begun = performance.now();
      nameFault(text);
      proseFault(text);
      expect(performance.now() - begun, JSON.stringify(part)).toBeLessThan(250);
    }
  });
});

describe('a text of several lines', () => {
  it('may have line ends and tabs, and no other controls', () => {
    expect(proseFault('one\n\ttwo\r\nthree')).toBeNull();
    expect(proseFault('')).toBeNull();
    fc.assert(
      fc.property(fc.constantFrom(...CONTROLS.filter((each) => !'\n\t'.includes(each))), fc.string(), (control, text) => {
        expect(proseFault(`${text}x${control}x`)).not.toBeNull();
      }),
    );
    for (const name of NAMES) expect(proseFault(name)).toBeNull();
  });
});
