/** orderBy: JSON → checked keys. */

import type { FaultLog } from '../lib/fault-log.ts';
import { isObject, type Json } from '../lib/json.ts';
import { pointer } from '../lib/json-pointer.ts';
import type { Field, Relation, Resource } from './resource.ts';

export const DIRECTIONS = ['asc', 'desc', 'asc_nulls_first', 'asc_nulls_last', 'desc_nulls_first', 'desc_nulls_last'] as const;

/** One key of an order. `through`: the to-one relation whose field it is. */
export interface OrderKey<A> {
  readonly name: string;
  readonly field: Field<A>;
  readonly through: Relation<A> | null;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
  readonly nullable: boolean;
}

const MAX_KEYS = 5;
const FORM = 'must be an array of objects such as [{ "name": "asc" }]';

/** The keys of an orderBy, without the id that breaks ties. What is wrong goes to `log`. */
export function parseOrder<A>(resource: Resource<A>, json: Json, log: FaultLog): OrderKey<A>[] {
  const fault = (at: string, message: string) => log.add('invalid_order', at, message);
  if (!Array.isArray(json)) {
    fault('', FORM);
    return [];
  }
  if (json.length > MAX_KEYS) fault('', `is over the limit of ${MAX_KEYS} keys`);
  return json.slice(0, MAX_KEYS).flatMap((item, index) => {
    const at = pointer(index);
    const [entry, second] = isObject(item) ? Object.entries(item) : [];
    if (entry === undefined || second !== undefined) {
      fault(at, 'must name one field, as in { "name": "asc" }');
      return [];
    }
    const [name, value] = entry;
    return keyOf(resource, name, value, at + pointer(name), fault) ?? [];
  });
}

type Fail = (at: string, message: string) => void;

function keyOf<A>(resource: Resource<A>, name: string, value: Json, at: string, fault: Fail): OrderKey<A> | null {
  const relation = Object.hasOwn(resource.relations, name) ? resource.relations[name] : undefined;
  if (isObject(value) && relation?.kind === 'one') return relatedKey(relation, name, value, at, fault);
  const field = sortable(resource, name);
  if (field === undefined) {
    fault(at, `is no field of ${resource.name} that can be ordered by; it has ${sortableNames(resource).join(', ')}`);
    return null;
  }
  return directed({ name, field, through: null, nullable: field.nullable === true }, value, at, fault);
}

function relatedKey<A>(relation: Relation<A>, name: string, value: Json, at: string, fault: Fail): OrderKey<A> | null {
  const target = relation.to();
  const entries = isObject(value) ? Object.entries(value) : [];
  const [inner, direction] = entries[0] ?? ['', null];
  const field = sortable(target, inner);
  if (entries.length !== 1 || field === undefined) {
    fault(at, `must name one field of ${target.name} that can be ordered by: ${sortableNames(target).join(', ')}`);
    return null;
  }
  // Rows that may not be seen, or are not there, order as null.
  return directed({ name: `${name}.${inner}`, field, through: relation, nullable: true }, direction, at + pointer(inner), fault);
}

function directed<A>(key: Omit<OrderKey<A>, 'descending' | 'nullsFirst'>, direction: Json, at: string, fault: Fail): OrderKey<A> | null {
  if (!(DIRECTIONS as readonly Json[]).includes(direction)) {
    fault(at, `must be one of ${DIRECTIONS.join(', ')}`);
    return null;
  }
  const text = String(direction);
  const descending = text.startsWith('desc');
  return { ...key, descending, nullsFirst: text.includes('_') ? text.endsWith('_first') : descending };
}

const sortable = <A>(resource: Resource<A>, name: string): Field<A> | undefined => {
  const field = Object.hasOwn(resource.fields, name) ? resource.fields[name] : undefined;
  return field === undefined || field.sortable === false || field.type === 'json' ? undefined : field;
};

export const sortableNames = <A>(resource: Resource<A>): string[] =>
  Object.keys(resource.fields).filter((name) => sortable(resource, name));

const CREATED_FIRST = [{ field: 'createdAt', direction: 'desc' }] as const;

/** The order of lists that ask for none. */
export function defaultOrder<A>(resource: Resource<A>): Json {
  return (resource.defaultOrder ?? CREATED_FIRST).map(({ field, direction }) => ({ [field]: direction }));
}
