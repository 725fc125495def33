import sql, { type Sql } from 'sql-template-tag';
import type { Actor } from '../context.ts';
import type { Db } from '../db/pool.ts';
import type { Resource } from '../query/resource.ts';

/** What a change of a row locks first, where that is another row: by table, given the row's id. */
const ROOTS: Readonly<Record<string, (id: string) => Sql>> = {
  integration_versions: (id) => sql`select integration_id as id from integration_versions where id = ${id}`,
  integration_grants: (id) => sql`select integration_id as id from integration_grants where id = ${id}`,
  review_submissions: (id) => sql`select integration_id as id from review_submissions where id = ${id}`,
  integration_members: (id) => sql`select integration_install_id as id from integration_members where id = ${id}`,
  workspace_memberships: (id) => sql`select workspace_id as id from workspace_memberships where id = ${id}`,
  entities: (id) => sql`
    select integration_install_id as id from integration_members where entity_id = ${id} and is_clone and deleted_at is null`,
};

/** The id of the row that changes of this one queue for: its integration, its install, or itself. */
export async function lockRootOf(db: Db, resource: Resource<Actor>, id: string): Promise<string> {
  const find = ROOTS[resource.table];
  const root = find === undefined ? null : await db.maybe<{ id: string }>(find(id));
  return root?.id ?? id;
}
