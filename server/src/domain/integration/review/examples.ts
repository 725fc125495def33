import type { Static } from 'typebox';
import { EXAMPLE_IDS, EXAMPLE_TIMES } from '../../../lib/example-ids.ts';
import { listedVersion } from '../examples.ts';
import type * as wire from './schema.ts';

export const submission: Static<typeof wire.ReviewSubmission> = {
  id: EXAMPLE_IDS.review,
  workspaceId: EXAMPLE_IDS.publisher,
  integrationId: EXAMPLE_IDS.integration,
  integrationVersionId: EXAMPLE_IDS.version,
  digest: listedVersion.digest,
  purpose: 'version',
  needs: [{ kind: 'scopes', detail: 'the scopes widen by tickets:read', added: ['tickets:read'] }],
  state: 'pending',
  requestedBy: EXAMPLE_IDS.author,
  requestedAt: EXAMPLE_TIMES.improved,
  decidedBy: null,
  decidedAt: null,
  reason: null,
};

const decided = { decidedBy: EXAMPLE_IDS.installer, decidedAt: EXAMPLE_TIMES.upgraded };

export const approved: Static<typeof wire.ReviewSubmission> = { ...submission, ...decided, state: 'approved' };
export const reject: Static<typeof wire.Reject> = { reason: 'Say in the description what the tickets are read for.' };
export const rejected: Static<typeof wire.ReviewSubmission> = { ...submission, ...decided, state: 'rejected', ...reject };
