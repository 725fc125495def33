import sql from 'sql-template-tag';
import { workspaceRows } from '../../access/scope.ts';
import type { Actor } from '../../context.ts';
import { PREFIX } from '../../lib/ids.ts';
import type { Resource } from '../../query/resource.ts';
import { workspaceResource } from '../workspace/resource.ts';

export const eventResource: Resource<Actor> = {
  name: 'Event',
  table: 'events',
  prefixes: [PREFIX.event],
  json: (t) => sql`${t}.doc`,
  fields: {
    id: { type: 'id', column: 'id', prefixes: [PREFIX.event] },
    workspaceId: { type: 'id', column: 'workspace_id', prefixes: [PREFIX.workspace], nullable: true },
    type: { type: 'string', column: 'type' },
    actorId: { type: 'id', column: 'actor_id', prefixes: [PREFIX.user], nullable: true },
    keyId: { type: 'id', column: 'key_id', prefixes: [PREFIX.apiKey], nullable: true },
    subjectId: { type: 'id', column: 'subject_id' },
    requestId: { type: 'string', column: 'request_id' },
    data: { type: 'json', column: 'data' },
    createdAt: { type: 'timestamp', column: 'created_at' },
  },
  relations: {
    workspace: { to: () => workspaceResource, kind: 'one', nullable: true, join: (from, to) => sql`${to}.id = ${from}.workspace_id` },
  },
  scope: workspaceRows,
  shorthands: {
    workspace_id: { field: 'workspaceId', description: 'Events of this workspace.' },
    type: { field: 'type', description: 'Events of this type, such as `integration.published`.' },
    subject_id: { field: 'subjectId', description: 'Events that tell of this thing.' },
  },
};
