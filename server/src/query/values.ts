import sql, { type Sql } from 'sql-template-tag';
import { idFault, prefixOf } from '../lib/ids.ts';
import type { Json } from '../lib/json.ts';
import { isTimestamp } from '../lib/timestamp.ts';
import type { Field } from './resource.ts';

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
