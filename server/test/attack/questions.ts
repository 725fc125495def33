/** Every question that a list can be asked: each field by each relation, compared with what hidden rows hold, and every order. Read from the document. */
import { isObject, type Json, type JsonObject } from '../../src/lib/json.ts';
import { at } from '../../src/lib/json-pointer.ts';
import { OPERATIONS, resolved } from '../contract/document.ts';

export interface ListOperation {
  readonly path: string;
  /** `Integration`: the rows that it lists. */
  readonly resource: string;
  /** Of the id in its path; null where it has none. */
  readonly names: string | null;
}

export const LISTS: readonly ListOperation[] = OPERATIONS.flatMap(({ method, path, names, parameters }) => {
  const filter = parameters.find(({ name }) => name === 'filter')?.content;
  const ref = filter === undefined ? undefined : at(filter, '/application~1json/schema/$ref');
  return method === 'GET' && typeof ref === 'string' ? [{ path, names, resource: nameOf(ref) }] : [];
});

function nameOf(ref: string): string {
  return ref.replace(/^.*\/(\w+?)(Filter)?$/, '$1');
}

/** Resource and field → values that it holds somewhere, the telling ones first. */
export type Values = (resource: string, field: string) => readonly Json[];

/** The parameters of a list, as the body of its search. */
export type Question = JsonObject;

export function questionsOf({ resource }: ListOperation, depth: number, values: Values): Question[] {
  const filters = filtersOf(resource, depth, values).map((filter): Question => ({ filter, limit: 5 }));
  return [{}, { include_deleted: 'true' }, ...ordersOf(resource).map((orderBy): Question => ({ orderBy, limit: 1 })), ...filters];
}

const fieldsOf = (resource: string, what: 'Filter' | 'OrderBy'): [string, JsonObject][] => {
  const schema = resolved({ $ref: `#/components/schemas/${resource}${what}` });
  const { properties } = what === 'OrderBy' ? resolved(schema.items as JsonObject) : schema;
  return isObject(properties) ? (Object.entries(properties) as [string, JsonObject][]) : [];
};

function filtersOf(resource: string, depth: number, values: Values): JsonObject[] {
  return fieldsOf(resource, 'Filter').flatMap(([name, schema]) => {
    if (name === 'AND' || name === 'OR' || name === 'NOT') return [];
    const forms = Array.isArray(schema.anyOf) ? (schema.anyOf as JsonObject[]) : [schema];
    return forms.flatMap((form) => [...conditions(resource, name, form, values), ...related(name, form, depth, values)]);
  });
}

/** Which ids a field holds; of entities there are several, one of which stands for all. Null: none. */
export function idPrefixOf(resource: string, name: string): string | null {
  const text = JSON.stringify(Object.fromEntries(fieldsOf(resource, 'Filter'))[name] ?? {});
  const [, prefix] = /"\^\(([a-z]+)\)_/.exec(text) ?? [];
  return prefix ?? (/^entity(Version)?Id$/.test(name) || (name === 'id' && resource.startsWith('Entity')) ? 'agt' : null);
}

/** A field's comparisons with each value, in those ways that it can be compared. */
function conditions(resource: string, name: string, form: JsonObject, values: Values): JsonObject[] {
  const ops = isObject(form.properties) && 'isNull' in form.properties && 'eq' in form.properties ? Object.keys(form.properties) : null;
  const isJson = isObject(form.properties) && 'hasKey' in form.properties;
  if (ops === null && !isJson) return [];
  const held = values(resource, name);
  const compared = isJson ? held.map((value): JsonObject => ({ contains: value })) : held.flatMap((value) => comparisons(ops ?? [], value));
  return [...compared, { isNull: true }].map((condition) => ({ [name]: condition }));
}

function comparisons(ops: readonly string[], value: Json): JsonObject[] {
  const prefix = typeof value === 'string' && value.length > 3 && ops.includes('startsWith') ? [{ startsWith: value.slice(0, -2) }] : [];
  return [{ eq: value }, ...prefix, ...(ops.includes('gte') ? [{ gte: value }] : [])];
}

function related(name: string, form: JsonObject, depth: number, values: Values): JsonObject[] {
  if (depth === 0) return [];
  if (typeof form.$ref === 'string') return filtersOf(nameOf(form.$ref), depth - 1, values).map((filter) => ({ [name]: filter }));
  const properties = isObject(form.properties) ? form.properties : {};
  const { some } = properties as { some?: JsonObject };
  if (typeof some?.$ref === 'string')
    return filtersOf(nameOf(some.$ref), depth - 1, values).map((filter) => ({ [name]: { some: filter } }));
  return Object.keys(properties).join() === 'isNull' ? [{ [name]: { isNull: true } }] : [];
}

/** Each key alone, also those of related rows. */
function ordersOf(resource: string): Json[] {
  return fieldsOf(resource, 'OrderBy').flatMap(([name, schema]): Json[] => {
    const forms = Array.isArray(schema.anyOf) ? (schema.anyOf as JsonObject[]) : [schema];
    return forms.flatMap((form): Json[] =>
      isObject(form.properties) ? Object.keys(form.properties).map((inner) => [{ [name]: { [inner]: 'asc' } }]) : [[{ [name]: 'desc' }]],
    );
  });
}
