/** What must hold of three versions of a text that come together line by line. */

export const isText = (...values: readonly unknown[]): boolean =>
  values.every((value) => typeof value === 'string') && values.some((value) => String(value).includes('\n'));

/**
 * The text with both changes, where the lines that each may have changed are apart, with one between them that neither changed, and
 * where none of these lines can be taken for another. Null where that is not so.
 */
export function composed(base: string, ours: string, theirs: string): string | null {
  const lines = base.split('\n');
  const [first, second] = [regionOf(lines, ours.split('\n')), regionOf(lines, theirs.split('\n'))].sort((a, b) => a.from - b.from);
  if (first === undefined || second === undefined || !isApart(first, second, lines)) return null;
  const parts = [lines.slice(0, first.from), first.put, lines.slice(first.to, second.from), second.put, lines.slice(second.to)];
  return parts.flat().join('\n');
}

/** Lines `from` to `to` of the base, and what stands there now. Where that can be seen in several ways, all of them. */
interface Region {
  readonly from: number;
  readonly to: number;
  readonly put: readonly string[];
}

function isApart(first: Region, second: Region, lines: readonly string[]): boolean {
  const all = [...lines, ...first.put, ...second.put];
  const isUnique = (line: string): boolean => all.filter((each) => each === line).length === 1;
  const changed = [first, second].flatMap(({ from, to, put }) => [...lines.slice(from, to), ...put]);
  return lines.slice(first.to, second.from).some(isUnique) && changed.every(isUnique);
}

function regionOf(base: readonly string[], side: readonly string[]): Region {
  const shorter = Math.min(base.length, side.length);
  const start = countSame(shorter, (index) => base[index] === side[index]);
  const end = countSame(shorter, (index) => base.at(-1 - index) === side.at(-1 - index));
  const from = Math.min(start, shorter - end);
  const after = Math.min(end, shorter - start);
  return { from, to: base.length - after, put: side.slice(from, side.length - after) };
}

function countSame(most: number, holds: (index: number) => boolean): number {
  let count = 0;
  while (count < most && holds(count)) count += 1;
  return count;
}

/** Lines that a side brought in and the result lacks. Where the others are is not judged: lines move. */
export function lineFaults(base: string, ours: string, theirs: string, result: string): string[] {
  const [before, now] = [new Set(base.split('\n')), new Set(result.split('\n'))];
  const brought = new Set([ours, theirs].flatMap((side) => side.split('\n'))).difference(before);
  return [...brought.difference(now)].map((line) => `the line ${JSON.stringify(line)} is lost`);
}
