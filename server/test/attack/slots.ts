/** Where an operation takes ids, beside its path: read from the schemas of the document, so that a new operation is looked at by being there. */
import { isObject, type Json, type JsonObject } from '../../src/lib/json.ts';
import { must } from '../../src/lib/must.ts';
import { type ApiOperation, resolved } from '../contract/document.ts';

export interface Slot {
  readonly in: 'path' | 'body' | 'query';
  /** Names and indexes down to the id; of a query or path, its parameter. */
  readonly path: readonly string[];
  /** Of the ids that it takes. */
  readonly prefix: string;
}

export const slotsOf = ({ body, parameters }: ApiOperation): readonly Slot[] => [
  ...(body === null || isFilter(body.schema) ? [] : below(body.schema, []).map((found): Slot => ({ in: 'body', ...found }))),
  ...parameters
    .filter((parameter) => parameter.in === 'query' && parameter.schema !== undefined)
    .flatMap(({ name, schema }) => below(must(schema, 'it was looked for'), [name]))
    .map((found): Slot => ({ in: 'query', ...found })),
];

/** Searches narrow what is in sight, and are asked by the oracle. */
const isFilter = (schema: JsonObject): boolean =>
  isObject(resolved(schema).properties) && 'orderBy' in (resolved(schema).properties as object);

type Found = Pick<Slot, 'path' | 'prefix'>;

function below(schema: JsonObject, path: readonly string[]): Found[] {
  const { properties, items, anyOf, pattern } = resolved(schema);
  const prefix = /^\^\(([a-z]+)\)_/.exec(String(pattern ?? ''))?.[1];
  return [
    ...(prefix === undefined ? [] : [{ path, prefix }]),
    ...(isObject(properties) ? Object.entries(properties).flatMap(([name, each]) => below(each as JsonObject, [...path, name])) : []),
    ...(isObject(items) ? below(items, [...path, '0']) : []),
    ...(Array.isArray(anyOf) ? anyOf.flatMap((each) => below(each as JsonObject, path)) : []),
  ];
}

/** The document with the value at the path; what is missing on the way is made. */
export function withValue(document: Json | undefined, [name, ...rest]: readonly string[], value: Json): Json {
  if (name === undefined) return value;
  if (name === '0') return [withValue(Array.isArray(document) ? document[0] : undefined, rest, value)];
  const object = isObject(document) ? document : {};
  return { ...object, [name]: withValue(object[name], rest, value) };
}
