import { type AnyRoute, route } from '../../route.ts';
import * as examples from './examples.ts';
import { planWorkspaceUpgrade, upgradeWorkspace } from './workspace-upgrade.ts';
import { WorkspaceUpgrade, WorkspaceUpgradePlan, WorkspaceUpgradeResult } from './workspace-upgrade-schema.ts';

const tag = 'Installs';

export const workspaceUpgradeRoutes: readonly AnyRoute[] = [
  route({
    operationId: 'planWorkspaceUpgrade',
    method: 'POST',
    path: '/api/installs/upgrade-plan',
    tag,
    summary:
      'Preview the upgrade of a whole workspace: which installs would go by themselves, and which need a person, with why. Writes nothing.',
    permission: { need: 'workspace', role: 'viewer' },
    body: WorkspaceUpgrade,
    answer: WorkspaceUpgradePlan,
    example: { body: examples.workspaceUpgrade, answer: examples.workspaceUpgradePlan },
    snapshot: true,
    read: planWorkspaceUpgrade,
  }),
  route({
    operationId: 'upgradeWorkspace',
    method: 'POST',
    path: '/api/installs/upgrade',
    tag,
    summary: 'Upgrade a whole workspace: what is clean goes, what needs a person is listed with why.',
    description:
      'One transaction for each group of installs that have to move together: what went stays so, whatever becomes of later ones. Up to `limit` installs; `next` says where to go on.',
    permission: { need: 'workspace', role: 'editor' },
    body: WorkspaceUpgrade,
    answer: WorkspaceUpgradeResult,
    example: { body: examples.workspaceUpgrade, answer: examples.workspaceUpgraded },
    steps: upgradeWorkspace,
  }),
];
