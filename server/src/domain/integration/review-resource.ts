import sql from 'sql-template-tag';
import { reviewScope } from '../../access/scope.ts';
import type { Actor } from '../../context.ts';
import { PREFIX } from '../../lib/ids.ts';
import type { Resource } from '../../query/resource.ts';
import { userResource, workspaceResource } from '../workspace/resource.ts';
import { integrationResource, versionResource } from './resource.ts';

export const PURPOSES = ['listing', 'version'] as const;
export const SUBMISSION_STATES = ['pending', 'approved', 'rejected', 'withdrawn'] as const;

export const reviewResource: Resource<Actor> = {
  name: 'ReviewSubmission',
  table: 'review_submissions',
  prefixes: [PREFIX.review],
  json: (t) => sql`json_build_object('id', ${t}.id, 'workspaceId', ${t}.workspace_id, 'integrationId', ${t}.integration_id,
    'integrationVersionId', ${t}.integration_version_id, 'digest', encode(${t}.digest, 'hex'), 'purpose', ${t}.purpose, 'needs', ${t}.needs,
    'state', ${t}.state, 'requestedBy', ${t}.requested_by, 'requestedAt', iso(${t}.requested_at), 'decidedBy', ${t}.decided_by,
    'decidedAt', iso(${t}.decided_at), 'reason', ${t}.reason)::text`,
  fields: {
    id: { type: 'id', column: 'id', prefixes: [PREFIX.review] },
    workspaceId: { type: 'id', column: 'workspace_id', prefixes: [PREFIX.workspace] },
    integrationId: { type: 'id', column: 'integration_id', prefixes: [PREFIX.integration] },
    integrationVersionId: { type: 'id', column: 'integration_version_id', prefixes: [PREFIX.version], nullable: true },
    digest: { type: 'string', column: 'digest', nullable: true, expression: (t) => sql`encode(${t}.digest, 'hex')` },
    purpose: { type: 'enum', column: 'purpose', values: PURPOSES },
    needs: { type: 'json', column: 'needs' },
    state: { type: 'enum', column: 'state', values: SUBMISSION_STATES },
    requestedBy: { type: 'id', column: 'requested_by', prefixes: [PREFIX.user] },
    requestedAt: { type: 'timestamp', column: 'requested_at' },
    decidedBy: { type: 'id', column: 'decided_by', prefixes: [PREFIX.user], nullable: true },
    decidedAt: { type: 'timestamp', column: 'decided_at', nullable: true },
    reason: { type: 'string', column: 'reason', nullable: true },
  },
  relations: {
    workspace: { to: () => workspaceResource, kind: 'one', nullable: true, join: (from, to) => sql`${to}.id = ${from}.workspace_id` },
    integration: { to: () => integrationResource, kind: 'one', nullable: true, join: (from, to) => sql`${to}.id = ${from}.integration_id` },
    version: { to: () => versionResource, kind: 'one', nullable: true, join: (from, to) => sql`${to}.id = ${from}.integration_version_id` },
    requestedBy: { to: () => userResource, kind: 'one', nullable: true, join: (from, to) => sql`${to}.id = ${from}.requested_by` },
  },
  scope: reviewScope,
  shorthands: {
    workspace_id: { field: 'workspaceId', description: 'Submissions of this workspace.' },
    integration_id: { field: 'integrationId', description: 'Submissions of this integration.' },
    integration_version_id: { field: 'integrationVersionId', description: 'Submissions of this version.' },
    purpose: { field: 'purpose', description: 'Submissions for this purpose.' },
    state: { field: 'state', description: 'Submissions in this state; `pending` ones wait for a reviewer.' },
  },
  defaultOrder: [{ field: 'requestedAt', direction: 'desc' }],
};
