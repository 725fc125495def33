import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSettled, mergeText } from './merge-text.ts';

/** The merged text, with lines in conflict as `<ours|theirs>`. */
function lines(base: string, ours: string, theirs: string): string | null {
  const { pieces, lineEnd } = mergeText(base, ours, theirs) ?? { pieces: null };
  const told = pieces?.flatMap((piece) => (isSettled(piece) ? piece.kept : [`<${piece.sides.ours}|${piece.sides.theirs}>`]));
  return told?.join(lineEnd) ?? null;
}

const merged = (base: string, ours: string, theirs: string): string | null =>
  lines(...([base, ours, theirs].map((text) => text.split(' ').join('\n')) as [string, string, string]))
    ?.split('\n')
    .join(' ') ?? null;

describe('lines', () => {
  it('that one side changed, added or deleted come together', () => {
    expect(merged('a b c d e', 'a B c d e', 'a b c e')).toBe('a B c e');
    expect(merged('a b c', 'X a b c', 'a b c Y')).toBe('X a b c Y');
  });

  it('that both changed in the same way are taken once', () => {
    expect(merged('a b c d e', 'a B c d e', 'a B c d E')).toBe('a B c d E');
    expect(merged('a b c d e', 'A b C d e', 'A b c d E')).toBe('A b C d E');
  });

  it('that both changed in different ways, or next to each other, are in conflict, the others not', () => {
    expect(merged('a b c', 'a X c', 'a Y c')).toBe('a <X|Y> c');
    expect(merged('a b c', 'X b c', 'a Y c')).toBe('<X,b|a,Y> c');
    expect(merged('a b', 'a X b', 'a Y b')).toBe('a <X|Y> b');
    expect(merged('a b c d e', 'a X c d e', 'a c d E')).toBe('a <X|> c d E');
  });

  it('keep how they end', () => {
    expect(lines('a\r\nb\nc\n', 'A\r\nb\nc\n', 'a\r\nb\nc')).toBe('A\r\nb\nc');
    expect(lines('a\r\nb\r\nc', 'A\r\nb\r\nc', 'a\nb\nC')).toBe('A\r\nb\r\nC');
  });

  it('that repeat do not merge where the result, merged again, would be another', () => {
    const [base, ours, theirs] = ['s p r s s p p s', 'p s p r s s p p s', 's q r s s t p s'] as const;
    expect(merged(base, ours, theirs)).toBe(null);
    expect(merged(base, theirs, ours)).toBe(null);
  });
});

describe('for all texts', () => {
  const edits = fc.array(fc.record({ side: fc.constantFrom(0, 1, 2), edit: fc.constantFrom('delete', 'change', 'insert', 'both') }), {
    minLength: 1,
    maxLength: 20,
  });
  const EDITED: Record<string, (line: string) => string[]> = {
    delete: () => [],
    change: (line) => [`${line}!`],
    insert: (line) => [line, `${line}+`],
    both: (line) => [`${line}-`, `${line}!`, `${line}+`],
  };

  it('edits that are a line apart all come together', () => {
    fc.assert(
      fc.property(edits, (all) => {
        const text = (made: (side: number) => boolean): string =>
          all.flatMap(({ side, edit }, i) => [`keep ${i}`, ...(made(side) ? (EDITED[edit]?.(`${i}`) ?? []) : [`${i}`])]).join('\n');
        const result = lines(
          text(() => false),
          text((side) => side === 0),
          text((side) => side === 1),
        );
        expect(result).toBe(text((side) => side < 2));
      }),
    );
  });
});
