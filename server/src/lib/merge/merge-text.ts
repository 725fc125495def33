import { diffLines, type Hunk } from './line-diff.ts';
import { withOneLineEnd } from './line-ends.ts';
import type { Sides } from './sides.ts';

/** A part of a text, as lines, that both changed in different ways. */
export interface ContestedLines {
  /** The lines of the text that keeps ours: from this one up to, but without, that one, counted from 0. */
  readonly lines: LineRange;
  readonly sides: Readonly<Record<keyof Sides, readonly string[]>>;
}

export interface LineRange {
  readonly from: number;
  readonly to: number;
}

/** Lines that are settled, and what theirs has there. */
export interface SettledLines {
  readonly kept: readonly string[];
  readonly theirs: readonly string[];
}

export type Piece = SettledLines | ContestedLines;

/** A merged text: lines that are settled, and such as are not, joined by `lineEnd`. */
export interface MergedText {
  readonly pieces: readonly Piece[];
  readonly lineEnd: string;
}

/**
 * Merges three texts line by line, as diff3 does; what both changed in different ways, or next to each other, is contested, and the rest
 * is merged all the same. Lines that only end otherwise have not changed: they end as ours do.
 *
 * Null when the lines that changed are too many to tell (`diffLines`), or when merging the result with either side would not give it
 * again: where lines repeat, diff3 may see other changes in it than those that were made (Khanna, Kunal and Pierce, "A Formal
 * Investigation of Diff3", 2007).
 */
export function mergeText(base: string, ours: string, theirs: string): MergedText | null {
  const { texts, lineEnd } = withOneLineEnd(base, ours, theirs);
  const pieces = mergeTokens(...(texts.map((text) => text.split('\n')) as Three));
  return pieces && { pieces, lineEnd };
}

type Three = [base: string[], ours: string[], theirs: string[]];

/** Texts of one line are merged word by word when they are all longer than this. */
const LONG_LINE = 40;

/** Merges three texts of one line word by word, each with the blanks that follow it. Null when one is short, or both changed the same words. */
export function mergeWords(...texts: [base: string, ours: string, theirs: string]): string | null {
  if (texts.some(({ length }) => length <= LONG_LINE)) return null;
  const pieces = mergeTokens(...(texts.map((text) => text.split(/(?<=\s)(?=\S)/)) as Three));
  const merged = pieces?.every(isSettled) ? linesOf(pieces).join('') : '';
  return merged.length > LONG_LINE ? merged : null;
}

export const isSettled = (piece: Piece): piece is SettledLines => 'kept' in piece;

const linesOf = (pieces: readonly SettledLines[]): string[] => pieces.flatMap(({ kept }) => kept);

function mergeTokens(base: readonly string[], ours: readonly string[], theirs: readonly string[]): MergedText['pieces'] | null {
  const mine = diffLines(base, ours);
  const yours = diffLines(base, theirs);
  const merged = mine && yours && mergeHunks(base, mine, yours);
  if (!merged?.every(isSettled)) return merged;
  return isStable(base, mine ?? [], yours ?? [], linesOf(merged)) ? merged : null;
}

function isStable(base: readonly string[], ours: readonly Hunk[], theirs: readonly Hunk[], merged: readonly string[]): boolean {
  const both = diffLines(base, merged);
  const again = (pieces: MergedText['pieces']): boolean => pieces.every(isSettled) && isSame(linesOf(pieces), merged);
  return both !== null && again(mergeHunks(base, both, theirs)) && again(mergeHunks(base, ours, both));
}

/** Hunks that touch each other, and the lines of the base from the first to the last of them. */
interface Region {
  readonly from: number;
  to: number;
  readonly ours: Hunk[];
  readonly theirs: Hunk[];
}

function mergeHunks(base: readonly string[], ours: readonly Hunk[], theirs: readonly Hunk[]): MergedText['pieces'] {
  const pieces: Piece[] = [];
  let [read, written] = [0, 0];
  const write = (piece: Piece): void => {
    pieces.push(piece);
    written += (isSettled(piece) ? piece.kept : piece.sides.ours).length;
  };
  const leave = (lines: readonly string[]): void => write({ kept: lines, theirs: lines });
  for (const region of regionsOf(ours, theirs)) {
    leave(base.slice(read, region.from));
    write(mergeRegion(base, region, written));
    read = region.to;
  }
  leave(base.slice(read));
  return pieces;
}

function mergeRegion(base: readonly string[], { from, to, ours, theirs }: Region, at: number): Piece {
  const mine = applied(base, from, to, ours);
  const yours = applied(base, from, to, theirs);
  if (theirs.length === 0 || isSame(mine, yours)) return { kept: mine, theirs: yours };
  if (ours.length === 0) return { kept: yours, theirs: yours };
  return { lines: { from: at, to: at + mine.length }, sides: { base: base.slice(from, to), ours: mine, theirs: yours } };
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
