import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, patternCost, patternFault } from './pattern.ts';

describe('patternCost', () => {
  it.each([
    ['abc', 3],
    ['a{10}', 10],
    ['(?:ab){30}', 90],
    ['((a{30}){30})', 931],
    ['[a-z]{3}-\\d{4}', 8],
    ['[)({]{9}', 9],
    ['\\({7}', 7],
    ['\\p{L}', 5],
  ])('of %s is %i', (source, size) => expect(patternCost(source).size).toBe(size));

  it('is never far below the size of the program', () => {
    const piece = fc.constantFrom(
      'a',
      '[a-z]',
      '[)]',
      '[(]',
      '\\(',
      '\\)',
      '(',
      ')',
      '(?:',
      '{2}',
      '{30}',
      '{0,9}',
      '|',
      '*',
      '?',
      '+',
      '.',
      '^',
      '$',
      '\\pL',
      '\\d',
      '(?i)',
      ']',
      '[',
      '{',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const source = pieces.join('');
        fc.pre(patternFault(source) === null);
        expect(compilePattern(source).size).toBeLessThanOrEqual(20 + 4 * patternCost(source).size);
      }),
      { numRuns: 3000 },
    );
  });

  it('can be told of any text', () => {
    fc.assert(fc.property(fc.string(), (source) => void patternCost(source)));
  });
});

it('patterns that both read match the same texts as those of ECMAScript', () => {
  for (const source of ['^(a+)+$', '^[a-z]{2,3}$', 'b|^$', '\\bab\\b', '\\u0061', '^\\p{L}+$', '\\/', '[^]', '^(?<x>a)?b$', '^.$'])
    for (const text of ['', 'a', 'ab', 'aaa', 'é', '/', 'b', 'x ab y', '😀'])
      expect(compilePattern(source).matches(text)).toBe(new RegExp(source, 'u').test(text));
});
