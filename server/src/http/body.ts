import type { TSchema } from 'typebox';
import { type Fault, Problem } from '../lib/errors.ts';
import type { Json } from '../lib/json.ts';
import { JSON_LIMITS, type JsonLimits, parseInTurns, parseJson } from '../lib/json-parse.ts';
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
  return (json) => {
    const faults = check(json);
    if (faults.length > 0) throw badBody(faults);
    return json;
  };
}

function badBody(faults: readonly Fault[]): Problem {
  return new Problem(
    'invalid_body',
    faults.map(({ pointer, message }) => `${pointer === '' ? 'The body' : pointer} ${message}.`).join(' '),
    { faults },
  );
}
