import { isObject, type Json } from '../json.ts';
import { step as part, segmentsOf } from '../json-pointer.ts';
import { sameJson } from '../json-walk.ts';
import type { Conflict } from './settle.ts';

/**
 * What stands at a conflict's place: the value, or its lines of the text there. Undefined for nothing, as at `-`, where an item is that is
 * not there. Pure.
 */
export function standingAt(value: Json, { pointer, lines }: Pick<Conflict, 'pointer' | 'lines'>): Json | undefined {
  const found = stepsTo(pointer).reduce<Json | undefined>(part, value);
  if (lines === undefined) return found;
  if (typeof found !== 'string') return undefined;
  const all = linesOf(found);
  return lines.to > all.length ? undefined : all.slice(lines.from, lines.to).join('\n');
}

/** The value with something else at a conflict's place; an item that is not there is added at the end. Undefined takes away. Pure. */
export function withStanding(value: Json, { pointer, lines }: Pick<Conflict, 'pointer' | 'lines'>, other: Json | undefined): Json {
  const steps = stepsTo(pointer);
  return put(value, steps, (there) => (lines === undefined ? other : withLines(there, lines, other))) ?? null;
}

export const sameStanding = (a: Json | undefined, b: Json | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameJson(a, b);

const stepsTo = (pointer: string): string[] => segmentsOf(pointer) ?? [];
const linesOf = (text: string): string[] => text.split('\n');

type Change = (there: Json | undefined) => Json | undefined;

function put(value: Json | undefined, [step, ...more]: readonly string[], change: Change): Json | undefined {
  if (step === undefined) return change(value);
  if (Array.isArray(value)) return putItem(value, step, more, change);
  const object = isObject(value) ? value : {};
  const inner = put(part(object, step), more, change);
  const others = Object.entries(object).filter(([key]) => key !== step || inner !== undefined);
  const entries = others.map(([key, each]) => [key, key === step ? inner : each] as const);
  return Object.fromEntries(Object.hasOwn(object, step) || inner === undefined ? entries : [...entries, [step, inner]]) as Json;
}

function putItem(list: readonly Json[], step: string, more: readonly string[], change: Change): Json[] {
  const isNew = step === '-';
  const inner = put(isNew ? undefined : part([...list], step), isNew ? [] : more, change);
  if (isNew) return inner === undefined ? [...list] : [...list, inner];
  return list.flatMap((item, i) => (String(i) === step ? (inner === undefined ? [] : [inner]) : [item]));
}

function withLines(text: Json | undefined, { from, to }: NonNullable<Conflict['lines']>, other: Json | undefined): Json | undefined {
  if (typeof text !== 'string') return text;
  const all = linesOf(text);
  return [...all.slice(0, from), ...(other === undefined ? [] : [String(other)]), ...all.slice(to)].join('\n');
}
