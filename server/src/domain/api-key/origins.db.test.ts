import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, type TestWorkspace } from '../../../test/api.ts';

let api: TestApi;
let team: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  team = await api.workspace('team');
});
afterAll(() => api.stop());

const mint = (more: object) =>
  team.admin.call('POST', '/api/api-keys', { workspaceId: team.id, name: 'Shop', kind: 'publishable', ...more });
const SHOP = 'https://shop.example';

describe('a publishable key that is limited to origins', () => {
  test('works on pages of these, and where no page asks, and nowhere else', async () => {
    const { body } = await mint({ origins: [SHOP, 'http://localhost:5173'] });
    expect(body.origins).toEqual([SHOP, 'http://localhost:5173']);
    const key = api.as(body.secret);
    const from = (origin?: string) => key.call('GET', '/api/integrations', undefined, origin === undefined ? {} : { origin });
    for (let turn = 0; turn < 3; turn++) {
      expect([(await from(SHOP)).status, (await from()).status]).toEqual([200, 200]);
      const refused = await from('https://thief.example');
      expect([refused.status, refused.body.code, refused.headers['access-control-allow-origin']]).toEqual([403, 'origin_not_allowed', '*']);
    }
  });

  test('tells its origins to admins and to itself', async () => {
    const { body } = await mint({ origins: [SHOP] });
    expect((await team.admin.get(`/api/api-keys/${body.id}`)).origins).toEqual([SHOP]);
    expect((await api.as(body.secret).get('/api/me')).key.origins).toEqual([SHOP]);
  });

  test('absent or null: any page', async () => {
    for (const more of [{}, { origins: null }]) {
      const { body } = await mint(more);
      expect(body.origins).toBeNull();
      expect((await api.as(body.secret).call('GET', '/api/integrations', undefined, { origin: SHOP })).status).toBe(200);
    }
  });

  test.each([
    [{ origins: [] }, '/origins'],
    [{ origins: [`${SHOP}/`] }, '/origins/0'],
    [{ origins: ['shop.example'] }, '/origins/0'],
    [{ origins: ['*'] }, '/origins/0'],
    [{ origins: [SHOP], kind: 'secret', role: 'viewer' }, '/origins'],
  ])('%j is refused', async (more, pointer) => {
    const { status, body } = await mint(more);
    expect([status, body.errors.map((each: { pointer: string }) => each.pointer)]).toEqual([422, [pointer]]);
  });
});
