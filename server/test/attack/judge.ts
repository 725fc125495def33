/** What an answer does that the document does not say. */
import { type Schema, Validator } from '@cfworker/json-schema';
import { isObject, type Json, type JsonObject } from '../../src/lib/json.ts';
import { at, pointer } from '../../src/lib/json-pointer.ts';
import type { Answer } from '../api.ts';
import { type ApiOperation, DOCUMENT, responseOf } from '../contract/document.ts';

/** What any endpoint may also answer, as the document's own description says. */
const ANYWHERE = new Set([405, 408, 414, 431]);

/** A sentence, or null when the answer is one that the document describes. */
export function faultOf(operation: ApiOperation, { status, headers, body }: Answer): string | null {
  const type = String(headers['content-type'] ?? '');
  if (status >= 500) return `answers ${status}`;
  if (ANYWHERE.has(status)) return null;
  const response = responseOf(operation, status);
  if (response === null) return `answers ${status}, which the document does not have`;
  const content = isObject(response.content) ? response.content : {};
  const [wanted] = Object.keys(content);
  if (wanted === undefined) return body === null ? null : `answers ${status} with a body`;
  if (type.split(';')[0] !== wanted) return `answers ${status} as ${type}, not as ${wanted}`;
  return bodyFault(at(content, `${pointer(wanted)}/schema`) as JsonObject, body);
}

function bodyFault(schema: JsonObject, body: Json): string | null {
  const { valid, errors } = validatorOf(schema).validate(body);
  return valid ? null : `answers what its schema does not allow: ${JSON.stringify(errors.slice(-3))}`;
}

const validators = new Map<string, Validator>();

function validatorOf(schema: JsonObject): Validator {
  const key = JSON.stringify(schema);
  const known = validators.get(key) ?? new Validator(withComponents(schema) as Schema, '2020-12', true);
  validators.set(key, known);
  return known;
}

/** The schema with those components that it leads to. */
function withComponents(schema: JsonObject): JsonObject {
  const schemas: JsonObject = {};
  const waiting = [schema as Json];
  for (const node of waiting)
    for (const [, name = ''] of JSON.stringify(node).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (Object.hasOwn(schemas, name)) continue;
      schemas[name] = at(DOCUMENT, `/components/schemas/${name}`) ?? {};
      waiting.push(schemas[name]);
    }
  return { ...schema, components: { schemas } };
}
