import type { JsonObject } from '../../lib/json.ts';
import { eachString, eachTextInTurns } from '../../lib/json-walk.ts';

const ENTITY_ID = /^[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}$/;
/** `{{ variables.name }}`, spaces optional. Any other `{{…}}` is ordinary text. */
const TOKEN = /\{\{\s*variables\.([\p{L}\p{N}_$-]+)\s*\}\}/gu;
const WHOLE_TOKEN = new RegExp(`^${TOKEN.source}$`, 'u');

/** What a definition points to: entity ids (whole strings) and install variables, each once, in order of first use. */
export interface References {
  readonly refs: readonly string[];
  readonly variables: readonly string[];
}

/** Yields where others may get on. */
export function* referencesOf(definition: JsonObject): Generator<void, References, undefined> {
  const refs = new Set<string>();
  const variables = new Set<string>();
  yield* eachTextInTurns(definition, (text) => {
    if (ENTITY_ID.test(text)) refs.add(text);
    else for (const name of namesIn(text)) variables.add(name);
  });
  return { refs: [...refs], variables: [...variables] };
}

const namesIn = (text: string): readonly string[] => (text.includes('{{') ? Array.from(text.matchAll(TOKEN), ([, name = '']) => name) : []);

const BRACED = /\{\{[^{}]{1,200}\}\}/g;
/** What people write who mean a variable: another case, one letter less, a filter or a property behind it. */
const MEANT = /(?:^|[^\p{L}\p{N}_])var(?:iable)?s?\s*[.[]/iu;

/** The parts of a text that look like a variable's token and are none. `variables`: the names that there are. */
export const lookAlikes = (text: string, variables: ReadonlySet<string>): readonly string[] =>
  text.includes('{{')
    ? (text.match(BRACED) ?? []).filter((token) => !WHOLE_TOKEN.test(token) && isMeant(token.slice(2, -2), variables))
    : [];

const isMeant = (inside: string, variables: ReadonlySet<string>): boolean => MEANT.test(inside) || variables.has(inside.trim());

/** Entity ids and names of variables → where in the definition they are used: JSON pointers, each once. No id is a variable's name. */
export function placesIn(definition: JsonObject): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  eachString(definition, (text, pointer) => {
    for (const used of ENTITY_ID.test(text) ? [text] : new Set(namesIn(text))) {
      const known = places.get(used);
      if (known === undefined) places.set(used, [pointer]);
      else known.push(pointer);
    }
  });
  return places;
}

/** The name in a string that is exactly one token, or null. */
export const wholeToken = (text: string): string | null => WHOLE_TOKEN.exec(text)?.[1] ?? null;

/** `text` with each token replaced by what `value` gives for its name. */
export const replaceTokens = (text: string, value: (name: string) => string): string =>
  text.replace(TOKEN, (_token, name: string) => value(name));
