import type { Json, JsonObject } from '@mortise/sdk/resources';
import type { Random } from '../random.ts';

const ENTITY_ID = /^[a-z]{3}_[0-9a-z]{26}$/;

/** The definition with one value changed, at a random place, as a workspace might edit its clone. References are left alone. */
export function edited(definition: JsonObject, random: Random): JsonObject {
  const chosen = Math.floor(random() * countValues(definition));
  let seen = 0;
  const walk = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item)]));
    return isEditable(value) && seen++ === chosen ? changed(value) : value;
  };
  return countValues(definition) === 0 ? { ...definition, edited: true } : (walk(definition) as JsonObject);
}

function countValues(value: Json): number {
  if (typeof value !== 'object' || value === null) return isEditable(value) ? 1 : 0;
  return Object.values(value).reduce((sum: number, item: Json) => sum + countValues(item), 0);
}

const isEditable = (value: Json): boolean => typeof value !== 'string' || !ENTITY_ID.test(value);

function changed(value: Json): Json {
  if (typeof value === 'string') return `${value} (edited)`;
  if (typeof value === 'number') return value === 0 ? 1 : 0;
  return value === null ? 'edited' : !value;
}
