import sql from 'sql-template-tag';
import { EXAMPLE_TIMES } from '../../lib/example-ids.ts';
import { Success } from '../../lib/shape.ts';
import { type AnyRoute, route } from '../../route.ts';
import * as examples from './examples.ts';
import { acceptInvitation, declineInvitation } from './invitations.ts';
import { createMembership, deleteMembership, updateMembership } from './memberships.ts';
import { membershipResource, userResource, workspaceResource } from './resource.ts';
import * as wire from './schema.ts';
import { createUser } from './users.ts';
import { createWorkspace, suspendWorkspace, updateWorkspace } from './workspaces.ts';

const tag = 'Workspaces';

const workspaces: readonly AnyRoute[] = [
  {
    operationId: 'listWorkspaces',
    path: '/api/workspaces',
    tag,
    summary: 'List the workspaces you belong to; platform admins see all.',
    permission: { need: 'key' },
    list: workspaceResource,
    row: wire.Workspace,
    example: examples.workspace,
  },
  {
    operationId: 'getWorkspace',
    path: '/api/workspaces/{id}',
    tag,
    summary: 'Get a workspace by ID.',
    get: workspaceResource,
    answer: wire.Workspace,
    example: examples.workspace,
  },
  route({
    operationId: 'createWorkspace',
    method: 'POST',
    path: '/api/workspaces',
    tag,
    summary: 'Create a workspace and assign its handle.',
    description: 'Only platform admins create workspaces, so that nobody becomes a verified publisher by asking first.',
    permission: { need: 'platform_admin' },
    body: wire.WorkspaceCreate,
    answer: wire.Workspace,
    example: { body: examples.workspaceCreate, answer: examples.workspace },
    created: '/api/workspaces/{id}',
    errors: ['handle_taken'],
    write: createWorkspace,
  }),
  route({
    operationId: 'updateWorkspace',
    method: 'PATCH',
    path: '/api/workspaces/{id}',
    tag,
    summary: 'Change the name, retention tier or install policy of a workspace.',
    description:
      'The install policy is checked at every install and upgrade, for dependencies installed along too, and binds platform admins as well. What is installed already stays.',
    permission: { need: 'target', resource: workspaceResource, role: 'admin' },
    body: wire.WorkspaceUpdate,
    answer: wire.Workspace,
    example: { body: examples.workspaceUpdate, answer: examples.workspaceUpdated },
    write: updateWorkspace,
  }),
  ...([true, false] as const).map((suspend) =>
    route({
      operationId: suspend ? 'suspendWorkspace' : 'unsuspendWorkspace',
      method: 'POST',
      path: `/api/workspaces/{id}/${suspend ? 'suspend' : 'unsuspend'}`,
      tag,
      summary: suspend ? 'Suspend a workspace: it can be read, not changed.' : 'Lift the suspension of a workspace.',
      permission: { need: 'target', resource: workspaceResource, platformAdmin: true },
      answer: wire.Workspace,
      example: { answer: { ...examples.workspace, suspendedAt: suspend ? EXAMPLE_TIMES.upgraded : null } },
      write: suspendWorkspace(suspend),
    }),
  ),
];

const INVITED =
  'By the user in person, or by a platform admin in their name. A key is not the user who minted it: it can neither accept nor decline.';

const memberships: readonly AnyRoute[] = [
  {
    operationId: 'listWorkspaceMemberships',
    path: '/api/workspaces/{id}/memberships',
    tag,
    summary: 'List the memberships of a workspace, invitations included.',
    permission: { need: 'target', resource: workspaceResource },
    list: membershipResource,
    row: wire.WorkspaceMembership,
    example: examples.membership,
    within: (target, t) => sql`${t}.workspace_id = ${target.id}`,
  },
  route({
    operationId: 'createWorkspaceMembership',
    method: 'POST',
    path: '/api/workspaces/{id}/memberships',
    tag,
    summary: 'Invite a user into a workspace.',
    description:
      'The user becomes a member by accepting (`POST /api/workspace-memberships/{id}/accept`); until then neither side sees more of the other. Whether the id is that of a user is not told. A platform admin speaks for users: a membership that one makes is accepted at once.',
    permission: { need: 'target', resource: workspaceResource, role: 'admin' },
    body: wire.MembershipCreate,
    answer: wire.WorkspaceMembership,
    example: { body: examples.membershipCreate, answer: { ...examples.membership, state: 'invited', acceptedAt: null } },
    created: '/api/workspace-memberships/{id}',
    errors: ['already_member'],
    write: createMembership,
  }),
  {
    operationId: 'getWorkspaceMembership',
    path: '/api/workspace-memberships/{id}',
    tag,
    summary: 'Get a membership by ID.',
    get: membershipResource,
    answer: wire.WorkspaceMembership,
    example: examples.membership,
  },
  route({
    operationId: 'acceptWorkspaceMembership',
    method: 'POST',
    path: '/api/workspace-memberships/{id}/accept',
    tag,
    summary: 'Accept an invitation into a workspace.',
    description: `${INVITED} Accepting twice changes nothing.`,
    permission: { need: 'target', resource: membershipResource, person: true },
    answer: wire.WorkspaceMembership,
    example: { answer: examples.membership },
    errors: ['no_such_user'],
    write: acceptInvitation,
  }),
  route({
    operationId: 'declineWorkspaceMembership',
    method: 'POST',
    path: '/api/workspace-memberships/{id}/decline',
    tag,
    summary: 'Decline an invitation into a workspace.',
    description: INVITED,
    permission: { need: 'target', resource: membershipResource, person: true },
    answer: Success,
    example: { answer: { success: true } },
    errors: ['membership_accepted'],
    write: declineInvitation,
  }),
  route({
    operationId: 'updateWorkspaceMembership',
    method: 'PATCH',
    path: '/api/workspace-memberships/{id}',
    tag,
    summary: 'Change the role of a member, or of an invitation.',
    permission: { need: 'target', resource: membershipResource, role: 'admin' },
    body: wire.MembershipUpdate,
    answer: wire.WorkspaceMembership,
    example: { body: examples.membershipUpdate, answer: { ...examples.membership, ...examples.membershipUpdate } },
    errors: ['last_admin'],
    write: updateMembership,
  }),
  route({
    operationId: 'deleteWorkspaceMembership',
    method: 'DELETE',
    path: '/api/workspace-memberships/{id}',
    tag,
    summary: 'End a membership, or take back an invitation.',
    permission: { need: 'target', resource: membershipResource, role: 'admin', takesAway: true },
    answer: Success,
    example: { answer: { success: true } },
    errors: ['last_admin'],
    write: deleteMembership,
  }),
];

const users: readonly AnyRoute[] = [
  {
    operationId: 'listUsers',
    path: '/api/users',
    tag: 'Users',
    summary: 'List users; platform admins see all.',
    permission: { need: 'platform_admin' },
    list: userResource,
    row: wire.User,
    example: examples.user,
  },
  route({
    operationId: 'createUser',
    method: 'POST',
    path: '/api/users',
    tag: 'Users',
    summary: 'Create a user.',
    permission: { need: 'platform_admin' },
    body: wire.UserCreate,
    answer: wire.User,
    example: { body: examples.userCreate, answer: examples.user },
    errors: ['email_taken'],
    created: '/api/users/{id}',
    write: createUser,
  }),
  {
    operationId: 'getUser',
    path: '/api/users/{id}',
    tag: 'Users',
    summary: 'Get a user who shares a workspace with you.',
    description:
      'Email and platform roles are null, but to the user, to admins of a workspace that the user belongs to, and to platform admins.',
    get: userResource,
    answer: wire.User,
    example: examples.user,
  },
];

export const workspaceRoutes: readonly AnyRoute[] = [...workspaces, ...memberships, ...users];
