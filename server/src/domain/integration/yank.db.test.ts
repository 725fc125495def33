import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';
import { newId } from '../../lib/ids.ts';

let api: TestApi;
let publisher: TestWorkspace;
let buyer: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
  buyer = await api.workspace('buyer');
});
afterAll(() => api.stop());

const MEMBERS = { main: { forkOnInstall: true, required: true } };
const at = (id: string, verb = '') => `/api/integration-versions/${id}${verb}`;
const path = (made: TestIntegration, rest = '') => `/api/integrations/${made.id}${rest}`;
const currentOf = async (made: TestIntegration) => (await publisher.viewer.get(path(made))).currentVersion;
const eventsOf = async (id: string, who: Caller = publisher.viewer): Promise<string[]> =>
  (await who.get(`/api/events?subject_id=${id}`)).data.map(({ type }: { type: string }) => type);

/** An unlisted integration with these versions; version → its id. */
async function offered(slug: string, ...versions: string[]) {
  const made = await TestIntegration.create(publisher, slug);
  const ids: Record<string, string> = {};
  for (const version of versions) ids[version] = (await made.publish(version, { main: { ...MEMBERS.main, definition: { version } } })).id;
  await publisher.editor.post(path(made, '/visibility'), { visibility: 'unlisted' }, 200);
  return { made, id: (version: string) => ids[version] ?? '' };
}

const install = (made: TestIntegration, status = 201, integrationVersionId?: string) =>
  buyer.editor.post(path(made, '/install'), { workspaceId: buyer.id, ...(integrationVersionId && { integrationVersionId }) }, status);
const stateOf = async (installId: string) =>
  (await buyer.viewer.get(`/api/integration-installs/${installId}/members`)).members[0].configState;

describe('yank', () => {
  test('takes a version from what is offered: the current one falls to the highest left, at last to none', async () => {
    const { made, id } = await offered('falling', '1.0.0', '1.1.0', '2.0.0-rc.1');
    const yanked = await publisher.editor.post(at(id('1.1.0'), '/yank'), { reason: 'Loses orders.' }, 200);
    expect(yanked).toMatchObject({ id: id('1.1.0'), version: '1.1.0', yankReason: 'Loses orders.', revokedAt: null, deprecatedAt: null });
    expect(yanked.yankedAt).toEqual(expect.any(String));
    expect(await publisher.viewer.get(at(id('1.1.0')))).toEqual(yanked);
    expect(await currentOf(made)).toBe('1.0.0');
    await publisher.editor.post(at(id('1.0.0'), '/yank'), {}, 200);
    expect(await currentOf(made)).toBe('2.0.0-rc.1');
    await publisher.editor.post(at(id('2.0.0-rc.1'), '/yank'), undefined, 200);
    expect(await currentOf(made)).toBeNull();
    expect((await install(made, 409)).code).toBe('not_published');
  });

  test('unyank offers it again, and the current version is computed anew', async () => {
    const { made, id } = await offered('rising', '1.0.0', '2.0.0');
    await publisher.editor.post(at(id('2.0.0'), '/yank'), { reason: 'Too early.' }, 200);
    const unyanked = await publisher.editor.post(at(id('2.0.0'), '/unyank'), undefined, 200);
    expect(unyanked).toMatchObject({ yankedAt: null, yankReason: null });
    expect(await currentOf(made)).toBe('2.0.0');
  });

  test('done twice changes nothing: neither the reason nor the day, and no second event', async () => {
    const { id } = await offered('twice', '1.0.0', '2.0.0');
    const first = await publisher.editor.post(at(id('1.0.0'), '/yank'), { reason: 'First.' }, 200);
    expect(await publisher.editor.post(at(id('1.0.0'), '/yank'), { reason: 'Second.' }, 200)).toEqual(first);
    expect(await eventsOf(id('1.0.0'))).toEqual(['integration.version_yanked', 'integration.published']);
    await publisher.editor.post(at(id('2.0.0'), '/unyank'), {}, 200);
    expect(await eventsOf(id('2.0.0'))).toEqual(['integration.published']);
  });

  test('no new installs of it, while an existing install keeps working and shows it', async () => {
    const { made, id } = await offered('kept', '1.0.0', '1.1.0');
    const { id: installId } = await install(made, 201, id('1.1.0'));
    await publisher.editor.post(at(id('1.1.0'), '/yank'), {}, 200);
    await buyer.editor.post(`/api/integration-installs/${installId}/upgrade`, {}, 200);
    expect(await buyer.viewer.get(`/api/integration-installs/${installId}`)).toMatchObject({
      integrationVersionId: id('1.1.0'),
      versionState: 'yanked',
      updateAvailable: false,
      updateJump: 'none',
      availableVersion: null,
    });
    expect(await stateOf(installId)).toBe('ready');
    await buyer.editor.delete(`/api/integration-installs/${installId}`, 200);
    expect((await install(made, 409, id('1.1.0'))).code).toBe('version_yanked');
  });

  test('is for editors of the authoring workspace: 401, 403, 404, 422 for the others', async () => {
    const { id } = await offered('refused', '1.0.0');
    for (const verb of ['/yank', '/unyank', '/undeprecate']) {
      await api.as(null).post(at(id('1.0.0'), verb), {}, 401);
      await publisher.viewer.post(at(id('1.0.0'), verb), {}, 403);
      await buyer.admin.post(at(id('1.0.0'), verb), {}, 403);
      await publisher.editor.post(at(newId('intver'), verb), {}, 404);
      await publisher.editor.post(at(id('1.0.0'), verb), { nope: 1 }, 422);
    }
    await publisher.editor.post(at(id('1.0.0'), '/yank'), { reason: '' }, 422);
    await publisher.editor.post(at(id('1.0.0'), '/yank'), { reason: 'x'.repeat(2_001) }, 422);
  });
});

describe('revoke', () => {
  test('disables the members of existing installs, until their workspace moves off the version', async () => {
    const { made, id } = await offered('malice', '1.0.0');
    const { id: installId } = await install(made);
    const revoked = await api.platform.post(at(id('1.0.0'), '/revoke'), { reason: 'Sends keys away.' }, 200);
    expect(revoked).toMatchObject({ yankReason: 'Sends keys away.', revokedAt: expect.any(String), yankedAt: expect.any(String) });
    expect(await currentOf(made)).toBeNull();
    expect(await stateOf(installId)).toBe('disabled');
    expect(await buyer.viewer.get(`/api/integration-installs/${installId}`)).toMatchObject({ versionState: 'revoked' });
    await made.publish('1.0.1', { main: { ...MEMBERS.main, definition: { harmless: true } } });
    const again = await buyer.editor.post(`/api/integration-installs/${installId}/upgrade`, {}, 409);
    expect(again.code).toBe('version_revoked');
    const [held] = (await publisher.viewer.get(`/api/review-submissions?integration_id=${made.id}`)).data;
    await api.platform.post(`/api/review-submissions/${held.id}/approve`, {}, 200);
    await buyer.editor.post(`/api/integration-installs/${installId}/upgrade`, {}, 200);
    expect(await stateOf(installId)).toBe('ready');
    const { data } = await buyer.viewer.get(`/api/integration-members?integration_install_id=${installId}`);
    expect(data).toMatchObject([{ enabled: true }]);
  });

  test('only a platform admin revokes, and only a platform admin lets it back', async () => {
    const { made, id } = await offered('unforgiven', '1.0.0');
    await publisher.admin.post(at(id('1.0.0'), '/revoke'), { reason: 'x' }, 403);
    await buyer.admin.post(at(id('1.0.0'), '/revoke'), { reason: 'x' }, 403);
    await api.platform.post(at(id('1.0.0'), '/revoke'), {}, 422);
    await publisher.editor.post(at(id('1.0.0'), '/yank'), { reason: 'Mine.' }, 200);
    await api.platform.post(at(id('1.0.0'), '/revoke'), { reason: 'Malice.' }, 200);
    await api.platform.post(at(id('1.0.0'), '/revoke'), { reason: 'Again.' }, 200);
    await publisher.admin.post(at(id('1.0.0'), '/unyank'), {}, 403);
    expect(await publisher.viewer.get(at(id('1.0.0')))).toMatchObject({ yankReason: 'Malice.' });
    const back = await api.platform.post(at(id('1.0.0'), '/unyank'), {}, 200);
    expect(back).toMatchObject({ yankedAt: null, revokedAt: null, yankReason: null });
    expect(await currentOf(made)).toBe('1.0.0');
    expect(await eventsOf(id('1.0.0'))).toEqual([
      'integration.version_unyanked',
      'integration.version_revoked',
      'integration.version_yanked',
      'integration.published',
    ]);
  });
});

describe('deprecate', () => {
  test('shows a notice, on the version and on its installs, and keeps it installable', async () => {
    const { made, id } = await offered('old', '1.0.0');
    const deprecated = await publisher.editor.post(at(id('1.0.0'), '/deprecate'), { notice: 'Take 2.0.0.' }, 200);
    expect(deprecated).toMatchObject({ deprecationNotice: 'Take 2.0.0.', deprecatedAt: expect.any(String), yankedAt: null });
    expect(await currentOf(made)).toBe('1.0.0');
    const { id: installId } = await install(made);
    expect(await buyer.viewer.get(`/api/integration-installs/${installId}`)).toMatchObject({ versionState: 'deprecated' });
    const again = await publisher.editor.post(at(id('1.0.0'), '/deprecate'), { notice: 'Take 3.0.0.' }, 200);
    expect(again).toEqual({ ...deprecated, deprecationNotice: 'Take 3.0.0.' });
    const lifted = await publisher.editor.post(at(id('1.0.0'), '/undeprecate'), {}, 200);
    expect(lifted).toMatchObject({ deprecatedAt: null, deprecationNotice: null });
    expect(await publisher.editor.post(at(id('1.0.0'), '/undeprecate'), {}, 200)).toEqual(lifted);
    await publisher.editor.post(at(id('1.0.0'), '/deprecate'), {}, 422);
    expect((await eventsOf(id('1.0.0'))).slice(0, 3)).toEqual([
      'integration.version_undeprecated',
      'integration.version_deprecated',
      'integration.version_deprecated',
    ]);
  });
});

describe('how versions stand', () => {
  test('is shown by list and get and can be filtered by, but is not in the answer of publish', async () => {
    const { made, id } = await offered('shown', '1.0.0', '1.1.0');
    const published = await made.publish('1.2.0', { main: { ...MEMBERS.main, definition: { other: true } } });
    expect(Object.keys(published)).not.toContain('digest');
    await publisher.editor.post(at(id('1.0.0'), '/yank'), { reason: 'Bad.' }, 200);
    const listed = async (filter: object) => {
      const query = `integration_id=${made.id}&filter=${encodeURIComponent(JSON.stringify(filter))}&orderBy=[{"publishedAt":"asc"}]`;
      return (await publisher.viewer.get(`/api/integration-versions?${query}`)).data.map(({ version }: { version: string }) => version);
    };
    expect(await listed({ yankedAt: { isNull: true } })).toEqual(['1.1.0', '1.2.0']);
    expect(await listed({ yankReason: { icontains: 'bad' } })).toEqual(['1.0.0']);
    expect(await listed({ reviewState: 'none', heldAt: { isNull: true } })).toEqual(['1.0.0', '1.1.0', '1.2.0']);
    const { digest } = await publisher.viewer.get(at(id('1.1.0')));
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(await listed({ digest })).toEqual(['1.1.0']);
  });
});
