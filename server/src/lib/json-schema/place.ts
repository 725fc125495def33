import { pointer } from '../json-pointer.ts';

/** A place in a document, as a chain up to its root (null). Rendered as a pointer only for what is reported, since keys may be long. */
export type Place = { readonly parent: Place; readonly segment: string | number } | null;

export const below = (parent: Place, segment: string | number): Place => ({ parent, segment });

/** The JSON pointer of a place. */
export function pointerOf(place: Place): string {
  const segments: (string | number)[] = [];
  for (let step = place; step !== null; step = step.parent) segments.push(step.segment);
  return pointer(...segments.reverse());
}
