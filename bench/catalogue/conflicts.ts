/** Whether reported conflicts are ones. */
import type { MergeConflict } from '@mortise/sdk/changes';
import type { Json } from '@mortise/sdk/resources';
import { composed, isText } from './lines.ts';
import { IDENTITIES, identityOf, isObject, nameOf, type Path, partOf, type Step, same, tell, valueAt } from './paths.ts';
import { brought, isOpaque, piecesOf } from './pieces.ts';

/** Three versions of a definition: the one last applied, the workspace's, and the new one. */
export interface Sides {
  readonly base: Json | undefined;
  readonly ours: Json | undefined;
  readonly theirs: Json | undefined;
}

/** What the three have at a place. */
export const sidesAt = ({ base, ours, theirs }: Sides, path: Path): Sides => ({
  base: valueAt(base, path),
  ours: valueAt(ours, path),
  theirs: valueAt(theirs, path),
});

/**
 * The place that a conflict's pointer means: its indexes are those of the result that keeps ours everywhere, and `-` leads to an item
 * that is not in it. Of a list whose items nothing names it is the list. Null when there is no such place.
 */
export function placeOf(pointer: string, sides: Sides, result: Json): Path | null {
  const tokens = pointer.split('/').slice(1);
  const path: Step[] = [];
  while (tokens.length > 0) {
    const token = unescaped(tokens.shift());
    const here = valueAt(result, path);
    if (isInOpaque(sides, path)) return path;
    const step = Array.isArray(here) ? itemAt(here, token, sidesAt(sides, path), tokens) : isObject(here) ? token : null;
    if (step === null) return null;
    path.push(step);
  }
  return path;
}

/** Whether a place is a list whose items cannot be told apart by name. */
export function isInOpaque(sides: Sides, path: Path): boolean {
  const { base, ours, theirs } = sidesAt(sides, path);
  return isOpaque(base, ours, theirs);
}

function itemAt(items: readonly Json[], token: string, { base, ours, theirs }: Sides, following: string[]): Step | null {
  const by = identityOf(...[base, ours, theirs].filter((each) => Array.isArray(each)));
  if (by === null) return null;
  const is = token === '-' ? unescaped(following.shift()) : nameOf(items[Number(token)] ?? null, by);
  return is === undefined ? null : { by, is };
}

const unescaped = (token = ''): string => token.replaceAll('~1', '/').replaceAll('~0', '~');

/**
 * A conflict is where both sides made something else of the base, in a place that cannot be taken apart. It tells the three as they are,
 * or some lines of them; one in a list whose items nothing names tells what is in there.
 */
export function conflictFaults(told: MergeConflict, path: Path, sides: Sides, result: Json): string[] {
  const here = sidesAt(sides, path);
  const isPart = told.lines !== undefined || (isInOpaque(sides, path) && !isAt(told, here));
  const faults = (['base', 'ours', 'theirs'] as const)
    .filter((side) => (isPart ? brought(here[side], told[side]).size > 0 : !same(told[side], here[side])))
    .map((side) => `tells another ${side}`);
  if (same(told.base, told.ours)) faults.push('is not changed by the workspace');
  if (same(told.base, told.theirs)) faults.push('is not changed by the version');
  if (same(told.ours, told.theirs)) faults.push('is the same on both sides');
  if (told.lines !== undefined || !isPart ? isDivisible(here) && !isDoubtful(path, here) && !isInOpaque(sides, path) : false)
    faults.push('is wider than it has to be');
  const value = valueAt(result, path);
  if (isPart ? piecesOf(told.ours).difference(piecesOf(value)).size > 0 : !same(value, here.ours))
    faults.push("does not hold the workspace's value");
  return faults.map((fault) => `the conflict at ${tell(path)} ${fault}`);
}

const isAt = (told: MergeConflict, here: Sides): boolean => same(told.ours, here.ours) && same(told.theirs, here.theirs);

/** Whether it is open if the sides speak of the same item: both added it, or nothing but its name is left as it was by both. */
function isDoubtful(path: Path, { base, ours, theirs }: Sides): boolean {
  const step = path.at(-1);
  if (typeof step !== 'object') return false;
  if (!isObject(base)) return base === undefined;
  return Object.keys(base).every((key) => key === step.by || !same(base[key], partOf(ours, key)) || !same(base[key], partOf(theirs, key)));
}

/** Whether the sides can be brought together part by part. */
function isDivisible({ base, ours, theirs }: Sides): boolean {
  if (isText(base, ours, theirs)) return composed(String(base), String(ours), String(theirs)) !== null;
  if (isObject(ours) && isObject(theirs)) return base === undefined || isObject(base);
  if (!Array.isArray(ours) || !Array.isArray(theirs) || !(base === undefined || Array.isArray(base))) return false;
  return isPlainlyNamed([base ?? [], ours, theirs]);
}

/** Whether items have one name each. Where some have a better one than all, whether they can be told apart may change with the merge. */
function isPlainlyNamed(arrays: readonly (readonly Json[])[]): boolean {
  const by = identityOf(...arrays);
  if (by === null) return false;
  const better = IDENTITIES.slice(0, IDENTITIES.indexOf(by));
  return !arrays.flat().some((item) => better.some((key) => nameOf(item, key) !== undefined));
}
