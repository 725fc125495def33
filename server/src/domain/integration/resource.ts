import sql, { type Sql } from 'sql-template-tag';
import {
  deletedRows,
  grantScope,
  grantSide,
  installedFaces,
  installedVersions,
  integrationForms,
  integrationParts,
  integrationScope,
  integrationsShown,
  versionParts,
  versionScope,
  versionSight,
  versionsReached,
  versionsWithin,
} from '../../access/scope.ts';
import type { Actor } from '../../context.ts';
import { PREFIX } from '../../lib/ids.ts';
import { RETENTION_TIERS } from '../../lib/shape.ts';
import { TRUST_TIERS } from '../../lib/trust-tiers.ts';
import { BY_NAME, byVersion } from '../../listing/ranks.ts';
import type { Alias, Resource } from '../../query/resource.ts';
import { installResource } from '../install/resource.ts';
import { userResource, workspaceResource } from '../workspace/resource.ts';
import { reviewResource } from './review-resource.ts';

export const VISIBILITIES = ['private', 'unlisted', 'public'] as const;
/** How the newest review of a version stands; none: nobody asked for one. */
export const REVIEW_STATES = ['none', 'pending', 'approved', 'rejected', 'withdrawn'] as const;

/** What the resource reads of `integrations`, and of `published_integrations` in its place. */
const COLUMNS = sql`p.id, p.workspace_id, p.slug, p.name, p.description, p.icon_url, p.publisher, p.trust_tier, p.current_version_id,
  p.current_version, p.manifest, p.variables_schema, p.auth_config, p.visibility, p.created_by, p.created_at, p.updated_at, p.deleted_at,
  p.retention_tier, p.doc, p.name_key, p.current_version_key`;

/** The same of an integration `i` as its version `v` has it. */
const AS_OF_VERSION = sql`i.id, i.workspace_id, i.slug, v.name, v.description, v.icon_url, i.publisher, i.trust_tier, v.id as current_version_id,
  v.version collate "default" as current_version, v.manifest_snapshot as manifest, v.variables_schema_snapshot as variables_schema,
  v.auth_config_snapshot as auth_config, i.visibility, i.created_by, i.created_at, v.published_at as updated_at, i.deleted_at,
  i.retention_tier, (i.doc::jsonb || jsonb_build_object('name', v.name, 'description', v.description,
    'iconUrl', v.icon_url, 'currentVersion', v.version, 'updatedAt', iso(v.published_at)))::text as doc,
  name_key(v.name) collate "C" as name_key, v.precedence_key as current_version_key`;

export const integrationResource: Resource<Actor> = {
  name: 'Integration',
  table: 'integrations',
  prefixes: [PREFIX.integration],
  json: (t) => sql`json_open(${t}.doc) || ',"manifest":' || ${t}.manifest::text || ',"variablesSchema":' || ${t}.variables_schema::text
    || ',"authConfig":' || ${t}.auth_config::text || '}'`,
  fields: {
    id: { type: 'id', column: 'id', prefixes: [PREFIX.integration] },
    workspaceId: { type: 'id', column: 'workspace_id', prefixes: [PREFIX.workspace] },
    slug: { type: 'string', column: 'slug' },
    name: { type: 'string', column: 'name', rank: BY_NAME },
    description: { type: 'string', column: 'description', nullable: true },
    iconUrl: { type: 'string', column: 'icon_url', nullable: true },
    publisher: { type: 'string', column: 'publisher' },
    trustTier: { type: 'enum', column: 'trust_tier', values: TRUST_TIERS },
    currentVersion: { type: 'string', column: 'current_version', rank: byVersion('current_version_key'), nullable: true },
    manifest: { type: 'json', column: 'manifest' },
    variablesSchema: { type: 'json', column: 'variables_schema' },
    authConfig: { type: 'json', column: 'auth_config' },
    visibility: { type: 'enum', column: 'visibility', values: VISIBILITIES },
    createdBy: { type: 'id', column: 'created_by', prefixes: [PREFIX.user] },
    deletedAt: { type: 'timestamp', column: 'deleted_at', nullable: true },
    retentionTier: { type: 'enum', column: 'retention_tier', values: RETENTION_TIERS, nullable: true },
    createdAt: { type: 'timestamp', column: 'created_at' },
    updatedAt: { type: 'timestamp', column: 'updated_at' },
  },
  relations: {
    workspace: { to: () => workspaceResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.workspace_id` },
    versions: {
      to: () => versionResource,
      kind: 'many',
      within: versionsWithin,
      join: (from, to) => sql`${to}.integration_id = ${from}.id`,
    },
    installs: { to: () => installResource, kind: 'many', join: (from, to) => sql`${to}.integration_id = ${from}.id` },
    grants: { to: () => grantResource, kind: 'many', join: (from, to) => sql`${to}.integration_id = ${from}.id` },
    reviews: { to: () => reviewResource, kind: 'many', join: (from, to) => sql`${to}.integration_id = ${from}.id` },
    createdBy: { to: () => userResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.created_by` },
  },
  scope: integrationScope,
  scopeParts: integrationParts,
  shownAs: (actor) => integrationsShown(actor, COLUMNS, AS_OF_VERSION),
  named: { by: ['publisher'], parts: (actor, t) => installedFaces(actor, t, AS_OF_VERSION), reads: ['installs', 'versions'] },
  forms: (actor, t) => integrationForms(actor, t, AS_OF_VERSION),
  faces: ['published_integrations'],
  deletedScope: deletedRows,
  scopeReads: ['grants'],
  shorthands: {
    workspace_id: { field: 'workspaceId', description: "Filter to integrations authored in this workspace. Useful for 'my drafts'." },
    publisher: { field: 'publisher', description: 'Filter to a specific publisher.' },
    visibility: {
      field: 'visibility',
      description:
        'Marketplace exposure. private — only the source workspace + explicit grantees. unlisted — installable by link, not in search. public — marketplace-listed; requires review.',
    },
    name: { field: 'name', op: 'icontains', description: 'Name contains this text, in any case.' },
    trust_tier: { field: 'trustTier', description: 'Shorthand: filter where trustTier equals this value.' },
    created_by: { field: 'createdBy', description: 'Shorthand: filter where createdBy equals this value.' },
    retention_tier: { field: 'retentionTier', description: 'Shorthand: filter where retentionTier equals this value.' },
  },
};

const hexDigest = (t: Alias): Sql => sql`encode(${t}.digest, 'hex')`;

const reviewState = (t: Alias): Sql => sql`coalesce((
  select rs.state from review_submissions rs where rs.integration_version_id = ${t}.id order by rs.id desc limit 1), 'none')`;

const publishedJson = (
  t: Alias,
): Sql => sql`json_open(json_build_object('id', ${t}.id, 'integrationId', ${t}.integration_id, 'version', ${t}.version,
    'changelog', ${t}.changelog, 'publishedBy', ${t}.published_by, 'publishedAt', iso(${t}.published_at))::text)
    || ',"manifestSnapshot":' || ${t}.manifest_snapshot::text || ',"variablesSchemaSnapshot":' || ${t}.variables_schema_snapshot::text
    || ',"authConfigSnapshot":' || ${t}.auth_config_snapshot::text || ',"memberEntityVersions":' || ${t}.member_entity_versions::text || '}'`;

/** How a version stands by now. What it holds never changes. */
const standingJson = (t: Alias): Sql => sql`json_build_object('digest', ${hexDigest(t)}, 'yankedAt', iso(${t}.yanked_at),
  'yankReason', ${t}.yank_reason, 'deprecatedAt', iso(${t}.deprecated_at), 'deprecationNotice', ${t}.deprecation_notice,
  'revokedAt', iso(${t}.revoked_at), 'heldAt', iso(${t}.held_at), 'reviewState', ${reviewState(t)})::text`;

export const versionResource: Resource<Actor> = {
  name: 'IntegrationVersion',
  table: 'integration_versions',
  prefixes: [PREFIX.version],
  json: (t) => sql`json_open(${publishedJson(t)}) || ',' || substr(${standingJson(t)}, 2)`,
  fields: {
    id: { type: 'id', column: 'id', prefixes: [PREFIX.version] },
    integrationId: { type: 'id', column: 'integration_id', prefixes: [PREFIX.integration] },
    version: { type: 'string', column: 'version', rank: byVersion('precedence_key') },
    manifestSnapshot: { type: 'json', column: 'manifest_snapshot' },
    variablesSchemaSnapshot: { type: 'json', column: 'variables_schema_snapshot' },
    authConfigSnapshot: { type: 'json', column: 'auth_config_snapshot' },
    memberEntityVersions: { type: 'json', column: 'member_entity_versions' },
    changelog: { type: 'string', column: 'changelog', nullable: true },
    publishedBy: { type: 'id', column: 'published_by', prefixes: [PREFIX.user] },
    publishedAt: { type: 'timestamp', column: 'published_at' },
    digest: { type: 'string', column: 'digest', expression: hexDigest },
    yankedAt: { type: 'timestamp', column: 'yanked_at', nullable: true },
    yankReason: { type: 'string', column: 'yank_reason', nullable: true },
    deprecatedAt: { type: 'timestamp', column: 'deprecated_at', nullable: true },
    deprecationNotice: { type: 'string', column: 'deprecation_notice', nullable: true },
    revokedAt: { type: 'timestamp', column: 'revoked_at', nullable: true },
    heldAt: { type: 'timestamp', column: 'held_at', nullable: true },
    reviewState: { type: 'enum', column: 'id', values: REVIEW_STATES, reads: ['reviews'], expression: reviewState },
  },
  relations: {
    integration: { to: () => integrationResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.integration_id` },
    publishedBy: { to: () => userResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.published_by` },
    installs: { to: () => installResource, kind: 'many', join: (from, to) => sql`${to}.integration_version_id = ${from}.id` },
    reviews: { to: () => reviewResource, kind: 'many', join: (from, to) => sql`${to}.integration_version_id = ${from}.id` },
  },
  scope: versionScope,
  scopeParts: versionParts,
  sight: versionSight,
  reach: versionsReached,
  named: { by: ['integrationId'], parts: installedVersions, reads: ['integration.installs'] },
  scopeReads: ['integration', 'integration.grants'],
  jsonReads: ['reviews'],
  shorthands: {
    integration_id: { field: 'integrationId', description: 'Versions of this integration.' },
    version: { field: 'version', description: 'The version with exactly this number.' },
    published_by: { field: 'publishedBy', description: 'Versions published by this user.' },
  },
  defaultOrder: [{ field: 'version', direction: 'desc' }],
};

/** A version as publish answers it: without how it stands by now. */
export const versionAsPublished: Resource<Actor> = { ...versionResource, json: publishedJson };

export const grantResource: Resource<Actor> = {
  name: 'IntegrationGrant',
  table: 'integration_grants',
  prefixes: [PREFIX.grant],
  workspaceColumn: (t, actor) => grantSide(actor, t),
  json: (t) => sql`${t}.doc`,
  fields: {
    id: { type: 'id', column: 'id', prefixes: [PREFIX.grant] },
    integrationId: { type: 'id', column: 'integration_id', prefixes: [PREFIX.integration] },
    workspaceId: { type: 'id', column: 'workspace_id', prefixes: [PREFIX.workspace] },
    createdBy: { type: 'id', column: 'created_by', prefixes: [PREFIX.user] },
    createdAt: { type: 'timestamp', column: 'created_at' },
  },
  relations: {
    integration: { to: () => integrationResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.integration_id` },
    workspace: { to: () => workspaceResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.workspace_id` },
  },
  scope: grantScope,
  scopeReads: ['integration'],
  shorthands: { workspace_id: { field: 'workspaceId', description: 'Grants to this workspace.' } },
};
