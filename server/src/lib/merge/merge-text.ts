import { diffLines, type Hunk } from './line-diff.ts';

/**
 * Merges three texts line by line, as diff3 does. Null when ours and theirs changed the same or neighbouring lines in different ways,
 * when merging the result with either side once more would not give it again, or when they changed so much that comparing them would
 * take longer than in proportion to their size.
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
  const before = base.split('\n');
  const sides = [ours.split('\n'), theirs.split('\n')] as const;
  const most = affordable(base.length + ours.length + theirs.length, before.length + sides[0].length + sides[1].length);
  const [a, b] = sides.map((side) => diffLines(before, side, most));
  return a && b ? (mergeHunks(before, a, b)?.join('\n') ?? null) : null;
}

/** How many lines may have changed, so that a comparison takes time (edits × lines) and space (edits²) in proportion to the texts. */
const affordable = (characters: number, lines: number): number => Math.min(Math.sqrt(4 * characters), (32 * characters) / lines);

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

const isSame = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((line, i) => line === b[i]);

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
