import type { Json } from '../json.ts';
import type { Sides } from './sides.ts';

/** A place that ours and theirs changed in different ways. A side that has nothing there lacks the property. */
export interface Conflict {
  readonly pointer: string;
  readonly base?: Json;
  readonly ours?: Json;
  readonly theirs?: Json;
}

/**
 * What to put at a conflict, by its exact pointer, or at every conflict that no other resolution names. A picked side that has nothing
 * there deletes the place. Of two resolutions with the same pointer, or both without one, the last counts.
 */
export interface Resolution {
  readonly pointer?: string;
  readonly pick: 'base' | 'ours' | 'theirs' | 'value';
  /** What `pick: 'value'` places. Without it, that resolution settles nothing. */
  readonly value?: Json;
}

/** Decides the conflicts of one merge, and keeps account of what stays open and which resolutions settle nothing. */
export class Settlement {
  readonly open: Conflict[] = [];
  readonly #resolutions: readonly Resolution[];
  readonly #byPointer: ReadonlyMap<string | undefined, Resolution>;
  readonly #used = new Set<Resolution>();

  constructor(resolutions: readonly Resolution[]) {
    this.#resolutions = resolutions;
    this.#byPointer = new Map(resolutions.filter(isWhole).map((each) => [each.pointer, each]));
  }

  /** The value at a place in conflict, or undefined for none: what a resolution picks, else ours, and the conflict stays open. */
  settle(pointer: string, sides: Sides): Json | undefined {
    const resolution = this.#byPointer.get(pointer) ?? this.#byPointer.get(undefined);
    if (resolution === undefined) {
      this.open.push(conflictAt(pointer, sides));
      return sides.ours;
    }
    this.#used.add(resolution);
    return resolution.pick === 'value' ? resolution.value : sides[resolution.pick];
  }

  /** The resolutions that settle nothing: no conflict at their pointer, followed by another for it, or no value to place. */
  unused(): Resolution[] {
    const general = this.#byPointer.get(undefined);
    return this.#resolutions.filter((each) => each !== general && !this.#used.has(each));
  }
}

const isWhole = ({ pick, value }: Resolution): boolean => pick !== 'value' || value !== undefined;

const conflictAt = (pointer: string, { base, ours, theirs }: Sides): Conflict => ({
  pointer,
  ...(base !== undefined && { base }),
  ...(ours !== undefined && { ours }),
  ...(theirs !== undefined && { theirs }),
});
