import type { Static } from 'typebox';
import { fingerprintOf } from '../../lib/ed25519.ts';
import { EXAMPLE_IDS, EXAMPLE_TIMES } from '../../lib/example-ids.ts';
import { entity } from '../entity/examples.ts';
import { integration, listedVersion, version } from '../integration/examples.ts';
import type * as wire from './schema.ts';
import { standIn, withIds } from './stand-ins.ts';

const SOURCES = [EXAMPLE_IDS.agent, EXAMPLE_IDS.function, EXAMPLE_IDS.schema] as const;
const ids = new Map<string, string>(SOURCES.map((id, place) => [id, standIn(id.slice(0, 3), place)]));
const [agent = '', lookUp = '', ticket = ''] = ids.values();

/** As it is on the wire: the definitions are objects there. */
export const bundle = {
  format: 'mortise-bundle/1',
  integration: {
    publisher: integration.publisher,
    slug: integration.slug,
    name: integration.name,
    description: integration.description,
    iconUrl: integration.iconUrl,
  },
  publishedAt: version.publishedAt,
  content: {
    version: version.version,
    changelog: version.changelog,
    manifest: withIds(version.manifestSnapshot, ids),
    variablesSchema: version.variablesSchemaSnapshot,
    authConfig: version.authConfigSnapshot,
    members: [
      {
        slug: 'triage',
        kind: 'agent',
        entityId: agent,
        entitySlug: 'triage',
        name: 'Ticket triage',
        description: 'Sorts new tickets by urgency.',
        formerSlugs: [],
        definition: withIds(entity.definition, ids),
      },
      {
        slug: 'lookup-order',
        kind: 'function',
        entityId: lookUp,
        entitySlug: 'lookup-order',
        name: 'Look up an order',
        description: null,
        formerSlugs: ['find-order'],
        definition: { method: 'GET', path: '/orders/{number}' },
      },
      {
        slug: 'ticket',
        kind: 'schema',
        entityId: ticket,
        entitySlug: 'ticket',
        name: 'Ticket',
        description: null,
        formerSlugs: [],
        definition: { type: 'object', properties: { urgency: { type: 'integer' } } },
      },
    ],
  },
  digest: '3c0b905a79efc0c6ae9dd5fe3f1cacef29269dfd3948853c50dca3821a6b5067',
  signature: {
    algorithm: 'Ed25519',
    publicKey: 'MCowBQYDK2VwAyEAn9/BHanWONoHqi1nMy8nz3n2PPvBVt37fzwT7uIc9fI=',
    value: 't7gkMLWsT8oYmS29zGElI2LGLh+r0HNKb0LvicLxwdP7x7HdiKcR4NT74caELOeiPHa/zhtLoIRT9CyvXh13Cw==',
  },
};

const { publicKey } = bundle.signature;
const fingerprint = fingerprintOf(publicKey);

export const bundleImport = { workspaceId: EXAMPLE_IDS.workspace, bundle };

export const origin: NonNullable<Static<typeof wire.VersionOrigin>['importedFrom']> = {
  digest: bundle.digest,
  publisher: bundle.integration.publisher,
  slug: bundle.integration.slug,
  signer: { fingerprint, name: 'Acme production', trusted: true },
  importedBy: EXAMPLE_IDS.installer,
  importedAt: EXAMPLE_TIMES.upgraded,
};

export const importedVersion: Static<typeof wire.ImportedVersion> = {
  ...listedVersion,
  publishedBy: EXAMPLE_IDS.installer,
  publishedAt: EXAMPLE_TIMES.upgraded,
  importedFrom: origin,
};

export const signingKey: Static<typeof wire.SigningKey> = { algorithm: 'Ed25519', publicKey, fingerprint };
export const trustedSignerCreate: Static<typeof wire.TrustedSignerCreate> = { name: 'Acme production', publicKey };
export const trustedSigner: Static<typeof wire.TrustedSigner> = {
  id: EXAMPLE_IDS.trustedSigner,
  name: 'Acme production',
  publicKey,
  fingerprint,
  createdBy: EXAMPLE_IDS.author,
  createdAt: EXAMPLE_TIMES.founded,
};
