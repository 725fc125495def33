/**
 * Keyset paging over mixed directions and nulls. A row comes after a position when, at the first key where they differ, it is
 * behind: (k1 behind v1) or (k1 = v1 and k2 behind v2) or … The id is the last key, so that no two rows are equal.
 */
import sql, { join, raw, type Sql } from 'sql-template-tag';
import type { OrderKey } from './order.ts';
import type { Alias, Field, Resource } from './resource.ts';
import { bind } from './values.ts';
import { type Aliases, placeOf, rankOf, reachable } from './where.ts';

/** Where a page ends: PostgreSQL's own text of each order key of a row, then its id. */
export type Position = readonly (string | null)[];

/** An order key as SQL. */
export interface Term {
  readonly value: Sql;
  readonly field: Field;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
  readonly nullable: boolean;
}

const ID: Field = { type: 'id', column: 'id' };

/** The terms of an order, the id last, in the direction of the key before it, so that one index serves both. */
export function termsOf<A>(order: readonly OrderKey<A>[], actor: A, aliases: Aliases): Term[] {
  const terms = order.map((key): Term => ({ ...key, value: termValue(key, aliases.root, actor, aliases) }));
  const descending = terms.at(-1)?.descending ?? false;
  return [...terms, { value: sql`t.id`, field: ID, descending, nullsFirst: descending, nullable: false }];
}

function termValue<A>({ field, through }: OrderKey<A>, t: Alias, actor: A, aliases: Aliases): Sql {
  if (through === null) return rankOf(field, t, actor);
  const target: Resource<A> = through.to();
  const r = aliases.next();
  return sql`(select ${rankOf(field, r, actor)} from ${placeOf(target, actor)} ${r} where ${through.join(t, r)} and ${reachable(through, actor, r)})`;
}

export const reversed = (terms: readonly Term[]): Term[] =>
  terms.map((term) => ({ ...term, descending: !term.descending, nullsFirst: !term.nullsFirst }));

/** `order by` of the terms. Nulls are named only where they can be, so that plain indexes fit. */
export function orderBy(terms: readonly Term[]): Sql {
  return join(
    terms.map(({ value, descending, nullsFirst, nullable }) => {
      const directed = descending ? sql`${value} desc` : sql`${value} asc`;
      if (!nullable || nullsFirst === descending) return directed;
      return nullsFirst ? sql`${directed} nulls first` : sql`${directed} nulls last`;
    }),
    ', ',
  );
}

/** The rows after a position in this order; with `inclusive`, the row at the position too. */
export function behind(terms: readonly Term[], position: Position, inclusive = false): Sql {
  const first = terms[0];
  if (first !== undefined && terms.every((term) => !term.nullable && term.descending === first.descending))
    return rowComparison(terms, first.descending, position, inclusive);
  const alternatives = terms.map((term, index) => {
    const equal = terms.slice(0, index).map((each, place) => equals(each, position[place] ?? null));
    const last = inclusive && index === terms.length - 1;
    return join([...equal, follows(term, position[index] ?? null, last)], ' and ', '(', ')');
  });
  return join(
    [leadingBound(terms, position), join(alternatives, ' or ', '(', ')')].filter((part) => part !== null),
    ' and ',
    '(',
    ')',
  );
}

function rowComparison(terms: readonly Term[], descending: boolean, position: Position, inclusive: boolean): Sql {
  const values = join(terms.map((term) => term.value));
  const bounds = join(terms.map((term, index) => bind(term.field, position[index])));
  const operator = raw(`${descending ? '<' : '>'}${inclusive ? '=' : ''}`);
  return sql`(${values}) ${operator} (${bounds})`;
}

/** Says again what the alternatives imply of the first key, in a form that an index range can start from. */
function leadingBound([first]: readonly Term[], position: Position): Sql | null {
  const value = position[0] ?? null;
  if (first === undefined || first.nullable || value === null) return null;
  return first.descending ? sql`${first.value} <= ${bind(first.field, value)}` : sql`${first.value} >= ${bind(first.field, value)}`;
}

const equals = ({ value, field }: Term, bound: string | null): Sql =>
  bound === null ? sql`${value} is null` : sql`${value} = ${bind(field, bound)}`;

/** The key is behind the bound: greater or less, or null where nulls come last, or not null after a null that comes first. */
function follows({ value, field, descending, nullsFirst, nullable }: Term, bound: string | null, orEqual: boolean): Sql {
  if (bound === null) return nullsFirst ? sql`${value} is not null` : sql`false`;
  const operator = raw(`${descending ? '<' : '>'}${orEqual ? '=' : ''}`);
  const beyond = sql`${value} ${operator} ${bind(field, bound)}`;
  return nullable && !nullsFirst ? sql`(${beyond} or ${value} is null)` : beyond;
}
