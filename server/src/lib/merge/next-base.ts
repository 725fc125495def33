import type { Json } from '../json.ts';
import { isSettled } from './merge-text.ts';
import { type ListParts, type Outcome, objectOf } from './outcome.ts';
import { type Conflict, placeOf } from './settle.ts';

/**
 * What the next merge starts from, so that conflicts stay until they are settled: what theirs has, but at each place that is still in
 * conflict what both came from. Merging the result of this merge with theirs from here finds the same conflicts and nothing else; when
 * theirs moves on, they are still told from where both came. Undefined for nothing. Pure.
 */
export function nextBase(outcome: Outcome, open: readonly Conflict[]): Json | undefined {
  return baseOf(outcome, new Set(open.map(placeOf)));
}

function baseOf(outcome: Outcome, open: ReadonlySet<string>): Json | undefined {
  switch (outcome.kind) {
    case 'settled':
      return outcome.theirs;
    case 'contested':
      return outcome.sides[open.has(placeOf(outcome)) ? 'base' : 'theirs'];
    case 'text':
      return textOf(outcome, open);
    case 'object':
      return objectOf(outcome.parts, (part) => baseOf(part, open));
    case 'list':
      return listOf(outcome, open);
  }
}

function textOf({ pointer, pieces, lineEnd }: Extract<Outcome, { kind: 'text' }>, open: ReadonlySet<string>): string {
  const lines = pieces.flatMap((piece) =>
    isSettled(piece) ? piece.theirs : piece.sides[open.has(placeOf({ pointer, lines: piece.lines })) ? 'base' : 'theirs'],
  );
  return lines.join(lineEnd);
}

function listOf({ head, theirs, tail }: ListParts, open: ReadonlySet<string>): Json[] {
  const items = theirs.map((each) => ('item' in each ? each.item : baseOf(each.part, open)));
  return [...head, ...items.filter((item) => item !== undefined), ...tail];
}
