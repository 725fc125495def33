import { must } from '../../src/lib/must.ts';
import { type TestApi, TestIntegration, type TestWorkspace } from '../api.ts';

/** Stands in the version's definition, and nowhere else. */
export const MARK = 'only-in-the-version';

/** How the version comes to its state. */
export interface Setting {
  /** It asks for more than the one before, so that it waits for a review. */
  readonly held?: true;
  /** Everybody who takes part holds a grant. */
  readonly granted?: true;
  /** What happens once everything is in place. */
  readonly comes?: 'reject' | 'yank' | 'revoke' | 'revokeCopy' | 'suspend' | 'unlist' | 'hide' | 'takeBack' | 'refuse' | 'delete';
}

/** A public integration with 1.0.0 and 1.1.0, which is the version that it is about; and who has what of it. */
export interface Scene {
  readonly integration: TestIntegration;
  readonly name: string;
  readonly versionId: string;
  /** The version as its publisher exports it. */
  readonly bundle: unknown;
  /** An integration of the author that depends on the version. */
  readonly dependent: TestIntegration;
  /** A draft of the author. */
  readonly draft: string;
  /**
   * Installs of the buyer. old, older: at 1.0.0; pinned: at the version; moved: was at the version and is at another one; gone: was at the
   * version when it was uninstalled.
   */
  readonly installs: Readonly<Record<'old' | 'older' | 'pinned' | 'moved' | 'gone', string>>;
  /** A workspace that has nothing of it, with all the rights that others have. */
  newcomer(): Promise<TestWorkspace>;
  end(): Promise<void>;
}

interface Cast {
  readonly buyer: TestWorkspace;
  readonly author: TestWorkspace;
}

const MEMBER = { forkOnInstall: true, required: true };
const OPEN_POLICY = { allowedPublishers: null };
const CLOSED_POLICY = { allowedPublishers: [] };

let scenes = 0;

export async function setScene(api: TestApi, cast: Cast, setting: Setting): Promise<Scene> {
  const number = ++scenes;
  const { buyer, author } = cast;
  const publisher = await api.workspace(`publisher-${number}`);
  const integration = await TestIntegration.create(publisher, 'thing');
  const path = `/api/integrations/${integration.id}`;
  const show = (visibility: string) => api.platform.post(`${path}/visibility`, { visibility }, 200);
  const first = await integration.publish('1.0.0', { a: { ...MEMBER, definition: { number } } });
  await show('public');

  const grants = new Map<string, string>();
  const admit = async ({ id: workspaceId }: TestWorkspace) => {
    if (setting.granted) grants.set(workspaceId, (await publisher.admin.post(`${path}/grants`, { workspaceId }, 201)).id);
  };
  await admit(buyer);
  await admit(author);

  const name = `${publisher.handle}/thing`;
  const dependent = await TestIntegration.create(author, `on-thing-${number}`);
  const dependencies = [{ integration: name, range: '1.1.0' }];
  await dependent.publish('1.0.0', { a: { ...MEMBER, definition: { dependent: number } } }, { manifest: { dependencies } });
  await api.platform.post(`/api/integrations/${dependent.id}/visibility`, { visibility: 'public' }, 200);
  const { id: draft } = await TestIntegration.create(author, `draft-${number}`);

  /** Add-ons of an install of the buyer's own, so that there can be several. */
  const own = await TestIntegration.create(buyer, `own-${number}`);
  await own.publish('1.0.0', { a: { ...MEMBER, definition: { own: number } } });
  const base = async (): Promise<string> => {
    const parentInstallId = (await buyer.editor.get(`/api/integration-installs?integration_id=${own.id}`)).data[0]?.id ?? null;
    const body = { workspaceId: buyer.id, ...(parentInstallId === null ? {} : { parentInstallId }) };
    return (await buyer.editor.post(`/api/integrations/${own.id}/install`, body, 201)).id;
  };
  const install = async (integrationVersionId: string): Promise<string> => {
    const body = { workspaceId: buyer.id, integrationVersionId, parentInstallId: await base() };
    return (await buyer.editor.post(`${path}/install`, body, 201)).id;
  };
  const [old, older] = [await install(first.id), await install(first.id)];

  const member = { a: { ...MEMBER, definition: { number, says: MARK } } };
  const { id: versionId } = await integration.publish('1.1.0', setting.held ? { ...member, more: { kind: 'prompt' } } : member);
  const bundle = await publisher.viewer.get(`/api/integration-versions/${versionId}/bundle`, 200);
  const taken = setting.held ? { pinned: '', moved: '', gone: '' } : await take();
  const newcomers: TestWorkspace[] = [];
  await apply();

  return {
    integration,
    name,
    versionId,
    bundle,
    dependent,
    draft,
    installs: { old, older, ...taken },
    newcomer: async () => must(newcomers.pop(), 'there are as many as there are ways'),
    end: () => api.platform.patch(`/api/workspaces/${buyer.id}`, { installPolicy: OPEN_POLICY }, 200),
  };

  async function take() {
    const [pinned, moved, gone] = [await install(versionId), await install(versionId), await install(versionId)];
    const next = await integration.publish('1.2.0-rc.1', { a: { ...MEMBER, definition: { number, next: true } } });
    const more = { integrationVersionId: next.id };
    await buyer.editor.post(`/api/integration-installs/${moved}/upgrade`, more, 200);
    await buyer.editor.delete(`/api/integration-installs/${gone}`, 200);
    return { pinned, moved, gone };
  }

  async function apply(): Promise<void> {
    for (let count = 0; count < 5; count++) {
      const workspace = await api.workspace();
      await admit(workspace);
      if (setting.comes === 'refuse') await close(workspace);
      newcomers.push(workspace);
    }
    const version = `/api/integration-versions/${versionId}`;
    const acts: Record<NonNullable<Setting['comes']>, () => Promise<unknown>> = {
      reject: async () => {
        const { data } = await publisher.viewer.get(`/api/review-submissions?integration_version_id=${versionId}`);
        await api.platform.post(`/api/review-submissions/${data[0].id}/reject`, { reason: 'No.' }, 200);
      },
      yank: () => publisher.editor.post(`${version}/yank`, {}, 200),
      revoke: () => api.platform.post(`${version}/revoke`, { reason: 'Malice.' }, 200),
      revokeCopy,
      suspend: () => api.platform.post(`/api/workspaces/${publisher.id}/suspend`, undefined, 200),
      unlist: () => show('unlisted'),
      hide: () => show('private'),
      takeBack: async () => {
        await show('private');
        for (const id of grants.values()) await publisher.admin.delete(`/api/integration-grants/${id}`, 200);
      },
      refuse: () => close(buyer),
      delete: () => publisher.editor.delete(path, 200),
    };
    if (setting.comes !== undefined) await acts[setting.comes]();
  }

  async function close({ id, admin }: TestWorkspace): Promise<void> {
    await admin.patch(`/api/workspaces/${id}`, { installPolicy: CLOSED_POLICY }, 200);
  }

  /** The same entities in another integration; that one is revoked. */
  async function revokeCopy(): Promise<void> {
    const copy = await TestIntegration.create(publisher, 'copy');
    const { manifestSnapshot: manifest } = await publisher.viewer.get(`/api/integration-versions/${versionId}`);
    await integration.entity('a', { definition: { number, says: MARK } });
    await publisher.editor.patch(`/api/integrations/${copy.id}`, { manifest }, 200);
    const { id } = await publisher.editor.post(`/api/integrations/${copy.id}/publish`, { version: '7.0.0' }, 201);
    await api.platform.post(`/api/integration-versions/${id}/revoke`, { reason: 'Malice.' }, 200);
  }
}
