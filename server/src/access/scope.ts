/**
 * What each actor can see: one SQL predicate per resource, used by lists, gets, relations and counts alike.
 * A rule that exists once cannot be forgotten. `t` is the alias of the resource's own table.
 */
import sql, { join, type Sql } from 'sql-template-tag';
import type { Actor } from '../context.ts';
import type { Alias, Part } from '../query/resource.ts';

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

/** Integrations as outsiders see them: what their current versions said, or no more than the slug. `p` has the columns of `integrations`. */
const FACES = sql`published_integrations`;
const isPublic = (p: Alias): Sql => sql`(${p}.visibility = 'public' and ${p}.current_version_id is not null)`;

const isGranted = (actor: Actor, id: Sql): Sql =>
  sql`${id} in (select g.integration_id from integration_grants g where ${own(actor, sql`g.workspace_id`)})`;

/** A member sees the workspace's own row. Where that shows the same, it does not matter which is read, and looking closer would cost. */
const isOthers = (actor: Actor, p: Alias): Sql => sql`(not ${p}.revised or not ${own(actor, sql`${p}.workspace_id`)})`;

/**
 * Integrations in lists: the workspace's own as they stand; of others what was published, where that is public or granted. Each part is read
 * by an index of its own.
 */
export function integrationParts(actor: Actor, t: Alias): readonly Part[] {
  if (actor.platformRoles.has('admin')) return [{ where: EVERYTHING }];
  if (actor.roles.size === 0) return [{ from: FACES, where: isPublic(t) }];
  return [
    { where: own(actor, sql`${t}.workspace_id`) },
    { from: FACES, where: sql`(${isPublic(t)} and ${isOthers(actor, t)})` },
    { from: FACES, where: sql`(${isGranted(actor, sql`${t}.id`)} and ${isOthers(actor, t)})` },
  ];
}

const isUnlisted = (p: Alias): Sql => sql`(${p}.visibility = 'unlisted' and ${p}.current_version_id is not null)`;

/** What active installs in one's workspaces pin. */
const pinned = (actor: Actor): Sql => sql`select vs.integration_id, vs.integration_version_id as version_id from integration_installs vs
  where vs.deleted_at is null and ${own(actor, sql`vs.workspace_id`)}`;

const isInstalled = (actor: Actor, id: Sql): Sql => sql`${id} in (select k.integration_id from (${pinned(actor)}) k)`;

/** Others' integrations as an installer sees them: what is listed or granted, and what is unlisted and installed. */
const isFace = (actor: Actor, p: Alias): Sql =>
  sql`(${isPublic(p)} or ${isGranted(actor, sql`${p}.id`)} or (${isUnlisted(p)} and ${isInstalled(actor, sql`${p}.id`)}))`;

/** Those that are installed and no longer show: they stay what they were in the version that one has. `columns`: of `i` as of its version `v`. */
const keptFaces = (actor: Actor, columns: Sql): Sql => sql`(
  select distinct on (i.id) ${columns}
  from (${pinned(actor)}) k
  join integrations i on i.id = k.integration_id and i.deleted_at is null and not ${own(actor, sql`i.workspace_id`)}
  join integration_versions v on v.id = k.version_id
  where not exists (select 1 from ${FACES} f where f.id = i.id and ${isFace(actor, sql`f`)})
  order by i.id, v.precedence_key desc)`;

/** Beyond what lists show: what an installer has, to who names it. */
export function installedFaces(actor: Actor, t: Alias, columns: Sql): readonly Part[] {
  if (actor.platformRoles.has('admin') || actor.roles.size === 0) return [];
  const unlisted = sql`(${isUnlisted(t)} and ${isOthers(actor, t)} and ${isInstalled(actor, sql`${t}.id`)})`;
  return [
    { from: FACES, where: unlisted },
    { from: keptFaces(actor, columns), where: EVERYTHING, apart: true },
  ];
}

/** The same rows as relations find them, with these columns: of the table or its published rows, and as of a version. */
export function integrationsShown(actor: Actor, columns: Sql, asOfVersion: Sql): Sql {
  if (actor.platformRoles.has('admin')) return sql`integrations`;
  if (actor.roles.size === 0) return sql`(select ${columns} from ${FACES} p where ${isPublic(sql`p`)})`;
  return sql`(select ${columns} from integrations p where ${own(actor, sql`p.workspace_id`)}
    union all select ${columns} from ${FACES} p where not ${own(actor, sql`p.workspace_id`)} and ${isFace(actor, sql`p`)}
    union all select * from ${keptFaces(actor, asOfVersion)} p)`;
}

/** Whether an integration is in lists, told of its row or of its published one alike. */
export function integrationScope(actor: Actor, t: Alias): Sql {
  if (actor.platformRoles.has('admin')) return EVERYTHING;
  const listed = actor.roles.size === 0 ? NOTHING : isGranted(actor, sql`f.id`);
  const face = sql`exists (select 1 from ${FACES} f where f.id = ${t}.id and (${isPublic(sql`f`)} or ${listed}))`;
  return sql`(${own(actor, sql`${t}.workspace_id`)} or ${face})`;
}

/**
 * Integrations by id: one's own; what was published of those that are public, unlisted or granted; and of any other the version that one has
 * installed or is asked to review.
 */
export function integrationForms(actor: Actor, t: Alias, columns: Sql): readonly Part[] {
  if (actor.platformRoles.has('admin')) return [{ where: EVERYTHING }];
  if (actor.publicOnly) return [{ from: FACES, where: isPublic(t) }];
  const open = sql`(${isPublic(t)} or ${t}.visibility = 'unlisted' or ${isGranted(actor, sql`${t}.id`)})`;
  return [
    { where: own(actor, sql`${t}.workspace_id`) },
    { from: FACES, where: sql`(${open} and ${t}.current_version_id is not null)` },
    { from: knownVersions(actor, columns), where: EVERYTHING },
    { from: FACES, where: open },
  ];
}

/** As an integration: the highest version of it that the actor knows for good. `i` is its row, `v` the version. */
const knownVersions = (actor: Actor, columns: Sql): Sql => sql`(
  select distinct on (i.id) ${columns}
  from (${versionsKnown(actor)}) k
  join integrations i on i.id = k.integration_id and i.deleted_at is null
  join integration_versions v on v.id = k.version_id
  order by i.id, v.precedence_key desc)`;

/** Those that active installs in one's workspaces pin, and those that one is asked to review. */
function versionsKnown(actor: Actor): Sql {
  if (!decides(actor)) return pinned(actor);
  return sql`${pinned(actor)} union all select rs.integration_id, rs.integration_version_id from review_submissions rs where rs.integration_version_id is not null`;
}

/** Those who decide on reviews see what they are asked about. */
const decides = (actor: Actor): boolean => actor.platformRoles.has('reviewer') || actor.platformRoles.has('admin');

/** Review submissions: those of one's workspaces; all for those who decide on them. */
export const reviewScope = (actor: Actor, t: Alias): Sql => (decides(actor) ? EVERYTHING : own(actor, sql`${t}.workspace_id`));

/** Deleted rows show to members of the workspace that they belong to. */
export const deletedRows = workspaceRows;

/** What a publisher has published is open to who sees the integration, unless it waits for a review or was rejected. `t`: the version. */
const openTo = (t: Alias, faces: Sql): Sql =>
  sql`(${t}.held_at is null and exists (select 1 from ${FACES} f where f.id = ${t}.integration_id and ${faces}))`;

/** By their ids, which an index serves in any order. */
const known = (actor: Actor, t: Alias): Sql => sql`${t}.id in (select k.version_id from (${versionsKnown(actor)}) k)`;

/** Versions in lists: those of one's own integrations, and open ones of others that are in lists. */
export function versionParts(actor: Actor, t: Alias): readonly Part[] {
  if (actor.platformRoles.has('admin')) return [{ where: EVERYTHING }];
  if (actor.publicOnly) return [{ where: openTo(t, isPublic(sql`f`)) }];
  return [
    { where: own(actor, sql`${t}.workspace_id`) },
    { where: openTo(t, isPublic(sql`f`)) },
    { where: openTo(t, isGranted(actor, sql`f.id`)) },
  ];
}

/** The same in one predicate. */
export const versionScope = (actor: Actor, t: Alias): Sql => any(versionParts(actor, t).map(({ where }) => where));

const any = (conditions: readonly Sql[]): Sql => join(conditions, ' or ', '(', ')');

/** Versions that an installer has, and open ones of what it has installed: to who names them, and by relations. */
export function installedVersions(actor: Actor, t: Alias): readonly Part[] {
  if (actor.platformRoles.has('admin') || actor.roles.size === 0) return [];
  return [
    { where: openTo(t, sql`${isUnlisted(sql`f`)} and ${isInstalled(actor, sql`f.id`)}`) },
    { where: sql`${t}.id in (select k.version_id from (${pinned(actor)}) k)` },
  ];
}

/** Versions as relations find them. */
export const versionsReached = (actor: Actor, t: Alias): Sql =>
  any([...versionParts(actor, t), ...installedVersions(actor, t)].map(({ where }) => where));

/**
 * Versions of an integration that shows. Looking for each at what its integration shows would cost: only few are kept by an installer
 * alone, and of these it has no other version.
 */
export function versionsWithin(actor: Actor, t: Alias): Sql {
  if (actor.platformRoles.has('admin')) return EVERYTHING;
  const open = sql`(${t}.held_at is null or ${own(actor, sql`${t}.workspace_id`)})`;
  if (actor.roles.size === 0) return open;
  const kept = sql`array(select i.id from ${keptFaces(actor, sql`i.id`)} i)`;
  const had = sql`array(select k.version_id from (${pinned(actor)}) k)`;
  return sql`((${open} and ${t}.integration_id <> all(${kept})) or ${t}.id = any(${had}))`;
}

/** Versions by id: also open ones of unlisted integrations, and those that one has installed or is asked to review. */
export function versionSight(actor: Actor, t: Alias): Sql {
  if (actor.publicOnly) return versionScope(actor, t);
  return sql`(${versionScope(actor, t)} or ${openTo(t, sql`f.visibility = 'unlisted'`)} or ${known(actor, t)})`;
}

/** Grants: the workspace that gave them and the workspace that holds them. */
export function grantScope(actor: Actor, t: Alias): Sql {
  const given = sql`exists (select 1 from integrations gi where gi.id = ${t}.integration_id and ${own(actor, sql`gi.workspace_id`)})`;
  return sql`(${own(actor, sql`${t}.workspace_id`)} or ${given})`;
}

/** Of the two workspaces that a grant is between, the one for which the actor deals with it; the giver's, where they administer both. */
export function grantSide(actor: Actor, t: Alias): Sql {
  const giver = sql`(select gi.workspace_id from integrations gi where gi.id = ${t}.integration_id)`;
  const gives = sql`(${administered(actor, giver)} or not ${own(actor, sql`${t}.workspace_id`)})`;
  return sql`(case when ${gives} then ${giver} else ${t}.workspace_id end)`;
}

/** Trusted signers: platform admins. */
export const platformRows = (actor: Actor): Sql => (actor.platformRoles.has('admin') ? EVERYTHING : NOTHING);

const referenced = (actor: Actor, column: Sql, id: Sql): Sql => sql`exists (
  select 1 from integration_members m
  where m.${column} = ${id} and not m.is_clone and m.deleted_at is null and ${own(actor, sql`m.workspace_id`)})`;

/** One's own entities, as long as they are there. */
export const entityScope = (actor: Actor, t: Alias): Sql => sql`(${own(actor, sql`${t}.workspace_id`)} and ${t}.purged_at is null)`;

/** Entities by id: one's own, and the publishers' that an active install in one's workspaces references, whatever became of them. */
export const entityForms = (actor: Actor, t: Alias): readonly Part[] => [
  { where: entityScope(actor, t) },
  {
    from: sql`(select p.entity_id as id, p.workspace_id from published_entity_versions p)`,
    where: referenced(actor, sql`entity_id`, sql`${t}.id`),
  },
];

/** Entity versions: those of one's own entities, and of others' those that an active install references. */
export const entityVersionParts = (actor: Actor, t: Alias): readonly Part[] => [
  { where: own(actor, sql`${t}.workspace_id`) },
  {
    from: sql`published_entity_versions`,
    where: sql`(not ${own(actor, sql`${t}.workspace_id`)} and ${referenced(actor, sql`entity_version_id`, sql`${t}.id`)})`,
  },
];
