import { Success } from '../../lib/shape.ts';
import { type AnyRoute, route } from '../../route.ts';
import { versionResource } from '../integration/resource.ts';
import * as examples from './examples.ts';
import { exportBundle } from './export-bundle.ts';
import { importBundle } from './import-bundle.ts';
import { BUNDLE_BYTES, IMPORT_LIMITS } from './limits.ts';
import { getVersionOrigin } from './origin.ts';
import { trustedSignerResource } from './resource.ts';
import * as wire from './schema.ts';
import { getSigningKey } from './signing-key.ts';
import { createTrustedSigner, deleteTrustedSigner } from './trusted-signers.ts';

const tag = 'Bundles';

const bundles: readonly AnyRoute[] = [
  route({
    operationId: 'exportBundle',
    method: 'GET',
    path: '/api/integration-versions/{id}/bundle',
    tag,
    summary: 'Export a published version as one signed file.',
    description:
      'For who may install the version, or has it installed. The answer is canonical JSON (RFC 8785), the same bytes each time. Entity ids are replaced by stand-ins, so that the `digest` of `content` is the same on every server that has the version. Install-time variables and credentials are never in it.',
    permission: { need: 'target', resource: versionResource },
    weighs: BUNDLE_BYTES,
    answer: wire.Bundle,
    example: { answer: examples.bundle },
    errors: [
      'bundle_too_large',
      'integration_deleted',
      'version_yanked',
      'version_revoked',
      'content_revoked',
      'version_in_review',
      'publisher_suspended',
    ],
    snapshot: true,
    read: exportBundle,
  }),
  route({
    operationId: 'importBundle',
    method: 'POST',
    path: '/api/bundles',
    tag,
    summary: 'Import a bundle: publish its version in a workspace of this server.',
    description:
      "The version goes to the workspace's integration of that slug, which is made when there is none, under the workspace's own handle. Source entities are made for its members; those of an earlier import take the new definitions. Everything that publish checks is checked, and the bundle has to be what a trusted signer signed.",
    permission: { need: 'workspace', role: 'editor' },
    body: wire.BundleImport,
    limits: IMPORT_LIMITS,
    answer: wire.ImportedVersion,
    example: { body: examples.bundleImport, answer: examples.importedVersion },
    created: '/api/integration-versions/{id}',
    errors: [
      'altered_bundle',
      'unknown_signer',
      'version_exists',
      'integration_deleted',
      'content_revoked',
      'refused_by_policy',
      'publisher_suspended',
      'invalid_manifest',
    ],
    write: importBundle,
  }),
  route({
    operationId: 'getVersionOrigin',
    method: 'GET',
    path: '/api/integration-versions/{id}/origin',
    tag,
    summary: 'Where a version came from: the bundle, and who signed it.',
    permission: { need: 'target', resource: versionResource, publishable: true },
    answer: wire.VersionOrigin,
    example: { answer: { importedFrom: examples.origin } },
    read: getVersionOrigin,
  }),
];

const signers: readonly AnyRoute[] = [
  route({
    operationId: 'getSigningKey',
    method: 'GET',
    path: '/api/signing-key',
    tag,
    summary: 'The public key that verifies what this server exports.',
    permission: { need: 'key', publishable: true },
    answer: wire.SigningKey,
    example: { answer: examples.signingKey },
    read: getSigningKey,
  }),
  {
    operationId: 'listTrustedSigners',
    path: '/api/trusted-signers',
    tag,
    summary: 'List the keys whose bundles may be imported without asking.',
    permission: { need: 'platform_admin' },
    list: trustedSignerResource,
    row: wire.TrustedSigner,
    example: examples.trustedSigner,
  },
  {
    operationId: 'getTrustedSigner',
    path: '/api/trusted-signers/{id}',
    tag,
    summary: 'Get a trusted signer by ID.',
    get: trustedSignerResource,
    answer: wire.TrustedSigner,
    example: examples.trustedSigner,
  },
  route({
    operationId: 'createTrustedSigner',
    method: 'POST',
    path: '/api/trusted-signers',
    tag,
    summary: 'Trust a key: bundles that it signed may be imported.',
    description:
      "`publicKey` is what `GET /api/signing-key` shows on the other server. Compare the fingerprints by a way of your own. This server's own key needs no trust.",
    permission: { need: 'platform_admin' },
    body: wire.TrustedSignerCreate,
    answer: wire.TrustedSigner,
    example: { body: examples.trustedSignerCreate, answer: examples.trustedSigner },
    created: '/api/trusted-signers/{id}',
    errors: ['already_trusted'],
    write: createTrustedSigner,
  }),
  route({
    operationId: 'deleteTrustedSigner',
    method: 'DELETE',
    path: '/api/trusted-signers/{id}',
    tag,
    summary: 'Trust a key no longer. What was imported stays.',
    permission: { need: 'target', resource: trustedSignerResource, platformAdmin: true },
    answer: Success,
    example: { answer: { success: true } },
    write: deleteTrustedSigner,
  }),
];

export const bundleRoutes: readonly AnyRoute[] = [...bundles, ...signers];
