import { must } from '../must.ts';

/** A change to a list of lines: those at `from` up to, but without, `to` become these. */
export interface Hunk {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/**
 * The changes that make `after` of `before`, ascending, with a line between them at least; null when they are too many to be found in
 * time. They delete and insert as few lines as can be: the greedy algorithm of E. W. Myers, "An O(ND) Difference Algorithm and Its
 * Variations" (1986). Texts have at least one line, if an empty one.
 */
export function diffLines(before: readonly string[], after: readonly string[]): Hunk[] | null {
  const numbers = new Map<string, number>();
  const reached = search(numbered(before, numbers), numbered(after, numbers), affordable(before, after));
  return reached && hunksOf(trace(reached, before.length, after.length), before.length, after);
}

/** The search keeps edits² numbers: 16 MiB at most. */
const MOST_EDITS = 2048;

/**
 * How many lines may go and come. The search takes time in edits × lines; with 32 edits for each character of the average line, that
 * is in proportion to the characters.
 */
function affordable(...texts: readonly (readonly string[])[]): number {
  const lines = sum(texts.map((text) => text.length));
  const characters = sum(texts.flatMap((text) => text.map((line) => line.length + 1)));
  return Math.min(MOST_EDITS, (32 * characters) / lines);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** Lines as numbers, which compare faster: the same line is the same number. */
function numbered(lines: readonly string[], numbers: Map<string, number>): Int32Array {
  return Int32Array.from(lines, (line) => {
    const number = numbers.get(line) ?? numbers.size;
    numbers.set(line, number);
    return number;
  });
}

/**
 * How far into `a` each number of edits leads on each diagonal `k`, which is the position in `a` less that in `b`: for `d` edits at
 * `k + d`. Ends with the first number that leads to the end of both; null when `most` do not.
 */
function search(a: Int32Array, b: Int32Array, most: number): Int32Array[] | null {
  const reached: Int32Array[] = [];
  const end = a.length - b.length;
  for (let d = 0; d <= most; d++) {
    const last = reached.at(-1);
    const now = new Int32Array(2 * d + 1);
    for (let k = -d; k <= d; k += 2) now[k + d] = slide(a, b, last ? step(last, d, k).to : 0, k);
    reached.push(now);
    if ((now[end + d] ?? 0) >= a.length && (end + d) % 2 === 0) return reached;
  }
  return null;
}

/** Past the lines that both have. */
function slide(a: Int32Array, b: Int32Array, from: number, k: number): number {
  let x = from;
  while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
  return x;
}

/** An edit: from the diagonal above it inserts a line, from the one below it deletes one. */
interface Step {
  readonly diagonal: number;
  readonly to: number;
}

/** The last of `d` edits that leads furthest on the diagonal `k`, by what one edit less reached. */
function step(last: Int32Array, d: number, k: number): Step {
  const inserted = k < d ? reach(last, k + d) : -1;
  const deleted = k > -d ? reach(last, k + d - 2) + 1 : -1;
  return inserted >= deleted ? { diagonal: k + 1, to: inserted } : { diagonal: k - 1, to: deleted };
}

const reach = (last: Int32Array, index: number): number => must(last[index], 'every second diagonal is reached');

/** By position, whether the line goes or comes. */
interface Edits {
  readonly deleted: Uint8Array;
  readonly inserted: Uint8Array;
}

/** The edits that led to the end, by walking back. */
function trace(reached: readonly Int32Array[], before: number, after: number): Edits {
  const edits = { deleted: new Uint8Array(before), inserted: new Uint8Array(after) };
  let k = before - after;
  for (let d = reached.length - 1; d > 0; d--) {
    const { diagonal, to } = step(must(reached[d - 1], 'd > 0'), d, k);
    if (diagonal > k) edits.inserted[to - k - 1] = 1;
    else edits.deleted[to - 1] = 1;
    k = diagonal;
  }
  return edits;
}

function hunksOf({ deleted, inserted }: Edits, length: number, after: readonly string[]): Hunk[] {
  const hunks: Hunk[] = [];
  for (let from = 0, start = 0; from < length || start < after.length; from++, start++) {
    const to = endOf(deleted, from);
    const end = endOf(inserted, start);
    if (to > from || end > start) hunks.push({ from, to, lines: after.slice(start, end) });
    from = to;
    start = end;
  }
  return hunks;
}

function endOf(marks: Uint8Array, start: number): number {
  let end = start;
  while (marks[end] === 1) end++;
  return end;
}
