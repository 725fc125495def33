import type { Answer } from '../api.ts';
import { deleted, installed, made, membersOf, type Stage } from './stage.ts';

const CLONE = { forkOnInstall: true, required: true };

/** The 13 endpoints, each with a call that succeeds. */
export const SUCCESSES: Readonly<Record<string, (stage: Stage) => Promise<Answer>>> = {
  'GET /api/integration-installs/{id}/members': ({ home }) => home.viewer.call('GET', `/api/integration-installs/${home.install}/members`),

  'POST /api/integration-installs/{id}/upgrade': upgradeOfEveryKind,

  'POST /api/integration-members/{id}/detach': ({ home }) =>
    home.editor.call('POST', `/api/integration-members/${home.clone}/detach`, { detached: false }),

  'GET /api/integrations': ({ home }) => home.viewer.call('GET', '/api/integrations?limit=2'),

  'POST /api/integrations': ({ home }) =>
    home.editor.call('POST', '/api/integrations', { workspaceId: home.id, slug: 'created', name: 'Created' }),

  'GET /api/integrations/{id}': ({ home }) => home.viewer.call('GET', `/api/integrations/${home.integration.id}`),

  'PATCH /api/integrations/{id}': async (stage) => {
    const { id } = await made(stage, 'changed');
    return stage.home.editor.call('PATCH', `/api/integrations/${id}`, { description: 'Changed.', iconUrl: 'https://acme.example/i.svg' });
  },

  'DELETE /api/integrations/{id}': async (stage) => {
    const { id } = await made(stage, 'removed');
    return stage.home.editor.call('DELETE', `/api/integrations/${id}`);
  },

  'POST /api/integrations/{id}/install': async (stage) => {
    const { id } = await made(stage, 'taken-in', { a: CLONE });
    return stage.home.editor.call('POST', `/api/integrations/${id}/install`, { workspaceId: stage.home.id, variables: { any: 'value' } });
  },

  'GET /api/integrations/{id}/members': ({ home }) => home.viewer.call('GET', `/api/integrations/${home.integration.id}/members`),

  'POST /api/integrations/{id}/publish': async (stage) => {
    const integration = await made(stage, 'brought-out');
    await integration.draft({ a: CLONE });
    return stage.home.editor.call('POST', `/api/integrations/${integration.id}/publish`, { version: '1.0.0' });
  },

  'DELETE /api/integrations/{id}/purge': async (stage) => {
    const { id } = await deleted(stage, 'gone');
    return stage.home.admin.call('DELETE', `/api/integrations/${id}/purge`);
  },

  'POST /api/integrations/{id}/restore': async (stage) => {
    const { id } = await deleted(stage, 'back');
    return stage.home.editor.call('POST', `/api/integrations/${id}/restore`);
  },
};

/** An upgrade with a member in each of the four lists. */
async function upgradeOfEveryKind(stage: Stage): Promise<Answer> {
  const integration = await made(stage, 'moving', { changes: CLONE, goes: CLONE, stays: CLONE, same: CLONE });
  const install = await installed(stage, integration);
  const { stays } = await membersOf(stage, install);
  await stage.home.editor.post(`/api/integration-members/${stays}/detach`, { detached: true }, 200);
  await integration.publish('2.0.0', { comes: CLONE, changes: { ...CLONE, definition: { next: true } }, stays: CLONE, same: CLONE });
  return stage.home.editor.call('POST', `/api/integration-installs/${install}/upgrade`);
}
