import sql from 'sql-template-tag';
import type { ReadCtx, WriteCtx } from '../../../context.ts';
import { badBody } from '../../../lib/errors.ts';
import type { Snapshot } from '../../integration/snapshot.ts';
import { holdInstalled, loadInstalled, loadWants } from './installed.ts';
import { dependencyConflict, missingDependencies } from './problems.ts';
import type { Conflict } from './resolve.ts';
import { broken, type Installed, type NamedWant, unmet } from './wants.ts';

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

/** An install that comes in: at which version of which integration (`publisher/slug`), with what it wants of others. */
export interface Arrival {
  readonly workspaceId: string;
  readonly integration: string;
  readonly version: string;
  readonly wants: readonly NamedWant[];
}

/**
 * Everything that the version needs must be installed in the workspace, in its range; all that is missing is named at once. What it
 * merely goes with must be in range where it is installed, and the version itself in the ranges that others lock.
 */
export async function refuseUnmetDependencies(ctx: WriteCtx, { workspaceId, integration, version, wants }: Arrival): Promise<void> {
  const names = wants.map((want) => want.integration);
  await holdInstalled(ctx, workspaceId, names);
  const before = await loadInstalled(ctx, workspaceId, [...names, integration]);
  const [optional, missing] = parted(unmet(wants, before), (want) => want.optional);
  if (missing.length > 0) throw missingDependencies(`${integration} ${version}`, missing);
  const after = [...before, { installId: '', integrationId: '', integration, version }];
  const lost = broken(await loadWants(ctx, workspaceId, [integration]), before, after);
  if (optional.length + lost.length === 0) return;
  const conflicts = [
    ...optional.map((want) => conflictOn(want.integration, [want], before)),
    ...(lost.length === 0 ? [] : [{ ...conflictOn(integration, lost, before), offered: [version] }]),
  ];
  throw dependencyConflict(conflicts, 'Take a version that fits, or upgrade what does not.');
}

const parted = <T>(all: readonly T[], first: (each: T) => boolean): [T[], T[]] => [all.filter(first), all.filter((each) => !first(each))];

export const conflictOn = (integration: string, wants: readonly NamedWant[], installed: readonly Installed[]): Conflict => ({
  integration,
  wants,
  installed: installed.filter((each) => each.integration === integration).map((each) => each.version),
  offered: [],
  choices: [],
  circle: [],
});
