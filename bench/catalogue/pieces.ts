/** What a value says, apart from where: for texts that merge word by word, and lists whose items nothing names. */
import type { Json } from '@mortise/sdk/resources';
import { identityOf, isObject, nameOf } from './paths.ts';

type Side = Json | undefined;

/** Every word and every other scalar in a value, and every key. Nothing is said by blanks. */
export function piecesOf(value: Side): Set<string> {
  if (typeof value === 'string')
    return new Set(
      value
        .split(/\s+/)
        .filter((word) => word !== '')
        .map((word) => JSON.stringify(word)),
    );
  if (Array.isArray(value)) return new Set(value.flatMap((item) => [...piecesOf(item)]));
  if (isObject(value)) return new Set(Object.entries(value).flatMap(([key, item]) => [`${key}:`, ...piecesOf(item)]));
  return value === undefined ? new Set() : new Set([String(value)]);
}

/** What a value says that another one did not say. */
export const brought = (before: Side, after: Side): Set<string> => piecesOf(after).difference(piecesOf(before));

/** Texts of one line that are longer merge word by word. */
const LONG_LINE = 40;
export const areLongLines = (...values: readonly Side[]): boolean =>
  values.every((value) => typeof value === 'string' && value.length > LONG_LINE && !value.includes('\n'));

/**
 * Whether three versions of a list can only be compared by what they say: nothing names the items, or one that a side lacks may have
 * another name there.
 */
export function isOpaque(base: Side, ours: Side, theirs: Side): boolean {
  if (!Array.isArray(base) || !Array.isArray(ours) || !Array.isArray(theirs)) return false;
  const by = identityOf(base, ours, theirs);
  if (by === null) return true;
  const names = (list: readonly Json[]): Set<string> => new Set(list.map((item) => String(nameOf(item, by))));
  const was = names(base);
  const mayRename = (side: Set<string>): boolean => was.difference(side).size > 0 && side.difference(was).size > 0;
  return mayRename(names(ours)) || mayRename(names(theirs));
}
