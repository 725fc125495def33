import { pointer } from '../json-pointer.ts';

/** A place in the documents, as the way to it: only what is in conflict is told as a pointer. */
export interface Place {
  readonly around: Place | null;
  /** The pointer of this step. */
  readonly step: string;
  readonly isItem: boolean;
}

export const WHOLE: Place = { around: null, step: '', isItem: false };

/** `keys`: more than one where the step leads to what is not there. */
export const itemAt = (around: Place, ...keys: readonly (string | number)[]): Place => ({ around, step: pointer(...keys), isItem: true });
export const propertyAt = (around: Place, key: string): Place => ({ around, step: pointer(key), isItem: false });

/** The JSON pointer of a place. */
export const pointerOf = ({ around, step }: Place): string => (around === null ? '' : pointerOf(around)) + step;

/** The same with `*` for every item, as kinds name lists. */
export const shapeOf = ({ around, step, isItem }: Place): string => (around === null ? '' : shapeOf(around)) + (isItem ? '/*' : step);
