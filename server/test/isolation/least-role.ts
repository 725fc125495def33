/** Who may do what, by operation: the least role that is let through. Each role may do what the ones before it may. */
export const ROLES = ['nobody', 'publishable', 'viewer', 'editor', 'admin', 'platform_admin'] as const;
export type TestedRole = (typeof ROLES)[number];

const TABLE: Readonly<Record<TestedRole, readonly string[]>> = {
  nobody: ['getHealth', 'getReadiness'],
  publishable: [
    'listIntegrations',
    'getIntegration',
    'previewIntegrationMembers',
    'listIntegrationVersions',
    'getIntegrationVersion',
    'listEntityKinds',
    'getMe',
  ],
  viewer: [
    'listIntegrationGrants',
    'getIntegrationGrant',
    'listIntegrationInstalls',
    'getIntegrationInstall',
    'listInstallMembers',
    'listInstallRevisions',
    'listInstallDependencies',
    'listIntegrationMembers',
    'getIntegrationMember',
    'listSolutions',
    'getSolution',
    'listSolutionMembers',
    'listEntities',
    'getEntity',
    'listEntityVersions',
    'listAuthStates',
    'getAuthState',
    'listWorkspaces',
    'getWorkspace',
    'listWorkspaceMemberships',
    'getWorkspaceMembership',
    'getUser',
    'listApiKeys',
    'listEvents',
    'getEvent',
  ],
  editor: [
    'createIntegration',
    'updateIntegration',
    'deleteIntegration',
    'restoreIntegration',
    'checkIntegration',
    'publishIntegration',
    'setIntegrationVisibility',
    'installIntegration',
    'upgradeInstall',
    'deleteIntegrationInstall',
    'restoreIntegrationInstall',
    'updateIntegrationMember',
    'detachIntegrationMember',
    'createEntity',
    'updateEntity',
    'deleteEntity',
    'restoreEntity',
  ],
  admin: [
    'purgeIntegration',
    'createIntegrationGrant',
    'deleteIntegrationGrant',
    'purgeIntegrationInstall',
    'purgeEntity',
    'createAuthState',
    'updateAuthState',
    'deleteAuthState',
    'updateWorkspace',
    'createWorkspaceMembership',
    'updateWorkspaceMembership',
    'deleteWorkspaceMembership',
    'createApiKey',
    'getApiKey',
    'deleteApiKey',
  ],
  platform_admin: ['createWorkspace', 'suspendWorkspace', 'unsuspendWorkspace', 'listUsers', 'createUser'],
};

/** Operation → least role. */
export const LEAST_ROLE: ReadonlyMap<string, TestedRole> = new Map(
  ROLES.flatMap((role) => TABLE[role].map((operationId): [string, TestedRole] => [operationId, role])),
);

/** A search is the list with its parameters in the body. */
export const listedAs = (operationId: string): string => operationId.replace(/^search/, 'list');
