/** AST → SQL conditions. Identifiers come from descriptions, values are bound, operators are fixed text. */
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { accentPattern, folded } from '../lib/folded.ts';
import type { Json } from '../lib/json.ts';
import type { Comparison, Filter, Operator } from './filter.ts';
import type { Alias, Field, Relation, Resource } from './resource.ts';
import { bind, bindAll } from './values.ts';

const TRUE = sql`true`;

/** Makes the aliases of one statement: `t` for the list's own table, `t1`, `t2` … for related ones. */
export class Aliases {
  #last = 0;
  readonly root: Alias = raw('t');
  next(): Alias {
    this.#last += 1;
    return raw(`t${this.#last}`);
  }
}

export function columnOf<A>({ column, expression, visibleTo }: Field<A>, t: Alias, actor: A): Sql {
  const value = expression?.(t) ?? sql`${t}.${raw(column)}`;
  return visibleTo === undefined ? value : sql`(case when ${visibleTo(actor, t)} then ${value} end)`;
}

/** What the field is ordered by. */
export const rankOf = <A>(field: Field<A>, t: Alias, actor: A): Sql =>
  columnOf(field.rank === undefined ? field : { ...field, expression: field.rank.key }, t, actor);

export const all = (conditions: readonly Sql[]): Sql => (conditions.length === 0 ? TRUE : join(conditions, ' and ', '(', ')'));
export const any = (conditions: readonly Sql[]): Sql => (conditions.length === 0 ? sql`false` : join(conditions, ' or ', '(', ')'));

/** The rows that the actor may reach through a relation: in the target's scope, and not deleted. */
export function reachable<A>({ to, within }: Relation<A>, actor: A, t: Alias): Sql {
  const target = to();
  const scope = target.shownAs ? TRUE : (within ?? target.reach ?? target.scope)(actor, t);
  return target.deletedScope ? sql`${scope} and ${t}.deleted_at is null` : scope;
}

export const placeOf = <A>({ shownAs, table }: Resource<A>, actor: A): Sql => shownAs?.(actor) ?? raw(table);

/** The condition of a filter on rows of `t`, with three-valued logic as in SQL. */
export function where<A>(filter: Filter<A>, t: Alias, actor: A, aliases: Aliases): Sql {
  switch (filter.is) {
    case 'and':
      return all(filter.of.map((part) => where(part, t, actor, aliases)));
    case 'or':
      return any(filter.of.map((part) => where(part, t, actor, aliases)));
    case 'not':
      return sql`(not ${where(filter.of, t, actor, aliases)})`;
    case 'compare':
      return comparison(filter.field, filter.by, (ORDER[filter.by.op] ? rankOf : columnOf)(filter.field, t, actor));
    case 'related':
      return related(filter, t, actor, aliases);
  }
}

function related<A>({ relation, quantifier, of }: Extract<Filter<A>, { is: 'related' }>, t: Alias, actor: A, aliases: Aliases): Sql {
  const target = relation.to();
  const r = aliases.next();
  const nested = where(of, r, actor, aliases);
  const wanted = quantifier === 'every' ? sql`${nested} is not true` : nested;
  const found = sql`exists (select 1 from ${placeOf(target, actor)} ${r} where ${relation.join(t, r)} and ${reachable(relation, actor, r)} and ${wanted})`;
  return quantifier === 'some' ? found : sql`(not ${found})`;
}

function comparison(field: Field, by: Comparison, column: Sql): Sql {
  if (field.type === 'json')
    return by.at === undefined ? jsonComparison(column, by) : inside(sql`(${column}::jsonb #> ${by.at}::text[])`, by);
  return scalarComparison(field, column, by);
}

const ORDER: Partial<Record<Operator, Sql>> = { lt: sql`<`, lte: sql`<=`, gt: sql`>`, gte: sql`>=` };

function scalarComparison(field: Field, column: Sql, { op, value }: Comparison): Sql {
  switch (op) {
    case 'eq':
      return sql`(${column} = ${bind(field, value)})`;
    case 'ne':
      return sql`(${column} is distinct from ${bind(field, value)})`;
    case 'in':
      return sql`(${column} = any(${bindAll(field, value as Json[])}))`;
    case 'notIn':
      return sql`coalesce(${column} <> all(${bindAll(field, value as Json[])}), true)`;
    case 'isNull':
      return value ? sql`(${column} is null)` : sql`(${column} is not null)`;
    default:
      if (!ORDER[op]) return matches(column, op, String(value));
      return sql`(${column} ${ORDER[op]} ${field.rank?.of(bind(field, value)) ?? bind(field, value)})`;
  }
}

/** The wildcards of `like` in the value are literal. */
const literal = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/** In any case: without accents, and besides with those that the value has. */
function matches(column: Sql, op: Operator, value: string): Sql {
  const [, anyCase, kind = ''] = /^(i?)(.*)$/.exec(op.toLowerCase()) ?? [];
  const [before, after] = [kind === 'startswith', kind === 'endswith'];
  const like = (text: string): string => `${before ? '' : '%'}${literal(text)}${after ? '' : '%'}`;
  if (!anyCase) return sql`(${column} like ${like(value)}::text)`;
  const accents = accentPattern(value);
  const exact = accents === null ? '^' : `${before ? '^' : ''}${accents}${after ? '$' : ''}`;
  // What is marked takes longer to tell, and is rarely asked: `^` is in every text.
  return sql`(case when folded(${column}) like ${like(folded(value))}::text then ${exact}::text = '^' or marked(${column}) ~ ${exact}::text
    when ${column} is not null then false end)`;
}

function jsonComparison(column: Sql, { op, value }: Comparison): Sql {
  if (op === 'isNull') return value ? sql`(${column} is null)` : sql`(${column} is not null)`;
  if (op === 'hasKey') return sql`(${column}::jsonb ? ${value}::text)`;
  return sql`(${column}::jsonb @> ${JSON.stringify(value)}::jsonb)`;
}

/** Comparisons at a place inside a json value. A place that is not there, or holds null, is null; other types never compare. */
function inside(place: Sql, { op, value }: Comparison): Sql {
  const found = sql`nullif(${place}, 'null'::jsonb)`;
  const json = (each: Json): string => JSON.stringify(each);
  switch (op) {
    case 'isNull':
      return value ? sql`(${found} is null)` : sql`(${found} is not null)`;
    case 'eq':
      return sql`(${found} = ${json(value)}::jsonb)`;
    case 'ne':
      return sql`(${found} is distinct from ${json(value)}::jsonb)`;
    case 'in':
      return sql`(${found} = any(${(value as Json[]).map(json)}::jsonb[]))`;
    case 'notIn':
      return sql`coalesce(${found} <> all(${(value as Json[]).map(json)}::jsonb[]), true)`;
    default:
      return ofType(
        found,
        value,
        ORDER[op] ? sql`${found} ${ORDER[op]} ${json(value)}::jsonb` : matches(sql`(${found} #>> '{}')`, op, String(value)),
      );
  }
}

const ofType = (found: Sql, value: Json, condition: Sql): Sql => sql`(jsonb_typeof(${found}) = ${typeof value}::text and ${condition})`;
