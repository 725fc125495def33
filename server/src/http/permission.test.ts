import { expect, it } from 'vitest';
import { apiDocument } from '../app.ts';
import { at, pointer } from '../lib/json-pointer.ts';

const document = apiDocument();
const told = (method: string, path: string, what: string) => at(document, `/paths${pointer(path)}/${method}/${what}`);

it.each([
  ['get', '/healthz', { need: 'nothing' }, 'For everybody, without a key.'],
  ['get', '/api/me', { need: 'key', publishable: true }, 'For every key, publishable ones too.'],
  ['get', '/api/events', { need: 'key' }, 'For every secret key.'],
  ['get', '/api/api-keys', { need: 'key', seenBy: 'admin' }, 'For every secret key. Only admins of a workspace see any.'],
  ['post', '/api/users', { need: 'platform_admin' }, 'For platform admins.'],
  [
    'post',
    '/api/entities',
    { need: 'workspace', role: 'editor' },
    'For the role editor or higher in the workspace that `workspaceId` names.',
  ],
  [
    'get',
    '/api/integrations/{id}',
    { need: 'target', resource: 'Integration', publishable: true },
    'For whoever sees the integration, with a publishable key too.',
  ],
  [
    'delete',
    '/api/entities/{id}/purge',
    { need: 'target', resource: 'Entity', role: 'admin', takesAway: true },
    'For the role admin or higher in the workspace that the entity belongs to, while that is suspended too.',
  ],
  ['post', '/api/workspaces/{id}/suspend', { need: 'target', resource: 'Workspace', platformAdmin: true }, 'For platform admins.'],
  [
    'post',
    '/api/review-submissions/{id}/approve',
    { need: 'target', resource: 'ReviewSubmission', reviewer: true },
    'For reviewers and platform admins.',
  ],
  [
    'post',
    '/api/workspace-memberships/{id}/accept',
    { need: 'target', resource: 'WorkspaceMembership', person: true },
    'For the user in person whom the workspace membership is about, and platform admins.',
  ],
  [
    'post',
    '/api/integrations/{id}/install',
    { need: 'target', resource: 'Integration', into: 'editor' },
    'For the role editor or higher in the workspace that `workspaceId` names.',
  ],
])('%s %s tells programs and people who may call it', (method, path, data, sentence) => {
  expect(told(method, path, 'x-mortise-permission')).toEqual(data);
  expect(
    String(told(method, path, 'description'))
      .split('\n')
      .at(-1),
  ).toBe(sentence);
});
