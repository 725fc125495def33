import type { Json } from '../json.ts';
import { sameJson } from '../json-walk.ts';

/** What the three documents have at one place; undefined where a document has nothing there. */
export interface Sides<T = Json> {
  /** What both came from. */
  readonly base: T | undefined;
  /** What the workspace has. */
  readonly ours: T | undefined;
  /** What the new definition has. */
  readonly theirs: T | undefined;
}

/** Whether two sides have the same: equal values, or both nothing. */
export const same = (a: Json | undefined, b: Json | undefined): boolean => (a === undefined || b === undefined ? a === b : sameJson(a, b));

/** What the sides of a whole have at a part of it. */
export const sidesOf = <T, P>({ base, ours, theirs }: Sides<T>, part: (whole: T) => P | undefined): Sides<P> => ({
  base: base === undefined ? undefined : part(base),
  ours: ours === undefined ? undefined : part(ours),
  theirs: theirs === undefined ? undefined : part(theirs),
});
