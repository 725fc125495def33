import type { Static } from 'typebox';
import { EXAMPLE_IDS, EXAMPLE_TIMES } from '../../lib/example-ids.ts';
import type { InstallCreate, InstallPlanCreate } from './create-schema.ts';
import type { InstallDependencies } from './dependencies/schema.ts';
import type { InstallPlan } from './install-plan-schema.ts';
import type * as wire from './schema.ts';
import type { WorkspaceUpgrade, WorkspaceUpgradePlan, WorkspaceUpgradeResult } from './workspace-upgrade-schema.ts';

const variables = { helpdeskUrl: 'https://help.northwind.example', language: 'de' };

export const installCreate: Static<typeof InstallCreate> = {
  workspaceId: EXAMPLE_IDS.workspace,
  variables,
  authStateId: EXAMPLE_IDS.authState,
};

export const installPlanCreate: Static<typeof InstallPlanCreate> = installCreate;

export const installPlan: Static<typeof InstallPlan> = {
  integrationId: EXAMPLE_IDS.integration,
  integration: 'acme/support-triage',
  version: { id: EXAMPLE_IDS.firstVersion, version: '1.0.0' },
  memberPolicy: 'auto_defaults',
  variables,
  missingVariables: [],
  members: [
    {
      slug: 'triage',
      kind: 'agent',
      name: 'Ticket triage',
      isClone: true,
      entityId: null,
      entitySlug: 'triage',
      entityVersionId: EXAMPLE_IDS.agentVersion,
      adopted: false,
      neededBy: [],
      definition: { prompt: 'Sort new tickets by urgency.', model: 'small' },
      adoptable: [],
    },
  ],
  workspaceId: EXAMPLE_IDS.workspace,
  name: null,
  parentInstallId: null,
  authStateId: EXAMPLE_IDS.authState,
  dependencies: [
    {
      integration: 'acme/order-lookup',
      range: '^2.1',
      optional: false,
      installName: null,
      ok: true,
      installId: EXAMPLE_IDS.dependency,
      version: '2.3.0',
      installedFirst: false,
    },
  ],
  installedFirst: [],
  blockers: [],
  planDigest: `${'5f'.repeat(32)}.NzQxOjc0MTo`,
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
  name: null,
  integrationVersionId: EXAMPLE_IDS.firstVersion,
  lastUpgradedAt: null,
  upgradePolicy: 'manual',
  channel: 'stable',
  minReleaseAgeHours: null,
  openConflicts: 0,
  updateAvailable: true,
  updateJump: 'minor',
  availableVersion: '1.1.0',
  versionState: 'active',
  availability: 'available',
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
  openConflicts: 0,
  addedBy: EXAMPLE_IDS.installer,
  addedAt: EXAMPLE_TIMES.installed,
  deletedAt: null,
  retentionTier: null,
};

export const installMembers: Static<typeof wire.InstallMembers> = {
  members: [{ ...member, kind: 'agent', name: 'Ticket triage', configState: 'ready', conflicts: [], drift: 'none' }],
};

export const memberUpdate: Static<typeof wire.MemberUpdate> = { enabled: false };
export const resolve: Static<typeof wire.Resolve> = { resolutions: [{ pointer: '/model', pick: 'theirs' }] };
export const detach: Static<typeof wire.Detach> = { detached: true };

const outcome = { updated: ['triage'], added: [], removed: [], skipped: [] };
export const upgradeResult: Static<typeof wire.UpgradeResult> = outcome;
export const upgradeOptions: Static<typeof wire.UpgradeOptions> = { strategy: 'merge', detail: true };
export const upgradePlanOptions: Static<typeof wire.UpgradePlanOptions> = { strategy: 'merge' };

const conflict = { pointer: '/model', base: 'small', ours: 'tiny', theirs: 'large' };
export const upgradePlan: Static<typeof wire.UpgradePlan> = {
  installId: EXAMPLE_IDS.install,
  integrationId: EXAMPLE_IDS.integration,
  revision: 1,
  from: { id: EXAMPLE_IDS.firstVersion, version: '1.0.0' },
  to: { id: EXAMPLE_IDS.version, version: '1.1.0' },
  jump: 'minor',
  strategy: 'merge',
  ...outcome,
  merged: ['triage'],
  conflicted: ['triage'],
  variables: { added: ['tone'], missing: [] },
  consent: [],
  blockers: [],
  members: [
    {
      slug: 'triage',
      formerSlug: null,
      memberId: EXAMPLE_IDS.member,
      entityId: EXAMPLE_IDS.clone,
      disposition: 'merge',
      reason: "The new definition goes in beside the workspace's changes; at 1 place both changed the same, and the workspace's stays.",
      diff: [{ op: 'replace', path: '/prompt', value: 'Sort new tickets by urgency and language.' }],
      conflicts: [conflict],
      referencedBy: [],
    },
  ],
  planDigest: `${'5f'.repeat(32)}.NzQxOjc0MTo`,
};

const firstToNext = {
  installId: EXAMPLE_IDS.install,
  integrationId: EXAMPLE_IDS.integration,
  from: { id: EXAMPLE_IDS.firstVersion, version: '1.0.0' },
  to: { id: EXAMPLE_IDS.version, version: '1.1.0' },
};
export const workspaceUpgrade: Static<typeof WorkspaceUpgrade> = { workspaceId: EXAMPLE_IDS.workspace };
export const workspaceUpgradePlan: Static<typeof WorkspaceUpgradePlan> = {
  installs: [
    {
      ...firstToNext,
      jump: 'minor',
      outcome: 'waits',
      why: [{ code: 'conflicts', installId: EXAMPLE_IDS.install, detail: 'The version and the workspace changed the same in triage.' }],
      ...outcome,
      along: [],
      planDigest: `${'5f'.repeat(32)}.NzQxOjc0MTo`,
    },
  ],
  next: null,
};
export const workspaceUpgraded: Static<typeof WorkspaceUpgradeResult> = {
  upgraded: [{ ...firstToNext, ...outcome, along: [] }],
  waits: [],
  next: null,
};

export const rollback: Static<typeof wire.RollbackRequest> = { revision: 1 };
export const rolledBack: Static<typeof wire.ChangeReport> = { ...outcome, merged: [], conflicts: [], revision: 3 };
export const reconfigured = { variables: { ...variables, language: 'fr' } };
export const installUpdate: Static<typeof wire.InstallUpdate> = { ...reconfigured, upgradePolicy: 'patch', minReleaseAgeHours: 24 };

export const memberDiff: Static<typeof wire.MemberDiff> = {
  memberId: EXAMPLE_IDS.member,
  slug: 'triage',
  entityId: EXAMPLE_IDS.clone,
  conflicts: [],
  local: [{ op: 'replace', path: '/model', value: 'tiny' }],
  target: {
    versionId: EXAMPLE_IDS.version,
    version: '1.1.0',
    patch: [{ op: 'replace', path: '/model', value: 'large' }],
    conflicts: [conflict],
  },
};

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
  merged: [],
  conflicted: [],
  members: {
    triage: {
      memberId: EXAMPLE_IDS.member,
      entityId: EXAMPLE_IDS.clone,
      entityVersionId: EXAMPLE_IDS.agentVersion,
      detached: false,
      enabled: true,
    },
  },
  reason: 'The new triage was asked for in the last retrospective.',
  createdBy: EXAMPLE_IDS.installer,
  createdAt: EXAMPLE_TIMES.upgraded,
};

export const installDependencies: Static<typeof InstallDependencies> = {
  dependencies: [
    {
      integration: 'acme/order-lookup',
      range: '^2.1',
      optional: false,
      installName: null,
      ok: true,
      installId: EXAMPLE_IDS.dependency,
      version: '2.3.0',
      lockedInstallId: EXAMPLE_IDS.dependency,
      lockedVersion: '2.1.4',
    },
  ],
};
