import { Success } from '../../lib/shape.ts';
import { type AnyRoute, route } from '../../route.ts';
import { createApiKey, deleteApiKey } from './api-keys.ts';
import * as examples from './examples.ts';
import { getMe } from './me.ts';
import { apiKeyResource } from './resource.ts';
import * as wire from './schema.ts';

const tag = 'API keys';

export const apiKeyRoutes: readonly AnyRoute[] = [
  {
    operationId: 'listApiKeys',
    path: '/api/api-keys',
    tag,
    summary: 'List the keys of the workspaces that you administer, revoked ones included.',
    permission: { need: 'key' },
    list: apiKeyResource,
    row: wire.ApiKey,
    example: examples.apiKey,
  },
  {
    operationId: 'getApiKey',
    path: '/api/api-keys/{id}',
    tag,
    summary: 'Get a key by ID.',
    get: apiKeyResource,
    answer: wire.ApiKey,
    example: examples.apiKey,
  },
  route({
    operationId: 'createApiKey',
    method: 'POST',
    path: '/api/api-keys',
    tag,
    summary: 'Mint a key for a workspace.',
    description: 'The answer alone carries the `secret`. A key never has more power than whoever mints it.',
    permission: { need: 'workspace', role: 'admin' },
    body: wire.ApiKeyCreate,
    answer: wire.ApiKeyWithSecret,
    example: { body: examples.apiKeyCreate, answer: examples.apiKeyWithSecret },
    created: '/api/api-keys/{id}',
    write: createApiKey,
  }),
  route({
    operationId: 'deleteApiKey',
    method: 'DELETE',
    path: '/api/api-keys/{id}',
    tag,
    summary: 'Revoke a key. It stops working at once.',
    description: 'The bootstrap key cannot be revoked, only replaced, by whoever runs the server.',
    permission: { need: 'target', resource: apiKeyResource, role: 'admin', takesAway: true },
    answer: Success,
    example: { answer: { success: true } },
    errors: ['bootstrap_key'],
    write: deleteApiKey,
  }),
  route({
    operationId: 'getMe',
    method: 'GET',
    path: '/api/me',
    tag,
    summary: 'Who this request acts as.',
    permission: { need: 'key', publishable: true },
    answer: wire.Me,
    example: { answer: examples.me },
    read: getMe,
  }),
];
