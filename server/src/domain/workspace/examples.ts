import type { Static } from 'typebox';
import { EXAMPLE_IDS, EXAMPLE_TIMES } from '../../lib/example-ids.ts';
import type * as wire from './schema.ts';

const { founded } = EXAMPLE_TIMES;
const made = { createdBy: EXAMPLE_IDS.author, createdAt: founded, updatedAt: founded };

export const workspace: Static<typeof wire.Workspace> = {
  id: EXAMPLE_IDS.publisher,
  name: 'Acme',
  handle: 'acme',
  retentionTier: 'medium',
  installPolicy: { leastTrustTier: null, allowedPublishers: null, minReleaseAgeHours: null },
  suspendedAt: null,
  ...made,
};

export const workspaceCreate: Static<typeof wire.WorkspaceCreate> = { name: 'Acme', handle: 'acme' };
export const workspaceUpdate: Static<typeof wire.WorkspaceUpdate> = {
  name: 'Acme Inc.',
  retentionTier: 'long',
  installPolicy: { leastTrustTier: 'verified_partner', minReleaseAgeHours: 72 },
};

export const workspaceUpdated: Static<typeof wire.Workspace> = {
  ...workspace,
  name: 'Acme Inc.',
  retentionTier: 'long',
  installPolicy: { leastTrustTier: 'verified_partner', allowedPublishers: null, minReleaseAgeHours: 72 },
};

export const membership: Static<typeof wire.WorkspaceMembership> = {
  id: EXAMPLE_IDS.membership,
  workspaceId: EXAMPLE_IDS.publisher,
  userId: EXAMPLE_IDS.author,
  role: 'editor',
  state: 'accepted',
  acceptedAt: founded,
  ...made,
};

export const membershipCreate: Static<typeof wire.MembershipCreate> = { userId: EXAMPLE_IDS.author, role: 'editor' };
export const membershipUpdate: Static<typeof wire.MembershipUpdate> = { role: 'admin' };

export const user: Static<typeof wire.User> = {
  id: EXAMPLE_IDS.author,
  email: 'ada@acme.example',
  name: 'Ada Acker',
  platformRoles: [],
  createdAt: founded,
  updatedAt: founded,
};

export const userCreate: Static<typeof wire.UserCreate> = { email: 'ada@acme.example', name: user.name };
