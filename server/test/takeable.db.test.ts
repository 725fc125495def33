/** Every way of taking a version, in every state that it can be in: one answer to "may this workspace take this version?". */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, TestApi, type TestWorkspace } from './api.ts';
import { MARK, type Scene, type Setting, setScene } from './takeable/scene.ts';

let api: TestApi;
let buyer: TestWorkspace;
let author: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  buyer = await api.workspace('buyer');
  author = await api.workspace('author');
});
afterAll(() => api.stop());

const codeOf = ({ status, body }: Answer): string => body?.code ?? String(status);
const post = (path: string, body?: object) => buyer.editor.call('POST', path, body);

async function versionAfter(answer: Answer, installId: string): Promise<string> {
  if (answer.status >= 300) return codeOf(answer);
  const { integrationVersionId } = await buyer.viewer.get(`/api/integration-installs/${installId}`);
  return (await api.platform.get(`/api/integration-versions/${integrationVersionId}`)).version;
}

const install = ({ integration }: Scene, workspace: TestWorkspace, more: object = {}, query = '') =>
  workspace.editor.call('POST', `/api/integrations/${integration.id}/install${query}`, { workspaceId: workspace.id, ...more });

/** What each way comes to: the version that is there then, a status, or the code of the refusal. */
const WAYS = {
  'install of the current version': async (scene: Scene) => {
    const fresh = await scene.newcomer();
    const answer = await install(scene, fresh);
    if (answer.status !== 201) return codeOf(answer);
    const { data } = await fresh.viewer.get('/api/integration-installs');
    return (await api.platform.get(`/api/integration-versions/${data[0].integrationVersionId}`)).version;
  },
  'install by its id': async (scene: Scene) =>
    codeOf(await install(scene, await scene.newcomer(), { integrationVersionId: scene.versionId })),
  'install as a dependency': async (scene: Scene) => {
    const { id } = scene.dependent;
    const fresh = await scene.newcomer();
    return codeOf(await fresh.editor.call('POST', `/api/integrations/${id}/install?install_dependencies=true`, { workspaceId: fresh.id }));
  },
  'the name in a check': async (scene: Scene) => {
    const manifest = { members: [], dependencies: [{ integration: scene.name, range: '*' }] };
    await author.editor.patch(`/api/integrations/${scene.draft}`, { manifest }, 200);
    const { errors } = await author.editor.post(`/api/integrations/${scene.draft}/check`, {}, 200);
    return errors.some(({ code }: { code: string }) => code === 'unknown_dependency') ? 'unknown' : 'known';
  },
  'upgrade to the current version': async ({ installs }: Scene) =>
    versionAfter(await post(`/api/integration-installs/${installs.old}/upgrade`), installs.old),
  'plan of its id': async ({ installs, versionId }: Scene) => {
    const answer = await post(`/api/integration-installs/${installs.older}/upgrade-plan`, { integrationVersionId: versionId });
    const { body } = answer;
    if (answer.status >= 300) return codeOf(answer);
    const hides = !JSON.stringify(body).includes(MARK) && body.to.id === body.from.id;
    expect(hides, JSON.stringify(body)).toBe(body.blockers.some(({ code }: { code: string }) => code !== 'refused_by_policy'));
    return body.blockers.map(({ code }: { code: string }) => code).join() || body.to.version;
  },
  'upgrade to its id': async ({ installs, versionId }: Scene) =>
    versionAfter(await post(`/api/integration-installs/${installs.older}/upgrade`, { integrationVersionId: versionId }), installs.older),
  'applying it again': async ({ installs, versionId }: Scene) =>
    codeOf(await post(`/api/integration-installs/${installs.pinned}/upgrade`, { integrationVersionId: versionId })),
  'more members of it': async ({ installs }: Scene) =>
    codeOf(await post(`/api/integration-installs/${installs.pinned}/members`, { slugs: ['a'] })),
  rollback: async ({ installs }: Scene) =>
    versionAfter(await post(`/api/integration-installs/${installs.moved}/rollback`, { revision: 1 }), installs.moved),
  restore: async ({ installs }: Scene) => codeOf(await post(`/api/integration-installs/${installs.gone}/restore`)),
  'export by who could install it': async (scene: Scene) =>
    codeOf(await (await scene.newcomer()).viewer.call('GET', `/api/integration-versions/${scene.versionId}/bundle`)),
  'export by who has it': async ({ versionId }: Scene) =>
    codeOf(await buyer.viewer.call('GET', `/api/integration-versions/${versionId}/bundle`)),
  'import of its bundle': async (scene: Scene) => {
    const fresh = await scene.newcomer();
    return codeOf(await fresh.editor.call('POST', '/api/bundles', { workspaceId: fresh.id, bundle: scene.bundle }));
  },
} as const satisfies Record<string, (scene: Scene) => Promise<string>>;
type WayName = keyof typeof WAYS;

const OPEN: Readonly<Record<WayName, string>> = {
  'install of the current version': '1.1.0',
  'install by its id': '201',
  'install as a dependency': '201',
  'the name in a check': 'known',
  'upgrade to the current version': '1.1.0',
  'plan of its id': '1.1.0',
  'upgrade to its id': '1.1.0',
  'applying it again': '200',
  'more members of it': '200',
  rollback: '1.1.0',
  restore: '200',
  'export by who could install it': '200',
  'export by who has it': '200',
  'import of its bundle': '201',
};

/** Only its own workspace and reviewers have a version that waits, so nobody has it installed; to others its id is that of nothing. */
const HELD: Partial<Record<WayName, string>> = {
  'install of the current version': '1.0.0',
  'install by its id': 'invalid_body',
  'install as a dependency': 'dependency_conflict',
  'upgrade to the current version': '1.0.0',
  'plan of its id': 'invalid_body',
  'upgrade to its id': 'invalid_body',
  'export by who could install it': 'not_found',
};

const revokedAs = (code: string): Partial<Record<WayName, string>> => ({
  'install of the current version': '1.0.0',
  'install by its id': code,
  'install as a dependency': 'dependency_conflict',
  'upgrade to the current version': '1.0.0',
  'plan of its id': code,
  'upgrade to its id': code,
  'applying it again': code,
  'more members of it': code,
  rollback: code,
  restore: code,
  'export by who could install it': code,
  'export by who has it': code,
  'import of its bundle': 'content_revoked',
});

const OUT_OF_SIGHT: Partial<Record<WayName, string>> = {
  'install of the current version': 'not_found',
  'install by its id': 'not_found',
  'install as a dependency': 'dependency_conflict',
  'the name in a check': 'unknown',
  'upgrade to the current version': 'no_longer_available',
  'plan of its id': 'no_longer_available',
  'upgrade to its id': 'no_longer_available',
  restore: 'no_longer_available',
  'export by who could install it': 'not_found',
};

/** State → how a version comes to it, and what differs from an open one. */
const STATES: Readonly<Record<string, { setting: Setting; differs: Partial<Record<WayName, string>> }>> = {
  published: { setting: {}, differs: {} },
  held: { setting: { held: true }, differs: HELD },
  rejected: { setting: { held: true, comes: 'reject' }, differs: HELD },
  yanked: {
    setting: { comes: 'yank' },
    differs: {
      'install of the current version': '1.0.0',
      'install by its id': 'version_yanked',
      'install as a dependency': 'dependency_conflict',
      'upgrade to the current version': '1.0.0',
      'plan of its id': 'version_yanked',
      'upgrade to its id': 'version_yanked',
      'export by who could install it': 'version_yanked',
    },
  },
  revoked: { setting: { comes: 'revoke' }, differs: revokedAs('version_revoked') },
  'revoked by its content, elsewhere': { setting: { comes: 'revokeCopy' }, differs: revokedAs('content_revoked') },
  'of a suspended publisher': {
    setting: { comes: 'suspend' },
    differs: {
      'install of the current version': 'not_found',
      'install by its id': 'not_found',
      'install as a dependency': 'dependency_conflict',
      'the name in a check': 'unknown',
      'upgrade to the current version': 'publisher_suspended',
      'plan of its id': 'publisher_suspended',
      'upgrade to its id': 'publisher_suspended',
      restore: 'publisher_suspended',
      'export by who could install it': 'not_found',
      'import of its bundle': 'publisher_suspended',
    },
  },
  unlisted: {
    setting: { comes: 'unlist' },
    differs: { 'install as a dependency': 'dependency_conflict', 'the name in a check': 'unknown' },
  },
  'private with a grant': { setting: { granted: true, comes: 'hide' }, differs: {} },
  'private without a grant': { setting: { comes: 'hide' }, differs: OUT_OF_SIGHT },
  'private with a grant that was taken back': { setting: { granted: true, comes: 'takeBack' }, differs: OUT_OF_SIGHT },
  'refused by the policy': {
    setting: { comes: 'refuse' },
    differs: {
      'install of the current version': 'refused_by_policy',
      'install by its id': 'refused_by_policy',
      'install as a dependency': 'refused_by_policy',
      'upgrade to the current version': 'refused_by_policy',
      'plan of its id': 'refused_by_policy',
      'upgrade to its id': 'refused_by_policy',
      rollback: 'refused_by_policy',
      restore: 'refused_by_policy',
      'import of its bundle': 'refused_by_policy',
    },
  },
  'of a deleted integration': {
    setting: { comes: 'delete' },
    differs: {
      'install of the current version': 'not_found',
      'install by its id': 'not_found',
      'install as a dependency': 'dependency_conflict',
      'the name in a check': 'unknown',
      'export by who could install it': 'not_found',
    },
  },
};

describe.each(Object.entries(STATES))('a version that is %s', (_, { setting, differs }) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await setScene(api, { buyer, author }, setting);
  }, 120_000);
  afterAll(() => scene.end());

  const ways = (Object.keys(WAYS) as WayName[]).filter((way) => !(setting.held && NEEDS_IT_INSTALLED.has(way)));
  test.each(ways)('%s', async (way) => {
    expect(await WAYS[way](scene)).toBe(differs[way] ?? OPEN[way]);
  });
});

const NEEDS_IT_INSTALLED: ReadonlySet<WayName> = new Set<WayName>([
  'applying it again',
  'more members of it',
  'rollback',
  'restore',
  'export by who has it',
]);
