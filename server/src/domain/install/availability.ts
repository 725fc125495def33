import sql from 'sql-template-tag';
import type { ReadCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import type { IntegrationRow } from '../integration/lock.ts';
import type { Snapshot } from '../integration/snapshot.ts';

/** Whether the workspace may take versions of the integration: its author, a grantee, or anyone when it is not private. */
export async function isAvailable(ctx: ReadCtx, integration: IntegrationRow, workspaceId: string): Promise<boolean> {
  if (integration.workspaceId === workspaceId || integration.visibility !== 'private') return true;
  const grant = await ctx.db.maybe(sql`
    select 1 from integration_grants where integration_id = ${integration.id} and workspace_id = ${workspaceId}`);
  return grant !== null;
}

/** Why a workspace may not take the version yet: a reviewer has not let it in. Its own workspace may try it. */
export function inReview(integration: IntegrationRow, snapshot: Snapshot, workspaceId: string): Problem | null {
  if (!snapshot.held || integration.workspaceId === workspaceId) return null;
  return new Problem('version_in_review', `Version ${snapshot.version} waits for a review; take another one until it is approved.`);
}
