import type { ErrorCode } from '../../src/lib/errors.ts';
import { type Answer, TestIntegration } from '../api.ts';
import { deleted, installed, made, membersOf, type Stage } from './stage.ts';

/** A refusal of the endpoint's own: its code, when it comes, and a call that meets it. */
export type Conflict = readonly [code: ErrorCode, when: string, ask: (stage: Stage) => Promise<Answer>];

const CLONE = { forkOnInstall: true, required: true };
const REFERENCE = { required: true };

const list =
  (query: string) =>
  ({ home }: Stage) =>
    home.viewer.call('GET', `/api/integrations?${query}`);

const install = (stage: Stage, id: string, more: object = {}) =>
  stage.home.editor.call('POST', `/api/integrations/${id}/install`, { workspaceId: stage.home.id, ...more });

const publish = (stage: Stage, id: string, version: string) =>
  stage.home.editor.call('POST', `/api/integrations/${id}/publish`, { version });

const upgrade = (stage: Stage, installId: string, options?: object) =>
  stage.home.editor.call('POST', `/api/integration-installs/${installId}/upgrade`, options);

const detach = (stage: Stage, memberId: string | undefined) =>
  stage.home.editor.call('POST', `/api/integration-members/${memberId}/detach`, { detached: true });

const create = ({ home }: Stage, slug: string) => home.editor.call('POST', '/api/integrations', { workspaceId: home.id, slug, name: slug });

const installAlong = (stage: Stage, { id }: TestIntegration) =>
  stage.home.editor.call('POST', `/api/integrations/${id}/install?install_dependencies=true`, { workspaceId: stage.home.id });

/** An integration of home whose version 1.0.0 depends on these. */
async function depending(stage: Stage, slug: string, ...dependencies: object[]): Promise<TestIntegration> {
  const integration = await made(stage, slug);
  await integration.publish('1.0.0', { a: CLONE }, { manifest: { dependencies } });
  return integration;
}

/** A workspace that has an integration of home at 1.0.0 and takes nothing from others any more. */
async function strict(stage: Stage, handle: string) {
  const { platform } = stage.api;
  const workspace = await stage.api.workspace(handle);
  const integration = await made(stage, handle, { a: CLONE });
  await platform.post(`/api/integrations/${integration.id}/visibility`, { visibility: 'unlisted' }, 200);
  const path = `/api/integrations/${integration.id}/install`;
  const { id } = await workspace.editor.post(path, { workspaceId: workspace.id }, 201);
  await integration.publish('2.0.0', { a: CLONE });
  await workspace.admin.patch(`/api/workspaces/${workspace.id}`, { installPolicy: { allowedPublishers: [] } }, 200);
  return {
    install: () => workspace.editor.call('POST', path, { workspaceId: workspace.id, parentInstallId: id }),
    upgrade: () => workspace.editor.call('POST', `/api/integration-installs/${id}/upgrade`),
  };
}

const revoke = ({ api }: Stage, versionId: string) =>
  api.platform.post(`/api/integration-versions/${versionId}/revoke`, { reason: 'Malice.' }, 200);

/** An integration of home at 1.0.0, with another version that was revoked. */
async function tainted(stage: Stage, slug: string): Promise<{ integration: TestIntegration; integrationVersionId: string }> {
  const integration = await made(stage, slug, { a: CLONE });
  const { id } = await integration.publish('1.1.0', { a: { ...CLONE, definition: { bad: slug } } });
  await revoke(stage, id);
  return { integration, integrationVersionId: id };
}

/** A second integration of home, at 1.0.0, with a 1.1.0 whose content was revoked as a version of another one. */
async function copied(stage: Stage, slug: string): Promise<{ integration: TestIntegration; integrationVersionId: string }> {
  const original = await made(stage, `${slug}-original`, { a: { ...CLONE, definition: { bad: slug } } });
  const integration = await made(stage, slug, { a: CLONE });
  const { manifest } = await stage.home.viewer.get(`/api/integrations/${original.id}`);
  await stage.home.editor.patch(`/api/integrations/${integration.id}`, { manifest }, 200);
  const { body: copy } = await publish(stage, integration.id, '1.1.0');
  const { data } = await stage.home.viewer.get(`/api/integration-versions?integration_id=${original.id}`);
  await revoke(stage, data[0].id);
  return { integration, integrationVersionId: copy.id };
}

/** An integration that one workspace shares and another one has at 1.0.0, where 2.0.0 is current. */
async function lent(stage: Stage, handle: string) {
  const { api } = stage;
  const publisher = await api.workspace(`${handle}-publisher`);
  const buyer = await api.workspace(`${handle}-buyer`);
  const integration = await TestIntegration.create(publisher, 'lent');
  await integration.publish('1.0.0', { a: CLONE });
  const grant = await publisher.admin.post(`/api/integrations/${integration.id}/grants`, { workspaceId: buyer.id }, 201);
  const path = `/api/integrations/${integration.id}/install`;
  const { id } = await buyer.editor.post(path, { workspaceId: buyer.id }, 201);
  await integration.publish('2.0.0', { a: CLONE });
  return {
    takeBack: () => publisher.admin.delete(`/api/integration-grants/${grant.id}`, 200),
    suspend: () => api.platform.post(`/api/workspaces/${publisher.id}/suspend`, undefined, 200),
    install: () => buyer.editor.call('POST', path, { workspaceId: buyer.id, parentInstallId: id }),
    upgrade: () => buyer.editor.call('POST', `/api/integration-installs/${id}/upgrade`),
  };
}

export const CONFLICTS: Readonly<Record<string, readonly Conflict[]>> = {
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
      'when it asks for more and no reviewer has approved that, in another workspace',
      async (stage) => {
        const { api, guest } = stage;
        const integration = await made(stage, 'widening', { a: CLONE });
        await api.platform.post(`/api/integrations/${integration.id}/visibility`, { visibility: 'public' }, 200);
        const asking = { variablesSchema: { type: 'object', properties: { region: {} }, required: ['region'] } };
        const { id: integrationVersionId } = await integration.publish('2.0.0', { a: CLONE }, asking);
        const body = { workspaceId: guest.id, integrationVersionId };
        return guest.editor.call('POST', `/api/integrations/${integration.id}/install`, body);
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
      'when it asks for more and no reviewer has approved that, in another workspace',
      async (stage) => {
        const { api, guest } = stage;
        const integration = await made(stage, 'asking', { a: CLONE });
        await api.platform.post(`/api/integrations/${integration.id}/visibility`, { visibility: 'public' }, 200);
        const { id } = await guest.editor.post(`/api/integrations/${integration.id}/install`, { workspaceId: guest.id }, 201);
        const asking = { variablesSchema: { type: 'object', properties: { region: {} }, required: ['region'] } };
        const { id: integrationVersionId } = await integration.publish('2.0.0', { a: CLONE }, asking);
        return guest.editor.call('POST', `/api/integration-installs/${id}/upgrade`, { integrationVersionId });
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
