import type { Static } from 'typebox';
import { EXAMPLE_IDS, EXAMPLE_TIMES } from '../../lib/example-ids.ts';
import type * as wire from './schema.ts';

const definition = {
  model: 'large',
  instructions: 'Sort new tickets of {{ variables.helpdeskUrl }} by urgency. Answer in {{ variables.language }}.',
  tools: [EXAMPLE_IDS.function],
  output: EXAMPLE_IDS.schema,
};

export const entity: Static<typeof wire.Entity> = {
  id: EXAMPLE_IDS.agent,
  workspaceId: EXAMPLE_IDS.publisher,
  kind: 'agent',
  slug: 'triage',
  name: 'Ticket triage',
  description: 'Sorts new tickets by urgency.',
  currentVersionId: EXAMPLE_IDS.agentVersion,
  versionNumber: 1,
  createdBy: EXAMPLE_IDS.author,
  createdAt: EXAMPLE_TIMES.authored,
  updatedAt: EXAMPLE_TIMES.authored,
  deletedAt: null,
  retentionTier: null,
  definition,
};

export const entityCreate: Static<typeof wire.EntityCreate> = {
  workspaceId: EXAMPLE_IDS.publisher,
  kind: 'agent',
  slug: 'triage',
  name: 'Ticket triage',
  description: 'Sorts new tickets by urgency.',
  definition,
};

export const entityUpdate: Static<typeof wire.EntityUpdate> = { name: 'Ticket triage', definition };

export const entityVersion: Static<typeof wire.EntityVersion> = {
  id: EXAMPLE_IDS.agentVersion,
  entityId: EXAMPLE_IDS.agent,
  number: 1,
  digest: '3f0a377ba0a4a460ecb616f6507ce0d8cfa3e704025d4fda3ed0c5ca05468728',
  createdBy: EXAMPLE_IDS.author,
  createdAt: EXAMPLE_TIMES.authored,
  definition,
};

export const entityKinds: Static<typeof wire.EntityKinds> = {
  kinds: [
    { name: 'agent', prefix: 'agt', schema: null, exposes: [] },
    { name: 'function', prefix: 'fun', schema: null, exposes: ['/url', '/baseUrl', '/endpoint'] },
  ],
};
