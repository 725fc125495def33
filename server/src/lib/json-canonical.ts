import { createHash } from 'node:crypto';
import type { Json, JsonObject } from './json.ts';

/**
 * The canonical text of a value (RFC 8785): sorted keys, no spaces, one spelling per number. Equal values give equal text. The platform
 * writes numbers and strings as the RFC wants them; it writes whole parts, too, whose keys are in order.
 */
export function canonicalJson(value: Json): string {
  if (isScalar(value)) return JSON.stringify(value);
  if (hasOwnText(value)) return canonicalJson(value.toJSON());
  if (Array.isArray(value)) return value.every(isScalar) ? JSON.stringify(value) : `[${value.map(canonicalJson).join(',')}]`;
  const keys = Object.keys(value);
  if (keys.every((key, i) => (i === 0 || (keys[i - 1] ?? '') < key) && isScalar(value[key] as Json))) return JSON.stringify(value);
  return `{${keys
    .sort()
    .flatMap((key) => property(key, value[key]))
    .join(',')}}`;
}

/** Levels of nesting at which others may get on, and items after which they may. */
const LEVELS = 3;
const ITEMS = 256;

/** The same, yielding where others may get on. */
export function* canonicalInTurns(value: Json, level = 0): Generator<void, string, undefined> {
  if (isScalar(value) || level === LEVELS || hasOwnText(value)) return canonicalJson(value);
  const texts: string[] = [];
  const entries = Array.isArray(value) ? value.entries() : entriesInOrder(value);
  for (const [key, each] of entries) {
    const text = isScalar(each) ? JSON.stringify(each) : yield* canonicalInTurns(each, level + 1);
    texts.push(typeof key === 'string' ? `${JSON.stringify(key)}:${text}` : text);
    if (texts.length % ITEMS === 0) yield;
  }
  return Array.isArray(value) ? `[${texts.join(',')}]` : `{${texts.join(',')}}`;
}

function* entriesInOrder(object: JsonObject): Generator<[string, Json]> {
  for (const key of Object.keys(object).sort()) if (object[key] !== undefined) yield [key, object[key]];
}

const property = (key: string, value: Json | undefined): string[] =>
  value === undefined ? [] : [`${JSON.stringify(key)}:${canonicalJson(value)}`];

const isScalar = (value: Json): value is string | number | boolean | null => typeof value !== 'object' || value === null;

/** What stands for something else in JSON, such as `Packed`. */
const hasOwnText = (value: object): value is { toJSON(): Json } => 'toJSON' in value && typeof value.toJSON === 'function';

/** SHA-256 of a canonical text, or of its UTF-8: 32 bytes. */
export const digestOf = (canonicalText: string | Buffer): Buffer => createHash('sha256').update(canonicalText).digest();
