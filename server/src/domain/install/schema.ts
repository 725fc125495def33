import Type from 'typebox';
import { PREFIX } from '../../lib/ids.ts';
import { JUMPS } from '../../lib/semver.ts';
import { entityId, flag, idOf, jsonObject, listOf, nullable, oneOf, retentionTier, shape, text, timestamp } from '../../lib/shape.ts';
import { MEMBER_POLICIES } from '../integration/manifest.ts';
import { REVISION_ACTIONS } from './resource.ts';
import { VERSION_STATES } from './standing.ts';

const workspaceId = idOf(PREFIX.workspace, 'The destination workspace.');
const versionId = idOf(PREFIX.version, 'The version.');
const variables = jsonObject("Values of the version's variables, completed with defaults.");
const authStateId = nullable(idOf(PREFIX.authState, 'Credentials of the destination workspace.'));
const memberPolicy = oneOf(MEMBER_POLICIES, 'Which members are taken: all, those enabled by default, or only required and named ones.');
const parentInstallId = nullable(idOf(PREFIX.install, 'The install that this one is an add-on of.'));
const memberSlug = text('A member slug.', 64);
const deletedAt = nullable(timestamp('When it was soft-deleted; null while active.'));
const tier = nullable(retentionTier);

const install = {
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
};
export const IntegrationInstall = shape(install, { $id: 'IntegrationInstall' });

/** An install as lists and gets show it: with how it stands to what its integration offers by now. */
export const ListedInstall = shape(
  {
    ...install,
    updateAvailable: flag("Whether the integration's current version is higher than the pinned one, by SemVer precedence."),
    updateJump: oneOf(
      JUMPS,
      'From the pinned version to the available one: the first of the three numbers that differs. prerelease: none differs, or the available one is a prerelease. none: no update.',
    ),
    availableVersion: nullable(text('SemVer text of the current version, where that is higher; else null.', 256)),
    versionState: oneOf(VERSION_STATES, 'How the pinned version stands. revoked: its members are disabled until the install moves off it.'),
  },
  { $id: 'ListedInstall' },
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
    configState: oneOf(
      ['ready', 'needs_auth', 'needs_variables', 'disabled'],
      'What it lacks to be used. disabled: by the workspace, or because the version of the install is revoked, until it moves off that.',
    ),
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
