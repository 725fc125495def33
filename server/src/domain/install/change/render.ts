import { Problem } from '../../../lib/errors.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { mapStrings } from '../../../lib/json-walk.ts';
import { replaceTokens, wholeToken } from '../../entity/references.ts';

/** What rendering puts in: the ids of the clones, by source entity id, and the install's variables. */
export interface Rendering {
  readonly ids: ReadonlyMap<string, string>;
  readonly variables: JsonObject;
}

/**
 * Renders a pinned definition for one install. A string that is the source id of a cloned member becomes the clone's id; a string that
 * is exactly `{{ variables.name }}` becomes the typed value (null when unset); inside a longer string the value is interpolated
 * (nothing when unset, JSON text for objects and arrays). Keys and every other `{{…}}` stay as they are.
 * Pure; the definition is not changed, and is returned itself when there is nothing to put in.
 */
export function render(definition: JsonObject, { ids, variables }: Rendering): JsonObject {
  return mapStrings(definition, (text) => {
    const clone = ids.get(text);
    if (clone !== undefined) return clone;
    if (!text.includes('{{')) return text;
    const name = wholeToken(text);
    return name === null ? replaceTokens(text, (each) => textOf(variableOf(variables, each))) : variableOf(variables, name);
  }) as JsonObject;
}

const variableOf = (variables: JsonObject, name: string): Json => (Object.hasOwn(variables, name) ? (variables[name] ?? null) : null);

function textOf(value: Json): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A definition's tokens and the values they stand for, as text, may not multiply into more than this many characters. */
const RENDERED_LENGTH = 4_194_304;

/** What is wrong with a rendering that would grow out of bounds, before it is made; or null. `uses`: variables in the definition's text. */
export function growthFault(slug: string, body: string, uses: readonly string[], variables: JsonObject): Problem | null {
  const longest = Math.max(0, ...uses.map((name) => textOf(variableOf(variables, name)).length));
  const tokens = body.split('{{').length - 1;
  if (body.length + tokens * longest <= RENDERED_LENGTH) return null;
  const detail = `The variables make the member ${slug} larger than ${RENDERED_LENGTH} characters; use shorter values.`;
  return new Problem('invalid_body', detail, { faults: [{ pointer: '/variables', message: `are too long for the member ${slug}` }] });
}
