import type { JsonObject } from '../../../lib/json.ts';
import { segmentsOf } from '../../../lib/json-pointer.ts';
import { demandsOf, newDemands } from '../../../lib/json-schema/demands.ts';
import { filled } from '../../../lib/json-schema/fillings.ts';
import { sameJson } from '../../../lib/json-walk.ts';
import { type ConsentNeed, needOf, type Version } from './comparable.ts';

/** Variables, and parts of them, that have to be given now, or whose default is gone while a clone uses them. Pure. */
export function variableNeeds(from: Version, to: Version): ConsentNeed[] {
  if (sameJson(from.variablesSchema, to.variablesSchema) && sameJson(given(from), given(to))) return [];
  const places = newDemands(demandsOf(from.variablesSchema, given(from)), demandsOf(to.variablesSchema, given(to)));
  if (places === null)
    return [{ kind: 'required_variable', detail: 'the variables schema is too intricate to tell what is now required', added: [] }];
  const names = [...new Set([...places.map(nameOf), ...left(from, to)])];
  return needOf('required_variable', names, (list) =>
    names.length === 1 ? `the variable ${list} is now required` : `the variables ${list} are now required`,
  );
}

const given = ({ manifest }: Pick<Version, 'manifest'>): JsonObject => (manifest.defaults?.variables ?? {}) as JsonObject;

/** What nobody has to give, a clone may use all the same: without its default, nothing is put in where something was. */
function left(from: Version, to: Version): string[] {
  const used = new Set(to.members.filter(({ forkOnInstall }) => forkOnInstall).flatMap(({ variables }) => variables));
  const has = (version: Version) => filled(version.variablesSchema, given(version));
  const [before, after] = [has(from), has(to)];
  return [...used].filter((name) => before(name) && !after(name));
}

/** `/a` is the variable a; `/a/b` is told as `a/b`. */
const nameOf = (place: string): string => {
  const segments = segmentsOf(place) ?? [];
  return segments.length === 1 ? segments.join() : place.slice(1);
};
