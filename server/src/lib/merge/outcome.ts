import type { Json, JsonObject } from '../json.ts';
import { type ContestedLines, isSettled, type MergedText } from './merge-text.ts';
import type { Settlement } from './settle.ts';
import { type Sides, sidesOf } from './sides.ts';

/** What became of a place before anybody settles its conflicts. `kept`: what stands there with ours at each of them, undefined for nothing. */
export type Outcome = Settled | Contested | PartlyObject | PartlyList | Text;

/** There is no conflict in it. `theirs`: what theirs has there. */
interface Settled {
  readonly kind: 'settled';
  readonly kept: Json | undefined;
  readonly theirs: Json | undefined;
}
/** The whole place is in conflict. */
interface Contested {
  readonly kind: 'contested';
  readonly kept: Json | undefined;
  readonly pointer: string;
  readonly sides: Sides;
}
/** There are conflicts in some of its properties. */
interface PartlyObject {
  readonly kind: 'object';
  readonly kept: JsonObject;
  readonly parts: readonly Part[];
}
/** There are conflicts in some of its items, between those that all have at the start and at the end. */
interface PartlyList extends ListParts {
  readonly kind: 'list';
  readonly kept: Json[];
}
/** There are conflicts in some lines of it. */
interface Text extends MergedText {
  readonly kind: 'text';
  readonly kept: string;
  readonly pointer: string;
}

export interface Part {
  readonly key: string;
  readonly outcome: Outcome;
}
export interface ListParts {
  readonly head: readonly Json[];
  readonly parts: readonly Outcome[];
  readonly tail: readonly Json[];
  /** What theirs has between head and tail, and what only the base has of what is in conflict. */
  readonly theirs: readonly Standing[];
}

/** An item that is the same whatever is settled, or one of the parts. */
export type Standing = { readonly item: Json } | { readonly part: Outcome };

export const settled = (kept: Json | undefined, theirs: Json | undefined): Outcome => ({ kind: 'settled', kept, theirs });
export const contested = (pointer: string, sides: Sides): Outcome => ({ kind: 'contested', kept: sides.ours, pointer, sides });

export const isClean = ({ kind }: Outcome): boolean => kind === 'settled';

/** The outcome of a whole by those of its parts. */
export function objectOutcome(parts: readonly Part[], theirs: Json): Outcome {
  const kept = objectOf(parts, keptOf);
  return parts.every(({ outcome }) => isClean(outcome)) ? settled(kept, theirs) : { kind: 'object', kept, parts };
}

export function listOutcome(list: ListParts, theirs: Json): Outcome {
  const kept = listOf(list, keptOf);
  return list.parts.every(isClean) ? settled(kept, theirs) : { kind: 'list', kept, ...list };
}

const keptOf = ({ kept }: Outcome): Json | undefined => kept;

type ValueOf = (outcome: Outcome) => Json | undefined;

export function objectOf(parts: readonly Part[], give: ValueOf): JsonObject {
  const entries = parts.flatMap(({ key, outcome }): [string, Json][] => {
    const value = give(outcome);
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(entries);
}

function listOf({ head, parts, tail }: ListParts, give: ValueOf): Json[] {
  const items = parts.map(give).filter((item) => item !== undefined);
  return [...head, ...items, ...tail];
}

export function textOutcome(pointer: string, { pieces, lineEnd }: MergedText, theirs: string): Outcome {
  const kept = pieces.flatMap((piece) => (isSettled(piece) ? piece.kept : piece.sides.ours)).join(lineEnd);
  return pieces.every(isSettled) ? settled(kept, theirs) : { kind: 'text', kept, pointer, pieces, lineEnd };
}

/** What stands at the place once its conflicts are settled; undefined for nothing. */
export function settle(outcome: Outcome, settlement: Settlement): Json | undefined {
  switch (outcome.kind) {
    case 'settled':
      return outcome.kept;
    case 'contested':
      return settlement.settle(outcome.pointer, outcome.sides);
    case 'text':
      return settleText(outcome, settlement);
    case 'object':
      return objectOf(outcome.parts, (part) => settle(part, settlement));
    case 'list':
      return listOf(outcome, (part) => settle(part, settlement));
  }
}

function settleText({ pointer, pieces, lineEnd }: Text, settlement: Settlement): Json {
  const whole = settlement.wholeText(pointer);
  if (whole !== undefined) return whole;
  const settledLines = (piece: ContestedLines): readonly string[] => {
    const text = (lines: readonly string[]) => (lines.length === 0 ? undefined : lines.join(lineEnd));
    const value = settlement.settle(pointer, sidesOf(piece.sides, text), piece.lines);
    return value === undefined ? [] : [String(value)];
  };
  return pieces.flatMap((piece) => (isSettled(piece) ? piece.kept : settledLines(piece))).join(lineEnd);
}
