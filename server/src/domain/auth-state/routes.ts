import { Success } from '../../lib/shape.ts';
import { type AnyRoute, route } from '../../route.ts';
import { createAuthState, deleteAuthState, updateAuthState } from './auth-states.ts';
import * as examples from './examples.ts';
import { authStateResource } from './resource.ts';
import * as wire from './schema.ts';

const tag = 'Auth states';
const administered = { need: 'target', resource: authStateResource, role: 'admin' } as const;

export const authStateRoutes: readonly AnyRoute[] = [
  {
    operationId: 'listAuthStates',
    path: '/api/auth-states',
    tag,
    summary: 'List the auth states of your workspaces. No answer carries a secret.',
    permission: { need: 'key' },
    list: authStateResource,
    row: wire.AuthState,
    example: examples.authState,
  },
  {
    operationId: 'getAuthState',
    path: '/api/auth-states/{id}',
    tag,
    summary: 'Get an auth state by ID.',
    get: authStateResource,
    answer: wire.AuthState,
    example: examples.authState,
  },
  route({
    operationId: 'createAuthState',
    method: 'POST',
    path: '/api/auth-states',
    tag,
    summary: 'Store credentials for an external service.',
    permission: { need: 'workspace', role: 'admin' },
    body: wire.AuthStateCreate,
    answer: wire.AuthState,
    example: { body: examples.authStateCreate, answer: examples.authState },
    created: '/api/auth-states/{id}',
    write: createAuthState,
  }),
  route({
    operationId: 'updateAuthState',
    method: 'PATCH',
    path: '/api/auth-states/{id}',
    tag,
    summary: 'Change, renew or revoke an auth state.',
    permission: administered,
    body: wire.AuthStateUpdate,
    answer: wire.AuthState,
    example: { body: examples.authStateUpdate, answer: examples.authState },
    write: updateAuthState,
  }),
  route({
    operationId: 'deleteAuthState',
    method: 'DELETE',
    path: '/api/auth-states/{id}',
    tag,
    summary: 'Delete an auth state; its secret is forgotten at once.',
    permission: { ...administered, takesAway: true },
    answer: Success,
    example: { answer: { success: true } },
    write: deleteAuthState,
  }),
];
