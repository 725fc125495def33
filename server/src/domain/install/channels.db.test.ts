/** An install may follow prereleases: what is available to it, and what an upgrade takes, is then the highest of both. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';

let api: TestApi;
let team: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  team = await api.workspace('team');
});
afterAll(() => api.stop());

let count = 0;
async function made(...versions: string[]): Promise<{ guide: TestIntegration; publish: (version: string) => Promise<{ id: string }> }> {
  const guide = await TestIntegration.create(team, `guide-${++count}`);
  const publish = (version: string) => guide.publish(version, { guide: { required: true, forkOnInstall: true, definition: { version } } });
  for (const version of versions) await publish(version);
  return { guide, publish };
}
const install = (guide: TestIntegration, more: object = {}) =>
  team.editor.post(`/api/integrations/${guide.id}/install`, { workspaceId: team.id, ...more }, 201);
const path = (id: string, verb = '') => `/api/integration-installs/${id}${verb}`;
const standing = async (id: string) => {
  const { channel, updateAvailable, availableVersion, updateJump } = await team.viewer.get(path(id));
  return [channel, updateAvailable, availableVersion, updateJump];
};

describe('an install on the channel prerelease', () => {
  test('sees and takes prereleases above the current version; on stable it does not', async () => {
    const { guide, publish } = await made('1.0.0');
    const { id } = await install(guide);
    await publish('1.1.0-rc.1');
    expect(await standing(id)).toEqual(['stable', false, null, 'none']);
    expect((await team.editor.patch(path(id), { channel: 'prerelease' }, 200)).channel).toBe('prerelease');
    expect(await standing(id)).toEqual(['prerelease', true, '1.1.0-rc.1', 'prerelease']);
    expect((await team.editor.post(path(id, '/upgrade-plan'), {}, 200)).to.version).toBe('1.1.0-rc.1');
    expect((await team.editor.post(path(id, '/upgrade'), {}, 200)).updated).toEqual(['guide']);
    expect(await standing(id)).toEqual(['prerelease', false, null, 'none']);
    await publish('1.1.0');
    expect(await standing(id)).toEqual(['prerelease', true, '1.1.0', 'prerelease']);
  });

  test('takes the stable one where that is the highest', async () => {
    const { guide, publish } = await made('2.0.0-rc.1', '1.0.0');
    const { id, integrationVersionId } = await install(guide, { channel: 'prerelease' });
    expect((await team.viewer.get(`/api/integration-versions/${integrationVersionId}`)).version).toBe('2.0.0-rc.1');
    await publish('2.0.0');
    await publish('1.9.0-rc.1');
    expect(await standing(id)).toEqual(['prerelease', true, '2.0.0', 'prerelease']);
    await team.editor.post(path(id, '/upgrade'), {}, 200);
    expect(await standing(id)).toEqual(['prerelease', false, null, 'none']);
  });

  test('back on stable keeps what it has, until a higher stable one comes', async () => {
    const { guide, publish } = await made('1.0.0', '1.1.0-rc.1');
    const { id } = await install(guide, { channel: 'prerelease' });
    await team.editor.patch(path(id), { channel: 'stable' }, 200);
    expect(await standing(id)).toEqual(['stable', false, null, 'none']);
    expect((await team.editor.post(path(id, '/upgrade'), {}, 200)).updated).toEqual([]);
    await publish('1.1.0');
    expect(await standing(id)).toEqual(['stable', true, '1.1.0', 'prerelease']);
  });

  test('follows yanks: what is yanked is offered no more, and is offered again', async () => {
    const { guide, publish } = await made('1.0.0');
    const { id } = await install(guide, { channel: 'prerelease' });
    const rc = await publish('1.1.0-rc.1');
    await team.editor.post(`/api/integration-versions/${rc.id}/yank`, {}, 200);
    expect(await standing(id)).toEqual(['prerelease', false, null, 'none']);
    await team.editor.post(`/api/integration-versions/${rc.id}/unyank`, undefined, 200);
    expect(await standing(id)).toEqual(['prerelease', true, '1.1.0-rc.1', 'prerelease']);
  });

  test('is told by lists, and changes nothing about the integration itself', async () => {
    const { guide, publish } = await made('1.0.0');
    const before = await team.viewer.get(`/api/integrations/${guide.id}`);
    const { id } = await install(guide, { channel: 'prerelease' });
    await publish('1.1.0-rc.1');
    const after = await team.viewer.get(`/api/integrations/${guide.id}`);
    expect([after.currentVersion, before.currentVersion]).toEqual(['1.0.0', '1.0.0']);
    const search = { filter: { channel: 'prerelease', updateAvailable: true, id } };
    expect((await team.viewer.post('/api/integration-installs/search', search, 200)).data).toMatchObject([
      { id, availableVersion: '1.1.0-rc.1' },
    ]);
  });

  test.each(['beta', '', null])('%j is no channel', async (channel) => {
    const { guide } = await made('1.0.0');
    const refused = await team.editor.call('POST', `/api/integrations/${guide.id}/install`, { workspaceId: team.id, channel });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/channel']);
  });
});
