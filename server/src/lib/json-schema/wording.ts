import type { Json } from '../json.ts';

const EXCERPT = 100;
const LISTED = 10;

/** A value of a type or format in a sentence: `a string`, `an array`, `null`. */
export function named(type: string): string {
  if (type === 'null') return type;
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}

export function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return noun === 'property' ? `${count} properties` : `${count} ${noun}s`;
}

/** A text cut short. */
export const excerpt = (text: string): string => (text.length > EXCERPT ? `${text.slice(0, EXCERPT).toWellFormed()}…` : text);

/** A value cut short. */
export function shown(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(excerpt(value));
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'the array that the schema names' : 'the object that the schema names';
}

/** The first few of some values. */
export function listed(values: readonly Json[]): string {
  const first = values.slice(0, LISTED).map(shown).join(', ');
  return values.length > LISTED ? `${first}, … (${values.length} values)` : first;
}
