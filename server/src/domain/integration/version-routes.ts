import { type AnyRoute, route } from '../../route.ts';
import { deprecateVersion, undeprecateVersion } from './deprecate.ts';
import { diffVersions } from './diff/diff-versions.ts';
import { versionDiff } from './diff/example.ts';
import { DiffQuery, VersionDiff } from './diff/schema.ts';
import * as examples from './examples.ts';
import { versionResource } from './resource.ts';
import * as wire from './schema.ts';
import { revokeVersion, unyankVersion, yankVersion } from './yank.ts';

const tag = 'Integration versions';
const edited = { need: 'target', resource: versionResource, role: 'editor' } as const;
const answered = { method: 'POST', tag, answer: wire.ListedVersion } as const;

export const versionRoutes: readonly AnyRoute[] = [
  {
    operationId: 'listIntegrationVersions',
    path: '/api/integration-versions',
    tag,
    summary: 'List published versions, newest first.',
    permission: { need: 'key', publishable: true },
    list: versionResource,
    row: wire.ListedVersion,
    example: examples.listedVersion,
  },
  {
    operationId: 'getIntegrationVersion',
    path: '/api/integration-versions/{id}',
    tag,
    summary: 'Get a published version by ID.',
    get: versionResource,
    publishable: true,
    answer: wire.ListedVersion,
    example: examples.listedVersion,
  },
  route({
    ...answered,
    operationId: 'yankIntegrationVersion',
    path: '/api/integration-versions/{id}/yank',
    summary: 'Yank a version: no new installs of it; existing ones keep working.',
    description: '`currentVersion` falls to the highest version left, or to null. Yanking a yanked version changes nothing.',
    permission: { ...edited, takesAway: true },
    body: wire.Yank,
    example: { body: examples.yank, answer: examples.yanked },
    write: yankVersion,
  }),
  route({
    ...answered,
    operationId: 'unyankIntegrationVersion',
    path: '/api/integration-versions/{id}/unyank',
    summary: 'Offer a yanked version again.',
    description: 'A revoked one only by a platform admin (403).',
    permission: edited,
    example: { answer: examples.listedVersion },
    write: unyankVersion,
  }),
  route({
    ...answered,
    operationId: 'deprecateIntegrationVersion',
    path: '/api/integration-versions/{id}/deprecate',
    summary: 'Deprecate a version: it can still be installed, with a notice.',
    permission: edited,
    body: wire.Deprecate,
    example: { body: examples.deprecate, answer: examples.deprecated },
    write: deprecateVersion,
  }),
  route({
    ...answered,
    operationId: 'undeprecateIntegrationVersion',
    path: '/api/integration-versions/{id}/undeprecate',
    summary: 'Lift the deprecation of a version.',
    permission: edited,
    example: { answer: examples.listedVersion },
    write: undeprecateVersion,
  }),
  route({
    ...answered,
    operationId: 'revokeIntegrationVersion',
    path: '/api/integration-versions/{id}/revoke',
    summary: 'Revoke a version for malice: yank it, and disable what is installed of it.',
    description:
      'For platform admins. Members of installs that pin it show `configState: "disabled"` until their workspace moves off it; then they are what they were.',
    permission: { need: 'target', resource: versionResource, platformAdmin: true },
    body: wire.Revoke,
    example: { body: examples.revoke, answer: examples.revoked },
    write: revokeVersion,
  }),
  route({
    operationId: 'diffIntegrationVersions',
    method: 'GET',
    path: '/api/integration-versions/{id}/diff',
    tag,
    summary: 'What differs from another version of the integration, by default the next lower one, and whether the number says so.',
    description:
      'Patches of definitions show to the source workspace, to reviewers, and where the integration is installed; one answer holds up to 1 MiB of them.',
    permission: { need: 'target', resource: versionResource },
    query: DiffQuery,
    answer: VersionDiff,
    example: { answer: versionDiff },
    errors: ['no_lower_version'],
    snapshot: true,
    read: diffVersions,
  }),
];
