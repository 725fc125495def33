import type { Json, JsonObject } from '@mortise/sdk/resources';

const TOKEN = /\{\{\s*variables\.([^\s{}]+)\s*\}\}/;

/**
 * What a clone must look like: the pinned definition with the ids of the clones and the install's variables put in.
 * Written anew from the specification, by other means than the server's renderer, since it is there to find that one's faults.
 */
export function expectedDefinition(pinned: JsonObject, clones: ReadonlyMap<string, string>, variables: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(pinned), (_key, value: Json) =>
    typeof value === 'string' ? (clones.get(value) ?? withVariables(value, variables)) : value,
  ) as JsonObject;
}

function withVariables(text: string, variables: JsonObject): Json {
  const parts = text.split(TOKEN); // text and names take turns
  const variable = (name = ''): Json => (Object.hasOwn(variables, name) ? (variables[name] ?? null) : null);
  if (parts.length === 3 && parts[0] === '' && parts[2] === '') return variable(parts[1]);
  return parts.map((part, index) => (index % 2 === 0 ? part : asText(variable(part)))).join('');
}

const asText = (value: Json): string => (typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value));
