import { isObject, type Json, type JsonObject } from './json.ts';
import { pointer } from './json-pointer.ts';

/** The value with every string in it (never a key) replaced by what `change` gives. What did not change keeps its identity. */
export function mapStrings(value: Json, change: (text: string) => Json): Json {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return mapItems(value, change);
  return isObject(value) ? mapProperties(value, change) : value;
}

function mapItems(items: Json[], change: (text: string) => Json): Json[] {
  const mapped = items.map((item) => mapStrings(item, change));
  return mapped.every((item, i) => item === items[i]) ? items : mapped;
}

/** `Object.fromEntries` defines properties rather than assigning them, so a key `__proto__` stays an ordinary key. */
function mapProperties(object: JsonObject, change: (text: string) => Json): JsonObject {
  const entries = Object.entries(object);
  const mapped = entries.map(([key, value]): [string, Json] => [key, mapStrings(value, change)]);
  return mapped.every(([, value], i) => value === entries[i]?.[1]) ? object : Object.fromEntries(mapped);
}

/** Visits every string in the value (never a key), in order. */
export function eachText(value: Json, visit: (text: string) => void): void {
  if (typeof value === 'string') visit(value);
  else if (Array.isArray(value)) for (const item of value) eachText(item, visit);
  else if (isObject(value)) for (const key of Object.keys(value)) eachText(value[key] as Json, visit);
}

/** The same, yielding after some items of the outer levels, where others may get on. */
export function* eachTextInTurns(value: Json, visit: (text: string) => void, levels = 3): Generator<void, void, undefined> {
  if (levels === 0 || typeof value !== 'object' || value === null) return eachText(value, visit);
  const items = Array.isArray(value) ? value : Object.values(value);
  for (const [index, item] of items.entries()) {
    if (typeof item === 'string') visit(item);
    else if (typeof item === 'object' && item !== null) yield* eachTextInTurns(item, visit, levels - 1);
    if (index % 256 === 255) yield;
  }
}

/** The same, each with its JSON pointer. */
export function eachString(value: Json, visit: (text: string, pointer: string) => void, at = ''): void {
  if (typeof value === 'string') visit(value, at);
  else if (Array.isArray(value)) value.forEach((item, i) => void eachString(item, visit, `${at}/${i}`));
  else if (isObject(value)) for (const [key, item] of Object.entries(value)) eachString(item, visit, at + pointer(key));
}

/**
 * Whether two values are equal as JSON: the order of keys does not matter, that of items does. `spend` is told of the work before it
 * is done, for those who bound it: a step per value, key and 16 characters.
 */
export function sameJson(a: Json, b: Json, spend: (steps: number) => void = () => {}): boolean {
  spend(1 + (typeof a === 'string' ? a.length / 16 : 0));
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameJson(item, b[i] as Json, spend));
  return isObject(a) && isObject(b) && sameProperties(a, b, spend);
}

function sameProperties(a: JsonObject, b: JsonObject, spend: (steps: number) => void): boolean {
  const keys = Object.keys(a);
  const others = Object.keys(b).length;
  spend(keys.length + others);
  return keys.length === others && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key] as Json, b[key] as Json, spend));
}
