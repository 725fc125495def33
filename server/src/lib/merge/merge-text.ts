import { diffLines, type Hunk } from './line-diff.ts';

/**
 * Merges three texts line by line, as diff3 does. Null when ours and theirs changed the same or neighbouring lines in different ways, or
 * when the lines that changed are too many to tell (`diffLines`). Null as well when merging the result with either side would not give
 * it again: where lines repeat, diff3 may see other changes in it than those that were made (Khanna, Kunal and Pierce, "A Formal
 * Investigation of Diff3", 2007).
 */
export function mergeText(base: string, ours: string, theirs: string): string | null {
  const lines = base.split('\n');
  const mine = diffLines(lines, ours.split('\n'));
  const yours = diffLines(lines, theirs.split('\n'));
  const merged = mine && yours && mergeHunks(lines, mine, yours);
  return merged && isStable(lines, mine, yours, merged) ? merged.join('\n') : null;
}

function isStable(base: readonly string[], ours: readonly Hunk[], theirs: readonly Hunk[], merged: readonly string[]): boolean {
  const both = diffLines(base, merged);
  return both !== null && isSame(mergeHunks(base, both, theirs), merged) && isSame(mergeHunks(base, ours, both), merged);
}

/** Hunks that touch each other, and the lines of the base from the first to the last of them. */
interface Region {
  readonly from: number;
  to: number;
  readonly ours: Hunk[];
  readonly theirs: Hunk[];
}

function mergeHunks(base: readonly string[], ours: readonly Hunk[], theirs: readonly Hunk[]): string[] | null {
  const merged: Hunk[] = [];
  for (const region of regionsOf(ours, theirs)) {
    const lines = mergeRegion(base, region);
    if (lines === null) return null;
    merged.push({ from: region.from, to: region.to, lines });
  }
  return applied(base, 0, base.length, merged);
}

function mergeRegion(base: readonly string[], { from, to, ours, theirs }: Region): string[] | null {
  const mine = applied(base, from, to, ours);
  const yours = applied(base, from, to, theirs);
  if (theirs.length === 0 || isSame(mine, yours)) return mine;
  return ours.length === 0 ? yours : null;
}

const isSame = (a: readonly string[] | null, b: readonly string[]): boolean =>
  a !== null && a.length === b.length && a.every((line, i) => line === b[i]);

function regionsOf(ours: readonly Hunk[], theirs: readonly Hunk[]): Region[] {
  const mine = new Set(ours);
  const regions: Region[] = [];
  for (const hunk of [...ours, ...theirs].sort((a, b) => a.from - b.from)) {
    const touched = regions.at(-1);
    const region = touched && hunk.from <= touched.to ? touched : { from: hunk.from, to: hunk.to, ours: [], theirs: [] };
    if (region !== touched) regions.push(region);
    region.to = Math.max(region.to, hunk.to);
    (mine.has(hunk) ? region.ours : region.theirs).push(hunk);
  }
  return regions;
}

/** The lines of the base from one to another, with these changes made. */
function applied(base: readonly string[], from: number, to: number, hunks: readonly Hunk[]): string[] {
  const ends = [from, ...hunks.map((hunk) => hunk.to)];
  const starts = [...hunks.map((hunk) => hunk.from), to];
  return ends.flatMap((end, i) => [...base.slice(end, starts[i]), ...(hunks[i]?.lines ?? [])]);
}
