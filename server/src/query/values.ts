import sql, { type Sql } from 'sql-template-tag';
import { idFault, prefixOf } from '../lib/ids.ts';
import type { Json } from '../lib/json.ts';
import type { Field } from './resource.ts';

/** ISO 8601 with seconds and a zone, in years that PostgreSQL and JavaScript agree on. */
const TIMESTAMP = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

/** What is wrong with a value as a single one of this field, or null. Nothing that passes makes the database fail. */
export function scalarFault(field: Field, value: Json): string | null {
  return value === null || typeof value === 'object' ? 'must be a single value, not null' : valueFault(field, value);
}

function valueFault(field: Field, value: string | number | boolean): string | null {
  switch (field.type) {
    case 'number':
      return typeof value === 'number' ? null : 'must be a number';
    case 'boolean':
      return typeof value === 'boolean' ? null : 'must be true or false';
    case 'timestamp':
      return typeof value === 'string' && isTimestamp(value) ? null : 'must be an ISO 8601 time with zone, such as 2030-01-31T12:00:00Z';
    case 'enum':
      return field.values?.includes(String(value)) && typeof value === 'string' ? null : `must be one of ${field.values?.join(', ')}`;
    case 'id':
      return typeof value === 'string' ? idValueFault(field, value) : 'must be an id';
    default:
      return typeof value === 'string' ? null : 'must be a string';
  }
}

function idValueFault(field: Field, value: string): string | null {
  if (field.prefixes !== undefined) return idFault(value, field.prefixes);
  return prefixOf(value) === null ? 'is not an id' : null;
}

function isTimestamp(text: string): boolean {
  const match = TIMESTAMP.exec(text);
  if (match === null) return false;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  const zone = /[+-](\d\d):(\d\d)$/.exec(text);
  const zoned = zone === null || (Number(zone[1]) <= 14 && Number(zone[2]) <= 59);
  return year >= 1 && real && hour <= 23 && minute <= 59 && second <= 59 && zoned;
}

const CASTS = { timestamp: 'timestamptz', number: 'numeric', boolean: 'boolean' } as const;
const cast = (field: Field): 'timestamptz' | 'numeric' | 'boolean' | 'text' => CASTS[field.type as keyof typeof CASTS] ?? 'text';

/** A value as a bound parameter of the field's type. */
export function bind(field: Field, value: unknown): Sql {
  switch (cast(field)) {
    case 'timestamptz':
      return sql`${value}::timestamptz`;
    case 'numeric':
      // Columns of numbers are integers, and an index on them serves integers only.
      return /^-?\d{1,18}$/.test(String(value)) ? sql`${value}::bigint` : sql`${value}::numeric`;
    case 'boolean':
      return sql`${value}::boolean`;
    default:
      return sql`${value}::text`;
  }
}

/** A list of values as one bound array of the field's type. */
export function bindAll(field: Field, values: readonly unknown[]): Sql {
  switch (cast(field)) {
    case 'timestamptz':
      return sql`${values}::timestamptz[]`;
    case 'numeric':
      return sql`${values}::numeric[]`;
    case 'boolean':
      return sql`${values}::boolean[]`;
    default:
      return sql`${values}::text[]`;
  }
}
