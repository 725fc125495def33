import Type, { type Static } from 'typebox';
import { PREFIX } from '../../lib/ids.ts';
import type { Packed } from '../../lib/json-packed.ts';
import {
  entityId,
  flag,
  idOf,
  jsonObject,
  listOf,
  name as nameOf,
  nullable,
  oneOf,
  prose,
  shape,
  slug,
  text,
  timestamp,
} from '../../lib/shape.ts';
import { Integration, ListedVersion } from '../integration/schema.ts';
import { BUNDLE_MEMBERS } from './limits.ts';

/** Names the form of the file. What is signed contains it, so that a signature never counts for a file of another form. */
export const FORMAT = 'mortise-bundle/1';

const { name, description, iconUrl } = Integration.properties;
const publisher = slug('Handle of the publisher on the server that exported it.');
const digest = Type.Unsafe<string>({
  type: 'string',
  pattern: '^[0-9a-f]{64}$',
  description: 'SHA-256 of the canonical JSON (RFC 8785) of `content`, in hex. The same version has the same digest on every server.',
  'x-expected': 'a SHA-256 in lower-case hex',
});
const publicKey = text('An Ed25519 public key: its SPKI in base64, which is what stands between the lines of a PEM file.', 200, 1);
const fingerprint = text('SHA-256 of the public key, in hex, for people to compare.', 64);

/** Read as `Packed`: see `IMPORT_LIMITS`. */
const definition = Type.Unsafe<Packed>({
  type: 'object',
  description: 'The definition that the version pins. References are the `entityId`s of members.',
});

const BundleMember = shape(
  {
    slug: slug('Name of the member through all versions.'),
    kind: text('Kind of the entity.', 40, 1),
    entityId: entityId('Stands for the entity in this bundle: the prefix of its kind and its place among the members, counted from 1.'),
    entitySlug: slug('Slug of the entity.'),
    name: nameOf('Name of the entity.'),
    description,
    formerSlugs: listOf(slug('A slug.'), 'What the member was called in earlier versions, newest first.'),
    definition,
  },
  { $id: 'BundleMember' },
);
export type BundleMember = Static<typeof BundleMember>;

const BundleContent = shape(
  {
    version: text('SemVer 2.0.0.', 256, 1),
    changelog: nullable(prose('What changed; at most 64 KiB.', 65_536)),
    manifest: jsonObject('The manifest as published; see the schema Manifest. References are the `entityId`s of members.'),
    variablesSchema: jsonObject('The variables schema as published.'),
    authConfig: jsonObject('The auth config as published.'),
    members: Type.Array(BundleMember, {
      maxItems: BUNDLE_MEMBERS,
      description: 'Those that the manifest declares, in its order, then the schemas in their closure, by slug.',
    }),
  },
  { $id: 'BundleContent', description: 'The version itself: all that an install of it would take.' },
);
export type BundleContent = Static<typeof BundleContent>;

export const Bundle = shape(
  {
    format: oneOf([FORMAT], 'The form of the file.'),
    integration: shape({ publisher, slug: slug('Slug of the integration.'), name, description, iconUrl }),
    publishedAt: timestamp('When the version was published on the server that exported it.'),
    content: BundleContent,
    digest,
    signature: shape({
      algorithm: oneOf(['Ed25519'], 'How it was signed.'),
      publicKey,
      value: text('Signature of the canonical JSON of `{digest, format, integration, publishedAt}`, in base64.', 100, 1),
    }),
  },
  { $id: 'Bundle', description: 'A version as one portable file.' },
);
export type Bundle = Static<typeof Bundle>;

export const BundleImport = shape({
  workspaceId: idOf(PREFIX.workspace, 'The workspace that will publish the version, under its own handle.'),
  bundle: Bundle,
  acceptUnknownSigner: Type.Optional(flag('Import it although nobody vouches for the key that signed it.')),
  slug: Type.Optional(slug("Slug of the integration here; by default the bundle's.")),
});

const Origin = shape(
  {
    digest,
    publisher,
    slug: slug('Slug of the integration there.'),
    signer: shape({
      fingerprint,
      name: nullable(text('Name of the trusted signer, `this server` for its own key; null when nobody vouches for the key now.', 200)),
      trusted: flag('Whether the key is vouched for now.'),
    }),
    importedBy: idOf(PREFIX.user, 'Who imported it.'),
    importedAt: timestamp('When it was imported.'),
  },
  { $id: 'Origin', description: 'Where an imported version came from.' },
);

export const ImportedVersion = shape({ ...ListedVersion.properties, importedFrom: Origin }, { $id: 'ImportedVersion' });
export const VersionOrigin = shape(
  { importedFrom: Type.Union([Origin, Type.Null()], { description: 'Null: the version was published on this server.' }) },
  { $id: 'VersionOrigin' },
);

export const SigningKey = shape({ algorithm: oneOf(['Ed25519'], 'How this server signs.'), publicKey, fingerprint }, { $id: 'SigningKey' });

const signerName = nameOf('Whose key it is.');
export const TrustedSigner = shape(
  {
    id: idOf(PREFIX.trustedSigner, 'The trusted signer.'),
    name: signerName,
    publicKey,
    fingerprint,
    createdBy: idOf(PREFIX.user, 'Who trusted it.'),
    createdAt: timestamp('Since when it is trusted.'),
  },
  { $id: 'TrustedSigner' },
);
export const TrustedSignerCreate = shape({ name: signerName, publicKey });
