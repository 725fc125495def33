import type { TSchema } from 'typebox';
import { isObject, type Json, type JsonObject } from './json.ts';

export const idPattern = (prefixes: readonly string[]): string => `^(${prefixes.join('|')})_[0-7][0-9a-hjkmnp-tv-z]{25}$`;

/**
 * A wire shape as plain JSON Schema. What `idOf` says with `x-id` becomes a `pattern`, so that the validator
 * and every client hold ids to their prefix. The `x-…` keywords stay, for readable messages.
 */
export const plainSchema = (schema: TSchema): JsonObject => withIdPatterns(JSON.parse(JSON.stringify(schema))) as JsonObject;

function withIdPatterns(node: Json): Json {
  if (Array.isArray(node)) return node.map(withIdPatterns);
  if (!isObject(node)) return node;
  const copy: JsonObject = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withIdPatterns(value)]));
  const prefixes = copy['x-id'];
  return Array.isArray(prefixes) ? { ...copy, pattern: idPattern(prefixes.map(String)) } : copy;
}
