import sql from 'sql-template-tag';
import { Success } from '../../lib/shape.ts';
import { type AnyRoute, route } from '../../route.ts';
import { deleteIntegration, purgeIntegration, restoreIntegration } from './delete-integration.ts';
import { createIntegration, updateIntegration } from './drafts.ts';
import * as examples from './examples.ts';
import { readInsights } from './insights.ts';
import { Insights } from './insights-schema.ts';
import { previewMembers } from './preview.ts';
import { checkIntegration, draftEtag, publishIntegration } from './publish.ts';
import { grantResource, integrationResource } from './resource.ts';
import { reviewRoutes } from './review/routes.ts';
import { setVisibility } from './review/visibility.ts';
import * as wire from './schema.ts';
import { createGrant, deleteGrant } from './sharing.ts';
import { versionRoutes } from './version-routes.ts';

const tag = 'Integrations';
const seen = { need: 'target', resource: integrationResource } as const;
const edited = { ...seen, role: 'editor' } as const;
const administered = { ...seen, role: 'admin' } as const;

const drafts: readonly AnyRoute[] = [
  {
    operationId: 'listIntegrations',
    path: '/api/integrations',
    tag,
    summary: 'List integrations.',
    description: 'Those authored in your workspaces, granted to them, or public with a published version.',
    permission: { need: 'key', publishable: true },
    list: integrationResource,
    row: wire.Integration,
    example: examples.integration,
  },
  {
    operationId: 'getIntegration',
    path: '/api/integrations/{id}',
    tag,
    summary: 'Get an integration by ID.',
    get: integrationResource,
    publishable: true,
    answer: wire.Integration,
    example: examples.integration,
  },
  route({
    operationId: 'createIntegration',
    method: 'POST',
    path: '/api/integrations',
    tag,
    summary: 'Create a draft integration in the source workspace.',
    permission: { need: 'workspace', role: 'editor' },
    body: wire.IntegrationCreate,
    answer: wire.Integration,
    example: { body: examples.integrationCreate, answer: examples.draft },
    created: '/api/integrations/{id}',
    errors: ['slug_taken'],
    write: createIntegration,
  }),
  route({
    operationId: 'updateIntegration',
    method: 'PATCH',
    path: '/api/integrations/{id}',
    tag,
    summary: "Update the draft integration's metadata or manifest.",
    description:
      'Only the fields that are sent change; `null` clears description and iconUrl; manifest, variablesSchema and authConfig are replaced whole. Published versions never change.',
    permission: edited,
    body: wire.IntegrationUpdate,
    answer: wire.Integration,
    example: { body: examples.integrationUpdate, answer: examples.integration },
    errors: ['integration_deleted'],
    write: updateIntegration,
  }),
  route({
    operationId: 'deleteIntegration',
    method: 'DELETE',
    path: '/api/integrations/{id}',
    tag,
    summary: 'Soft-delete the integration. Existing installs keep working — they pin to an immutable integration_version.',
    permission: { ...edited, takesAway: true },
    answer: Success,
    example: { answer: { success: true } },
    errors: ['integration_deleted'],
    write: deleteIntegration,
  }),
  route({
    operationId: 'restoreIntegration',
    method: 'POST',
    path: '/api/integrations/{id}/restore',
    tag,
    summary: 'Restore a soft-deleted integration.',
    permission: edited,
    answer: wire.Integration,
    example: { answer: examples.integration },
    errors: ['not_deleted', 'slug_taken'],
    write: restoreIntegration,
  }),
  route({
    operationId: 'purgeIntegration',
    method: 'DELETE',
    path: '/api/integrations/{id}/purge',
    tag,
    summary: 'Permanently delete a soft-deleted integration.',
    permission: { ...administered, takesAway: true },
    answer: Success,
    example: { answer: { success: true } },
    errors: ['not_deleted', 'integration_has_installs'],
    write: purgeIntegration,
  }),
];

const publishing: readonly AnyRoute[] = [
  route({
    operationId: 'previewIntegrationMembers',
    method: 'GET',
    path: '/api/integrations/{id}/members',
    tag,
    summary: 'Preview the members (+ schema closure) an install of this integration materializes.',
    permission: { ...seen, publishable: true },
    query: wire.PreviewQuery,
    answer: wire.MemberPreviews,
    example: { answer: examples.memberPreviews },
    read: previewMembers,
  }),
  route({
    operationId: 'checkIntegration',
    method: 'POST',
    path: '/api/integrations/{id}/check',
    tag,
    summary: 'Check everything that publish would, and which version number fits. Writes nothing.',
    permission: edited,
    body: wire.Check,
    answer: wire.CheckResult,
    example: { body: examples.check, answer: examples.checkResult },
    errors: ['integration_deleted', 'version_exists', 'content_revoked'],
    read: checkIntegration,
  }),
  route({
    operationId: 'publishIntegration',
    method: 'POST',
    path: '/api/integrations/{id}/publish',
    tag,
    summary:
      'Publish a new version. Snapshots the current manifest + variables_schema + auth_config + member entity-version pins into an immutable integration_version row.',
    permission: edited,
    body: wire.Publish,
    answer: wire.IntegrationVersion,
    example: { body: examples.publish, answer: examples.version },
    created: '/api/integration-versions/{id}',
    errors: ['integration_deleted', 'version_exists', 'content_revoked', 'invalid_manifest'],
    matches: draftEtag,
    write: publishIntegration,
  }),
];

const insight: readonly AnyRoute[] = [
  route({
    operationId: 'getIntegrationInsights',
    method: 'GET',
    path: '/api/integrations/{id}/insights',
    tag,
    summary: 'What becomes of an integration where it is installed, in counts.',
    description: 'For editors of the source workspace. Counts over all workspaces; nothing tells one from another.',
    permission: edited,
    answer: Insights,
    example: { answer: examples.insights },
    snapshot: true,
    read: readInsights,
  }),
];

const sharing: readonly AnyRoute[] = [
  route({
    operationId: 'setIntegrationVisibility',
    method: 'POST',
    path: '/api/integrations/{id}/visibility',
    tag: 'Sharing',
    summary: 'Make an integration private or unlisted, or submit it to be public.',
    description:
      'Private and unlisted at once, which also withdraws a submission that nobody decided on. `public` is for admins of the workspace: it submits the current version for review and answers the integration as it is, unless that content was approved before. Platform admins make it public at once.',
    permission: edited,
    body: wire.VisibilityUpdate,
    answer: wire.Integration,
    example: { body: examples.visibilityUpdate, answer: examples.integration },
    errors: ['integration_deleted', 'not_published', 'review_pending'],
    write: setVisibility,
  }),
  {
    operationId: 'listIntegrationGrants',
    path: '/api/integrations/{id}/grants',
    tag: 'Sharing',
    summary: 'List the grants of an integration that you may see: all in its workspace, your own elsewhere.',
    permission: seen,
    list: grantResource,
    row: wire.IntegrationGrant,
    example: examples.grant,
    within: (target, t) => sql`${t}.integration_id = ${target.id}`,
  },
  route({
    operationId: 'createIntegrationGrant',
    method: 'POST',
    path: '/api/integrations/{id}/grants',
    tag: 'Sharing',
    summary: 'Let another workspace see and install a private integration.',
    permission: administered,
    body: wire.GrantCreate,
    answer: wire.IntegrationGrant,
    example: { body: examples.grantCreate, answer: examples.grant },
    created: '/api/integration-grants/{id}',
    errors: ['integration_deleted', 'already_granted'],
    write: createGrant,
  }),
  {
    operationId: 'getIntegrationGrant',
    path: '/api/integration-grants/{id}',
    tag: 'Sharing',
    summary: 'Get a grant by ID.',
    get: grantResource,
    answer: wire.IntegrationGrant,
    example: examples.grant,
  },
  route({
    operationId: 'deleteIntegrationGrant',
    method: 'DELETE',
    path: '/api/integration-grants/{id}',
    tag: 'Sharing',
    summary: 'Take a grant back, or decline it. Installs made under it keep working.',
    description: 'By an admin of the workspace that gave it, or of the one that got it. The audit events of both tell it.',
    permission: { need: 'target', resource: grantResource, role: 'admin', takesAway: true },
    answer: Success,
    example: { answer: { success: true } },
    write: deleteGrant,
  }),
];

export const integrationRoutes: readonly AnyRoute[] = [...drafts, ...publishing, ...versionRoutes, ...insight, ...sharing, ...reviewRoutes];
