/** The filter language: JSON → checked AST. Knows what each resource allows; knows no SQL. */

import type { FaultLog } from '../lib/fault-log.ts';
import { isObject, type Json } from '../lib/json.ts';
import { pointer, segmentsOf } from '../lib/json-pointer.ts';
import type { Field, Relation, Resource } from './resource.ts';
import { scalarFault } from './values.ts';

/** A comparison of one value. `at`: the place inside a json field. */
export interface Comparison {
  readonly op: Operator;
  readonly value: Json;
  readonly at?: readonly string[];
}

export type Filter<A> =
  | { readonly is: 'and' | 'or'; readonly of: readonly Filter<A>[] }
  | { readonly is: 'not'; readonly of: Filter<A> }
  | { readonly is: 'compare'; readonly field: Field<A>; readonly by: Comparison }
  | { readonly is: 'related'; readonly relation: Relation<A>; readonly quantifier: Quantifier; readonly of: Filter<A> };

/** `some`: there is one; `every`: there is none that breaks it; `none`: there is none. */
export type Quantifier = 'some' | 'every' | 'none';

const EQUALITY = ['eq', 'ne', 'in', 'notIn', 'isNull'] as const;
const ORDER = ['lt', 'lte', 'gt', 'gte'] as const;
const TEXT = ['contains', 'startsWith', 'endsWith', 'icontains', 'istartsWith', 'iendsWith'] as const;
export type Operator = (typeof EQUALITY)[number] | (typeof ORDER)[number] | (typeof TEXT)[number] | 'hasKey';

/** Type of a field → its operators. `path` of a json field takes those of `PATH_OPERATORS` with `at`. */
export const OPERATORS = {
  id: [...EQUALITY, ...ORDER],
  string: [...EQUALITY, ...ORDER, ...TEXT],
  number: [...EQUALITY, ...ORDER],
  timestamp: [...EQUALITY, ...ORDER],
  boolean: EQUALITY,
  enum: EQUALITY,
  json: ['contains', 'hasKey', 'isNull', 'path'],
} as const;
export const PATH_OPERATORS: readonly string[] = OPERATORS.string;

export const LIMITS = { depth: 8, nodes: 100, values: 200, bytes: 16 * 1024, relations: 4, path: 16 } as const;

/** Parses a filter of `resource`. What is wrong goes to `log`, all of it; the result counts only when nothing is. */
export function parseFilter<A>(resource: Resource<A>, json: Json, log: FaultLog): Filter<A> {
  return new Parser<A>(log).object(resource, json, '', { depth: 1, relations: 0 });
}

const NOTHING_WRONG = { is: 'and', of: [] } as const;

interface Level {
  readonly depth: number;
  readonly relations: number;
}

class Parser<A> {
  readonly #log: FaultLog;
  #nodes = 0;

  constructor(log: FaultLog) {
    this.#log = log;
  }

  #fault(at: string, message: string): Filter<A> {
    this.#log.add('invalid_filter', at, message);
    return NOTHING_WRONG;
  }

  /** Counts towards the limits; false when one is reached, which is told once. */
  #within(at: string, { depth, relations }: Level): boolean {
    this.#nodes += 1;
    if (this.#nodes === LIMITS.nodes + 1) this.#fault(at, `is over the limit of ${LIMITS.nodes} conditions in one filter`);
    if (depth === LIMITS.depth + 1) this.#fault(at, `is over the limit of ${LIMITS.depth} levels`);
    if (relations === LIMITS.relations + 1) this.#fault(at, `is over the limit of ${LIMITS.relations} relations in one another`);
    return this.#nodes <= LIMITS.nodes && depth <= LIMITS.depth && relations <= LIMITS.relations;
  }

  object(resource: Resource<A>, json: Json, at: string, level: Level): Filter<A> {
    if (!isObject(json)) return this.#fault(at, 'must be an object of fields, relations, AND, OR and NOT');
    if (!this.#within(at, level)) return NOTHING_WRONG;
    return { is: 'and', of: Object.entries(json).map(([key, value]) => this.#entry(resource, key, value, at + pointer(key), level)) };
  }

  #entry(resource: Resource<A>, key: string, value: Json, at: string, level: Level): Filter<A> {
    const deeper = { ...level, depth: level.depth + 1 };
    if (key === 'AND' || key === 'OR') return this.#list(resource, key === 'AND' ? 'and' : 'or', value, at, deeper);
    if (key === 'NOT') return { is: 'not', of: this.object(resource, value, at, deeper) };
    const field = fieldOf(resource, key);
    const relation = Object.hasOwn(resource.relations, key) ? resource.relations[key] : undefined;
    if (field !== undefined && (relation === undefined || isComparison(value))) return this.#field(field, value, at, level);
    if (relation !== undefined) return this.#relation(relation, value, at, level);
    return this.#fault(at, `is no field or relation of ${resource.name} that can be filtered by; it has ${namesOf(resource)}`);
  }

  #list(resource: Resource<A>, is: 'and' | 'or', json: Json, at: string, level: Level): Filter<A> {
    if (!Array.isArray(json)) return this.#fault(at, 'must be an array of filters');
    return { is, of: json.map((item, index) => this.object(resource, item, at + pointer(index), level)) };
  }

  #relation(relation: Relation<A>, json: Json, at: string, level: Level): Filter<A> {
    const deeper = { depth: level.depth + 1, relations: level.relations + 1 };
    const target = relation.to();
    if (!isObject(json)) return this.#fault(at, 'must be an object: a filter of the related rows');
    const quantified = (quantifier: Quantifier, of: Filter<A>): Filter<A> => ({ is: 'related', relation, quantifier, of });
    if (relation.kind === 'one') {
      const keys = Object.keys(json);
      if (keys.length !== 1 || keys[0] !== 'isNull') return quantified('some', this.object(target, json, at, deeper));
      if (typeof json.isNull !== 'boolean') return this.#fault(at + pointer('isNull'), 'must be true or false');
      return quantified(json.isNull ? 'none' : 'some', NOTHING_WRONG);
    }
    const parts = Object.entries(json).map(([key, value]) => {
      const place = at + pointer(key);
      if (key !== 'some' && key !== 'every' && key !== 'none') return this.#fault(place, 'is not one of some, every, none');
      return quantified(key, this.object(target, value, place, deeper));
    });
    return { is: 'and', of: parts };
  }

  #field(field: Field<A>, json: Json, place: string, level: Level): Filter<A> {
    if (!isObject(json)) return this.#operation(field, 'eq', json, place, level);
    const parts = Object.entries(json).map(([op, value]) => this.#operation(field, op, value, place + pointer(op), level));
    return { is: 'and', of: parts };
  }

  #operation(field: Field<A>, op: string, value: Json, place: string, level: Level, at?: readonly string[]): Filter<A> {
    const allowed: readonly string[] = at === undefined ? OPERATORS[field.type] : PATH_OPERATORS;
    if (!this.#within(place, level)) return NOTHING_WRONG;
    if (!allowed.includes(op)) return this.#fault(place, `is not compared in this way; there are ${allowed.join(', ')}`);
    return op === 'path' ? this.#path(field, value, place, level) : this.#comparison(field, op as Operator, value, place, at);
  }

  #comparison(field: Field<A>, op: Operator, value: Json, place: string, at?: readonly string[]): Filter<A> {
    const nullness = value === null && (op === 'eq' || op === 'ne');
    const by: Comparison = nullness ? { op: 'isNull', value: op === 'eq' } : { op, value };
    const wrong = operandFault(field, by, at !== undefined);
    return wrong === null ? { is: 'compare', field, by: at === undefined ? by : { ...by, at } } : this.#fault(place, wrong);
  }

  /** `{ "at": "/a/b", "gt": 3 }`: the operators of scalars, at a place inside the value. */
  #path(field: Field<A>, json: Json, place: string, level: Level): Filter<A> {
    if (!isObject(json) || typeof json.at !== 'string')
      return this.#fault(place, 'must be an object with a JSON pointer `at` and operators');
    const at = segmentsOf(json.at);
    if (at === null || at.length > LIMITS.path)
      return this.#fault(place + pointer('at'), `must be a JSON pointer of at most ${LIMITS.path} steps`);
    const { at: _, ...operations } = json;
    const parts = Object.entries(operations).map(([op, value]) => this.#operation(field, op, value, place + pointer(op), level, at));
    return { is: 'and', of: parts };
  }
}

/** The described field, when it may be filtered by. What is not described does not exist. */
export function fieldOf<A>(resource: Resource<A>, name: string): Field<A> | undefined {
  const field = Object.hasOwn(resource.fields, name) ? resource.fields[name] : undefined;
  return field?.filterable === false ? undefined : field;
}

const namesOf = <A>(resource: Resource<A>): string =>
  [...new Set([...Object.keys(resource.fields).filter((name) => fieldOf(resource, name)), ...Object.keys(resource.relations)])].join(', ');

const ANY_OPERATOR = new Set<string>([...OPERATORS.string, ...OPERATORS.json]);

/** Where a field and a relation share a name: scalars and operators mean the field. */
const isComparison = (value: Json): boolean => !isObject(value) || Object.keys(value).every((key) => ANY_OPERATOR.has(key));

/** What is wrong with the operand of a comparison, or null. */
function operandFault(field: Field, { op, value }: Comparison, inside: boolean): string | null {
  if (op === 'isNull') return typeof value === 'boolean' ? null : 'must be true or false';
  if (op === 'in' || op === 'notIn') return listFault(field, value, inside);
  if (field.type === 'json' && !inside) return jsonOperandFault(op, value);
  if ((TEXT as readonly string[]).includes(op)) return typeof value === 'string' ? null : 'must be a string';
  const rankFault = inside || !(ORDER as readonly string[]).includes(op) ? undefined : field.rank?.fault;
  return singleFault(field, value, inside) ?? rankFault?.(String(value)) ?? null;
}

/** At a place inside a json value, every scalar is of the right type. */
function singleFault(field: Field, value: Json, inside: boolean): string | null {
  return inside && typeof value !== 'object' ? null : scalarFault(field, value);
}

function listFault(field: Field, value: Json, inside: boolean): string | null {
  if (!Array.isArray(value)) return 'must be an array of values';
  if (value.length > LIMITS.values) return `is over the limit of ${LIMITS.values} values`;
  return value.map((item) => singleFault(field, item, inside)).find((fault) => fault !== null) ?? null;
}

function jsonOperandFault(op: Operator, value: Json): string | null {
  if (op === 'hasKey') return typeof value === 'string' ? null : 'must be a string: a key';
  return typeof value === 'object' && value !== null ? null : 'must be an object or array that the value contains';
}
