/** What several refusals begin with. */
import { TestIntegration } from '../../api.ts';
import { made, type Stage } from '../stage.ts';

export const CLONE = { forkOnInstall: true, required: true };

export const install = (stage: Stage, id: string, more: object = {}) =>
  stage.home.editor.call('POST', `/api/integrations/${id}/install`, { workspaceId: stage.home.id, ...more });

export const publish = (stage: Stage, id: string, version: string) =>
  stage.home.editor.call('POST', `/api/integrations/${id}/publish`, { version });

export const upgrade = (stage: Stage, installId: string, options?: object) =>
  stage.home.editor.call('POST', `/api/integration-installs/${installId}/upgrade`, options);

export const create = ({ home }: Stage, slug: string) =>
  home.editor.call('POST', '/api/integrations', { workspaceId: home.id, slug, name: slug });

/** An integration of home whose version 1.0.0 depends on these. */
export async function depending(stage: Stage, slug: string, ...dependencies: object[]): Promise<TestIntegration> {
  const integration = await made(stage, slug);
  await integration.publish('1.0.0', { a: CLONE }, { manifest: { dependencies } });
  return integration;
}

/** A workspace that has an integration of home at 1.0.0 and takes nothing from others any more. */
export async function strict(stage: Stage, handle: string) {
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

export const revoke = ({ api }: Stage, versionId: string) =>
  api.platform.post(`/api/integration-versions/${versionId}/revoke`, { reason: 'Malice.' }, 200);

/** An integration of home at 1.0.0, with another version that was revoked. */
export async function tainted(stage: Stage, slug: string): Promise<{ integration: TestIntegration; integrationVersionId: string }> {
  const integration = await made(stage, slug, { a: CLONE });
  const { id } = await integration.publish('1.1.0', { a: { ...CLONE, definition: { bad: slug } } });
  await revoke(stage, id);
  return { integration, integrationVersionId: id };
}

/** A second integration of home, at 1.0.0, with a 1.1.0 whose content was revoked as a version of another one. */
export async function copied(stage: Stage, slug: string): Promise<{ integration: TestIntegration; integrationVersionId: string }> {
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
export async function lent(stage: Stage, handle: string) {
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
