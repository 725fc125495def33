import type { TObject, TSchema } from 'typebox';
import { type Fault, Problem } from '../lib/errors.ts';
import { isObject, type Json } from '../lib/json.ts';
import { JSON_LIMITS, type JsonLimits, parseInTurns, parseJson } from '../lib/json-parse.ts';
import { tidyName } from '../lib/names.ts';
import { shape } from '../lib/shape.ts';
import { checkOf } from '../lib/shape-check.ts';

/** Of bodies and queries that say nothing. */
export const NO_FIELDS = shape({});

/** The headers that say how a body is written. */
interface BodyHeaders {
  readonly 'content-type'?: string | undefined;
  readonly 'content-encoding'?: string | undefined;
}

/** Bytes up to which a body is parsed at once. */
const AT_ONCE = 65_536;

/** Parses the bytes of a body, long ones in turns. No body at all is the empty object, for verbs whose fields are all optional. */
export function parseBody(bytes: unknown, headers: BodyHeaders, limits: JsonLimits = JSON_LIMITS): Json | Promise<Json> {
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return {};
  refuseForeignEncoding(headers);
  return bytes.length <= AT_ONCE ? parseJson(bytes, limits) : parseInTurns(bytes, limits);
}

function refuseForeignEncoding({ 'content-type': type = '', 'content-encoding': encoding = 'identity' }: BodyHeaders): void {
  if (encoding !== 'identity')
    throw new Problem('unsupported_media_type', `Send the body without Content-Encoding; ${encoding} is not read here.`);
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(type)?.[1] ?? 'utf-8';
  if (!/^utf-?8$/i.test(charset)) throw new Problem('unsupported_media_type', `Send the body in UTF-8; ${charset} is not read here.`);
}

/** Reads a parsed body by its schema, or throws 422 with every fault in it. */
export function bodyReader(schema: TSchema): (json: Json) => unknown {
  const check = checkOf(schema);
  const names = namesIn(schema);
  return (given) => {
    const json = tidied(given, names);
    const faults = check(json);
    if (faults.length > 0) throw badBody(faults);
    return json;
  };
}

/** The fields of a shape that are names. What lies deeper is signed, and stays as it is. */
const namesIn = (schema: TSchema): readonly string[] =>
  Object.entries((schema as Partial<TObject>).properties ?? {}).flatMap(([field, { format }]: [string, { format?: string }]) =>
    format === 'name' ? [field] : [],
  );

function tidied(json: Json, names: readonly string[]): Json {
  if (!isObject(json)) return json;
  const tidy = names.flatMap((name): [string, Json][] => {
    const value = Object.hasOwn(json, name) ? json[name] : undefined;
    return typeof value === 'string' ? [[name, tidyName(value)]] : [];
  });
  return tidy.length === 0 ? json : { ...json, ...Object.fromEntries(tidy) };
}

function badBody(faults: readonly Fault[]): Problem {
  return new Problem(
    'invalid_body',
    faults.map(({ pointer, message }) => `${pointer === '' ? 'The body' : pointer} ${message}.`).join(' '),
    { faults },
  );
}
