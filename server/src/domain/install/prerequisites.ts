import sql from 'sql-template-tag';
import type { ReadCtx } from '../../context.ts';
import { badBody, Problem } from '../../lib/errors.ts';
import { satisfies } from '../../lib/semver.ts';
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

interface Installed {
  name: string;
  version: string;
}

/** Every declared dependency that is not optional must be installed in the workspace, in its range. All missing ones are named at once. */
export async function refuseMissingDependencies(ctx: ReadCtx, snapshot: Snapshot, workspaceId: string): Promise<void> {
  const dependencies = (snapshot.manifest.dependencies ?? []).filter((dependency) => !dependency.optional);
  if (dependencies.length === 0) return;
  const installed = await ctx.db.many<Installed>(sql`
    select n.publisher || '/' || n.slug as name, v.version
    from integration_installs i
    join integrations n on n.id = i.integration_id
    join integration_versions v on v.id = i.integration_version_id
    where i.workspace_id = ${workspaceId} and i.deleted_at is null
      and n.publisher || '/' || n.slug = any(${dependencies.map((dependency) => dependency.integration)}::text[])`);
  const missing = dependencies.filter(
    ({ integration, range }) => !installed.some((each) => each.name === integration && satisfies(each.version, range)),
  );
  if (missing.length === 0) return;
  const named = missing.map(({ integration, range }) => `${integration} ${range}`).join(', ');
  const facts = { missing: missing.map(({ integration, range }) => ({ integration, range })) };
  throw new Problem('missing_dependencies', `Version ${snapshot.version} depends on ${named}; install these first.`, { facts });
}
