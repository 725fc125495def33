import Type from 'typebox';
import { PREFIX } from '../../lib/ids.ts';
import {
  entityId,
  flag,
  httpsUrl,
  idOf,
  jsonObject,
  listOf,
  name as nameOf,
  nullable,
  oneOf,
  prose,
  retentionTier,
  shape,
  slug,
  text,
  timestamp,
} from '../../lib/shape.ts';
import { TRUST_TIERS } from '../../lib/trust-tiers.ts';
import { REVIEW_STATES, VISIBILITIES } from './resource.ts';

const id = idOf(PREFIX.integration, 'The integration.');
const workspaceId = idOf(PREFIX.workspace, 'The source workspace, in which it is authored.');
const integrationSlug = slug('Unique per publisher among active integrations.');
const name = nameOf();
const description = nullable(prose('What it is for.', 10_000));
const iconUrl = nullable(httpsUrl('Icon, https only.'));
const publisher = slug("Publisher handle, one that the workspace owns; by default the workspace's.");
const trustTier = oneOf(TRUST_TIERS, 'How far the publisher is vouched for. Above verified_publisher: set by platform admins.');
const visibility = oneOf(VISIBILITIES, 'private: source workspace and grantees; unlisted: whoever has the id; public: listed.');
const manifest = jsonObject('Members, dependencies and defaults; see the schema Manifest.');
const variablesSchema = jsonObject('JSON Schema 2020-12 of the non-secret values that an install takes; `{}`: none.');
const authConfig = jsonObject('Credentials that an install needs; see the schema AuthConfig. `{}`: none.');
const createdBy = idOf(PREFIX.user, 'Who created it.');

export const Integration = shape(
  {
    id,
    workspaceId,
    slug: integrationSlug,
    name,
    description,
    iconUrl,
    publisher,
    trustTier,
    currentVersion: nullable(text('SemVer text of the current version; null until the first publish.', 256)),
    manifest,
    variablesSchema,
    authConfig,
    visibility,
    createdBy,
    deletedAt: nullable(timestamp('When it was soft-deleted; null while active.')),
    retentionTier: nullable(retentionTier),
    createdAt: timestamp('When it was created.'),
    updatedAt: timestamp('When it last changed.'),
  },
  { $id: 'Integration' },
);

const documents = {
  manifest: Type.Optional(manifest),
  variablesSchema: Type.Optional(variablesSchema),
  authConfig: Type.Optional(authConfig),
};

export const IntegrationCreate = shape({
  workspaceId,
  slug: integrationSlug,
  name,
  description: Type.Optional(description),
  iconUrl: Type.Optional(iconUrl),
  publisher: Type.Optional(publisher),
  trustTier: Type.Optional(trustTier),
  ...documents,
});

export const IntegrationUpdate = shape({
  name: Type.Optional(name),
  description: Type.Optional(description),
  iconUrl: Type.Optional(iconUrl),
  trustTier: Type.Optional(trustTier),
  ...documents,
});

export const VisibilityUpdate = shape({ visibility });

const published = {
  id: idOf(PREFIX.version, 'The version.'),
  integrationId: id,
  version: text('SemVer 2.0.0.', 256),
  manifestSnapshot: jsonObject('The manifest as published.'),
  variablesSchemaSnapshot: jsonObject('The variables schema as published.'),
  authConfigSnapshot: jsonObject('The auth config as published.'),
  memberEntityVersions: Type.Unsafe<Record<string, string>>({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Member slug → the entity version that is pinned, for members and closure schemas.',
  }),
  changelog: nullable(prose('What changed.', 65_536)),
  publishedBy: idOf(PREFIX.user, 'Who published it.'),
  publishedAt: timestamp('When it was published.'),
};
export const IntegrationVersion = shape(published, { $id: 'IntegrationVersion' });

/** A version as lists and gets show it: what was published, and how it stands by now. */
export const ListedVersion = shape(
  {
    ...published,
    digest: text('SHA-256 of all that the version holds, in hex: what a review is bound to.', 64),
    yankedAt: nullable(timestamp('When it was yanked: no new installs, existing ones keep working. Null: it is not.')),
    yankReason: nullable(text('Why it was yanked or revoked.', 2_000)),
    deprecatedAt: nullable(timestamp('Since when it should not be taken any more, though it can. Null: it is not deprecated.')),
    deprecationNotice: nullable(text('What to do instead.', 2_000)),
    revokedAt: nullable(
      timestamp('When it was revoked for malice: its installs show their members as `disabled` until they move off it. Null: it is not.'),
    ),
    heldAt: nullable(
      timestamp('Since when it waits for a review, which it needs to be offered to others than its workspace. Null: it does not.'),
    ),
    reviewState: oneOf(REVIEW_STATES, 'How its newest review stands; none: nobody asked for one.'),
  },
  { $id: 'ListedVersion' },
);

const because = (description: string) => prose(description, 2_000, 1);
export const Yank = shape({ reason: Type.Optional(prose('Why; shown with the version.', 1_000, 1)) });
export const Revoke = shape({ reason: because('Why; shown with the version.') });
export const Deprecate = shape({ notice: because('What to do instead; shown with the version.') });

const version = text('SemVer 2.0.0, such as `1.2.0`, not used before; build metadata does not make it new.', 256, 1);
export const Publish = shape({ version, changelog: Type.Optional(nullable(prose('What changed; at most 64 KiB.', 65_536))) });
export const Check = shape({ version: Type.Optional(version) });
export const WARNINGS = ['look_alike_token', 'unfilled_token', 'private_dependency', 'slug_passes_on'] as const;
export const CheckResult = shape(
  {
    publishable: flag('Whether publish would succeed now.'),
    errors: listOf(
      shape({
        pointer: text('JSON pointer into the integration.', 4096),
        code: text('Stable code of the rule.', 60),
        message: text('What is wrong.', 4096),
      }),
      'Everything that stands in the way, all at once.',
    ),
    warnings: listOf(
      shape({
        pointer: text('JSON pointer into the integration.', 4096),
        code: oneOf(WARNINGS, 'Stable code of what it is.'),
        message: text('What may not be meant, and what to do then.', 4096),
        member: nullable(text('The member that it is about.', 64)),
        place: nullable(text('JSON pointer into its definition.', 4096)),
      }),
      'What publish lets through, and may not be meant.',
    ),
    advice: shape({
      bump: oneOf(['initial', 'none', 'patch', 'minor', 'major'], 'The least SemVer step that fits the change since the current version.'),
      suggestedVersion: nullable(text('The current version moved by that step; null when nothing changed.', 256)),
      reasons: listOf(text('A change and the step it asks for.', 4096), 'Why.'),
    }),
    digest: text(
      'Digest of the version that the draft would make. Sent as `If-Match: "<digest>"`, publish makes exactly that, or 412.',
      64,
    ),
  },
  { $id: 'CheckResult' },
);

export const MemberPreview = shape(
  {
    slug: integrationSlug,
    kind: text('Kind of the entity.', 40),
    entityId: entityId("The publisher's entity."),
    entityVersionId: nullable(text('The pinned version; null when the entity of a draft cannot be used.', 40)),
    name: nullable(text('Name of the entity.', 200)),
    description,
    required: flag('Always installed.'),
    defaultEnabled: flag('Selected when the installer names none.'),
    forkOnInstall: flag("Cloned; otherwise the publisher's entity is referenced."),
    dependsOn: listOf(text('A member slug.', 64), 'Declared dependencies.'),
    origin: oneOf(['declared', 'schema_closure'], 'Declared in the manifest, or a schema that a member refers to.'),
    requiredBy: listOf(text('A member slug.', 64), 'Members that depend on or refer to this one.'),
    problem: nullable(text("Why it can't be installed; null when it can.", 4096)),
  },
  { $id: 'MemberPreview' },
);
export const MemberPreviews = shape({ members: listOf(MemberPreview, 'In install order, dependencies first.') }, { $id: 'MemberPreviews' });
export const PreviewQuery = shape({
  integration_version_id: Type.Optional(idOf(PREFIX.version, 'Preview this version instead of the current one.')),
});

export const IntegrationGrant = shape(
  {
    id: idOf(PREFIX.grant, 'The grant.'),
    integrationId: id,
    workspaceId: idOf(PREFIX.workspace, 'The workspace that may see and install the integration.'),
    createdBy,
    createdAt: timestamp('When it was given.'),
  },
  { $id: 'IntegrationGrant' },
);
export const GrantCreate = shape({ workspaceId: idOf(PREFIX.workspace, 'The workspace that may see and install the integration.') });
