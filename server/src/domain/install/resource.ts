import sql, { type Sql } from 'sql-template-tag';
import { deletedRows, workspaceRows } from '../../access/scope.ts';
import type { Actor } from '../../context.ts';
import { PREFIX } from '../../lib/ids.ts';
import { RETENTION_TIERS } from '../../lib/shape.ts';
import type { Alias, Resource } from '../../query/resource.ts';
import { entityResource } from '../entity/resource.ts';
import { MEMBER_POLICIES } from '../integration/manifest.ts';
import { integrationResource, versionResource } from '../integration/resource.ts';
import { solutionResource } from '../solution/resource.ts';
import { workspaceResource } from '../workspace/resource.ts';
import { CHANNELS } from './state/channels.ts';
import { STANDING_FIELDS, STANDING_READS, standingJson } from './state/standing.ts';

export const REVISION_ACTIONS = [
  'install',
  'upgrade',
  'reconfigure',
  'rollback',
  'add_members',
  'drop_member',
  'uninstall',
  'restore',
] as const;
export const UPGRADE_POLICIES = ['manual', 'patch', 'minor', 'all'] as const;
export type RevisionAction = (typeof REVISION_ACTIONS)[number];

/** Over its active members. */
const openConflicts = (t: Alias): Sql => sql`(
  select coalesce(sum(oc.open_conflicts), 0)::int from integration_members oc
  where oc.integration_install_id = ${t}.id and oc.open_conflicts > 0 and oc.deleted_at is null)`;

export const installResource: Resource<Actor> = {
  name: 'IntegrationInstall',
  table: 'integration_installs',
  prefixes: [PREFIX.install],
  json: (
    t,
  ) => sql`json_open(${t}.doc) || ',"name":' || coalesce(to_json(${t}.name)::text, 'null') || ',"upgradePolicy":"' || ${t}.upgrade_policy
    || '","channel":"' || ${t}.channel
    || '","minReleaseAgeHours":' || coalesce(${t}.min_release_age_hours::text, 'null') || ',"openConflicts":' || ${openConflicts(t)}
    || ',' || substr(${standingJson(t)}, 2)`,
  fields: {
    id: { type: 'id', column: 'id', prefixes: [PREFIX.install] },
    integrationId: { type: 'id', column: 'integration_id', prefixes: [PREFIX.integration] },
    integrationVersionId: { type: 'id', column: 'integration_version_id', prefixes: [PREFIX.version] },
    workspaceId: { type: 'id', column: 'workspace_id', prefixes: [PREFIX.workspace] },
    name: { type: 'string', column: 'name', nullable: true },
    variables: { type: 'json', column: 'variables' },
    authStateId: { type: 'id', column: 'auth_state_id', prefixes: [PREFIX.authState], nullable: true },
    memberPolicy: { type: 'enum', column: 'member_policy', values: MEMBER_POLICIES },
    upgradePolicy: { type: 'enum', column: 'upgrade_policy', values: UPGRADE_POLICIES },
    channel: { type: 'enum', column: 'channel', values: CHANNELS },
    minReleaseAgeHours: { type: 'number', column: 'min_release_age_hours', nullable: true },
    parentInstallId: { type: 'id', column: 'parent_install_id', prefixes: [PREFIX.install], nullable: true },
    solutionId: { type: 'id', column: 'solution_id', prefixes: [PREFIX.solution] },
    installedBy: { type: 'id', column: 'installed_by', prefixes: [PREFIX.user] },
    installedAt: { type: 'timestamp', column: 'installed_at' },
    lastUpgradedAt: { type: 'timestamp', column: 'last_upgraded_at', nullable: true },
    deletedAt: { type: 'timestamp', column: 'deleted_at', nullable: true },
    retentionTier: { type: 'enum', column: 'retention_tier', values: RETENTION_TIERS, nullable: true },
    openConflicts: { type: 'number', column: 'id', expression: openConflicts, reads: ['members'] },
    ...STANDING_FIELDS,
  },
  relations: {
    integration: { to: () => integrationResource, kind: 'one', nullable: true, join: (from, to) => sql`${to}.id = ${from}.integration_id` },
    version: { to: () => versionResource, kind: 'one', nullable: true, join: (from, to) => sql`${to}.id = ${from}.integration_version_id` },
    workspace: { to: () => workspaceResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.workspace_id` },
    members: { to: () => memberResource, kind: 'many', join: (from, to) => sql`${to}.integration_install_id = ${from}.id` },
    parent: { to: () => installResource, kind: 'one', nullable: true, join: (from, to) => sql`${to}.id = ${from}.parent_install_id` },
    addOns: { to: () => installResource, kind: 'many', join: (from, to) => sql`${to}.parent_install_id = ${from}.id` },
    solution: { to: () => solutionResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.solution_id` },
  },
  scope: workspaceRows,
  deletedScope: deletedRows,
  jsonReads: [...STANDING_READS, 'members'],
  shorthands: {
    workspace_id: { field: 'workspaceId', description: 'Installs in this workspace.' },
    integration_id: { field: 'integrationId', description: 'Installs of this integration.' },
    integration_version_id: { field: 'integrationVersionId', description: 'Installs that pin this version.' },
    name: { field: 'name', description: 'Installs of this name.' },
    member_policy: { field: 'memberPolicy', description: 'Installs with this policy.' },
    parent_install_id: { field: 'parentInstallId', description: 'Add-ons of this install.' },
    solution_id: { field: 'solutionId', description: 'Installs of this solution.' },
    installed_by: { field: 'installedBy', description: 'Installs made by this user.' },
    retention_tier: { field: 'retentionTier', description: 'Deleted installs kept for this long.' },
  },
  defaultOrder: [{ field: 'installedAt', direction: 'desc' }],
};

/** An install as the install endpoint answers it: without how it stands to what its integration offers by now. */
export const installAsMade: Resource<Actor> = { ...installResource, json: (t) => sql`${t}.doc` };

const madeFrom = (t: Alias): Sql =>
  sql`(select made_from(${t}.source_version_id, mi.integration_version_id) from integration_installs mi where mi.id = ${t}.integration_install_id)`;

export const memberResource: Resource<Actor> = {
  name: 'IntegrationMember',
  table: 'integration_members',
  prefixes: [PREFIX.member],
  json: (t) => sql`json_open(${t}.doc) || ',"sourceVersionId":"' || ${madeFrom(t)} || '","openConflicts":' || ${t}.open_conflicts || '}'`,
  jsonReads: ['install'],
  fields: {
    id: { type: 'id', column: 'id', prefixes: [PREFIX.member] },
    integrationInstallId: { type: 'id', column: 'integration_install_id', prefixes: [PREFIX.install] },
    workspaceId: { type: 'id', column: 'workspace_id', prefixes: [PREFIX.workspace] },
    entityId: { type: 'id', column: 'entity_id' },
    entityVersionId: { type: 'id', column: 'entity_version_id' },
    sourceMemberSlug: { type: 'string', column: 'source_member_slug' },
    isClone: { type: 'boolean', column: 'is_clone' },
    sourceVersionId: { type: 'id', column: 'integration_install_id', expression: madeFrom, reads: ['install'], prefixes: [PREFIX.version] },
    detached: { type: 'boolean', column: 'detached' },
    enabled: { type: 'boolean', column: 'enabled' },
    openConflicts: { type: 'number', column: 'open_conflicts' },
    addedBy: { type: 'id', column: 'added_by', prefixes: [PREFIX.user] },
    addedAt: { type: 'timestamp', column: 'added_at' },
    deletedAt: { type: 'timestamp', column: 'deleted_at', nullable: true },
    retentionTier: { type: 'enum', column: 'retention_tier', values: RETENTION_TIERS, nullable: true },
  },
  relations: {
    install: { to: () => installResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.integration_install_id` },
    entity: { to: () => entityResource, kind: 'one', nullable: true, join: (from, to) => sql`${to}.id = ${from}.entity_id` },
    workspace: { to: () => workspaceResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.workspace_id` },
  },
  scope: workspaceRows,
  deletedScope: deletedRows,
  shorthands: {
    workspace_id: { field: 'workspaceId', description: 'Members in this workspace.' },
    integration_install_id: { field: 'integrationInstallId', description: 'Members of this install.' },
    entity_id: { field: 'entityId', description: 'Members that are this entity.' },
    detached: { field: 'detached', description: 'Detached members, or attached ones.' },
    enabled: { field: 'enabled', description: 'Enabled members, or disabled ones.' },
  },
  defaultOrder: [{ field: 'addedAt', direction: 'desc' }],
};

export const revisionResource: Resource<Actor> = {
  name: 'InstallRevision',
  table: 'install_revisions',
  prefixes: [PREFIX.revision],
  json: (t) => sql`json_build_object('id', ${t}.id, 'integrationInstallId', ${t}.integration_install_id, 'workspaceId', ${t}.workspace_id,
    'number', ${t}.number, 'action', ${t}.action, 'fromVersionId', ${t}.from_version_id, 'toVersionId', ${t}.to_version_id,
    'variables', ${t}.variables, 'updated', to_json(${t}.updated), 'added', to_json(${t}.added), 'removed', to_json(${t}.removed),
    'skipped', to_json(${t}.skipped), 'merged', to_json(${t}.merged), 'conflicted', to_json(${t}.conflicted), 'members', ${t}.members, 'reason', ${t}.reason, 'createdBy', ${t}.created_by, 'createdAt', iso(${t}.created_at))::text`,
  fields: {
    id: { type: 'id', column: 'id', prefixes: [PREFIX.revision] },
    integrationInstallId: { type: 'id', column: 'integration_install_id', prefixes: [PREFIX.install] },
    number: { type: 'number', column: 'number' },
    action: { type: 'enum', column: 'action', values: REVISION_ACTIONS },
    fromVersionId: { type: 'id', column: 'from_version_id', prefixes: [PREFIX.version], nullable: true },
    toVersionId: { type: 'id', column: 'to_version_id', prefixes: [PREFIX.version] },
    variables: { type: 'json', column: 'variables' },
    reason: { type: 'string', column: 'reason', nullable: true },
    createdBy: { type: 'id', column: 'created_by', prefixes: [PREFIX.user] },
    createdAt: { type: 'timestamp', column: 'created_at' },
  },
  relations: {
    install: { to: () => installResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.integration_install_id` },
  },
  scope: workspaceRows,
  shorthands: { action: { field: 'action', description: 'Revisions made by this action.' } },
  defaultOrder: [{ field: 'number', direction: 'desc' }],
};
