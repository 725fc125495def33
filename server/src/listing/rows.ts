/** The rows of a whole list, on all its pages. */
import sql, { join, raw, type Sql } from 'sql-template-tag';
import type { Filter } from '../query/filter.ts';
import type { Alias, Field, Part, Resource } from '../query/resource.ts';
import { Aliases, all, where } from '../query/where.ts';
import type { ListParams } from './params.ts';

/** A list that somebody asks for. */
export interface Asked<A> {
  readonly resource: Resource<A>;
  readonly params: ListParams<A>;
  readonly actor: A;
  readonly aliases: Aliases;
  /** Narrows the list to a parent's rows. */
  readonly within: ((t: Alias) => Sql) | undefined;
}

/**
 * As `from … where …` for each part of the scope: each is read by its own index, an OR of them would be a scan of the table. A row may be
 * in several parts.
 */
export function partsOf<A>(asked: Asked<A>): Sql[] {
  const rest = askedOf(asked);
  return scopeOf(asked).map((part) => fromWhere(asked, part, [part.where, ...rest]));
}

/** How many rows the parts have together, or have among these: each counts in the first part that it is in. */
export function countOf<A>(asked: Asked<A>, among?: readonly string[]): Sql {
  // Each count is a subselect of its own: with aliases of its own, its text is the same whatever the page's order.
  const rest = [...(among === undefined ? [] : [sql`t.id = any(${among}::text[])`]), ...askedOf({ ...asked, aliases: new Aliases() })];
  const scope = scopeOf(asked);
  const counts = scope.map((part, index) => {
    const before = part.apart ? [] : scope.slice(0, index).map(({ where: earlier }) => sql`(not ${earlier})`);
    return sql`(select count(*) ${fromWhere(asked, part, [part.where, ...before, ...rest])})`;
  });
  return join(counts, ' + ', '(', ')');
}

function scopeOf<A>({ resource, params, actor, aliases }: Asked<A>): readonly Part[] {
  const browsed = resource.scopeParts?.(actor, aliases.root) ?? [{ where: resource.scope(actor, aliases.root) }];
  return isNamed(resource, params) ? [...browsed, ...(resource.named?.parts(actor, aliases.root) ?? [])] : browsed;
}

/** Whether the asker says which rows are meant: by their ids, or by a field that names them. */
export function isNamed<A>({ named, fields }: Resource<A>, { ids, filter }: Pick<ListParams<A>, 'ids' | 'filter'>): boolean {
  return ids !== null || named?.by.some((name) => isFixed(filter, fields[name])) === true;
}

function isFixed<A>(filter: Filter<A>, field: Field<A> | undefined): boolean {
  if (filter.is === 'and') return filter.of.some((part) => isFixed(part, field));
  return filter.is === 'compare' && filter.field === field && (filter.by.op === 'eq' || filter.by.op === 'in');
}

function fromWhere<A>(asked: Asked<A>, { from }: Part, conditions: readonly Sql[]): Sql {
  const { resource, params } = asked;
  if (from === undefined) return sql`from ${raw(resource.table)} t where ${all([...conditions, ...deletedRows(asked)])}`;
  // What stands in the table's place has no deleted rows.
  return sql`from ${from} t where ${all([...conditions, ...(params.includeDeleted === 'only' ? [sql`false`] : [])])}`;
}

/** What the asker wants of what is in their scope. */
function askedOf<A>({ params, actor, aliases, within }: Asked<A>): Sql[] {
  const t = aliases.root;
  return [
    ...(within === undefined ? [] : [within(t)]),
    ...(params.ids === null ? [] : [sql`t.id = any(${params.ids}::text[])`]),
    where(params.filter, t, actor, aliases),
  ];
}

function deletedRows<A>({ resource: { deletedScope }, params: { includeDeleted }, actor, aliases }: Asked<A>): Sql[] {
  const t = aliases.root;
  if (deletedScope === undefined) return [];
  if (includeDeleted === 'false') return [sql`t.deleted_at is null`];
  const visible = deletedScope(actor, t);
  return [includeDeleted === 'only' ? sql`(t.deleted_at is not null and ${visible})` : sql`(t.deleted_at is null or ${visible})`];
}
