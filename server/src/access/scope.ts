/**
 * What each actor can see: one SQL predicate per resource, used by lists, gets, relations and counts alike.
 * A rule that exists once cannot be forgotten. `t` is the alias of the resource's own table.
 */
import sql, { join, type Sql } from 'sql-template-tag';
import type { Actor } from '../context.ts';
import type { Alias } from '../query/resource.ts';

const EVERYTHING = sql`true`;
const NOTHING = sql`false`;

/** Rows of the workspaces that the actor belongs to. `column` is the row's workspace id. */
function own(actor: Actor, column: Sql): Sql {
  if (actor.platformRoles.has('admin')) return EVERYTHING;
  return among(column, [...actor.roles.keys()]);
}

/** Said with `=` where it is one workspace, as for every key: an index then keeps its order, which `any` would lose. */
function among(column: Sql, workspaces: readonly string[]): Sql {
  if (workspaces.length === 0) return NOTHING;
  return workspaces.length === 1 ? sql`${column} = ${workspaces[0]}::text` : sql`${column} = any(${workspaces}::text[])`;
}

/** Rows of the workspaces in which the actor is an admin. */
function administered(actor: Actor, column: Sql): Sql {
  if (actor.platformRoles.has('admin')) return EVERYTHING;
  const workspaces = [...actor.roles].flatMap(([workspace, role]) => (role === 'admin' ? [workspace] : []));
  return among(column, workspaces);
}

/** Installs, members, solutions, auth states, entities in lists, events, memberships: members of the workspace only. */
export const workspaceRows = (actor: Actor, t: Alias): Sql => own(actor, sql`${t}.workspace_id`);

/** API keys: admins of the workspace. */
export const adminRows = (actor: Actor, t: Alias): Sql => administered(actor, sql`${t}.workspace_id`);

/** Workspaces: those the actor belongs to. */
export const workspaceScope = (actor: Actor, t: Alias): Sql => own(actor, sql`${t}.id`);

/** Who asks in person. A key acts with its role in its workspace, and is not whoever minted it. */
export const personOf = ({ keyId, userId }: Actor): string | null => (keyId === null ? userId : null);

/** The user is the actor in person, or belongs to one of these workspaces: who has not accepted yet does not. */
function met(actor: Actor, user: Sql, workspaces: (column: Sql) => Sql): Sql {
  const person = personOf(actor);
  const member = sql`exists (
    select 1 from workspace_memberships m
    where m.user_id = ${user} and m.accepted_at is not null and ${workspaces(sql`m.workspace_id`)})`;
  return person === null ? member : sql`(${user} = ${person} or ${member})`;
}

/** Users: oneself and whoever shares a workspace. A publishable key shares none with anybody. */
export function userScope(actor: Actor, t: Alias): Sql {
  if (actor.platformRoles.has('admin')) return EVERYTHING;
  if (actor.publicOnly) return NOTHING;
  return met(actor, sql`${t}.id`, (column) => own(actor, column));
}

/** Memberships by id: also one's own invitations, to accept them. */
export function membershipSight(actor: Actor, t: Alias): Sql {
  const person = personOf(actor);
  return person === null ? workspaceRows(actor, t) : sql`(${workspaceRows(actor, t)} or ${t}.user_id = ${person})`;
}

/** Email and platform roles of a user in sight: oneself, and admins of a workspace that the user belongs to. */
export function userDetails(actor: Actor, t: Alias): Sql {
  if (actor.platformRoles.has('admin')) return EVERYTHING;
  if (actor.publicOnly) return NOTHING;
  return met(actor, sql`${t}.id`, (column) => administered(actor, column));
}

const published = (t: Alias): Sql => sql`(${t}.visibility = 'public' and ${t}.current_version is not null)`;

/** Integrations in lists: authored in one's workspaces, public with a published version, or granted. Each part is read by an index of its own. */
export function integrationScopeParts(actor: Actor, t: Alias): readonly Sql[] {
  if (actor.platformRoles.has('admin')) return [EVERYTHING];
  if (actor.roles.size === 0) return [published(t)];
  const granted = sql`${t}.id in (select g.integration_id from integration_grants g where ${own(actor, sql`g.workspace_id`)})`;
  return [own(actor, sql`${t}.workspace_id`), published(t), granted];
}

/** The same in one predicate. */
export const integrationScope = (actor: Actor, t: Alias): Sql => join([...integrationScopeParts(actor, t)], ' or ', '(', ')');

const installed = (actor: Actor, t: Alias): Sql => sql`exists (
  select 1 from integration_installs vs
  where vs.integration_id = ${t}.id and vs.deleted_at is null and ${own(actor, sql`vs.workspace_id`)})`;

/** Integrations by id: those in lists, unlisted ones, those with an active install in one's workspaces, and those one may be asked to review. */
export function integrationSight(actor: Actor, t: Alias): Sql {
  if (actor.publicOnly) return integrationScope(actor, t);
  return sql`(${integrationScope(actor, t)} or ${t}.visibility = 'unlisted' or ${installed(actor, t)} or ${submitted(actor, t)})`;
}

/** Those who decide on reviews see what they are asked about. */
const decides = (actor: Actor): boolean => actor.platformRoles.has('reviewer') || actor.platformRoles.has('admin');

const submitted = (actor: Actor, t: Alias): Sql =>
  decides(actor) ? sql`exists (select 1 from review_submissions rs where rs.integration_id = ${t}.id)` : NOTHING;

/** Review submissions: those of one's workspaces; all for those who decide on them. */
export const reviewScope = (actor: Actor, t: Alias): Sql => (decides(actor) ? EVERYTHING : own(actor, sql`${t}.workspace_id`));

/** Deleted rows show to members of the workspace that they belong to. */
export const deletedRows = workspaceRows;

/** Versions follow their integration; a deleted one's show to its workspace only. */
export const versionScope = (actor: Actor, t: Alias): Sql => sql`exists (
  select 1 from integrations vi
  where vi.id = ${t}.integration_id and ${integrationScope(actor, sql`vi`)}
    and (vi.deleted_at is null or ${own(actor, sql`vi.workspace_id`)}))`;

/** Versions by id: also to workspaces with an active install, which keeps working when its integration is deleted. */
export const versionSight = (actor: Actor, t: Alias): Sql => sql`exists (
  select 1 from integrations vi
  where vi.id = ${t}.integration_id and ${integrationSight(actor, sql`vi`)}
    and (vi.deleted_at is null or ${own(actor, sql`vi.workspace_id`)} or ${installed(actor, sql`vi`)}))`;

/**
 * Versions that one may carry off whole: in one's own workspace all; of others what one may install; and what an active install in one's
 * workspaces pins, whatever became of the grant since.
 */
export function versionTakeable(actor: Actor, t: Alias): Sql {
  const pinned = sql`exists (
    select 1 from integration_installs ti
    where ti.integration_version_id = ${t}.id and ti.deleted_at is null and ${own(actor, sql`ti.workspace_id`)})`;
  const granted = sql`exists (
    select 1 from integration_grants og where og.integration_id = oi.id and ${own(actor, sql`og.workspace_id`)})`;
  const offered = sql`exists (
    select 1 from integrations oi
    where oi.id = ${t}.integration_id and oi.deleted_at is null and ${t}.yanked_at is null
      and (oi.visibility <> 'private' or ${granted}))`;
  return sql`(${own(actor, sql`${t}.workspace_id`)} or ${pinned} or ${offered})`;
}

/** Grants: the workspace that gave them and the workspace that holds them. */
export function grantScope(actor: Actor, t: Alias): Sql {
  const given = sql`exists (select 1 from integrations gi where gi.id = ${t}.integration_id and ${own(actor, sql`gi.workspace_id`)})`;
  return sql`(${own(actor, sql`${t}.workspace_id`)} or ${given})`;
}

/** Trusted signers: platform admins. */
export const platformRows = (actor: Actor): Sql => (actor.platformRoles.has('admin') ? EVERYTHING : NOTHING);

/** Entities by id: one's own, and the publishers' entities that an active install in one's workspaces references. */
export function entitySight(actor: Actor, t: Alias): Sql {
  const referenced = sql`exists (
    select 1 from integration_members m
    where m.entity_id = ${t}.id and not m.is_clone and m.deleted_at is null and ${own(actor, sql`m.workspace_id`)})`;
  return sql`((${own(actor, sql`${t}.workspace_id`)} and ${t}.purged_at is null) or ${referenced})`;
}

/** Entity versions: those of one's own entities, and those that an active install pins. */
export function entityVersionScope(actor: Actor, t: Alias): Sql {
  const pinned = sql`exists (
    select 1 from integration_members m
    where m.entity_version_id = ${t}.id and m.deleted_at is null and not m.is_clone and ${own(actor, sql`m.workspace_id`)})`;
  return sql`(${own(actor, sql`${t}.workspace_id`)} or ${pinned})`;
}
