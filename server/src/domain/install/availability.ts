import sql, { type Sql } from 'sql-template-tag';
import type { ReadCtx } from '../../context.ts';
import type { IntegrationRow } from '../integration/lock.ts';

/** That the workspace may take versions of the integration `n`: its author, a grantee, or anyone when it is not private. */
export const availableTo = (workspaceId: string): Sql => sql`(n.workspace_id = ${workspaceId} or n.visibility <> 'private' or exists (
  select 1 from integration_grants g where g.integration_id = n.id and g.workspace_id = ${workspaceId}))`;

export async function isAvailable(ctx: ReadCtx, integration: IntegrationRow, workspaceId: string): Promise<boolean> {
  const found = await ctx.db.maybe(sql`select 1 from integrations n where n.id = ${integration.id} and ${availableTo(workspaceId)}`);
  return found !== null;
}
