import sql, { type Sql } from 'sql-template-tag';
import { entityForms, entityScope, entityVersionParts, workspaceRows } from '../../access/scope.ts';
import type { Actor } from '../../context.ts';
import { PREFIX } from '../../lib/ids.ts';
import { RETENTION_TIERS } from '../../lib/shape.ts';
import { BY_NAME } from '../../listing/ranks.ts';
import type { Alias, Resource } from '../../query/resource.ts';
import { memberResource } from '../install/resource.ts';
import { workspaceResource } from '../workspace/resource.ts';

/** What one digest stands for is the same text, whoever keeps it: the publisher's own may be gone. */
const definitionOf = (t: Alias): Sql => sql`coalesce((select d.body from definitions d where d.digest = ${t}.definition_digest),
  (select d.body from published_definitions d where d.digest = ${t}.definition_digest))`;

/** Lists show one's own entities; what an install references of a publisher's is read by id, as pinned (`get-entity.ts`). */
export const entityResource: Resource<Actor> = {
  name: 'Entity',
  table: 'entities',
  json: (t) => sql`json_open(${t}.doc) || ',"definition":' || ${definitionOf(t)} || '}'`,
  fields: {
    id: { type: 'id', column: 'id' },
    workspaceId: { type: 'id', column: 'workspace_id', prefixes: [PREFIX.workspace] },
    kind: { type: 'string', column: 'kind' },
    slug: { type: 'string', column: 'slug' },
    name: { type: 'string', column: 'name', rank: BY_NAME },
    description: { type: 'string', column: 'description', nullable: true },
    definition: { type: 'json', column: 'definition_digest', expression: (t) => sql`${definitionOf(t)}::json` },
    currentVersionId: { type: 'id', column: 'current_version_id' },
    versionNumber: { type: 'number', column: 'version_number' },
    createdBy: { type: 'id', column: 'created_by', prefixes: [PREFIX.user] },
    createdAt: { type: 'timestamp', column: 'created_at' },
    updatedAt: { type: 'timestamp', column: 'updated_at' },
    deletedAt: { type: 'timestamp', column: 'deleted_at', nullable: true },
    retentionTier: { type: 'enum', column: 'retention_tier', values: RETENTION_TIERS, nullable: true },
  },
  relations: {
    workspace: { to: () => workspaceResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.workspace_id` },
    versions: { to: () => entityVersionResource, kind: 'many', join: (from, to) => sql`${to}.entity_id = ${from}.id` },
    usedBy: { to: () => memberResource, kind: 'many', join: (from, to) => sql`${to}.entity_id = ${from}.id` },
  },
  scope: entityScope,
  forms: entityForms,
  deletedScope: workspaceRows,
  shorthands: {
    workspace_id: { field: 'workspaceId', description: 'Entities of this workspace.' },
    kind: { field: 'kind', description: 'Entities of this kind.' },
    slug: { field: 'slug', description: 'Entities with this slug.' },
    name: { field: 'name', op: 'icontains', description: 'Name contains this text, in any case.' },
    created_by: { field: 'createdBy', description: 'Entities created by this user.' },
    retention_tier: { field: 'retentionTier', description: 'Deleted entities kept for this long.' },
  },
};

export const entityVersionResource: Resource<Actor> = {
  name: 'EntityVersion',
  table: 'entity_versions',
  json: (t) => sql`json_open(json_build_object('id', ${t}.id, 'entityId', ${t}.entity_id, 'number', ${t}.number,
    'digest', encode(${t}.definition_digest, 'hex'), 'createdBy', ${t}.created_by, 'createdAt', iso(${t}.created_at))::text)
    || ',"definition":' || ${definitionOf(t)} || '}'`,
  fields: {
    id: { type: 'id', column: 'id' },
    entityId: { type: 'id', column: 'entity_id' },
    number: { type: 'number', column: 'number' },
    digest: { type: 'string', column: 'definition_digest', expression: (t) => sql`encode(${t}.definition_digest, 'hex')` },
    definition: { type: 'json', column: 'definition_digest', expression: (t) => sql`${definitionOf(t)}::json` },
    createdBy: { type: 'id', column: 'created_by', prefixes: [PREFIX.user] },
    createdAt: { type: 'timestamp', column: 'created_at' },
  },
  relations: {
    entity: { to: () => entityResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.entity_id` },
    usedBy: { to: () => memberResource, kind: 'many', join: (from, to) => sql`${to}.entity_version_id = ${from}.id` },
  },
  scope: workspaceRows,
  scopeParts: entityVersionParts,
  faces: ['published_entity_versions'],
  scopeReads: ['usedBy'],
  shorthands: {},
  defaultOrder: [{ field: 'number', direction: 'desc' }],
};
