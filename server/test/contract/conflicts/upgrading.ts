/** What an upgrade is refused for, and what changes a member. */

import { installed, made, membersOf, type Stage } from '../stage.ts';
import type { Conflicts } from './conflict.ts';
import { CLONE, copied, depending, lent, strict, tainted, upgrade } from './scenes.ts';

const REFERENCE = { required: true };

const detach = (stage: Stage, memberId: string | undefined) =>
  stage.home.editor.call('POST', `/api/integration-members/${memberId}/detach`, { detached: true });

export const UPGRADING: Conflicts = {
  'POST /api/integration-installs/{id}/upgrade': [
    [
      'install_deleted',
      'when it was uninstalled',
      async (stage) => {
        const id = await installed(stage, await made(stage, 'uninstalled', { a: CLONE }));
        await stage.home.editor.delete(`/api/integration-installs/${id}`, 200);
        return upgrade(stage, id);
      },
    ],
    [
      'no_longer_available',
      'when the grant was taken back',
      async (stage) => {
        const { guest, home } = stage;
        const integration = await made(stage, 'lent', { a: CLONE });
        const grant = await home.admin.post(`/api/integrations/${integration.id}/grants`, { workspaceId: guest.id }, 201);
        const { id } = await guest.editor.post(`/api/integrations/${integration.id}/install`, { workspaceId: guest.id }, 201);
        await home.admin.delete(`/api/integration-grants/${grant.id}`, 200);
        return guest.editor.call('POST', `/api/integration-installs/${id}/upgrade`);
      },
    ],
    [
      'would_downgrade',
      'when a lower version is asked for',
      async (stage) => {
        const integration = await made(stage, 'sinking');
        const { id: integrationVersionId } = await integration.publish('1.0.0', { a: CLONE });
        await integration.publish('2.0.0', { a: CLONE });
        return upgrade(stage, await installed(stage, integration), { integrationVersionId });
      },
    ],
    [
      'version_yanked',
      'when a yanked version is asked for',
      async (stage) => {
        const integration = await made(stage, 'spoiled', { a: CLONE });
        const install = await installed(stage, integration);
        const { id: integrationVersionId } = await integration.publish('2.0.0', { a: CLONE });
        await integration.publish('3.0.0', { a: CLONE });
        await stage.home.editor.post(`/api/integration-versions/${integrationVersionId}/yank`, {}, 200);
        return upgrade(stage, install, { integrationVersionId });
      },
    ],
    [
      'version_in_review',
      'when it asks for more and no reviewer has approved that, in another workspace, of whoever sees it',
      async (stage) => {
        const { api, guest } = stage;
        const integration = await made(stage, 'asking', { a: CLONE });
        await api.platform.post(`/api/integrations/${integration.id}/visibility`, { visibility: 'public' }, 200);
        const { id } = await guest.editor.post(`/api/integrations/${integration.id}/install`, { workspaceId: guest.id }, 201);
        const asking = { variablesSchema: { type: 'object', properties: { region: {} }, required: ['region'] } };
        const { id: integrationVersionId } = await integration.publish('2.0.0', { a: CLONE }, asking);
        return api.platform.call('POST', `/api/integration-installs/${id}/upgrade`, { integrationVersionId });
      },
    ],
    [
      'version_revoked',
      'when a revoked version is asked for',
      async (stage) => {
        const { integration, integrationVersionId } = await tainted(stage, 'upgrade-revoked');
        return upgrade(stage, await installed(stage, integration), { integrationVersionId });
      },
    ],
    [
      'content_revoked',
      'when a version is asked for whose content was revoked',
      async (stage) => {
        const { integration, integrationVersionId } = await copied(stage, 'upgrade-copy');
        return upgrade(stage, await installed(stage, integration), { integrationVersionId });
      },
    ],
    [
      'publisher_suspended',
      'when its publisher is suspended',
      async (stage) => {
        const { suspend, upgrade: move } = await lent(stage, 'upgrade-suspended');
        await suspend();
        return move();
      },
    ],
    [
      'plan_outdated',
      'when a member was detached since the plan',
      async (stage) => {
        const integration = await made(stage, 'planned', { a: CLONE });
        const install = await installed(stage, integration);
        await integration.publish('2.0.0', { a: { ...CLONE, definition: { next: true } } });
        const { planDigest } = await stage.home.editor.post(`/api/integration-installs/${install}/upgrade-plan`, {}, 200);
        await detach(stage, (await membersOf(stage, install)).a);
        return upgrade(stage, install, { planDigest });
      },
    ],
    [
      'missing_dependencies',
      'when the version depends on what is not installed',
      async (stage) => {
        await made(stage, 'late-base', { a: CLONE });
        const integration = await made(stage, 'grown', { a: CLONE });
        const id = await installed(stage, integration);
        const dependencies = [{ integration: 'home/late-base', range: '*' }];
        await integration.publish('2.0.0', { a: CLONE }, { manifest: { dependencies } });
        return upgrade(stage, id);
      },
    ],
    [
      'dependency_conflict',
      'when another install wants the version that it has',
      async (stage) => {
        const wanted = await made(stage, 'held', { a: CLONE });
        const id = await installed(stage, wanted);
        await installed(stage, await depending(stage, 'holding', { integration: 'home/held', range: '^1.0' }));
        await wanted.publish('2.0.0', { a: CLONE });
        return upgrade(stage, id);
      },
    ],
    ['refused_by_policy', 'when its publisher is not allowed', async (stage) => (await strict(stage, 'strict-upgrade')).upgrade()],
  ],

  'POST /api/integration-members/{id}/detach': [
    ['not_a_clone', 'when the member is a reference', (stage) => detach(stage, stage.home.reference)],
    [
      'member_deleted',
      'when the member was removed by an upgrade',
      async (stage) => {
        const integration = await made(stage, 'shrinking', { a: CLONE, b: REFERENCE });
        const id = await installed(stage, integration);
        const { a } = await membersOf(stage, id);
        await integration.publish('2.0.0', { b: REFERENCE });
        await upgrade(stage, id);
        return detach(stage, a);
      },
    ],
    [
      'install_deleted',
      'when the install was uninstalled',
      async (stage) => {
        const id = await installed(stage, await made(stage, 'left', { a: CLONE }));
        const { a } = await membersOf(stage, id);
        await stage.home.editor.delete(`/api/integration-installs/${id}`, 200);
        return detach(stage, a);
      },
    ],
  ],
};
