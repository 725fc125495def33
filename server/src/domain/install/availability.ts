import sql from 'sql-template-tag';
import type { ReadCtx } from '../../context.ts';
import type { IntegrationRow } from '../integration/lock.ts';

/** Whether the workspace may take versions of the integration: its author, a grantee, or anyone when it is not private. */
export async function isAvailable(ctx: ReadCtx, integration: IntegrationRow, workspaceId: string): Promise<boolean> {
  if (integration.workspaceId === workspaceId || integration.visibility !== 'private') return true;
  const grant = await ctx.db.maybe(sql`
    select 1 from integration_grants where integration_id = ${integration.id} and workspace_id = ${workspaceId}`);
  return grant !== null;
}
