import type { Static } from 'typebox';
import { EXAMPLE_IDS, EXAMPLE_TIMES } from '../../lib/example-ids.ts';
import type * as wire from './schema.ts';

export const event: Static<typeof wire.Event> = {
  id: EXAMPLE_IDS.event,
  workspaceId: EXAMPLE_IDS.workspace,
  type: 'integration_install.upgraded',
  actorId: EXAMPLE_IDS.installer,
  keyId: EXAMPLE_IDS.apiKey,
  subjectId: EXAMPLE_IDS.install,
  requestId: '0c0d4e9c-8f3a-4a53-9d60-0b8a3f6c2b11',
  data: {
    integrationId: EXAMPLE_IDS.integration,
    from: '1.0.0',
    to: '1.1.0',
    revision: 2,
    updated: 1,
    added: 0,
    removed: 0,
    skipped: 0,
  },
  createdAt: EXAMPLE_TIMES.upgraded,
};
