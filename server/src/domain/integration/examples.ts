import type { Static } from 'typebox';
import { EXAMPLE_IDS, EXAMPLE_TIMES } from '../../lib/example-ids.ts';
import type { Insights } from './insights-schema.ts';
import type { AuthConfig, Manifest } from './manifest.ts';
import type * as wire from './schema.ts';

const manifest: Manifest = {
  members: [
    {
      slug: 'triage',
      entityId: EXAMPLE_IDS.agent,
      kind: 'agent',
      defaultEnabled: true,
      forkOnInstall: true,
      dependsOn: ['lookup-order'],
    },
    { slug: 'lookup-order', entityId: EXAMPLE_IDS.function, kind: 'function', required: true },
  ],
  defaults: { memberPolicy: 'auto_defaults' },
};

const variablesSchema = {
  type: 'object',
  properties: {
    helpdeskUrl: { type: 'string', format: 'uri' },
    language: { type: 'string', enum: ['en', 'de', 'fr'], default: 'en' },
  },
  required: ['helpdeskUrl'],
};

const authConfig: AuthConfig = { type: 'api_key', scopes: ['tickets:read'], authHeaderName: 'Authorization', authValuePrefix: 'Bearer ' };

export const integration: Static<typeof wire.Integration> = {
  id: EXAMPLE_IDS.integration,
  workspaceId: EXAMPLE_IDS.publisher,
  slug: 'support-desk',
  name: 'Support desk',
  description: 'Sorts new tickets and looks up the orders that they are about.',
  iconUrl: 'https://acme.example/support-desk.svg',
  publisher: 'acme',
  trustTier: 'verified_publisher',
  currentVersion: '1.1.0',
  manifest,
  variablesSchema,
  authConfig,
  visibility: 'unlisted',
  createdBy: EXAMPLE_IDS.author,
  deletedAt: null,
  retentionTier: null,
  createdAt: EXAMPLE_TIMES.authored,
  updatedAt: EXAMPLE_TIMES.improved,
};

/** As it stands right after it was created. */
export const draft: Static<typeof wire.Integration> = {
  ...integration,
  currentVersion: null,
  visibility: 'private',
  updatedAt: EXAMPLE_TIMES.authored,
};

export const integrationCreate: Static<typeof wire.IntegrationCreate> = {
  workspaceId: EXAMPLE_IDS.publisher,
  slug: 'support-desk',
  name: 'Support desk',
  description: integration.description,
  iconUrl: integration.iconUrl,
  manifest,
  variablesSchema,
  authConfig,
};

export const integrationUpdate: Static<typeof wire.IntegrationUpdate> = { description: integration.description, manifest };
export const visibilityUpdate: Static<typeof wire.VisibilityUpdate> = { visibility: 'unlisted' };

export const publish: Static<typeof wire.Publish> = { version: '1.1.0', changelog: 'Triage answers in the language of the ticket.' };
export const check: Static<typeof wire.Check> = { version: '1.1.0' };

export const checkResult: Static<typeof wire.CheckResult> = {
  publishable: true,
  errors: [],
  warnings: [],
  advice: { bump: 'minor', suggestedVersion: '1.1.0', reasons: ['The optional variable language is new.'] },
  digest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
};

export const version: Static<typeof wire.IntegrationVersion> = {
  id: EXAMPLE_IDS.version,
  integrationId: EXAMPLE_IDS.integration,
  version: publish.version,
  manifestSnapshot: manifest,
  variablesSchemaSnapshot: variablesSchema,
  authConfigSnapshot: authConfig,
  memberEntityVersions: {
    triage: EXAMPLE_IDS.agentVersion,
    'lookup-order': EXAMPLE_IDS.functionVersion,
    ticket: EXAMPLE_IDS.schemaVersion,
  },
  changelog: publish.changelog ?? null,
  publishedBy: EXAMPLE_IDS.author,
  publishedAt: EXAMPLE_TIMES.improved,
};

export const listedVersion: Static<typeof wire.ListedVersion> = {
  ...version,
  digest: '3f0c1ad1f1a3c0b5a5f5cb0e7d2b8e5a6a1de4b2c3f4091827364554637281ef',
  yankedAt: null,
  yankReason: null,
  deprecatedAt: null,
  deprecationNotice: null,
  revokedAt: null,
  heldAt: null,
  reviewState: 'none',
};

const standing = { yankedAt: EXAMPLE_TIMES.upgraded, yankReason: 'Triage answers in the wrong language.' };
export const yank: Static<typeof wire.Yank> = { reason: standing.yankReason };
export const yanked: Static<typeof wire.ListedVersion> = { ...listedVersion, ...standing };
export const revoke: Static<typeof wire.Revoke> = { reason: 'Sends tickets to a stranger.' };
export const revoked: Static<typeof wire.ListedVersion> = { ...yanked, yankReason: revoke.reason, revokedAt: EXAMPLE_TIMES.upgraded };
export const deprecate: Static<typeof wire.Deprecate> = { notice: 'Upgrade to 1.1.0: this one ends in June.' };
export const deprecated: Static<typeof wire.ListedVersion> = {
  ...listedVersion,
  deprecatedAt: EXAMPLE_TIMES.upgraded,
  deprecationNotice: deprecate.notice,
};

export const insights: Static<typeof Insights> = {
  installs: {
    active: 42,
    byVersion: [
      { version: '1.1.0', versionState: 'active', installs: 30 },
      { version: '1.0.0', versionState: 'deprecated', installs: 12 },
    ],
    byJump: { none: 30, patch: 0, minor: 12, major: 0, prerelease: 0 },
  },
  upgrades: { since: EXAMPLE_TIMES.authored, total: 28, updated: 51, added: 28, removed: 0, skipped: 5, merged: 3, conflicted: 1 },
  members: { detached: [{ slug: 'triage', count: 6 }], merged: [{ slug: 'triage', count: 3 }], conflicted: [{ slug: 'triage', count: 1 }] },
};

const installable = { description: null, required: false, defaultEnabled: false, forkOnInstall: true, dependsOn: [], problem: null };

export const memberPreviews: Static<typeof wire.MemberPreviews> = {
  members: [
    {
      ...installable,
      slug: 'ticket',
      kind: 'schema',
      entityId: EXAMPLE_IDS.schema,
      entityVersionId: EXAMPLE_IDS.schemaVersion,
      name: 'Ticket',
      origin: 'schema_closure',
      requiredBy: ['triage'],
    },
    {
      ...installable,
      slug: 'lookup-order',
      kind: 'function',
      entityId: EXAMPLE_IDS.function,
      entityVersionId: EXAMPLE_IDS.functionVersion,
      name: 'Look up an order',
      required: true,
      forkOnInstall: false,
      origin: 'declared',
      requiredBy: ['triage'],
    },
    {
      ...installable,
      slug: 'triage',
      kind: 'agent',
      entityId: EXAMPLE_IDS.agent,
      entityVersionId: EXAMPLE_IDS.agentVersion,
      name: 'Ticket triage',
      description: 'Sorts new tickets by urgency.',
      defaultEnabled: true,
      dependsOn: ['lookup-order'],
      origin: 'declared',
      requiredBy: [],
    },
  ],
};

export const grant: Static<typeof wire.IntegrationGrant> = {
  id: EXAMPLE_IDS.grant,
  integrationId: EXAMPLE_IDS.integration,
  workspaceId: EXAMPLE_IDS.workspace,
  createdBy: EXAMPLE_IDS.author,
  createdAt: EXAMPLE_TIMES.published,
};

export const grantCreate: Static<typeof wire.GrantCreate> = { workspaceId: EXAMPLE_IDS.workspace };
