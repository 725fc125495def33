/** The items of lists that the reference leaves open (`"<...>"`), in its own notation. */

/** What an install would bring: an item of `GET /api/integrations/{id}/members`. */
export const PREVIEW = {
  slug: 'string',
  kind: 'string',
  entityId: 'string',
  entityVersionId: 'string',
  name: 'string',
  description: 'string',
  required: 'boolean',
  defaultEnabled: 'boolean',
  forkOnInstall: 'boolean',
  dependsOn: ['string'],
  origin: 'declared | schema_closure',
  requiredBy: ['string'],
  problem: 'string',
};

/** What an install brought: an item of `GET /api/integration-installs/{id}/members`. */
export const INSTALL_MEMBER = {
  id: 'string',
  integrationInstallId: 'string',
  workspaceId: 'string',
  entityId: 'string',
  entityVersionId: 'string',
  sourceMemberSlug: 'string',
  isClone: 'boolean',
  sourceVersionId: 'string',
  detached: 'boolean',
  enabled: 'boolean',
  addedBy: 'string',
  addedAt: 'string',
  deletedAt: 'string',
  retentionTier: 'short | medium | long | none',
  kind: 'string',
  name: 'string',
  configState: 'ready | needs_auth | needs_variables | disabled',
  drift: 'none | modified | outdated | missing',
  openConflicts: 'number',
  conflicts: ['<...>'],
};
