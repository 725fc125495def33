import sql from 'sql-template-tag';
import { deletedRows, workspaceRows } from '../../access/scope.ts';
import type { Actor } from '../../context.ts';
import { PREFIX } from '../../lib/ids.ts';
import { RETENTION_TIERS } from '../../lib/shape.ts';
import { BY_NAME } from '../../listing/ranks.ts';
import type { Resource } from '../../query/resource.ts';
import { workspaceResource } from '../workspace/resource.ts';

export const AUTH_STATE_TYPES = ['api_key', 'oauth2'] as const;
export const AUTH_STATE_STATUSES = ['active', 'expired', 'revoked'] as const;

export const authStateResource: Resource<Actor> = {
  name: 'AuthState',
  table: 'auth_states',
  prefixes: [PREFIX.authState],
  json: (t) => sql`json_build_object('id', ${t}.id, 'workspaceId', ${t}.workspace_id, 'name', ${t}.name, 'type', ${t}.type,
    'status', auth_state_status(${t}.status, ${t}.expires_at), 'scopes', to_json(${t}.scopes), 'expiresAt', iso(${t}.expires_at),
    'createdBy', ${t}.created_by, 'createdAt', iso(${t}.created_at), 'updatedAt', iso(${t}.updated_at),
    'deletedAt', iso(${t}.deleted_at), 'retentionTier', ${t}.retention_tier)::text`,
  fields: {
    id: { type: 'id', column: 'id', prefixes: [PREFIX.authState] },
    workspaceId: { type: 'id', column: 'workspace_id', prefixes: [PREFIX.workspace] },
    name: { type: 'string', column: 'name', rank: BY_NAME },
    type: { type: 'enum', column: 'type', values: AUTH_STATE_TYPES },
    status: {
      type: 'enum',
      column: 'status',
      values: AUTH_STATE_STATUSES,
      changesWithTime: true,
      expression: (t) => sql`auth_state_status(${t}.status, ${t}.expires_at)`,
    },
    expiresAt: { type: 'timestamp', column: 'expires_at', nullable: true },
    createdBy: { type: 'id', column: 'created_by', prefixes: [PREFIX.user] },
    createdAt: { type: 'timestamp', column: 'created_at' },
    updatedAt: { type: 'timestamp', column: 'updated_at' },
    deletedAt: { type: 'timestamp', column: 'deleted_at', nullable: true },
    retentionTier: { type: 'enum', column: 'retention_tier', values: RETENTION_TIERS, nullable: true },
  },
  relations: {
    workspace: { to: () => workspaceResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.workspace_id` },
  },
  scope: workspaceRows,
  deletedScope: deletedRows,
  shorthands: {
    workspace_id: { field: 'workspaceId', description: 'Auth states of this workspace.' },
    type: { field: 'type', description: 'Auth states of this type.' },
    status: { field: 'status', description: 'Auth states with this status.' },
    name: { field: 'name', op: 'icontains', description: 'Name contains this text, in any case.' },
  },
};
