import sql, { empty, raw, type Sql } from 'sql-template-tag';
import type { Alias, Resource } from '../query/resource.ts';

const T = raw('t');

/** The JSON text of one row by id, as column `json`: no row when the actor may not see it. Deleted rows show under `deletedScope` only. */
export const getStatement = <A>(resource: Resource<A>, id: string | Sql, actor: A): Sql =>
  sql`select ${resource.json(T, actor)} as json from ${raw(resource.table)} t where t.id = ${id} and ${sightOf(resource, actor)}`;

/** `{ id, workspaceId }` of one row by id: no row when the actor may not see it. */
export const visibleStatement = <A>(resource: Resource<A>, id: string, actor: A): Sql =>
  sql`select t.id, ${workspaceOf(resource)} as "workspaceId" from ${raw(resource.table)} t where t.id = ${id} and ${sightOf(resource, actor)}`;

function sightOf<A>(resource: Resource<A>, actor: A): Sql {
  const { sight = resource.scope, deletedScope } = resource;
  const deleted = deletedScope === undefined ? empty : sql` and (t.deleted_at is null or ${deletedScope(actor, T)})`;
  return sql`${sight(actor, T)}${deleted}`;
}

function workspaceOf<A>({ workspaceColumn = 'workspace_id' }: Resource<A>): Sql | Alias {
  if (workspaceColumn === null) return raw('null::text');
  return typeof workspaceColumn === 'string' ? sql`t.${raw(workspaceColumn)}` : workspaceColumn(T);
}
