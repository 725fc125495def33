import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../../test/api.ts';
import type { JsonObject } from '../../../lib/json.ts';

let api: TestApi;
let publisher: TestWorkspace;
let buyer: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
  buyer = await api.workspace('buyer');
});
afterAll(() => api.stop());

const CLONE = { forkOnInstall: true, required: true };
const FIRST = { prompt: 'Be kind.', model: 'small', steps: [{ id: 'a', run: 1 }], tags: ['x'] };

interface Installed {
  readonly integration: TestIntegration;
  readonly id: string;
  readonly members: Readonly<Record<string, { id: string; entityId: string }>>;
}

let number = 0;
/** An install of version 1.0.0 with a clone of each definition. */
async function installed(definitions: Record<string, JsonObject>): Promise<Installed> {
  const integration = await TestIntegration.create(publisher, `merged-${++number}`);
  await publisher.editor.post(`/api/integrations/${integration.id}/visibility`, { visibility: 'unlisted' }, 200);
  await integration.publish('1.0.0', declared(definitions));
  const { id } = await buyer.editor.post(`/api/integrations/${integration.id}/install`, { workspaceId: buyer.id }, 201);
  return { integration, id, members: await membersOf(id) };
}

const declared = (definitions: Record<string, JsonObject>) =>
  Object.fromEntries(Object.entries(definitions).map(([slug, definition]) => [slug, { ...CLONE, definition }]));

async function membersOf(id: string): Promise<Installed['members']> {
  const { members } = await buyer.viewer.get(`/api/integration-installs/${id}/members`);
  return Object.fromEntries(members.map((member: { sourceMemberSlug: string }) => [member.sourceMemberSlug, member]));
}

const edit = (entityId: string | undefined, definition: JsonObject) => buyer.editor.patch(`/api/entities/${entityId}`, { definition }, 200);
const definition = async (entityId: string | undefined) => (await buyer.viewer.get(`/api/entities/${entityId}`)).definition;
const upgrade = (id: string, options?: object, status = 200) =>
  buyer.editor.post(`/api/integration-installs/${id}/upgrade`, options, status);
const plan = (id: string, options: object = {}, status = 200) =>
  buyer.viewer.post(`/api/integration-installs/${id}/upgrade-plan`, options, status);

describe('an upgrade that merges', () => {
  test('takes the new definition in beside the changes of the workspace, which stays detached', async () => {
    const { integration, id, members } = await installed({ a: FIRST });
    await edit(members.a?.entityId, { ...FIRST, model: 'mine', steps: [...FIRST.steps, { id: 'own', run: 9 }] });
    await integration.publish('2.0.0', declared({ a: { ...FIRST, prompt: 'Be brief.', steps: [{ id: 'a', run: 2 }] } }));
    expect(await upgrade(id, { strategy: 'merge' })).toEqual({ updated: ['a'], added: [], removed: [], skipped: [] });
    expect(await definition(members.a?.entityId)).toEqual({
      ...FIRST,
      prompt: 'Be brief.',
      model: 'mine',
      steps: [
        { id: 'a', run: 2 },
        { id: 'own', run: 9 },
      ],
    });
    expect((await membersOf(id)).a).toMatchObject({ detached: true, drift: 'modified' });
  });

  test('keeps what the workspace has where both changed the same, tells the place, and goes on telling it', async () => {
    const { integration, id, members } = await installed({ a: FIRST });
    await edit(members.a?.entityId, { ...FIRST, model: 'mine', tags: ['x', 'own'] });
    await integration.publish('2.0.0', declared({ a: { ...FIRST, model: 'large', prompt: 'Be brief.' } }));
    const answer = await upgrade(id, { strategy: 'merge', detail: true });
    expect(answer).toEqual({
      updated: ['a'],
      added: [],
      removed: [],
      skipped: [],
      merged: ['a'],
      conflicts: [{ slug: 'a', pointer: '/model', base: 'small', ours: 'mine', theirs: 'large' }],
      revision: 2,
    });
    expect(await definition(members.a?.entityId)).toEqual({ ...FIRST, model: 'mine', tags: ['x', 'own'], prompt: 'Be brief.' });
    expect(await upgrade(id, { strategy: 'merge', detail: true })).toMatchObject({
      updated: [],
      skipped: ['a'],
      conflicts: [{ slug: 'a', pointer: '/model', base: 'small', ours: 'mine', theirs: 'large' }],
      revision: null,
    });
    const { data } = await buyer.viewer.get(`/api/integration-installs/${id}/revisions`);
    expect(data[0]).toMatchObject({ action: 'upgrade', merged: ['a'], conflicted: ['a'] });
  });

  test('skips a clone in which nothing but conflicts is left', async () => {
    const { integration, id, members } = await installed({ a: { v: 1 } });
    await edit(members.a?.entityId, { v: 'mine' });
    await integration.publish('2.0.0', declared({ a: { v: 2 } }));
    expect(await upgrade(id, { strategy: 'merge' })).toEqual({ updated: [], added: [], removed: [], skipped: ['a'] });
    expect(await definition(members.a?.entityId)).toEqual({ v: 'mine' });
  });

  test('settles conflicts as it is told, by place or for a whole member', async () => {
    const { integration, id, members } = await installed({ a: { v: 1, w: 1, x: 1 }, b: { v: 1 } });
    await edit(members.a?.entityId, { v: 'mine', w: 'mine', x: 'mine' });
    await edit(members.b?.entityId, { v: 'mine' });
    await integration.publish('2.0.0', declared({ a: { v: 2, w: 2, x: 2 }, b: { v: 2 } }));
    const resolutions = [
      { slug: 'a', pointer: '/v', pick: 'theirs' },
      { slug: 'a', pointer: '/w', pick: 'value', value: { own: true } },
      { slug: 'b', pick: 'base' },
    ];
    const answer = await upgrade(id, { strategy: 'merge', resolutions, detail: true });
    expect(answer.conflicts).toEqual([{ slug: 'a', pointer: '/x', base: 1, ours: 'mine', theirs: 2 }]);
    expect(await definition(members.a?.entityId)).toEqual({ v: 2, w: { own: true }, x: 'mine' });
    expect(await definition(members.b?.entityId)).toEqual({ v: 1 });
  });

  test('refuses resolutions that settle nothing, and values where none is picked', async () => {
    const { integration, id, members } = await installed({ a: { v: 1 } });
    await edit(members.a?.entityId, { v: 'mine' });
    await integration.publish('2.0.0', declared({ a: { v: 2 } }));
    const pointers = async (options: object) => (await upgrade(id, options, 422)).errors.map(({ pointer }: { pointer: string }) => pointer);
    const merge = (...resolutions: object[]) => ({ strategy: 'merge', resolutions });
    expect(await pointers(merge({ slug: 'a', pointer: '/v', pick: 'ours' }, { slug: 'a', pointer: '/w', pick: 'ours' }))).toEqual([
      '/resolutions/1',
    ]);
    expect(await pointers(merge({ slug: 'nobody', pick: 'ours' }))).toEqual(['/resolutions/0']);
    expect(await pointers(merge({ slug: 'a', pick: 'value' }, { slug: 'a', pick: 'ours', value: 1 }))).toEqual([
      '/resolutions/0/value',
      '/resolutions/1/value',
    ]);
    expect(await pointers({ resolutions: [{ slug: 'a', pick: 'ours' }] })).toEqual(['/resolutions']);
    expect(await definition(members.a?.entityId)).toEqual({ v: 'mine' });
  });

  test('leaves a clone alone that the workspace deleted, and overwriting brings it back', async () => {
    const { integration, id, members } = await installed({ a: { v: 1 } });
    await buyer.editor.delete(`/api/entities/${members.a?.entityId}`, 200);
    await integration.publish('2.0.0', declared({ a: { v: 2 } }));
    expect(await upgrade(id, { strategy: 'merge' })).toMatchObject({ updated: [], skipped: ['a'] });
    expect(await upgrade(id, { strategy: 'overwrite' })).toMatchObject({ updated: ['a'], skipped: [] });
    expect(await definition(members.a?.entityId)).toEqual({ v: 2 });
  });

  test('finds the base of a clone that several upgrades skipped', async () => {
    const { integration, id, members } = await installed({ a: { v: 1, w: 1 } });
    await edit(members.a?.entityId, { v: 1, w: 1, own: true });
    await integration.publish('2.0.0', declared({ a: { v: 2, w: 1 } }));
    expect(await upgrade(id)).toMatchObject({ skipped: ['a'] });
    await integration.publish('3.0.0', declared({ a: { v: 2, w: 3 } }));
    expect(await upgrade(id, { strategy: 'merge' })).toMatchObject({ updated: ['a'] });
    expect(await definition(members.a?.entityId)).toEqual({ v: 2, w: 3, own: true });
  });
});

test('an upgrade that overwrites attaches again, and what it replaced stays in the history', async () => {
  const { integration, id, members } = await installed({ a: { v: 1 } });
  await edit(members.a?.entityId, { v: 'mine' });
  await integration.publish('2.0.0', declared({ a: { v: 2 } }));
  expect(await upgrade(id, { strategy: 'overwrite' })).toMatchObject({ updated: ['a'], skipped: [] });
  expect((await membersOf(id)).a).toMatchObject({ detached: false, drift: 'none' });
  const { data } = await buyer.viewer.get(`/api/entities/${members.a?.entityId}/versions`);
  expect(data.map((version: { definition: JsonObject }) => version.definition)).toEqual([{ v: 2 }, { v: 'mine' }, { v: 1 }]);
});

test('an upgrade to a version that is named goes there and no further', async () => {
  const { integration, id, members } = await installed({ a: { v: 1 } });
  const { id: integrationVersionId } = await integration.publish('2.0.0', declared({ a: { v: 2 } }));
  await integration.publish('3.0.0', declared({ a: { v: 3 } }));
  await upgrade(id, { integrationVersionId });
  expect(await definition(members.a?.entityId)).toEqual({ v: 2 });
  const other = await installed({ a: { v: 1 } });
  const { data } = await buyer.viewer.get(`/api/integration-versions?integration_id=${other.integration.id}`);
  expect(data.map(({ version }: { version: string }) => version)).toEqual(['1.0.0']); // unlisted, but installed here
  const { integrationVersionId: foreign } = await buyer.viewer.get(`/api/integration-installs/${other.id}`);
  expect((await upgrade(id, { integrationVersionId: foreign }, 422)).errors[0].pointer).toBe('/integrationVersionId');
});

describe('a plan', () => {
  test('tells of every member what would become of it, and the upgrade with its digest does exactly that', async () => {
    const { integration, id, members } = await installed({
      changes: { v: 1 },
      merges: { v: 1, w: 1 },
      clashes: { v: 1 },
      same: { v: 1 },
      goes: { v: 1 },
    });
    await edit(members.merges?.entityId, { v: 1, w: 'mine' });
    await edit(members.clashes?.entityId, { v: 'mine' });
    await integration.publish('1.1.0', {
      ...declared({ changes: { v: 2 }, merges: { v: 2, w: 1 }, clashes: { v: 2 }, same: { v: 1 }, comes: { v: 1 } }),
    });
    const told = await plan(id, { strategy: 'merge' });
    expect(told).toMatchObject({
      from: { version: '1.0.0' },
      to: { version: '1.1.0' },
      jump: 'minor',
      updated: ['changes', 'merges'],
      added: ['comes'],
      removed: ['goes'],
      skipped: ['clashes'],
      merged: ['merges'],
      conflicted: ['clashes'],
      blockers: [],
    });
    expect(told.members.map(({ slug, disposition }: { slug: string; disposition: string }) => [slug, disposition])).toEqual([
      ['changes', 'update'],
      ['merges', 'merge'],
      ['clashes', 'skip_conflict'],
      ['same', 'up_to_date'],
      ['comes', 'insert'],
      ['goes', 'remove'],
    ]);
    expect(told.members[0].diff).toEqual([{ op: 'replace', path: '/v', value: 2 }]);
    expect(told.members[1].diff).toEqual([{ op: 'replace', path: '/v', value: 2 }]);
    expect(told.members[2].conflicts).toEqual([{ pointer: '/v', base: 1, ours: 'mine', theirs: 2 }]);
    expect((await buyer.viewer.get(`/api/integration-installs/${id}`)).integrationVersionId).toBe(told.from.id);
    const { planDigest, updated, added, removed, skipped } = told;
    expect(await upgrade(id, { strategy: 'merge', planDigest })).toEqual({ updated, added, removed, skipped });
  });

  test('that something overtook is refused with what moved', async () => {
    const { integration, id, members } = await installed({ a: { v: 1 }, b: { v: 1 } });
    await integration.publish('1.1.0', declared({ a: { v: 2 }, b: { v: 2 } }));
    const { planDigest } = await plan(id);
    await edit(members.b?.entityId, { v: 'mine' });
    const refused = await upgrade(id, { planDigest }, 409);
    expect(refused.code).toBe('plan_outdated');
    expect(refused.moved.map(({ type, subjectId }: { type: string; subjectId: string }) => [type, subjectId])).toEqual([
      ['integration_member.detached', members.b?.id],
      ['entity.updated', members.b?.entityId],
    ]);
    const again = await plan(id);
    await integration.publish('1.2.0', declared({ a: { v: 3 }, b: { v: 2 } }));
    expect((await upgrade(id, { planDigest: again.planDigest }, 409)).moved).toMatchObject([
      { type: 'integration.updated' },
      { type: 'integration.published' },
    ]);
    const last = await plan(id);
    expect((await upgrade(id, { planDigest: last.planDigest, strategy: 'overwrite' }, 409)).code).toBe('plan_outdated');
    expect(await upgrade(id, { planDigest: last.planDigest })).toMatchObject({ updated: ['a'], skipped: ['b'] });
  });

  test.each([
    '',
    'x',
    `${'0'.repeat(64)}.`,
    `${'0'.repeat(64)}.${Buffer.from('5:1:').toString('base64url')}`,
    `${'0'.repeat(64)}.MToxOjk5`,
  ])('is not what %j names', async (planDigest) => {
    const { id } = await installed({ a: { v: 1 } });
    expect((await upgrade(id, { planDigest }, 422)).errors[0].pointer).toBe('/planDigest');
  });

  test('of a workspace that lost its grant tells nothing of the new version', async () => {
    const integration = await TestIntegration.create(publisher, 'lent');
    await integration.publish('1.0.0', declared({ a: { v: 1 } }));
    const grant = await publisher.admin.post(`/api/integrations/${integration.id}/grants`, { workspaceId: buyer.id }, 201);
    const { id } = await buyer.editor.post(`/api/integrations/${integration.id}/install`, { workspaceId: buyer.id }, 201);
    await publisher.admin.delete(`/api/integration-grants/${grant.id}`, 200);
    await integration.publish('2.0.0', declared({ a: { secret: true } }));
    const told = await plan(id);
    expect(told.blockers).toMatchObject([{ code: 'no_longer_available' }]);
    expect(told.to).toEqual(told.from);
    expect(JSON.stringify(told)).not.toContain('secret');
  });

  test('names what the version asks anew: variables, scopes, and what still refers to what goes', async () => {
    const { integration, id, members } = await installed({ a: { v: 1 }, goes: { v: 1 } });
    const body = { workspaceId: buyer.id, kind: 'agent', slug: `own-${number}`, name: 'Own', definition: { uses: members.goes?.entityId } };
    const own = await buyer.editor.post('/api/entities', body, 201);
    await integration.publish('2.0.0', declared({ a: { v: '{{ variables.tone }}' } }), {
      variablesSchema: {
        type: 'object',
        properties: { tone: { type: 'string' }, size: { type: 'integer', default: 3 } },
        required: ['tone'],
      },
      authConfig: { type: 'oauth2', scopes: ['read'] },
    });
    const told = await plan(id);
    expect(told.variables).toEqual({ added: ['size'], missing: ['tone'] });
    expect(told.consent.map(({ kind }: { kind: string }) => kind).sort()).toEqual(['auth_type', 'required_variable', 'scopes']);
    expect(told.members.at(-1)).toMatchObject({ slug: 'goes', disposition: 'keep', referencedBy: [own.id] });
  });

  test('of a deleted install names that, and of a stranger’s nothing', async () => {
    const { id } = await installed({ a: { v: 1 } });
    expect((await publisher.viewer.call('POST', `/api/integration-installs/${id}/upgrade-plan`, {})).status).toBe(404);
    await buyer.editor.delete(`/api/integration-installs/${id}`, 200);
    expect((await plan(id)).blockers).toMatchObject([{ code: 'install_deleted' }]);
  });
});
