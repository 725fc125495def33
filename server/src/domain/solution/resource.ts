import sql from 'sql-template-tag';
import { deletedRows, workspaceRows } from '../../access/scope.ts';
import type { Actor } from '../../context.ts';
import { PREFIX } from '../../lib/ids.ts';
import { RETENTION_TIERS } from '../../lib/shape.ts';
import { BY_NAME } from '../../listing/ranks.ts';
import type { Resource } from '../../query/resource.ts';
import { entityResource } from '../entity/resource.ts';
import { installResource, memberResource } from '../install/resource.ts';
import { workspaceResource } from '../workspace/resource.ts';

export const solutionResource: Resource<Actor> = {
  name: 'Solution',
  table: 'solutions',
  prefixes: [PREFIX.solution],
  json: (t) => sql`${t}.doc`,
  fields: {
    id: { type: 'id', column: 'id', prefixes: [PREFIX.solution] },
    workspaceId: { type: 'id', column: 'workspace_id', prefixes: [PREFIX.workspace] },
    name: { type: 'string', column: 'name', rank: BY_NAME },
    createdBy: { type: 'id', column: 'created_by', prefixes: [PREFIX.user] },
    createdAt: { type: 'timestamp', column: 'created_at' },
    deletedAt: { type: 'timestamp', column: 'deleted_at', nullable: true },
    retentionTier: { type: 'enum', column: 'retention_tier', values: RETENTION_TIERS, nullable: true },
  },
  relations: {
    workspace: { to: () => workspaceResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.workspace_id` },
    installs: { to: () => installResource, kind: 'many', join: (from, to) => sql`${to}.solution_id = ${from}.id` },
    members: { to: () => solutionMemberResource, kind: 'many', join: (from, to) => sql`${to}.solution_id = ${from}.id` },
  },
  scope: workspaceRows,
  deletedScope: deletedRows,
  shorthands: {
    workspace_id: { field: 'workspaceId', description: 'Solutions of this workspace.' },
    name: { field: 'name', op: 'icontains', description: 'Name contains this text, in any case.' },
  },
};

export const solutionMemberResource: Resource<Actor> = {
  name: 'SolutionMember',
  table: 'solution_members',
  prefixes: [PREFIX.solutionMember],
  json: (t) => sql`${t}.doc`,
  fields: {
    id: { type: 'id', column: 'id', prefixes: [PREFIX.solutionMember] },
    workspaceId: { type: 'id', column: 'workspace_id', prefixes: [PREFIX.workspace] },
    solutionId: { type: 'id', column: 'solution_id', prefixes: [PREFIX.solution] },
    integrationMemberId: { type: 'id', column: 'integration_member_id', prefixes: [PREFIX.member] },
    entityId: { type: 'id', column: 'entity_id' },
    addedAt: { type: 'timestamp', column: 'added_at' },
  },
  relations: {
    solution: { to: () => solutionResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.solution_id` },
    member: { to: () => memberResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.integration_member_id` },
    entity: { to: () => entityResource, kind: 'one', nullable: true, join: (from, to) => sql`${to}.id = ${from}.entity_id` },
  },
  scope: workspaceRows,
  shorthands: {
    workspace_id: { field: 'workspaceId', description: 'Members of solutions of this workspace.' },
    solution_id: { field: 'solutionId', description: 'Members of this solution.' },
  },
  defaultOrder: [{ field: 'addedAt', direction: 'desc' }],
};
