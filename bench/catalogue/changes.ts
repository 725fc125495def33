/** What became of a definition, place by place. */
import type { Json } from '@mortise/sdk/resources';
import { identityOf, isObject, nameOf, type Path, partOf, type Step, same } from './paths.ts';
import { isOpaque } from './pieces.ts';

/** The smallest place that differs. Nothing was there, or is there, where `before` or `after` is undefined. */
export interface Change {
  readonly path: Path;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

type Side = Json | undefined;

/**
 * The differences between two values, from object to object by key and from array to array by item where these have names, in the other
 * versions of it (`beside`) too. What came new is told by its own smallest parts, what went as a whole. The order of items is no
 * difference.
 */
export function changesOf(before: Side, after: Side, beside: readonly Side[] = [], path: Path = []): Change[] {
  if (same(before, after)) return [];
  const steps = stepsInto(before, after, beside);
  if (steps === null || (before === undefined && steps.length === 0)) return [{ path, before, after }];
  const into = (step: Step): readonly Side[] => beside.map((each) => partOf(each, step));
  return steps.flatMap((step) => changesOf(partOf(before, step), partOf(after, step), into(step), [...path, step]));
}

/** The parts that two values share or have of their own; null where they are to be taken as a whole. */
function stepsInto(before: Side, after: Side, beside: readonly Side[]): Step[] | null {
  if (isObject(after) && (before === undefined || isObject(before))) return [...new Set(Object.keys({ ...before, ...after }))];
  if (!Array.isArray(after) || !(before === undefined || Array.isArray(before))) return null;
  if (isAmbiguous(before, after, beside)) return null;
  const by = identityOf(...[before, after, ...beside].filter((each) => Array.isArray(each)));
  return by === null ? null : itemsOf(by, [...(before ?? []), ...after]);
}

/** Whether the versions beside leave it open which item is which. */
const isAmbiguous = (before: Side, after: Side, beside: readonly Side[]): boolean =>
  beside.length === 2 ? isOpaque(before, beside[0], beside[1]) : beside.length === 1 && isOpaque(before, after, beside[0]);

function itemsOf(by: string, items: readonly Json[]): Step[] {
  const names = new Map(items.map((item) => [String(nameOf(item, by)), nameOf(item, by) ?? '']));
  return [...names.values()].map((is) => ({ by, is }));
}
