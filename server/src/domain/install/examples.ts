import type { Static } from 'typebox';
import { EXAMPLE_IDS, EXAMPLE_TIMES } from '../../lib/example-ids.ts';
import type * as wire from './schema.ts';

const variables = { helpdeskUrl: 'https://help.northwind.example', language: 'de' };

export const installCreate: Static<typeof wire.InstallCreate> = {
  workspaceId: EXAMPLE_IDS.workspace,
  variables,
  authStateId: EXAMPLE_IDS.authState,
};

/** As it stands right after it was installed. */
export const installed: Static<typeof wire.IntegrationInstall> = {
  id: EXAMPLE_IDS.install,
  integrationId: EXAMPLE_IDS.integration,
  integrationVersionId: EXAMPLE_IDS.firstVersion,
  workspaceId: EXAMPLE_IDS.workspace,
  variables,
  authStateId: EXAMPLE_IDS.authState,
  memberPolicy: 'auto_defaults',
  parentInstallId: null,
  solutionId: EXAMPLE_IDS.solution,
  installedBy: EXAMPLE_IDS.installer,
  installedAt: EXAMPLE_TIMES.installed,
  lastUpgradedAt: null,
  deletedAt: null,
  retentionTier: null,
};

export const install: Static<typeof wire.IntegrationInstall> = {
  ...installed,
  integrationVersionId: EXAMPLE_IDS.version,
  lastUpgradedAt: EXAMPLE_TIMES.upgraded,
};

export const listedInstall: Static<typeof wire.ListedInstall> = {
  ...install,
  integrationVersionId: EXAMPLE_IDS.firstVersion,
  lastUpgradedAt: null,
  updateAvailable: true,
  updateJump: 'minor',
  availableVersion: '1.1.0',
  versionState: 'active',
};

export const member: Static<typeof wire.IntegrationMember> = {
  id: EXAMPLE_IDS.member,
  integrationInstallId: EXAMPLE_IDS.install,
  workspaceId: EXAMPLE_IDS.workspace,
  entityId: EXAMPLE_IDS.clone,
  entityVersionId: EXAMPLE_IDS.agentVersion,
  sourceMemberSlug: 'triage',
  isClone: true,
  sourceVersionId: EXAMPLE_IDS.version,
  detached: false,
  enabled: true,
  addedBy: EXAMPLE_IDS.installer,
  addedAt: EXAMPLE_TIMES.installed,
  deletedAt: null,
  retentionTier: null,
};

export const installMembers: Static<typeof wire.InstallMembers> = {
  members: [{ ...member, kind: 'agent', name: 'Ticket triage', configState: 'ready', drift: 'none' }],
};

export const memberUpdate: Static<typeof wire.MemberUpdate> = { enabled: false };
export const detach: Static<typeof wire.Detach> = { detached: true };

const outcome = { updated: ['triage'], added: [], removed: [], skipped: [] };
export const upgradeResult: Static<typeof wire.UpgradeResult> = outcome;

export const revision: Static<typeof wire.InstallRevision> = {
  id: EXAMPLE_IDS.revision,
  integrationInstallId: EXAMPLE_IDS.install,
  workspaceId: EXAMPLE_IDS.workspace,
  number: 2,
  action: 'upgrade',
  fromVersionId: EXAMPLE_IDS.firstVersion,
  toVersionId: EXAMPLE_IDS.version,
  variables,
  ...outcome,
  members: {
    triage: {
      memberId: EXAMPLE_IDS.member,
      entityId: EXAMPLE_IDS.clone,
      entityVersionId: EXAMPLE_IDS.agentVersion,
      detached: false,
      enabled: true,
    },
  },
  createdBy: EXAMPLE_IDS.installer,
  createdAt: EXAMPLE_TIMES.upgraded,
};
