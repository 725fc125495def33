/** The published reference of the 13 endpoints, read as text: what it says is what the contract test holds the server to. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isObject, type Json, type JsonObject } from '../../src/lib/json.ts';
import { must } from '../../src/lib/must.ts';

const FILE = fileURLToPath(new URL('../../../../shared/seeds/integrations-api.txt', import.meta.url));
export const ABSENT = 'the published reference, ../shared/seeds/integrations-api.txt, is not beside the repository';

/** One endpoint as documented. In shapes, `"string"` and its like name a type, `"a | b"` the values, `{}` any object, `"<...>"` anything. */
export interface DocumentedEndpoint {
  readonly parameters: readonly { readonly name: string; readonly in: 'path' | 'query'; readonly required: boolean }[];
  /** Field → shape; null where no body is documented. */
  readonly body: JsonObject | null;
  /** The body's fields without `?`. */
  readonly requiredFields: readonly string[];
  readonly answer: JsonObject;
}

/** `METHOD /path` → the endpoint; null when the text is not there. */
export const readReference = (): ReadonlyMap<string, DocumentedEndpoint> | null =>
  existsSync(FILE) ? parseReference(readFileSync(FILE, 'utf8')) : null;

export function parseReference(text: string): ReadonlyMap<string, DocumentedEndpoint> {
  const [, ...parts] = text.split(/^((?:GET|POST|PATCH|DELETE) \/\S+)$/m);
  const keys = parts.filter((_, index) => index % 2 === 0);
  return new Map(keys.map((key, index) => [key, endpointOf(must(parts[2 * index + 1], `${key} is followed by its text`))]));
}

const HEADINGS = ['Path parameters', 'Query parameters', 'Request body', 'Response'] as const;

function endpointOf(text: string): DocumentedEndpoint {
  const sections = sectionsOf(text);
  const body = jsonOf(sections.get('Request body'));
  return {
    parameters: [...parametersOf(sections.get('Path parameters'), 'path'), ...parametersOf(sections.get('Query parameters'), 'query')],
    body: body && Object.fromEntries(Object.entries(body).map(([name, shape]) => [name.replace(/\?$/, ''), shape])),
    requiredFields: Object.keys(body ?? {}).filter((name) => !name.endsWith('?')),
    answer: must(jsonOf(sections.get('Response')), 'every endpoint documents its response'),
  };
}

function sectionsOf(text: string): ReadonlyMap<string, string> {
  const [, ...parts] = text.split(new RegExp(`^(${HEADINGS.join('|')})$`, 'm'));
  return new Map(parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1] ?? '']] : [])));
}

const parametersOf = (section: string | undefined, where: 'path' | 'query') =>
  [...(section ?? '').matchAll(/^ +• (\w+) \((required|optional)\)/gm)].map(([, name = '', need]) => ({
    name,
    in: where,
    required: need === 'required',
  }));

function jsonOf(section: string | undefined): JsonObject | null {
  if (section === undefined) return null;
  const json: Json = JSON.parse(section.replace(/^\s*JSON$/m, ''));
  return isObject(json) ? json : null;
}
