import Type from 'typebox';
import { PREFIX } from '../../lib/ids.ts';
import { entityId, flag, idOf, jsonObject, listOf, nullable, oneOf, retentionTier, shape, text, timestamp } from '../../lib/shape.ts';
import { MEMBER_POLICIES } from '../integration/manifest.ts';
import { REVISION_ACTIONS } from './resource.ts';

const workspaceId = idOf(PREFIX.workspace, 'The destination workspace.');
const versionId = idOf(PREFIX.version, 'The version.');
const variables = jsonObject("Values of the version's variables, completed with defaults.");
const authStateId = nullable(idOf(PREFIX.authState, 'Credentials of the destination workspace.'));
const memberPolicy = oneOf(MEMBER_POLICIES, 'Which members are taken: all, those enabled by default, or only required and named ones.');
const parentInstallId = nullable(idOf(PREFIX.install, 'The install that this one is an add-on of.'));
const memberSlug = text('A member slug.', 64);
const deletedAt = nullable(timestamp('When it was soft-deleted; null while active.'));
const tier = nullable(retentionTier);

export const IntegrationInstall = shape(
  {
    id: idOf(PREFIX.install, 'The install.'),
    integrationId: idOf(PREFIX.integration, 'The integration.'),
    integrationVersionId: versionId,
    workspaceId,
    variables,
    authStateId,
    memberPolicy,
    parentInstallId,
    solutionId: idOf(PREFIX.solution, "Groups the install's entities; an add-on shares its parent's."),
    installedBy: idOf(PREFIX.user, 'Who installed it.'),
    installedAt: timestamp('When it was installed.'),
    lastUpgradedAt: nullable(timestamp('When it was last upgraded; null: never.')),
    deletedAt,
    retentionTier: tier,
  },
  { $id: 'IntegrationInstall' },
);

export const InstallCreate = shape({
  workspaceId,
  integrationVersionId: Type.Optional(versionId),
  variables: Type.Optional(variables),
  authStateId: Type.Optional(authStateId),
  memberPolicy: Type.Optional(memberPolicy),
  parentInstallId: Type.Optional(parentInstallId),
  selectedMemberSlugs: Type.Optional(
    listOf(memberSlug, 'Members to take, instead of by policy; required ones and what these need come along.'),
  ),
});

const member = {
  id: idOf(PREFIX.member, 'The member.'),
  integrationInstallId: idOf(PREFIX.install, 'Its install.'),
  workspaceId,
  entityId: entityId("The clone, or the publisher's entity when it is referenced."),
  entityVersionId: text("The version of the publisher's entity that is pinned.", 40),
  sourceMemberSlug: memberSlug,
  isClone: flag("Cloned into the workspace; otherwise the publisher's entity is referenced."),
  sourceVersionId: idOf(PREFIX.version, 'The integration version that it was made from.'),
  detached: flag('Skipped by upgrades: the workspace changed it, or asked for that.'),
  enabled: flag('In use.'),
  addedBy: idOf(PREFIX.user, 'Who added it.'),
  addedAt: timestamp('When it was added.'),
  deletedAt,
  retentionTier: tier,
};
export const IntegrationMember = shape(member, { $id: 'IntegrationMember' });

export const InstallMember = shape(
  {
    ...member,
    kind: text('Kind of the entity.', 40),
    name: text('Name of the entity.', 200),
    configState: oneOf(['ready', 'needs_auth', 'needs_variables', 'disabled'], 'What it lacks to be used.'),
    drift: oneOf(
      ['none', 'modified', 'outdated', 'missing'],
      'modified: the clone differs from what was last applied; outdated: made from another version than the install pins; missing: the workspace deleted the clone.',
    ),
  },
  { $id: 'InstallMember' },
);
export const InstallMembers = shape({ members: listOf(InstallMember, 'In manifest order.') }, { $id: 'InstallMembers' });
export const InstallMembersQuery = shape({ include_deleted: Type.Optional(flag('Removed members too, after the others.')) });

const slugs = (description: string) => listOf(memberSlug, description);
export const UpgradeResult = shape(
  {
    updated: slugs('Members whose definition, pin or name changed.'),
    added: slugs('Members that came new.'),
    removed: slugs('Members that went, with their clones.'),
    skipped: slugs('Detached members, and clones left to the workspace as its own.'),
  },
  { $id: 'UpgradeResult' },
);
export const Detach = shape({ detached: flag('true: upgrades skip the clone; false: the next upgrade re-applies its definition.') });

export const MemberUpdate = shape({ enabled: flag('false: shows as disabled, and is not to be used.') });

export const InstallQuery = shape({
  install_dependencies: Type.Optional(flag('Install what the version needs and the workspace does not have first, in the best version.')),
});

const integrationName = text('`publisher/slug` of the integration that is wanted.', 129);
export const InstallDependency = shape(
  {
    integration: integrationName,
    range: text('SemVer range that it must be in.', 256),
    optional: flag('Not needed; but where it is installed, it must be in the range.'),
    ok: flag('Whether what is installed now does.'),
    installId: nullable(idOf(PREFIX.install, 'The install that meets the want now, else one that does not; null: none.')),
    version: nullable(text('The version of that install.', 64)),
    lockedInstallId: nullable(idOf(PREFIX.install, 'The install that met the want when it was resolved; null: none did, or it is purged.')),
    lockedVersion: nullable(text('Its version then.', 64)),
  },
  { $id: 'InstallDependency' },
);
export const InstallDependencies = shape({ dependencies: listOf(InstallDependency, 'In the order of the manifest.') });

export const UninstallQuery = shape({
  keep: Type.Optional(
    oneOf(
      ['detached', 'none', 'all'],
      'Clones left to the workspace: detached ones (default), none, or all. What these refer to stays too.',
    ),
  ),
  cascade: Type.Optional(flag('Uninstall the add-ons too.')),
});

export const InstallRevision = shape(
  {
    id: idOf(PREFIX.revision, 'The revision.'),
    integrationInstallId: idOf(PREFIX.install, 'Its install.'),
    workspaceId,
    number: Type.Integer({ description: 'Counted from 1.' }),
    action: oneOf(REVISION_ACTIONS, 'What was done.'),
    fromVersionId: nullable(idOf(PREFIX.version, 'The version before; null for the install itself.')),
    toVersionId: versionId,
    variables,
    updated: slugs('Members that were updated.'),
    added: slugs('Members that were added.'),
    removed: slugs('Members that were removed.'),
    skipped: slugs('Members that were skipped.'),
    members: jsonObject('Member slug → `{memberId, entityId, entityVersionId, detached, enabled}` as of then.'),
    createdBy: idOf(PREFIX.user, 'Who did it.'),
    createdAt: timestamp('When it was done.'),
  },
  { $id: 'InstallRevision' },
);
