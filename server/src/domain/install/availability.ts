import sql, { type Sql } from 'sql-template-tag';
import type { ReadCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import type { IntegrationRow } from '../integration/lock.ts';
import type { Snapshot } from '../integration/snapshot.ts';

/** That the workspace may take versions of the integration `n`: its author, a grantee, or anyone when it is not private. */
export const availableTo = (workspaceId: string): Sql => sql`(n.workspace_id = ${workspaceId} or n.visibility <> 'private' or exists (
  select 1 from integration_grants g where g.integration_id = n.id and g.workspace_id = ${workspaceId}))`;

export async function isAvailable(ctx: ReadCtx, integration: IntegrationRow, workspaceId: string): Promise<boolean> {
  const found = await ctx.db.maybe(sql`select 1 from integrations n where n.id = ${integration.id} and ${availableTo(workspaceId)}`);
  return found !== null;
}

/** Why a workspace may not take the version yet: a reviewer has not let it in. Its own workspace may try it. */
export function inReview(integration: IntegrationRow, snapshot: Snapshot, workspaceId: string): Problem | null {
  if (!snapshot.held || integration.workspaceId === workspaceId) return null;
  return new Problem('version_in_review', `Version ${snapshot.version} waits for a review; take another one until it is approved.`);
}
