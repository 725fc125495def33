import type { Static } from 'typebox';
import { EXAMPLE_IDS, EXAMPLE_TIMES } from '../../lib/example-ids.ts';
import { membership, user } from '../workspace/examples.ts';
import type * as wire from './schema.ts';

export const apiKey: Static<typeof wire.ApiKey> = {
  id: EXAMPLE_IDS.apiKey,
  workspaceId: EXAMPLE_IDS.publisher,
  name: 'Release pipeline',
  kind: 'secret',
  role: 'editor',
  origins: null,
  createdBy: EXAMPLE_IDS.author,
  createdAt: EXAMPLE_TIMES.founded,
  expiresAt: null,
  revokedAt: null,
};

export const apiKeyCreate: Static<typeof wire.ApiKeyCreate> = {
  workspaceId: EXAMPLE_IDS.publisher,
  name: 'Release pipeline',
  role: 'editor',
  kind: 'secret',
};

export const apiKeyWithSecret: Static<typeof wire.ApiKeyWithSecret> = { ...apiKey, secret: 'sec_…shown_once…' };

export const me: Static<typeof wire.Me> = { user, key: apiKey, memberships: [membership], platformRoles: [] };
