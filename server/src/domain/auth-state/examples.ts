import type { Static } from 'typebox';
import { EXAMPLE_IDS, EXAMPLE_TIMES } from '../../lib/example-ids.ts';
import type * as wire from './schema.ts';

export const authState: Static<typeof wire.AuthState> = {
  id: EXAMPLE_IDS.authState,
  workspaceId: EXAMPLE_IDS.workspace,
  name: 'Help desk',
  type: 'api_key',
  status: 'active',
  scopes: ['tickets:read'],
  expiresAt: null,
  createdBy: EXAMPLE_IDS.installer,
  createdAt: EXAMPLE_TIMES.installed,
  updatedAt: EXAMPLE_TIMES.installed,
  deletedAt: null,
  retentionTier: null,
};

export const authStateCreate: Static<typeof wire.AuthStateCreate> = {
  workspaceId: EXAMPLE_IDS.workspace,
  name: 'Help desk',
  type: 'api_key',
  secret: { apiKey: 'the key that the help desk gave' },
  scopes: ['tickets:read'],
};

export const authStateUpdate: Static<typeof wire.AuthStateUpdate> = { secret: { apiKey: 'the next key that the help desk gave' } };
