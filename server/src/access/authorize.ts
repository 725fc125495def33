import sql from 'sql-template-tag';
import { type Actor, ROLES, type Role } from '../context.ts';
import type { Db } from '../db/pool.ts';
import { badBody, Problem } from '../lib/errors.ts';
import { idFault, PREFIX } from '../lib/ids.ts';
import { visibleStatement } from '../listing/get.ts';
import type { Permission, Target } from '../route.ts';
import { personOf, workspaceScope } from './scope.ts';

const NOBODY: Target = { id: '', workspaceId: null };

/** What the permission is checked against: the path's id, the body, and whether the route writes. */
export interface Claim {
  readonly id: string | null;
  readonly body: unknown;
  readonly writes: boolean;
}

/**
 * Lets the actor through to the route's target or throws: 404 what it may not see, 403 what it may see but not do,
 * 422 a workspace in the body that it may not see, 409 a change inside a suspended workspace.
 */
export async function authorize(db: Db, actor: Actor, permission: Permission, claim: Claim): Promise<Target> {
  refusePublishable(actor, permission);
  switch (permission.need) {
    case 'nothing':
    case 'key':
      return NOBODY;
    case 'platform_admin':
      requirePlatformAdmin(actor);
      return NOBODY;
    case 'workspace':
      return enterWorkspace(db, actor, permission.role, claim.body);
    case 'target':
      return reachTarget(db, actor, permission, claim);
  }
}

function refusePublishable(actor: Actor, permission: Permission): void {
  const open = permission.need === 'nothing' || ('publishable' in permission && permission.publishable);
  if (actor.publicOnly && !open)
    throw new Problem('forbidden', 'A publishable key reads the public marketplace only; use a secret key (sec_…).');
}

/** Refuses, before a large body is received, whom nothing in it could help: a publishable key, or one with too low a role everywhere. */
export function refuseHopeless(actor: Actor, permission: Permission): void {
  refusePublishable(actor, permission);
  const role = 'role' in permission ? permission.role : undefined;
  if (role !== undefined && !isPlatformAdmin(actor) && ![...actor.roles.keys()].some((id) => hasRole(actor, id, role)))
    throw new Problem('forbidden', `This needs the role ${role} in a workspace.`);
}

export const isPlatformAdmin = (actor: Actor): boolean => actor.platformRoles.has('admin');

export function requirePlatformAdmin(actor: Actor): void {
  if (!isPlatformAdmin(actor)) throw new Problem('forbidden', 'This needs a platform admin.');
}

/** Whether the actor decides on reviews. */
export const isReviewer = (actor: Actor): boolean => isPlatformAdmin(actor) || actor.platformRoles.has('reviewer');

function requireReviewer(actor: Actor): void {
  if (!isReviewer(actor)) throw new Problem('forbidden', 'This needs the platform role reviewer.');
}

/** No key is a person: whoever holds one that a user minted could otherwise decide in their place. */
function requirePerson(actor: Actor): void {
  if (personOf(actor) === null && !isPlatformAdmin(actor))
    throw new Problem('forbidden', 'This is up to the user in person, or to a platform admin in their name. A key is not its minter.');
}

/** Whether the actor has at least this role in the workspace. */
export function hasRole(actor: Actor, workspaceId: string | null, role: Role): boolean {
  if (isPlatformAdmin(actor)) return true;
  const held = workspaceId === null ? undefined : actor.roles.get(workspaceId);
  return held !== undefined && ROLES.indexOf(held) >= ROLES.indexOf(role);
}

export function requireRole(actor: Actor, workspaceId: string | null, role: Role): void {
  if (!hasRole(actor, workspaceId, role))
    throw new Problem('forbidden', `This needs the role ${role} in the workspace ${workspaceId ?? ''}.`.replace(' .', '.'));
}

async function enterWorkspace(db: Db, actor: Actor, role: Role, body: unknown): Promise<Target> {
  const id = (body as { workspaceId: string }).workspaceId;
  const fault = idFault(id, [PREFIX.workspace]);
  if (fault !== null) throw badBody('/workspaceId', fault);
  const found = await db.maybe<{ suspended: boolean }>(
    sql`select t.suspended_at is not null as suspended from workspaces t where t.id = ${id} and (${workspaceScope(actor, sql`t`)})`,
  );
  if (found === null) throw badBody('/workspaceId', 'names no workspace that you can see');
  requireRole(actor, id, role);
  if (found.suspended && !isPlatformAdmin(actor)) throw suspended(id);
  return { id, workspaceId: id };
}

async function reachTarget(db: Db, actor: Actor, permission: Extract<Permission, { need: 'target' }>, claim: Claim): Promise<Target> {
  const { resource, role, platformAdmin, reviewer, person, into, takesAway } = permission;
  const target = claim.id === null ? null : await db.maybe<Target>(visibleStatement(resource, claim.id, actor));
  if (target === null) throw new Problem('not_found', `No ${resource.name} ${claim.id ?? ''} is visible to you.`);
  if (platformAdmin) requirePlatformAdmin(actor);
  if (reviewer) requireReviewer(actor);
  if (person) requirePerson(actor);
  if (role !== undefined) requireRole(actor, target.workspaceId, role);
  if (into !== undefined) await enterWorkspace(db, actor, into, claim.body);
  else if (claim.writes && !person && !takesAway && !isPlatformAdmin(actor)) await refuseSuspended(db, target.workspaceId);
  return target;
}

async function refuseSuspended(db: Db, workspaceId: string | null): Promise<void> {
  if (workspaceId === null) return;
  const found = await db.maybe(sql`select 1 from workspaces where id = ${workspaceId} and suspended_at is not null`);
  if (found !== null) throw suspended(workspaceId);
}

const suspended = (id: string) =>
  new Problem('workspace_suspended', `The workspace ${id} is suspended; a platform admin can unsuspend it.`);
