import sql from 'sql-template-tag';
import type { ReadCtx } from '../../context.ts';
import { badBody } from '../../lib/errors.ts';
import type { Snapshot } from '../integration/snapshot.ts';

/** Credentials are needed exactly when the version's auth config has a type; they must be the workspace's own, of that type, and active. */
export async function refuseBadAuthState(ctx: ReadCtx, snapshot: Snapshot, workspaceId: string, authStateId: string | null): Promise<void> {
  const needed = snapshot.authConfig.type ?? 'none';
  if (authStateId === null) {
    if (needed !== 'none')
      throw badBody('/authStateId', `is required: version ${snapshot.version} needs credentials of the type ${needed}`);
    return;
  }
  const found = await ctx.db.maybe<{ type: string; status: string }>(sql`
    select type, auth_state_status(status, expires_at) as status from auth_states
    where id = ${authStateId} and workspace_id = ${workspaceId} and deleted_at is null`);
  if (found === null) throw badBody('/authStateId', `names no auth state of the workspace ${workspaceId}`);
  if (needed === 'none') throw badBody('/authStateId', `is not taken: version ${snapshot.version} needs no credentials`);
  if (found.type !== needed) throw badBody('/authStateId', `is of the type ${found.type}; version ${snapshot.version} needs ${needed}`);
  if (found.status !== 'active') throw badBody('/authStateId', `is ${found.status}; use an active auth state`);
}
