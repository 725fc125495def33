import type { JsonObject } from '../../../lib/json.ts';
import { segmentsOf } from '../../../lib/json-pointer.ts';
import { demandsOf, newDemands } from '../../../lib/json-schema/demands.ts';
import { sameJson } from '../../../lib/json-walk.ts';
import { type ConsentNeed, needOf } from './comparable.ts';

/** Variables, and parts of them, that have to be given now. Pure. */
export function variableNeeds(from: JsonObject, to: JsonObject): ConsentNeed[] {
  if (sameJson(from, to)) return [];
  const places = newDemands(demandsOf(from), demandsOf(to));
  if (places === null)
    return [{ kind: 'required_variable', detail: 'the variables schema is too intricate to tell what is now required', added: [] }];
  return needOf('required_variable', places.map(nameOf), (list) =>
    places.length === 1 ? `the variable ${list} is now required` : `the variables ${list} are now required`,
  );
}

/** `/a` is the variable a; `/a/b` is told as `a/b`. */
const nameOf = (place: string): string => {
  const segments = segmentsOf(place) ?? [];
  return segments.length === 1 ? segments.join() : place.slice(1);
};
