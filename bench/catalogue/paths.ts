/** Places in a definition that stay the same when items come and go around them: items of arrays are named, not counted. */
import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '@mortise/sdk/resources';

/** The item of an array of objects that has `is` as its `by`. */
export interface Item {
  readonly by: string;
  readonly is: string | number;
}
/** A key of an object, or an item of an array. */
export type Step = string | Item;
export type Path = readonly Step[];

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Equal values, or both nothing. */
export const same = (a: Json | undefined, b: Json | undefined): boolean => isDeepStrictEqual(a, b);

/** What items may be named by, the best first. */
export const IDENTITIES = 'id slug name uid key ref refId field variable alias package alert record title job_name'.split(' ');

/** The key that names the items of all these arrays: every item carries it, no two of one array with the same value; or null. */
export function identityOf(...arrays: readonly (readonly Json[])[]): string | null {
  const isNaming = (key: string) => (array: readonly Json[]) =>
    array.every((item) => nameOf(item, key) !== undefined) && new Set(array.map((item) => String(nameOf(item, key)))).size === array.length;
  return IDENTITIES.find((key) => arrays.every(isNaming(key))) ?? null;
}

export function nameOf(item: Json, by: string): string | number | undefined {
  const value = isObject(item) && Object.hasOwn(item, by) ? item[by] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

const isNamed = (value: Json, { by, is }: Item): boolean => String(nameOf(value, by)) === String(is);

/** What a value has at one step; undefined for nothing. */
export function partOf(value: Json | undefined, step: Step): Json | undefined {
  if (typeof step !== 'string') return Array.isArray(value) ? value.find((item: Json) => isNamed(item, step)) : undefined;
  return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

export const valueAt = (value: Json | undefined, path: Path): Json | undefined => path.reduce(partOf, value);

/** The value with something else at a place, or with nothing there. What it is in is made where it is missing; a new item comes last. */
export function withValue(value: Json, [step, ...rest]: Path, put: Json | undefined): Json {
  if (step === undefined) throw new Error('The whole cannot be put or deleted.');
  const old = partOf(value, step);
  const next = rest.length === 0 ? put : withValue(old ?? emptyAt(step), rest, put);
  if (typeof step === 'string') return withKey(isObject(value) ? value : {}, step, next);
  return withItem(Array.isArray(value) ? value : [], step, next);
}

const emptyAt = (step: Step): JsonObject => (typeof step === 'string' ? {} : { [step.by]: step.is });

function withKey(value: JsonObject, key: string, next: Json | undefined): JsonObject {
  const others = Object.entries(value).filter(([each]) => each !== key);
  if (next === undefined) return Object.fromEntries(others);
  return Object.hasOwn(value, key)
    ? Object.fromEntries(Object.entries(value).map(([each, old]) => [each, each === key ? next : old]))
    : Object.fromEntries([...others, [key, next]]);
}

function withItem(value: readonly Json[], item: Item, next: Json | undefined): Json[] {
  const others = value.filter((each) => !isNamed(each, item));
  if (next === undefined) return others;
  return others.length < value.length ? value.map((each) => (isNamed(each, item) ? next : each)) : [...value, next];
}

const sameStep = (a: Step | undefined, b: Step): boolean =>
  typeof a === 'object' && typeof b === 'object' ? a.by === b.by && String(a.is) === String(b.is) : a === b;

/** Whether a place is this one or in it. */
export const isWithin = (path: Path, outer: Path): boolean => outer.every((step, index) => sameStep(path[index], step));

/** Whether one of the places is in the other, or both are the same. */
export const overlap = (a: Path, b: Path): boolean => isWithin(a, b) || isWithin(b, a);

export const tell = (path: Path): string =>
  path.map((step) => (typeof step === 'string' ? `/${step}` : `/[${step.by}=${step.is}]`)).join('');
