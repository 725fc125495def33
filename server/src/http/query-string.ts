import type { TSchema } from 'typebox';
import { type Fault, Problem } from '../lib/errors.ts';
import { isObject, type Json } from '../lib/json.ts';
import { plainSchema } from '../lib/plain-schema.ts';
import { checkOf } from '../lib/shape-check.ts';

/** The parameters of a query string, decoded. */
export type RawQuery = Readonly<Record<string, string>>;

/**
 * Reads what follows the `?` of a URL. Throws 400 for a name that comes twice (which one would count?), broken
 * percent-encoding, bytes that are not UTF-8, and NUL, which PostgreSQL cannot take: nothing is altered or dropped.
 */
export function parseQueryString(url: string): RawQuery {
  if (!url.includes('?')) return {};
  const query = new Map<string, string>();
  const faults: Fault[] = [];
  for (const pair of pairsOf(url)) {
    const cut = pair.includes('=') ? pair.indexOf('=') : pair.length;
    const name = decode(pair.slice(0, cut));
    const value = decode(pair.slice(cut + 1));
    const pointer = `query:${name ?? pair.slice(0, cut)}`;
    if (name === null || value === null) faults.push({ pointer, message: 'is not percent-encoded UTF-8 without NUL' });
    else if (query.has(name)) faults.push({ pointer, message: 'is given twice' });
    else query.set(name, value);
  }
  if (faults.length > 0) throw badQuery(faults);
  return Object.fromEntries(query);
}

function pairsOf(url: string): string[] {
  const start = url.indexOf('?');
  return start === -1
    ? []
    : url
        .slice(start + 1)
        .split('&')
        .filter((pair) => pair !== '');
}

function decode(text: string): string | null {
  try {
    const decoded = decodeURIComponent(text.replaceAll('+', ' '));
    return decoded.includes('\0') ? null : decoded;
  } catch {
    return null;
  }
}

function badQuery(faults: readonly Fault[]): Problem {
  const sentences = faults.map(({ pointer, message }) => `The parameter ${pointer.slice('query:'.length)} ${message}.`);
  return new Problem('invalid_request', sentences.join(' '), { faults });
}

/** Reads a query by its schema: integers and booleans where the schema says so, text elsewhere. Unknown parameters are refused. */
export function queryReader(schema: TSchema): (raw: RawQuery) => unknown {
  const { properties } = plainSchema(schema);
  const check = checkOf(schema);
  return (raw) => {
    const typed = Object.fromEntries(
      Object.entries(raw).map(([name, text]) => [name, coerce(text, isObject(properties) ? properties[name] : undefined)]),
    );
    const faults = check(typed);
    if (faults.length > 0) throw badQuery(faults.map(asQueryFault));
    return typed;
  };
}

/** A text that is not of the wanted type stays text, so that the check names the parameter. */
function coerce(text: string, schema: Json | undefined): Json {
  const type = isObject(schema) ? schema.type : undefined;
  if (type === 'integer' && /^-?(0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

const asQueryFault = ({ pointer, message }: Fault): Fault => ({
  pointer: `query:${pointer.slice(1)}`,
  message: message === 'is not a known field' ? 'is not a known parameter' : message,
});
