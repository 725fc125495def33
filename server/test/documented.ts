import { apiDocument } from '../src/app.ts';
import { isObject, type Json, type JsonObject } from '../src/lib/json.ts';
import { at, pointer } from '../src/lib/json-pointer.ts';

const DOCUMENT = apiDocument() as unknown as JsonObject;

interface Told {
  readonly method: string;
  readonly path: RegExp;
  /** Status → codes of the problems that are told for it. */
  readonly problems: ReadonlyMap<string, readonly string[]>;
}

const entries = (value: Json | undefined): [string, Json][] => (isObject(value) ? Object.entries(value) : []);

/** What the document tells of every operation. */
const TOLD: readonly Told[] = entries(DOCUMENT.paths).flatMap(([path, operations]) =>
  entries(operations).map(([method, operation]): Told => {
    const responses = isObject(operation) ? entries(operation.responses) : [];
    return {
      method: method.toUpperCase(),
      path: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
      problems: new Map(responses.map(([status, response]) => [status, codesOf(response)])),
    };
  }),
);

function codesOf(response: Json): string[] {
  const ref = isObject(response) && typeof response.$ref === 'string' ? response.$ref.slice(1) : null;
  const told = ref === null ? response : (at(DOCUMENT, ref) ?? null);
  return entries(at(told, pointer('content', 'application/problem+json', 'examples'))).map(([code]) => code);
}

/** Why the document does not tell of this answer, or null when it does, or when the path is none of the API. */
export function undocumented(method: string, url: string, status: number, code: unknown): string | null {
  const path = url.split('?', 1)[0] ?? '';
  const told = TOLD.find((each) => each.method === method && each.path.test(path));
  if (told === undefined) return null;
  const codes = told.problems.get(String(status));
  if (status < 400 ? codes !== undefined || status === 304 : codes?.includes(String(code))) return null;
  return `openapi.json does not tell that ${method} ${told.path.source} answers ${status} ${String(code ?? '')}`;
}
