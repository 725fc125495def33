/** Holds schemas and values to a documented shape (see reference.ts). Each answers with what differs, one line a place. */
import { isObject, type Json, type JsonObject } from '../../src/lib/json.ts';
import { resolved } from './document.ts';

const ANYTHING = '<...>';
const PLAIN = ['string', 'number', 'boolean'];

const enumOf = (documented: string): readonly string[] | null => (PLAIN.includes(documented) ? null : documented.split(' | '));
const same = (one: readonly string[], other: readonly string[]): boolean => [...one].sort().join() === [...other].sort().join();

/** What a schema of the OpenAPI document says otherwise than the reference. */
export function schemaDifferences(documented: Json, schema: JsonObject, place = ''): string[] {
  if (documented === ANYTHING) return [];
  const described = resolved(schema);
  const types = [described.type].flat();
  const type = typeOf(documented);
  if (!types.includes(type) && !(type === 'number' && types.includes('integer'))) return [`${place} is ${types.join('|')}, not ${type}`];
  if (typeof documented === 'string') return enumDifferences(enumOf(documented), described, place);
  if (Array.isArray(documented)) return schemaDifferences(documented[0] ?? ANYTHING, (described.items ?? {}) as JsonObject, `${place}/-`);
  return isObject(documented) ? fieldDifferences(documented, described, place) : [];
}

function typeOf(documented: Json): string {
  if (Array.isArray(documented)) return 'array';
  if (isObject(documented)) return 'object';
  return PLAIN.includes(String(documented)) ? String(documented) : 'string';
}

function enumDifferences(values: readonly string[] | null, { enum: allowed }: JsonObject, place: string): string[] {
  if (values === null) return [];
  const described = [allowed ?? []].flat().filter((each) => each !== null);
  return same(values, described.map(String)) ? [] : [`${place} allows ${described.join(', ')}, not ${values.join(', ')}`];
}

function fieldDifferences(documented: JsonObject, { properties }: JsonObject, place: string): string[] {
  const fields = Object.entries(documented);
  if (fields.length === 0) return [];
  const described = isObject(properties) ? properties : {};
  return [
    ...nameDifferences(Object.keys(documented), Object.keys(described), place),
    ...fields.flatMap(([name, shape]) => {
      const schema = described[name];
      return isObject(schema) ? schemaDifferences(shape, schema, `${place}/${name}`) : [];
    }),
  ];
}

/** The names that are missing from what is there, and those that are too many. */
export const nameDifferences = (documented: readonly string[], found: readonly string[], place = ''): string[] => [
  ...documented.filter((name) => !found.includes(name)).map((name) => `${place}/${name} is missing`),
  ...found.filter((name) => !documented.includes(name)).map((name) => `${place}/${name} is not documented`),
];

/** What a real value has otherwise than the reference: documented strings and enums may be null, objects and lists are always there. */
export function valueDifferences(documented: Json, value: Json, place = ''): string[] {
  if (documented === ANYTHING) return [];
  if (typeof documented === 'string') return leafDifferences(documented, value, place);
  if (Array.isArray(documented)) {
    if (!Array.isArray(value)) return [`${place} is no list`];
    return value.flatMap((item, index) => valueDifferences(documented[0] ?? ANYTHING, item, `${place}/${index}`));
  }
  if (!isObject(value) || !isObject(documented)) return [`${place} is no object`];
  if (Object.keys(documented).length === 0) return [];
  return [
    ...nameDifferences(Object.keys(documented), Object.keys(value), place),
    ...Object.entries(documented).flatMap(([name, shape]) => valueDifferences(shape, value[name] ?? null, `${place}/${name}`)),
  ];
}

function leafDifferences(documented: string, value: Json, place: string): string[] {
  const values = enumOf(documented);
  if (documented === 'number' || documented === 'boolean') return typeof value === documented ? [] : [`${place} is no ${documented}`];
  if (value === null || (typeof value === 'string' && (values === null || values.includes(value)))) return [];
  return [`${place} is ${JSON.stringify(value)}, not ${documented}`];
}
