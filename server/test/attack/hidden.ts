/** Versions that somebody who has the integration installed may see no more, or not yet. */
import { TestIntegration, type TestWorkspace } from '../api.ts';
import type { Stage } from '../contract/stage.ts';

/** One such version of guest's sight. */
export interface Hidden {
  readonly id: string;
  /** Prefix → what guest has of the same integration: the integration, its install, the version that it pins. */
  readonly at: Readonly<Record<string, string>>;
}

const MEMBERS = { a: { forkOnInstall: true, required: true } };

/** Why it is hidden → the version. */
export async function hiddenVersions(stage: Stage): Promise<Readonly<Record<string, Hidden>>> {
  return {
    'the grant is gone': await ungranted(stage),
    'it waits for a review': await held(stage),
    'the publisher is suspended': await suspended(stage),
  };
}

async function ungranted({ home, guest }: Stage): Promise<Hidden> {
  const integration = await TestIntegration.create(home, 'left');
  await integration.publish('1.0.0', MEMBERS);
  const grant = await home.admin.post(`/api/integrations/${integration.id}/grants`, { workspaceId: guest.id }, 201);
  const at = await taken(guest, integration);
  await home.admin.delete(`/api/integration-grants/${grant.id}`, 200);
  return { at, id: (await integration.publish('1.1.0', MEMBERS)).id };
}

async function held({ api, home, guest }: Stage): Promise<Hidden> {
  const integration = await TestIntegration.create(home, 'widening');
  await integration.publish('1.0.0', MEMBERS);
  await api.platform.post(`/api/integrations/${integration.id}/visibility`, { visibility: 'public' }, 200);
  const at = await taken(guest, integration);
  const asking = { variablesSchema: { type: 'object', properties: { region: {} }, required: ['region'] } };
  return { at, id: (await integration.publish('2.0.0', MEMBERS, asking)).id };
}

async function suspended({ api, guest }: Stage): Promise<Hidden> {
  const publisher = await api.workspace('fallen');
  const integration = await TestIntegration.create(publisher, 'fallen');
  await integration.publish('1.0.0', MEMBERS);
  await api.platform.post(`/api/integrations/${integration.id}/visibility`, { visibility: 'unlisted' }, 200);
  const at = await taken(guest, integration);
  const { id } = await integration.publish('1.1.0', MEMBERS);
  await api.platform.post(`/api/workspaces/${publisher.id}/suspend`, undefined, 200);
  return { at, id };
}

async function taken({ editor, id: workspaceId }: TestWorkspace, { id: int }: TestIntegration): Promise<Hidden['at']> {
  const install = await editor.post(`/api/integrations/${int}/install`, { workspaceId }, 201);
  return { int, intins: install.id, intver: install.integrationVersionId };
}
