/** What an install is refused for. */
import type { TestIntegration } from '../../api.ts';
import { deleted, installed, made, type Stage } from '../stage.ts';
import type { Conflicts } from './conflict.ts';
import { CLONE, copied, create, depending, install, lent, strict, tainted } from './scenes.ts';

const installAlong = (stage: Stage, { id }: TestIntegration) =>
  stage.home.editor.call('POST', `/api/integrations/${id}/install?install_dependencies=true`, { workspaceId: stage.home.id });

export const INSTALLING: Conflicts = {
  'POST /api/integrations/{id}/install': [
    ['not_published', 'when nothing is published', async (stage) => install(stage, (await made(stage, 'unpublished')).id)],
    ['integration_deleted', 'when it is deleted', async (stage) => install(stage, (await deleted(stage, 'installed-late')).id)],
    ['already_installed', 'when the workspace has it', (stage) => install(stage, stage.home.integration.id)],
    [
      'plan_outdated',
      'when another version is current since the plan',
      async (stage) => {
        const integration = await made(stage, 'planned-first', { a: CLONE });
        const body = { workspaceId: stage.home.id };
        const { planDigest } = await stage.home.editor.post(`/api/integrations/${integration.id}/install-plan`, body, 200);
        await integration.publish('1.1.0', { a: CLONE });
        return install(stage, integration.id, { planDigest });
      },
    ],
    [
      'version_yanked',
      'when the version is yanked',
      async (stage) => {
        const integration = await made(stage, 'yanked');
        const { id: integrationVersionId } = await integration.publish('0.9.0', { a: CLONE });
        await integration.publish('1.0.0', { a: CLONE });
        await stage.home.editor.post(`/api/integration-versions/${integrationVersionId}/yank`, {}, 200);
        return install(stage, integration.id, { integrationVersionId });
      },
    ],
    [
      'version_in_review',
      'when it asks for more and no reviewer has approved that, in another workspace, of whoever sees it',
      async (stage) => {
        const { api, guest } = stage;
        const integration = await made(stage, 'widening', { a: CLONE });
        await api.platform.post(`/api/integrations/${integration.id}/visibility`, { visibility: 'public' }, 200);
        const asking = { variablesSchema: { type: 'object', properties: { region: {} }, required: ['region'] } };
        const { id: integrationVersionId } = await integration.publish('2.0.0', { a: CLONE }, asking);
        const body = { workspaceId: guest.id, integrationVersionId };
        return api.platform.call('POST', `/api/integrations/${integration.id}/install`, body);
      },
    ],
    [
      'version_revoked',
      'when a revoked version is asked for',
      async (stage) => {
        const { integration, integrationVersionId } = await tainted(stage, 'install-revoked');
        return install(stage, integration.id, { integrationVersionId });
      },
    ],
    [
      'content_revoked',
      'when a version is asked for whose content was revoked',
      async (stage) => {
        const { integration, integrationVersionId } = await copied(stage, 'install-copy');
        return install(stage, integration.id, { integrationVersionId });
      },
    ],
    [
      'publisher_suspended',
      'when its publisher is suspended',
      async (stage) => {
        const { suspend, install: again } = await lent(stage, 'install-suspended');
        await suspend();
        return again();
      },
    ],
    [
      'no_longer_available',
      'when the grant was taken back from who has it installed',
      async (stage) => {
        const { takeBack, install: again } = await lent(stage, 'install-lent');
        await takeBack();
        return again();
      },
    ],
    [
      'missing_dependencies',
      'when it depends on what is not installed',
      async (stage) => {
        await made(stage, 'base', { a: CLONE });
        const integration = await made(stage, 'depending');
        const dependencies = [{ integration: 'home/base', range: '^1.0' }];
        await integration.publish('1.0.0', { a: CLONE }, { manifest: { dependencies } });
        return install(stage, integration.id);
      },
    ],
    [
      'dependency_conflict',
      'when what is installed is out of the range',
      async (stage) => {
        const behind = await made(stage, 'behind', { a: CLONE });
        await installed(stage, behind);
        await behind.publish('2.0.0', { a: CLONE });
        return installAlong(stage, await depending(stage, 'ahead', { integration: 'home/behind', range: '^2.0' }));
      },
    ],
    [
      'dependency_needs_setup',
      'when a dependency needs credentials',
      async (stage) => {
        const guarded = await made(stage, 'guarded');
        await guarded.publish('1.0.0', { a: CLONE }, { authConfig: { type: 'api_key' } });
        return installAlong(stage, await depending(stage, 'on-guarded', { integration: 'home/guarded', range: '*' }));
      },
    ],
    [
      'dependencies_too_complex',
      'when it leads to more than a hundred integrations',
      async (stage) => {
        const slugs = Array.from({ length: 101 }, (_, index) => `one-of-many-${index}`);
        for (const slug of slugs) await create(stage, slug);
        const wants = slugs.map((slug) => ({ integration: `home/${slug}`, range: '*' }));
        return installAlong(stage, await depending(stage, 'on-many', ...wants));
      },
    ],
    ['refused_by_policy', 'when its publisher is not allowed', async (stage) => (await strict(stage, 'strict-install')).install()],
  ],
};
