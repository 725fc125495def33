import { isObject, type Json, type JsonObject } from '../json.ts';
import { SCHEMA_CAPS } from './caps.ts';
import { below, type Place } from './place.ts';

/** A JSON Schema, or a part of one. */
export type Schema = boolean | JsonObject;

/** A part of a schema that is itself a schema. */
export interface Subschema {
  /** Keys from the schema down to this part: `properties`, `name`. */
  readonly segments: readonly (string | number)[];
  readonly value: Json;
  /** Applies to the same value as the schema around it, rather than to a property or an item. */
  readonly inPlace: boolean;
}

/** Keywords that hold one schema, a list of them, and schemas by name. */
export const ONE: ReadonlySet<string> = new Set([
  'additionalProperties',
  'unevaluatedProperties',
  'propertyNames',
  'items',
  'unevaluatedItems',
  'contains',
  'contentSchema',
  'not',
  'if',
  'then',
  'else',
]);
export const LIST: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
export const BY_NAME: ReadonlySet<string> = new Set(['$defs', 'definitions', 'properties', 'patternProperties', 'dependentSchemas']);

const IN_PLACE: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentSchemas']);

/** The parts of a schema that are schemas, one level down. What has not the form of its keyword is left out. */
export function subschemas(schema: JsonObject): Subschema[] {
  return Object.entries(schema).flatMap(([keyword, value]) =>
    held(keyword, value).map(([segments, part]) => ({ segments: [keyword, ...segments], value: part, inPlace: IN_PLACE.has(keyword) })),
  );
}

function held(keyword: string, value: Json): [segments: (string | number)[], part: Json][] {
  if (ONE.has(keyword)) return [[[], value]];
  if (LIST.has(keyword) && Array.isArray(value)) return value.map((part, i) => [[i], part]);
  if (BY_NAME.has(keyword) && isObject(value)) return Object.entries(value).map(([name, part]) => [[name], part]);
  return [];
}

export const isSchema = (value: Json | undefined): value is Schema => typeof value === 'boolean' || isObject(value);

/** A schema in a schema, with its place. */
export interface Part {
  /** Not of a schema's form, perhaps, while the schema is being checked. */
  readonly value: Json;
  readonly place: Place;
}

/** The schema and everything below it that stands where a schema does; somewhat more than `SCHEMA_CAPS.subschemas` at most. */
export function partsOf(root: JsonObject): Part[] {
  const parts: Part[] = [{ value: root, place: null }];
  for (const { value, place } of parts) {
    if (parts.length > SCHEMA_CAPS.subschemas) break;
    if (!isObject(value)) continue;
    for (const { segments, value: part } of subschemas(value)) parts.push({ value: part, place: segments.reduce<Place>(below, place) });
  }
  return parts;
}
