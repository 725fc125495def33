/** A JSON value as it stands after the strict parser (`lib/json-parse.ts`): finite numbers, no NUL, no lone surrogates, depth ≤ 64. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
