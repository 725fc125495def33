import type { JsonObject } from '../../lib/json.ts';
import { eachString } from '../../lib/json-walk.ts';

const ENTITY_ID = /^[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}$/;
/** `{{ variables.name }}`, spaces optional. Any other `{{…}}` is ordinary text. */
const TOKEN = /\{\{\s*variables\.([\p{L}\p{N}_$-]+)\s*\}\}/gu;
const WHOLE_TOKEN = new RegExp(`^${TOKEN.source}$`, 'u');

/** What a definition points to: entity ids (whole strings) and install variables, each once, in order of first use. */
export interface References {
  readonly refs: readonly string[];
  readonly variables: readonly string[];
}

export function referencesOf(definition: JsonObject): References {
  const refs = new Set<string>();
  const variables = new Set<string>();
  eachString(definition, (text) => {
    if (ENTITY_ID.test(text)) refs.add(text);
    else for (const [, name] of text.matchAll(TOKEN)) variables.add(name as string);
  });
  return { refs: [...refs], variables: [...variables] };
}

/** Where in the definition `id` is referred to: JSON pointers. */
export function pointersTo(definition: JsonObject, id: string): string[] {
  const pointers: string[] = [];
  eachString(definition, (text, pointer) => {
    if (text === id) pointers.push(pointer);
  });
  return pointers;
}

/** Where in the definition the variable is used: JSON pointers. */
export function pointersToVariable(definition: JsonObject, name: string): string[] {
  const pointers: string[] = [];
  eachString(definition, (text, pointer) => {
    for (const [, used] of text.matchAll(TOKEN)) if (used === name && pointers.at(-1) !== pointer) pointers.push(pointer);
  });
  return pointers;
}

/** The name in a string that is exactly one token, or null. */
export const wholeToken = (text: string): string | null => WHOLE_TOKEN.exec(text)?.[1] ?? null;

/** `text` with each token replaced by what `value` gives for its name. */
export const replaceTokens = (text: string, value: (name: string) => string): string =>
  text.replace(TOKEN, (_token, name: string) => value(name));
