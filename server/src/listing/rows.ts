/** The rows of a whole list, on all its pages. */
import sql, { join, raw, type Sql } from 'sql-template-tag';
import type { Alias, Resource } from '../query/resource.ts';
import { type Aliases, all, where } from '../query/where.ts';
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
 * As `from … where …` for each part of the scope. Each holds what none before it does, so that no row comes twice, and each is read by
 * its own index: an OR of them would be a scan of the table. `more`: what must hold besides.
 */
export function partsOf<A>({ resource, params, actor, aliases, within }: Asked<A>, more: readonly Sql[] = []): Sql[] {
  const t = aliases.root;
  const parts = resource.scopeParts?.(actor, t) ?? [resource.scope(actor, t)];
  const asked = [
    ...more,
    ...deletedRows(resource, params, actor, t),
    ...(within === undefined ? [] : [within(t)]),
    ...(params.ids === null ? [] : [sql`t.id = any(${params.ids}::text[])`]),
    where(params.filter, t, actor, aliases),
  ];
  return parts.map((part, index) => {
    const before = parts.slice(0, index).map((each) => sql`(not ${each})`);
    return sql`from ${raw(resource.table)} t where ${all([part, ...before, ...asked])}`;
  });
}

function deletedRows<A>({ deletedScope }: Resource<A>, { includeDeleted }: ListParams<A>, actor: A, t: Alias): Sql[] {
  if (deletedScope === undefined) return [];
  if (includeDeleted === 'false') return [sql`t.deleted_at is null`];
  const visible = deletedScope(actor, t);
  return [includeDeleted === 'only' ? sql`(t.deleted_at is not null and ${visible})` : sql`(t.deleted_at is null or ${visible})`];
}

/** How many rows the parts have together. */
export const countOf = (parts: readonly Sql[]): Sql =>
  join(
    parts.map((part) => sql`(select count(*) ${part})`),
    ' + ',
    '(',
    ')',
  );
