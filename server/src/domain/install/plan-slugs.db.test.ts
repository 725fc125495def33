import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';

let api: TestApi;
let team: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  team = await api.workspace('team');
});
afterAll(() => api.stop());

test('the diffs of a plan speak of slugs for clones still to be made, and the upgrade does just that', async () => {
  const guide = await TestIntegration.create(team, 'guide');
  const CLONE = { required: true, forkOnInstall: true };
  await guide.publish('1.0.0', { guide: { ...CLONE, definition: { tools: [] } } });
  const install = await team.editor.post(`/api/integrations/${guide.id}/install`, { workspaceId: team.id }, 201);
  const tool = await guide.entity('tool');
  await guide.publish('1.1.0', { guide: { ...CLONE, definition: { tools: [tool] } }, tool: CLONE });
  const plan = await team.editor.post(`/api/integration-installs/${install.id}/upgrade-plan`, {}, 200);
  const [planned, made] = plan.members;
  expect(planned).toMatchObject({ slug: 'guide', disposition: 'update', diff: [{ op: 'add', value: '{{ members.tool }}' }] });
  expect(made).toMatchObject({ slug: 'tool', disposition: 'insert', entityId: null });
  const again = await team.editor.post(`/api/integration-installs/${install.id}/upgrade-plan`, {}, 200);
  expect(again.members).toEqual(plan.members);
  await team.editor.post(`/api/integration-installs/${install.id}/upgrade`, { planDigest: plan.planDigest }, 200);
  const { members } = await team.viewer.get(`/api/integration-installs/${install.id}/members`);
  const [root, clone] = ['guide', 'tool'].map((slug) =>
    members.find((each: { sourceMemberSlug: string }) => each.sourceMemberSlug === slug),
  );
  expect((await team.viewer.get(`/api/entities/${root.entityId}`)).definition).toEqual({ tools: [clone.entityId] });
});
