/** What drafting, publishing and deleting are refused for. */

import { deleted, installed, made, type Stage } from '../stage.ts';
import type { Conflicts } from './conflict.ts';
import { CLONE, create, publish, tainted } from './scenes.ts';

const list =
  (query: string) =>
  ({ home }: Stage) =>
    home.viewer.call('GET', `/api/integrations?${query}`);

export const AUTHORING: Conflicts = {
  'GET /api/integrations': [
    ['invalid_filter', 'when the filter names no field', list('filter={"nope":1}')],
    ['invalid_filter', 'when the filter is no JSON', list('filter={')],
    ['invalid_order', 'when the direction is none', list('orderBy=[{"name":"up"}]')],
    ['invalid_cursor', 'when the cursor is made up', list('after=bm9wZQ')],
    ['invalid_cursor', 'when both after and before are sent', list('after=a&before=b')],
  ],

  'POST /api/integrations': [['slug_taken', 'when an active one has the slug', (stage) => create(stage, 'desk')]],

  'PATCH /api/integrations/{id}': [
    [
      'integration_deleted',
      'when it is deleted',
      async (stage) => {
        const { id } = await deleted(stage, 'patched-late');
        return stage.home.editor.call('PATCH', `/api/integrations/${id}`, { name: 'Late' });
      },
    ],
  ],

  'DELETE /api/integrations/{id}': [
    [
      'integration_deleted',
      'when it is deleted already',
      async (stage) => {
        const { id } = await deleted(stage, 'deleted-twice');
        return stage.home.editor.call('DELETE', `/api/integrations/${id}`);
      },
    ],
  ],

  'POST /api/integrations/{id}/restore': [
    ['not_deleted', 'when it is active', ({ home }) => home.editor.call('POST', `/api/integrations/${home.integration.id}/restore`)],
    [
      'slug_taken',
      'when its slug was taken meanwhile',
      async (stage) => {
        const { id } = await deleted(stage, 'wanted');
        await create(stage, 'wanted');
        return stage.home.editor.call('POST', `/api/integrations/${id}/restore`);
      },
    ],
  ],

  'DELETE /api/integrations/{id}/purge': [
    ['not_deleted', 'when it is active', ({ home }) => home.admin.call('DELETE', `/api/integrations/${home.integration.id}/purge`)],
    [
      'integration_has_installs',
      'when an install pins a version',
      async (stage) => {
        const integration = await made(stage, 'pinned', { a: CLONE });
        await installed(stage, integration);
        await stage.home.editor.delete(`/api/integrations/${integration.id}`, 200);
        return stage.home.admin.call('DELETE', `/api/integrations/${integration.id}/purge`);
      },
    ],
  ],

  'POST /api/integrations/{id}/publish': [
    ['version_exists', 'when the version was published', (stage) => publish(stage, stage.home.integration.id, '1.0.0+again')],
    ['integration_deleted', 'when it is deleted', async (stage) => publish(stage, (await deleted(stage, 'published-late')).id, '1.0.0')],
    [
      'content_revoked',
      'when the same content was revoked',
      async (stage) => {
        const { integration } = await tainted(stage, 'republished');
        return publish(stage, integration.id, '1.2.0');
      },
    ],
    ['invalid_manifest', 'when the draft has no member', async (stage) => publish(stage, (await made(stage, 'empty')).id, '1.0.0')],
    ['invalid_body', 'when the version is no SemVer', async (stage) => publish(stage, stage.home.integration.id, 'v1.2')],
  ],
};
