/** Whether a merge kept what the workspace changed and took what the new version changed. Shares no code with the server's merge. */
import type { MergeConflict } from '@mortise/sdk/changes';
import type { Json } from '@mortise/sdk/resources';
import { type Change, changesOf } from './changes.ts';
import { conflictFaults, isInOpaque, placeOf, type Sides, sidesAt } from './conflicts.ts';
import { composed, isText, lineFaults } from './lines.ts';
import { orderFaults } from './order.ts';
import { isWithin, overlap, type Path, same, tell, valueAt } from './paths.ts';
import { areLongLines, brought, piecesOf } from './pieces.ts';

/** A merge and what came of it. */
export interface Merge extends Sides {
  readonly result: Json;
  readonly conflicts: readonly MergeConflict[];
}

/** What was found: faults, and how many places the new version changed of which kind. */
export interface Proof {
  readonly faults: readonly string[];
  /** The places in conflict. */
  readonly contested: readonly Path[];
  /** Places that the new version changed: taken, left in a reported conflict, and lost. */
  readonly upstream: { readonly taken: number; readonly inConflict: number; readonly lost: number };
}

/**
 * Proves a merge: every place that the workspace changed holds its value, every one that only the version changed holds the version's,
 * but for those in a reported conflict, which hold the workspace's; conflicts are reported where both changed a place differently and
 * nowhere else; and there is nothing that neither side has.
 */
export function proveMerge(merge: Merge): Proof {
  const places = merge.conflicts.map((told) => ({ told, path: placeOf(told.pointer, merge, merge.result) }));
  const contested = places.flatMap(({ path }) => (path === null ? [] : [path]));
  const mine = changesOf(merge.base, merge.ours, [merge.theirs]);
  const yours = changesOf(merge.base, merge.theirs, [merge.ours]);
  const lost = (changes: readonly Change[]) => changes.filter((change) => !isIn(contested, change) && !holds(merge, change));
  const inConflict = yours.filter((change) => isIn(contested, change)).length;
  const dropped = lost(yours);
  const faults = [
    ...places.filter(({ path }) => path === null).map(({ told }) => `the conflict at ${told.pointer} is nowhere`),
    ...places.flatMap(({ told, path }) => (path === null ? [] : conflictFaults(told, path, merge, merge.result))),
    ...lost(mine).map(({ path }) => `the edit at ${tell(path)} is lost`),
    ...dropped.map(({ path }) => `the version's change at ${tell(path)} is lost`),
    ...inventedFaults(merge),
    ...mine.flatMap(({ path }) => (contested.some((each) => overlap(each, path)) ? [] : textFaults(merge, path))),
    ...mine.flatMap(({ path }) => (isJudgedByPieces(merge, path) ? pieceFaults(merge, path) : [])),
    ...orderFaults(merge, merge.result),
  ];
  return { faults, contested, upstream: { taken: yours.length - inConflict - dropped.length, inConflict, lost: dropped.length } };
}

const isIn = (places: readonly Path[], { path }: Change): boolean => places.some((place) => isWithin(path, place));

/** Texts that both changed are looked at line by line (`textFaults`), and both may have put something into what was empty. */
function holds(merge: Merge, { path, after }: Change): boolean {
  const value = valueAt(merge.result, path);
  return (
    same(value, after) ||
    isMergedText(sidesAt(merge, path)) ||
    isJudgedByPieces(merge, path) ||
    (isEmpty(after) && Array.isArray(value) === Array.isArray(after))
  );
}

const isEmpty = (value: Json | undefined): boolean => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

const isMergedText = ({ base, ours, theirs }: Sides): boolean =>
  isText(base, ours, theirs) && !same(base, ours) && !same(base, theirs) && !same(ours, theirs);

/** Texts with conflicts in some lines, long lines, and lists whose items nothing names, where both made something else of them. */
function isJudgedByPieces(merge: Merge, path: Path): boolean {
  const sides = sidesAt(merge, path);
  const { base, ours, theirs } = sides;
  if (same(base, ours) || same(base, theirs) || same(ours, theirs)) return false;
  return areLongLines(base, ours, theirs) || isText(base, ours, theirs) || isInOpaque(merge, path);
}

/** What a side brought in that is neither there nor told, and what is there that no side has. */
function pieceFaults(merge: Merge, path: Path): string[] {
  const { base, ours, theirs } = sidesAt(merge, path);
  const result = valueAt(merge.result, path);
  const told = merge.conflicts.flatMap(({ theirs: each }) => (each === undefined ? [] : [each]));
  const there = piecesOf(result).union(piecesOf(told));
  const lost = [...brought(base, ours).union(brought(base, theirs)).difference(there)];
  const invented = [...piecesOf(result).difference(piecesOf(ours).union(piecesOf(theirs)))];
  return [
    ...lost.map((piece) => `at ${tell(path)}, ${piece} is lost`),
    ...invented.map((piece) => `at ${tell(path)}, ${piece} is what neither side has`),
  ];
}

function textFaults(merge: Merge, path: Path): string[] {
  const sides = sidesAt(merge, path);
  const result = valueAt(merge.result, path);
  if (!isMergedText(sides)) return [];
  if (typeof result !== 'string') return [`the text at ${tell(path)} is gone`];
  const [base, ours, theirs] = [String(sides.base), String(sides.ours), String(sides.theirs)];
  const wanted = composed(base, ours, theirs);
  const faults =
    wanted === null ? lineFaults(base, ours, theirs, result) : wanted === result ? [] : ['it is not the text with both changes'];
  return faults.map((fault) => `in the text at ${tell(path)}, ${fault}`);
}

/** Places at which the result has what neither side has. */
function inventedFaults(merge: Merge): string[] {
  return changesOf(merge.base, merge.result, [merge.ours, merge.theirs])
    .filter(({ path, after }) => {
      const sides = sidesAt(merge, path);
      return !same(after, sides.ours) && !same(after, sides.theirs) && !isMergedText(sides) && !isJudgedByPieces(merge, path);
    })
    .map(({ path }) => `${tell(path)} is what neither side has there`);
}
