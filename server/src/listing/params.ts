/** The parameters of a list, from a query string or a search body, checked whole. */

import { FaultLog, type Source } from '../lib/fault-log.ts';
import { isObject, type Json } from '../lib/json.ts';
import { JsonFault, parseJson } from '../lib/json-parse.ts';
import { pointer } from '../lib/json-pointer.ts';
import { type Filter, LIMITS, parseFilter } from '../query/filter.ts';
import { defaultOrder, type OrderKey, parseOrder } from '../query/order.ts';
import type { Field, Resource, Shorthand } from '../query/resource.ts';
import { scalarFault } from '../query/values.ts';

export const MAX_LIMIT = 100;
export const INCLUDE_DELETED = ['false', 'true', 'only'] as const;

export interface ListParams<A = unknown> {
  readonly source: Source;
  readonly limit: number;
  readonly after: string | null;
  readonly before: string | null;
  readonly ids: readonly string[] | null;
  readonly includeDeleted: (typeof INCLUDE_DELETED)[number];
  /** The filter and the shorthands, all of which must hold. */
  readonly filter: Filter<A>;
  readonly order: readonly OrderKey<A>[];
}

/** Reads list parameters: strings from a query string, JSON values from a search body. Throws one 400 with everything that is wrong. */
export function parseListParams<A>(resource: Resource<A>, raw: Json, source: Source): ListParams<A> {
  const log = new FaultLog(source);
  const reader = new Reader(resource, isObject(raw) ? raw : {}, source, log);
  if (!isObject(raw)) log.add('invalid_request', '', 'must be an object of list parameters');
  const params = reader.read();
  log.done();
  return params;
}

class Reader<A> {
  readonly #resource: Resource<A>;
  readonly #raw: Readonly<Record<string, Json>>;
  readonly #source: Source;
  readonly #log: FaultLog;

  constructor(resource: Resource<A>, raw: Readonly<Record<string, Json>>, source: Source, log: FaultLog) {
    this.#resource = resource;
    this.#raw = raw;
    this.#source = source;
    this.#log = log;
  }

  read(): ListParams<A> {
    this.#refuseUnknown();
    const [after, before] = [this.#text('after'), this.#text('before')];
    if (after !== null && before !== null)
      this.#log.of('before').add('invalid_cursor', '', 'cannot be used together with after; send one of them');
    return {
      source: this.#source,
      limit: this.#limit(),
      after,
      before,
      ids: this.#ids(),
      includeDeleted: this.#includeDeleted(),
      filter: { is: 'and', of: [...this.#shorthands(), ...this.#filter()] },
      order: this.#order(),
    };
  }

  #value(name: string): Json | undefined;
  #value(name: string, absent: Json): Json;
  #value(name: string, absent?: Json): Json | undefined {
    return Object.hasOwn(this.#raw, name) ? this.#raw[name] : absent;
  }

  #fault(name: string, message: string): null {
    this.#log.of(name).add('invalid_request', '', message);
    return null;
  }

  #refuseUnknown(): void {
    const known = parameterNames(this.#resource);
    for (const name of Object.keys(this.#raw))
      if (!known.includes(name)) this.#fault(name, `is no parameter of this list; it has ${known.join(', ')}`);
  }

  #text(name: string): string | null {
    const value = this.#value(name, null);
    if (value === null || (typeof value === 'string' && value !== '')) return value;
    this.#log.of(name).add('invalid_cursor', '', 'must be a cursor, as a page gave it');
    return null;
  }

  #limit(): number {
    const value = this.#value('limit', MAX_LIMIT);
    const number = typeof value === 'string' && this.#source === 'query' && /^[1-9]\d{0,2}$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= MAX_LIMIT) return number;
    this.#fault('limit', `must be a whole number from 1 to ${MAX_LIMIT}`);
    return MAX_LIMIT;
  }

  #ids(): readonly string[] | null {
    const value = this.#value('ids');
    if (value === undefined) return null;
    const ids = typeof value === 'string' && this.#source === 'query' ? value.split(',') : value;
    if (!Array.isArray(ids)) return this.#fault('ids', 'must be a list of ids');
    if (ids.length > LIMITS.values) return this.#fault('ids', `is over the limit of ${LIMITS.values} ids`);
    const { prefixes } = this.#resource;
    const field: Field = { type: 'id', column: 'id', ...(prefixes && { prefixes }) };
    for (const [index, id] of ids.entries()) {
      const wrong = scalarFault(field, id);
      if (wrong !== null) this.#log.of('ids').add('invalid_request', pointer(index), wrong);
    }
    return ids as string[];
  }

  #includeDeleted(): ListParams['includeDeleted'] {
    const value = this.#value('include_deleted', 'false');
    const found = INCLUDE_DELETED.find((each) => each === String(value) && typeof value !== 'object');
    if (found === undefined) this.#fault('include_deleted', `must be one of ${INCLUDE_DELETED.join(', ')}`);
    return found ?? 'false';
  }

  #shorthands(): Filter<A>[] {
    return Object.entries(this.#resource.shorthands).flatMap(([name, shorthand]) => {
      const value = this.#value(name);
      return value === undefined ? [] : this.#shorthand(name, shorthand, value);
    });
  }

  #shorthand(name: string, { field: fieldName, op }: Shorthand, raw: Json): Filter<A>[] {
    const field = this.#resource.fields[fieldName] as Field<A>;
    const value = this.#source === 'query' ? typed(field, raw) : raw;
    const wrong = scalarFault(field, value);
    if (wrong !== null) {
      this.#fault(name, wrong);
      return [];
    }
    return [{ is: 'compare', field, by: { op: op ?? 'eq', value } }];
  }

  #filter(): Filter<A>[] {
    const json = this.#json('filter');
    return json === undefined ? [] : [parseFilter(this.#resource, json, this.#log.of('filter'))];
  }

  #order(): OrderKey<A>[] {
    const json = this.#json('orderBy');
    const asked = json === undefined || (Array.isArray(json) && json.length === 0) ? defaultOrder(this.#resource) : json;
    return parseOrder(this.#resource, asked, this.#log.of('orderBy'));
  }

  /** A parameter that is JSON: text on a query string, a value in a search body. */
  #json(name: 'filter' | 'orderBy'): Json | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    const code = name === 'filter' ? 'invalid_filter' : 'invalid_order';
    const text = this.#source === 'query' ? String(value) : JSON.stringify(value);
    if (Buffer.byteLength(text) > LIMITS.bytes) {
      this.#log.of(name).add(code, '', `is over the limit of ${LIMITS.bytes} bytes of JSON`);
      return undefined;
    }
    if (this.#source === 'body') return value;
    try {
      return parseJson(text);
    } catch (error) {
      if (!(error instanceof JsonFault)) throw error;
      this.#log.of(name).add(code, error.pointer, error.message);
      return undefined;
    }
  }
}

/** A query string's text as a value of the field's type; what does not fit stays text, and is refused by its type. */
function typed(field: Field, text: Json): Json {
  if (field.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if (field.type === 'number' && typeof text === 'string' && /^-?\d{1,15}$/.test(text)) return Number(text);
  return text;
}

export const parameterNames = <A>(resource: Resource<A>): string[] => [
  'limit',
  'after',
  'before',
  'ids',
  'filter',
  'orderBy',
  ...(resource.deletedScope ? ['include_deleted'] : []),
  ...Object.keys(resource.shorthands),
];
