import type { Json } from '../json.ts';
import type { LineRange } from './merge-text.ts';
import type { Sides } from './sides.ts';

/** A place that ours and theirs changed in different ways. A side that has nothing there lacks the property. */
export interface Conflict {
  readonly pointer: string;
  /** Where it is some lines of a text: which ones of the text that keeps ours. The sides then tell these lines only. */
  readonly lines?: LineRange;
  readonly base?: Json;
  readonly ours?: Json;
  readonly theirs?: Json;
  /** Why the whole is in conflict, where each place would merge. */
  readonly reason?: string;
}

/**
 * What to put at a conflict, by its exact pointer, or at every conflict that no other resolution names. Without `lines` it is for all
 * lines in conflict of the text there, and a value then takes the place of the text. A picked side that has nothing there deletes the
 * place. Of two resolutions for the same, or both without a pointer, the last counts.
 */
export interface Resolution {
  readonly pointer?: string;
  readonly lines?: LineRange;
  readonly pick: 'base' | 'ours' | 'theirs' | 'value';
  /** What `pick: 'value'` places; for lines, a text. Without it, that resolution settles nothing. */
  readonly value?: Json;
}

/** Decides the conflicts of one merge, and keeps account of what stays open and which resolutions settle nothing. */
export class Settlement {
  readonly open: Conflict[] = [];
  readonly #resolutions: readonly Resolution[];
  readonly #byPlace: ReadonlyMap<string, Resolution>;
  readonly #used = new Set<Resolution>();

  constructor(resolutions: readonly Resolution[]) {
    this.#resolutions = resolutions;
    this.#byPlace = new Map(resolutions.filter(isWhole).map((each) => [placeOf(each), each]));
  }

  /** The value at a place in conflict, or undefined for none: what a resolution picks, else ours, and the conflict stays open. */
  settle(pointer: string, sides: Sides, lines?: LineRange): Json | undefined {
    const named = (lines && this.#byPlace.get(placeOf({ pointer, lines }))) ?? this.#byPlace.get(placeOf({ pointer }));
    const resolution = named ?? this.#byPlace.get(ANYWHERE);
    if (resolution === undefined) {
      this.open.push(conflictAt(pointer, sides, lines));
      return sides.ours;
    }
    this.#used.add(resolution);
    return resolution.pick === 'value' ? resolution.value : sides[resolution.pick];
  }

  /** What a resolution puts in the place of a text some of whose lines are in conflict, or undefined. */
  wholeText(pointer: string): Json | undefined {
    const resolution = this.#byPlace.get(placeOf({ pointer })) ?? this.#byPlace.get(ANYWHERE);
    if (resolution?.pick !== 'value') return undefined;
    this.#used.add(resolution);
    return resolution.value;
  }

  /** The resolutions that settle nothing: no conflict at their place, followed by another for it, or no value to place. */
  unused(): Resolution[] {
    const general = this.#byPlace.get(ANYWHERE);
    return this.#resolutions.filter((each) => each !== general && !this.#used.has(each));
  }
}

const ANYWHERE = 'anywhere';

/** Pointers are empty or begin with a slash. */
export const placeOf = ({ pointer, lines }: Pick<Resolution, 'pointer' | 'lines'>): string =>
  pointer === undefined ? ANYWHERE : lines === undefined ? pointer : `${lines.from}-${lines.to} of ${pointer}`;

/** Whether it has a value where it needs one: lines are lines again only as text. */
const isWhole = ({ pick, value, lines }: Resolution): boolean =>
  pick !== 'value' || (lines === undefined ? value !== undefined : typeof value === 'string');

const conflictAt = (pointer: string, { base, ours, theirs }: Sides, lines: LineRange | undefined): Conflict => ({
  pointer,
  ...(lines !== undefined && { lines }),
  ...(base !== undefined && { base }),
  ...(ours !== undefined && { ours }),
  ...(theirs !== undefined && { theirs }),
});
