import { diff3Merge } from 'node-diff3';

/**
 * Merges three texts line by line (diff3, by Khanna, Kunal and Pierce). Null when the same or touching lines changed in different
 * ways, when merging the result again with either side would not give it once more, or when the texts are too long for their
 * comparison, which takes time in the product of their lines.
 */
export function mergeText(base: string, ours: string, theirs: string): string | null {
  const merged = mergeOnce(base, ours, theirs);
  if (merged === null) return null;
  const isStable = mergeOnce(base, merged, theirs) === merged && mergeOnce(base, ours, merged) === merged;
  return isStable ? merged : null;
}

function mergeOnce(base: string, ours: string, theirs: string): string | null {
  if (base === ours || ours === theirs) return theirs;
  if (base === theirs) return ours;
  const [before, mine, yours] = [base.split('\n'), ours.split('\n'), theirs.split('\n')];
  const start = countWhile(before, (line, i) => line === mine[i] && line === yours[i]);
  const end = (lines: readonly string[], i: number): string | undefined => (lines.length - i > start ? lines.at(-1 - i) : undefined);
  const same = countWhile(before.slice(start), (_, i) => end(before, i) === end(mine, i) && end(before, i) === end(yours, i));
  const middle = (lines: readonly string[]): string[] => lines.slice(start, lines.length - same);
  const merged = mergeLines(middle(before), middle(mine), middle(yours), base.length + ours.length + theirs.length);
  return merged && [...before.slice(0, start), ...merged, ...before.slice(before.length - same)].join('\n');
}

function countWhile(lines: readonly string[], holds: (line: string, i: number) => boolean): number {
  const count = lines.findIndex((line, i) => !holds(line, i));
  return count === -1 ? lines.length : count;
}

/** Pairs of lines that may be compared, per character of the texts: what keeps the time in proportion to the document. */
const PAIRS_PER_CHARACTER = 32;

function mergeLines(base: string[], ours: string[], theirs: string[], characters: number): string[] | null {
  if (base.length * Math.max(ours.length, theirs.length) > PAIRS_PER_CHARACTER * characters) return null;
  const regions = diff3Merge(ours, base, theirs);
  return regions.every((region) => region.ok) ? regions.flatMap((region) => region.ok ?? []) : null;
}
