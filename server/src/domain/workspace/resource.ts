import sql, { type Sql } from 'sql-template-tag';
import { membershipSight, userDetails, userScope, workspaceRows, workspaceScope } from '../../access/scope.ts';
import { type Actor, ROLES } from '../../context.ts';
import { PREFIX } from '../../lib/ids.ts';
import { RETENTION_TIERS } from '../../lib/shape.ts';
import { BY_NAME } from '../../listing/ranks.ts';
import type { Alias, Resource } from '../../query/resource.ts';

export const workspaceResource: Resource<Actor> = {
  name: 'Workspace',
  table: 'workspaces',
  prefixes: [PREFIX.workspace],
  workspaceColumn: 'id',
  json: (t) => sql`${t}.doc`,
  fields: {
    id: { type: 'id', column: 'id', prefixes: [PREFIX.workspace] },
    name: { type: 'string', column: 'name', rank: BY_NAME },
    handle: { type: 'string', column: 'handle' },
    retentionTier: { type: 'enum', column: 'retention_tier', values: RETENTION_TIERS },
    suspendedAt: { type: 'timestamp', column: 'suspended_at', nullable: true },
    createdBy: { type: 'id', column: 'created_by', prefixes: [PREFIX.user] },
    createdAt: { type: 'timestamp', column: 'created_at' },
    updatedAt: { type: 'timestamp', column: 'updated_at' },
  },
  relations: {
    memberships: { to: () => membershipResource, kind: 'many', join: (from, to) => sql`${to}.workspace_id = ${from}.id` },
  },
  scope: workspaceScope,
  shorthands: {
    handle: { field: 'handle', description: 'The workspace with this handle.' },
    name: { field: 'name', op: 'icontains', description: 'Name contains this text, in any case.' },
  },
};

/** A user as those see them who may not see email and platform roles. */
const shortUser = (t: Alias): Sql => sql`json_build_object('id', ${t}.id, 'email', null, 'name', ${t}.name, 'platformRoles', null,
  'createdAt', iso(${t}.created_at), 'updatedAt', iso(${t}.updated_at))::text`;

export const userResource: Resource<Actor> = {
  name: 'User',
  table: 'users',
  prefixes: [PREFIX.user],
  workspaceColumn: null,
  json: (t, actor) => sql`case when ${userDetails(actor, t)} then ${t}.doc else ${shortUser(t)} end`,
  fields: {
    id: { type: 'id', column: 'id', prefixes: [PREFIX.user] },
    email: { type: 'string', column: 'email', nullable: true, visibleTo: userDetails, reads: ['memberships'] },
    name: { type: 'string', column: 'name', rank: BY_NAME },
    createdAt: { type: 'timestamp', column: 'created_at' },
    updatedAt: { type: 'timestamp', column: 'updated_at' },
  },
  relations: {
    memberships: { to: () => membershipResource, kind: 'many', join: (from, to) => sql`${to}.user_id = ${from}.id` },
  },
  scope: userScope,
  scopeReads: ['memberships'],
  jsonReads: ['memberships'],
  shorthands: {
    email: { field: 'email', description: 'The user with this email.' },
    name: { field: 'name', op: 'icontains', description: 'Name contains this text, in any case.' },
  },
};

/** invited: its user has not accepted, so it gives nobody anything. */
export const MEMBERSHIP_STATES = ['invited', 'accepted'] as const;
export type MembershipState = (typeof MEMBERSHIP_STATES)[number];

export const membershipState = (t: Alias): Sql => sql`(case when ${t}.accepted_at is null then 'invited' else 'accepted' end)`;

export const membershipResource: Resource<Actor> = {
  name: 'WorkspaceMembership',
  table: 'workspace_memberships',
  prefixes: [PREFIX.membership],
  json: (t) => sql`${t}.doc`,
  fields: {
    id: { type: 'id', column: 'id', prefixes: [PREFIX.membership] },
    workspaceId: { type: 'id', column: 'workspace_id', prefixes: [PREFIX.workspace] },
    userId: { type: 'id', column: 'user_id', prefixes: [PREFIX.user] },
    role: { type: 'enum', column: 'role', values: ROLES },
    state: { type: 'enum', column: 'id', values: MEMBERSHIP_STATES, expression: membershipState },
    createdBy: { type: 'id', column: 'created_by', prefixes: [PREFIX.user] },
    createdAt: { type: 'timestamp', column: 'created_at' },
    acceptedAt: { type: 'timestamp', column: 'accepted_at', nullable: true },
    updatedAt: { type: 'timestamp', column: 'updated_at' },
  },
  relations: {
    workspace: { to: () => workspaceResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.workspace_id` },
    user: { to: () => userResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.user_id` },
  },
  scope: workspaceRows,
  sight: membershipSight,
  shorthands: {
    user_id: { field: 'userId', description: 'Memberships of this user.' },
    role: { field: 'role', description: 'Memberships with this role.' },
    state: { field: 'state', description: 'Memberships in this state: `invited` or `accepted`.' },
  },
};
