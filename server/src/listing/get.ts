import sql, { empty, join, raw, type Sql } from 'sql-template-tag';
import type { Alias, Part, Resource } from '../query/resource.ts';

const T = raw('t');
const TRUE = sql`true`;

/** The JSON text of one row by id, as column `json`: no row when the actor may not see it. Deleted rows show under `deletedScope` only. */
export function getStatement<A>(resource: Resource<A>, id: string | Sql, actor: A, proof: Sql = TRUE): Sql {
  const json = resource.json(T, actor);
  if (resource.forms !== undefined) return proven(firstForm(resource, id, actor, json), proof);
  return sql`select ${json} as json from ${raw(resource.table)} t where t.id = ${id} and ${sightOf(resource, actor)} and ${proof}`;
}

/** The forms in which rows show mostly: others cost, whether they are there or not. */
const LIKELY = 2;

/** The same in fewer words, for what is asked often: a row that shows in no likely form is left out. */
export function likelyStatement<A>(resource: Resource<A>, id: Sql, actor: A, proof: Sql): Sql {
  if (resource.forms === undefined) return getStatement(resource, id, actor, proof);
  return proven(firstOf(resource, formsOf(resource, actor).slice(0, LIKELY), id, resource.json(T, actor)), proof);
}

/** What `wanted` is, as column `value`, in the first form in which the row shows to the actor: no row when it shows in none, or it is null. */
export const firstForm = <A>(resource: Resource<A>, id: string | Sql, actor: A, wanted: Sql): Sql =>
  firstOf(resource, formsOf(resource, actor), id, wanted);

function firstOf<A>(resource: Resource<A>, forms: readonly Part[], id: string | Sql, wanted: Sql): Sql {
  const values = forms.map((form) => sql`select ${wanted} from ${placeOf(resource, form)} t where t.id = ${id} and ${form.where}`);
  // PostgreSQL looks at a form only when those before it are not there; but for the offset, it would look at each twice.
  return sql`select value from (select coalesce(${join(values, '), (', '(', ')')}) as value offset 0) v where value is not null`;
}

const proven = (found: Sql, proof: Sql): Sql => sql`select value as json from (${found}) f where ${proof}`;

/** `{ id, workspaceId }` of one row by id: no row when the actor may not see it. */
export function visibleStatement<A>(resource: Resource<A>, id: string, actor: A): Sql {
  const forms = formsOf(resource, actor).map(
    (form) =>
      sql`select t.id, ${workspaceOf(resource, actor)} as "workspaceId" from ${placeOf(resource, form)} t where t.id = ${id} and ${form.where}`,
  );
  return sql`${join(forms, ' union all ')} limit 1`;
}

const placeOf = <A>({ table }: Resource<A>, { from }: Part): Sql => from ?? raw(table);

const formsOf = <A>(resource: Resource<A>, actor: A): readonly Part[] =>
  resource.forms?.(actor, T) ?? [{ where: sightOf(resource, actor) }];

function sightOf<A>(resource: Resource<A>, actor: A): Sql {
  const { sight = resource.scope, deletedScope } = resource;
  const deleted = deletedScope === undefined ? empty : sql` and (t.deleted_at is null or ${deletedScope(actor, T)})`;
  return sql`${sight(actor, T)}${deleted}`;
}

function workspaceOf<A>({ workspaceColumn = 'workspace_id' }: Resource<A>, actor: A): Sql | Alias {
  if (workspaceColumn === null) return raw('null::text');
  return typeof workspaceColumn === 'string' ? sql`t.${raw(workspaceColumn)}` : workspaceColumn(T, actor);
}
