import sql from 'sql-template-tag';
import { Success } from '../../lib/shape.ts';
import { type AnyRoute, route } from '../../route.ts';
import { integrationResource } from '../integration/resource.ts';
import { detachMember, lockInstallOfMember, updateMember } from './change-member.ts';
import * as examples from './examples.ts';
import { installIntegration } from './install.ts';
import { listInstallDependencies } from './list-dependencies.ts';
import { listInstallMembers } from './list-members.ts';
import { lockInstall } from './lock.ts';
import { installResource, memberResource, revisionResource } from './resource.ts';
import { purgeInstall, restoreInstall } from './restore-install.ts';
import * as wire from './schema.ts';
import { uninstall } from './uninstall.ts';
import { upgradeInstall } from './upgrade.ts';

const tag = 'Installs';
/** What dependencies have against a version that comes in. */
const DEPENDENCY_ERRORS = ['missing_dependencies', 'dependency_conflict'] as const;
const INSTALLED_ALONG_ERRORS = ['dependency_needs_setup', 'dependencies_too_complex', 'refused_by_policy'] as const;
const changed = { need: 'target', resource: installResource, role: 'editor' } as const;

export const installRoutes: readonly AnyRoute[] = [
  route({
    operationId: 'installIntegration',
    method: 'POST',
    path: '/api/integrations/{id}/install',
    tag,
    summary: 'Install an integration into the destination workspace. Materializes / references workspace entities per the manifest.',
    description:
      "What the version depends on must be installed in the workspace, or is installed first by `?install_dependencies=true`, in the same transaction. The workspace's install policy holds for all of it.",
    permission: { need: 'target', resource: integrationResource, into: 'editor' },
    query: wire.InstallQuery,
    body: wire.InstallCreate,
    answer: wire.IntegrationInstall,
    example: { body: examples.installCreate, answer: examples.installed },
    created: '/api/integration-installs/{id}',
    errors: [
      'integration_deleted',
      'not_published',
      'version_yanked',
      'already_installed',
      ...DEPENDENCY_ERRORS,
      ...INSTALLED_ALONG_ERRORS,
    ],
    write: installIntegration,
  }),
  {
    operationId: 'listIntegrationInstalls',
    path: '/api/integration-installs',
    tag,
    summary: 'List the installs of your workspaces.',
    permission: { need: 'key' },
    list: installResource,
    row: wire.IntegrationInstall,
    example: examples.install,
  },
  {
    operationId: 'getIntegrationInstall',
    path: '/api/integration-installs/{id}',
    tag,
    summary: 'Get an install by ID.',
    get: installResource,
    answer: wire.IntegrationInstall,
    example: examples.install,
  },
  route({
    operationId: 'listInstallMembers',
    method: 'GET',
    path: '/api/integration-installs/{id}/members',
    tag,
    summary: "List an install's cloned members with detach + config state.",
    permission: { need: 'target', resource: installResource },
    query: wire.InstallMembersQuery,
    answer: wire.InstallMembers,
    example: { answer: examples.installMembers },
    read: listInstallMembers,
  }),
  route({
    operationId: 'listInstallDependencies',
    method: 'GET',
    path: '/api/integration-installs/{id}/dependencies',
    tag,
    summary: 'List what an install wants of other integrations, and what meets it.',
    permission: { need: 'target', resource: installResource },
    answer: wire.InstallDependencies,
    example: { answer: examples.installDependencies },
    snapshot: true,
    read: listInstallDependencies,
  }),
  route({
    operationId: 'upgradeInstall',
    method: 'POST',
    path: '/api/integration-installs/{id}/upgrade',
    tag,
    summary: "Upgrade an install to the integration's current version: re-apply member definitions into their existing clones.",
    permission: changed,
    answer: wire.UpgradeResult,
    example: { answer: examples.upgradeResult },
    errors: ['install_deleted', 'no_longer_available', 'would_downgrade', 'version_yanked', 'refused_by_policy', ...DEPENDENCY_ERRORS],
    write: upgradeInstall,
  }),
  route({
    operationId: 'deleteIntegrationInstall',
    method: 'DELETE',
    path: '/api/integration-installs/{id}',
    tag,
    summary: 'Uninstall: soft-delete an install, its members and attached clones.',
    description:
      "Detached clones stay as the workspace's own entities, and so do clones that something staying refers to. 409 while add-ons or dependents need the install, each named.",
    permission: changed,
    query: wire.UninstallQuery,
    answer: Success,
    example: { answer: { success: true } },
    errors: ['install_deleted', 'install_needed'],
    lockFirst: lockInstall,
    write: uninstall,
  }),
  route({
    operationId: 'restoreIntegrationInstall',
    method: 'POST',
    path: '/api/integration-installs/{id}/restore',
    tag,
    summary: 'Restore an uninstalled install to what it was.',
    permission: changed,
    answer: wire.IntegrationInstall,
    example: { answer: examples.install },
    errors: ['not_deleted', 'already_installed', 'parent_inactive', 'clone_purged', ...DEPENDENCY_ERRORS],
    write: restoreInstall,
  }),
  route({
    operationId: 'purgeIntegrationInstall',
    method: 'DELETE',
    path: '/api/integration-installs/{id}/purge',
    tag,
    summary: 'Permanently delete an uninstalled install and the clones that went with it.',
    permission: { ...changed, role: 'admin' },
    answer: Success,
    example: { answer: { success: true } },
    errors: ['not_deleted'],
    lockFirst: lockInstall,
    write: purgeInstall,
  }),
  {
    operationId: 'listInstallRevisions',
    path: '/api/integration-installs/{id}/revisions',
    tag,
    summary: 'List what was done to an install, newest first.',
    permission: { need: 'target', resource: installResource },
    list: revisionResource,
    row: wire.InstallRevision,
    example: examples.revision,
    within: (target, t) => sql`${t}.integration_install_id = ${target.id}`,
  },
  {
    operationId: 'listIntegrationMembers',
    path: '/api/integration-members',
    tag: 'Members',
    summary: 'List the members of the installs of your workspaces.',
    permission: { need: 'key' },
    list: memberResource,
    row: wire.IntegrationMember,
    example: examples.member,
  },
  {
    operationId: 'getIntegrationMember',
    path: '/api/integration-members/{id}',
    tag: 'Members',
    summary: 'Get a member by ID.',
    get: memberResource,
    answer: wire.IntegrationMember,
    example: examples.member,
  },
  route({
    operationId: 'updateIntegrationMember',
    method: 'PATCH',
    path: '/api/integration-members/{id}',
    tag: 'Members',
    summary: 'Enable or disable a member.',
    permission: { need: 'target', resource: memberResource, role: 'editor' },
    body: wire.MemberUpdate,
    answer: wire.IntegrationMember,
    example: { body: examples.memberUpdate, answer: { ...examples.member, enabled: false } },
    errors: ['member_deleted', 'install_deleted'],
    lockFirst: lockInstallOfMember,
    write: updateMember,
  }),
  route({
    operationId: 'detachIntegrationMember',
    method: 'POST',
    path: '/api/integration-members/{id}/detach',
    tag: 'Members',
    summary: 'Mark a cloned member detached (skip on upgrade) or re-attach it.',
    permission: { need: 'target', resource: memberResource, role: 'editor' },
    body: wire.Detach,
    answer: Success,
    example: { body: examples.detach, answer: { success: true } },
    errors: ['not_a_clone', 'member_deleted', 'install_deleted'],
    write: detachMember,
  }),
];
