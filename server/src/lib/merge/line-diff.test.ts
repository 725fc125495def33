import fc from 'fast-check';
import { expect, it } from 'vitest';
import { diffLines, type Hunk } from './line-diff.ts';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', '__proto__', ''), { minLength: 1, maxLength: 14 });
const RUNS = { numRuns: 2000 };

const applied = (before: string[], hunks: readonly Hunk[]): string[] =>
  hunks.reduceRight((now, { from, to, lines: added }) => now.toSpliced(from, to - from, ...added), before);

/** The length of a longest common subsequence, by the textbook. */
function common(a: string[], b: string[]): number {
  let row: number[] = Array(b.length + 1).fill(0);
  for (const line of a) {
    const next = [0];
    for (const [j, other] of b.entries()) next.push(line === other ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0));
    row = next;
  }
  return row.at(-1) ?? 0;
}

it('the changes make the second of the first, and are as few as can be', () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const hunks = diffLines(before, after) ?? [];
      expect(applied(before, hunks)).toEqual(after);
      const edits = hunks.reduce((sum, hunk) => sum + hunk.to - hunk.from + hunk.lines.length, 0);
      expect(edits).toBe(before.length + after.length - 2 * common(before, after));
    }),
    RUNS,
  );
});

it('the changes ascend, with a line between them', () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const hunks = diffLines(before, after) ?? [];
      for (const [i, hunk] of hunks.entries()) {
        expect(hunk.to > hunk.from || hunk.lines.length > 0).toBe(true);
        expect(hunk.from).toBeGreaterThan(hunks[i - 1]?.to ?? -1);
      }
    }),
    RUNS,
  );
});

it('too many changes are not told', () => {
  const numbered = (text: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${text} ${i}`);
  expect(diffLines(numbered('a', 1000), numbered('b', 1000))).toBe(null);
  expect(diffLines([...numbered('a', 1000), 'x'], [...numbered('a', 1000), 'y'])).toEqual([{ from: 1000, to: 1001, lines: ['y'] }]);
});
