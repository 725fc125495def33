/** Whether items stand in an order that somebody gave them. */
import type { Json } from '@mortise/sdk/resources';
import type { Sides } from './conflicts.ts';
import { identityOf, isObject, nameOf, type Path, partOf, type Step, tell } from './paths.ts';
import { isOpaque } from './pieces.ts';

/**
 * Named items stand as the side has them that moved some, as the workspace has them when both did, and else as both have them,
 * or the workspace where they differ. Gives the arrays where they do not.
 */
export function orderFaults(sides: Sides, result: Json | undefined, path: Path = []): string[] {
  const into = (step: Step): string[] => orderFaults(partsOf(sides, step), partOf(result, step), [...path, step]);
  if (isObject(result)) return Object.keys(result).flatMap(into);
  if (!Array.isArray(result)) return [];
  const { base = [], ours, theirs } = sides;
  if (!Array.isArray(base) || !Array.isArray(ours) || !Array.isArray(theirs)) return [];
  const by = identityOf(base, ours, theirs, result);
  if (by === null || isOpaque(base, ours, theirs)) return [];
  const names = (items: readonly Json[]): string[] => items.map((item) => String(nameOf(item, by)));
  const faults = isInOrder(names(result), names(base), names(ours), names(theirs)) ? [] : [`the items of ${tell(path)} are out of order`];
  return [...faults, ...result.flatMap((item) => into({ by, is: nameOf(item, by) ?? '' }))];
}

const partsOf = ({ base, ours, theirs }: Sides, step: Step): Sides => ({
  base: partOf(base, step),
  ours: partOf(ours, step),
  theirs: partOf(theirs, step),
});

type Names = readonly string[];

function isInOrder(result: Names, base: Names, ours: Names, theirs: Names): boolean {
  const [mine, yours] = [moves(base, ours, theirs), moves(base, theirs, ours)];
  const both = moves(ours, theirs, theirs) ? [ours] : [ours, theirs];
  const leads = mine ? [ours] : yours ? [theirs] : both;
  return leads.every((lead) => !moves(lead, result, result));
}

/** Whether a list has what it shares with two others in another order than the first of these. */
function moves(before: Names, list: Names, other: Names): boolean {
  const shared = new Set(before).intersection(new Set(list)).intersection(new Set(other));
  const order = before.filter((name) => shared.has(name));
  return list.filter((name) => shared.has(name)).some((name, index) => name !== order[index]);
}
