import sql, { type Sql } from 'sql-template-tag';
import { adminRows } from '../../access/scope.ts';
import { type Actor, ROLES } from '../../context.ts';
import { PREFIX } from '../../lib/ids.ts';
import { BY_NAME } from '../../listing/ranks.ts';
import type { Alias, Resource } from '../../query/resource.ts';
import { workspaceResource } from '../workspace/resource.ts';

/** A key as a publishable one is shown itself: without who minted it. */
const keyOfNobody = (t: Alias): Sql => sql`json_build_object('id', ${t}.id, 'workspaceId', ${t}.workspace_id, 'name', ${t}.name,
  'kind', ${t}.kind, 'role', ${t}.role, 'origins', ${t}.origins, 'createdBy', null, 'createdAt', iso(${t}.created_at), 'expiresAt', iso(${t}.expires_at),
  'revokedAt', iso(${t}.revoked_at))::text`;

export const apiKeyResource: Resource<Actor> = {
  name: 'ApiKey',
  table: 'api_keys',
  prefixes: [PREFIX.apiKey],
  json: (t, actor) => (actor.publicOnly ? keyOfNobody(t) : sql`${t}.doc`),
  fields: {
    id: { type: 'id', column: 'id', prefixes: [PREFIX.apiKey] },
    workspaceId: { type: 'id', column: 'workspace_id', prefixes: [PREFIX.workspace], nullable: true },
    name: { type: 'string', column: 'name', rank: BY_NAME },
    kind: { type: 'enum', column: 'kind', values: ['secret', 'publishable', 'bootstrap'] },
    role: { type: 'enum', column: 'role', values: ROLES, nullable: true },
    createdBy: { type: 'id', column: 'created_by', prefixes: [PREFIX.user] },
    createdAt: { type: 'timestamp', column: 'created_at' },
    expiresAt: { type: 'timestamp', column: 'expires_at', nullable: true },
    revokedAt: { type: 'timestamp', column: 'revoked_at', nullable: true },
  },
  relations: {
    workspace: { to: () => workspaceResource, kind: 'one', nullable: true, join: (from, to) => sql`${to}.id = ${from}.workspace_id` },
  },
  scope: adminRows,
  seenBy: 'admin',
  shorthands: {
    workspace_id: { field: 'workspaceId', description: 'Keys of this workspace.' },
    kind: { field: 'kind', description: 'Keys of this kind.' },
    role: { field: 'role', description: 'Keys with this role.' },
  },
};
