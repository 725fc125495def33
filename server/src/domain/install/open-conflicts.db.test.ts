/** Conflicts of merges and rollbacks stay with the member until somebody decides them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

let api: TestApi;
let publisher: TestWorkspace;
let buyer: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
  buyer = await api.workspace('buyer');
});
afterAll(() => api.stop());

const FIRST = { model: 'small', prompt: 'Be kind.', steps: [{ id: 'a', run: 1 }] };

interface Stage {
  readonly id: string;
  readonly member: string;
  readonly clone: string;
  readonly publish: (version: string, definition: JsonObject) => Promise<string>;
}

let number = 0;
/** An install of version 1.0.0 with one clone. */
async function installed(definition: JsonObject = FIRST): Promise<Stage> {
  const integration = await TestIntegration.create(publisher, `open-${++number}`);
  await publisher.editor.post(`/api/integrations/${integration.id}/visibility`, { visibility: 'unlisted' }, 200);
  const declared = (each: JsonObject) => ({ a: { forkOnInstall: true, required: true, definition: each } });
  const publish = async (version: string, each: JsonObject) => (await integration.publish(version, declared(each))).id;
  await publish('1.0.0', definition);
  const { id } = await buyer.editor.post(`/api/integrations/${integration.id}/install`, { workspaceId: buyer.id }, 201);
  const [member] = (await buyer.viewer.get(`/api/integration-installs/${id}/members`)).members;
  return { id, member: member.id, clone: member.entityId, publish };
}

const edit = (clone: string, definition: Json) => buyer.editor.patch(`/api/entities/${clone}`, { definition }, 200);
const definition = async (clone: string) => (await buyer.viewer.get(`/api/entities/${clone}`)).definition;
const merge = (id: string, options = {}) =>
  buyer.editor.post(`/api/integration-installs/${id}/upgrade`, { strategy: 'merge', detail: true, ...options }, 200);
const plan = (id: string, options = {}) => buyer.viewer.post(`/api/integration-installs/${id}/upgrade-plan`, options, 200);
const conflictsOf = async (id: string) => (await buyer.viewer.get(`/api/integration-installs/${id}/members`)).members[0].conflicts;
const resolve = (member: string, resolutions: object[], status = 200) =>
  buyer.editor.post(`/api/integration-members/${member}/resolve`, { resolutions }, status);

/** Both changed the model; the version changed the prompt as well. */
async function contested() {
  const stage = await installed();
  await edit(stage.clone, { ...FIRST, model: 'mine' });
  const second = await stage.publish('2.0.0', { ...FIRST, model: 'large', prompt: 'Be brief.' });
  await merge(stage.id);
  return { ...stage, second };
}

describe('a conflict that a merge left', () => {
  test('is kept with the member: in lists, the diff, the feed, and plans of every strategy', async () => {
    const { id, member, second } = await contested();
    const told = { pointer: '/model', base: 'small', ours: 'mine', theirs: 'large', sinceVersionId: second };
    expect(await conflictsOf(id)).toEqual([{ ...told, kept: 'ours' }]);
    expect((await buyer.viewer.get(`/api/integration-members/${member}/diff`)).conflicts).toEqual([{ ...told, kept: 'ours' }]);
    expect((await buyer.viewer.get(`/api/integration-members/${member}`)).openConflicts).toBe(1);
    expect((await plan(id)).members[0].conflicts).toEqual([told]);
    expect((await plan(id, { strategy: 'merge' })).members[0].conflicts).toEqual([told]);
    const filter = encodeURIComponent(JSON.stringify({ id, openConflicts: { gt: 0 } }));
    expect((await buyer.viewer.get(`/api/integration-installs?filter=${filter}`)).data).toMatchObject([{ id, openConflicts: 1 }]);
    expect((await buyer.viewer.get(`/api/integration-members?filter=${filter.replace(id, member)}`)).data).toHaveLength(1);
  });

  test('is told again by the same upgrade, which changes nothing', async () => {
    const { id, clone } = await contested();
    const before = await definition(clone);
    expect(await merge(id)).toMatchObject({ updated: [], skipped: ['a'], conflicts: [{ slug: 'a', pointer: '/model' }], revision: null });
    expect(await definition(clone)).toEqual(before);
  });

  test('survives later versions: theirs moves on, the base stays', async () => {
    const { id, clone, publish, second } = await contested();
    await publish('3.0.0', { ...FIRST, model: 'huge', prompt: 'Be brave.' });
    await merge(id);
    expect(await definition(clone)).toEqual({ ...FIRST, model: 'mine', prompt: 'Be brave.' });
    expect(await conflictsOf(id)).toEqual([
      { pointer: '/model', base: 'small', ours: 'mine', theirs: 'huge', kept: 'ours', sinceVersionId: second },
    ]);
  });

  test.each([
    ['the version comes to what the workspace has', 'mine'],
    ['the version goes back to what both came from', 'small'],
  ])('ends when %s', async (_, model) => {
    const { id, clone, publish } = await contested();
    await publish('3.0.0', { ...FIRST, model, prompt: 'Be brave.' });
    await merge(id);
    expect(await conflictsOf(id)).toEqual([]);
    expect(await definition(clone)).toEqual({ ...FIRST, model: 'mine', prompt: 'Be brave.' });
  });

  test('ends when an edit comes to what the version has, and stays when one is elsewhere', async () => {
    const { id, clone } = await contested();
    await edit(clone, { ...FIRST, model: 'mine', prompt: 'Be mine.' });
    expect(await conflictsOf(id)).toHaveLength(1);
    await edit(clone, { ...FIRST, model: 'large', prompt: 'Be mine.' });
    expect(await conflictsOf(id)).toEqual([]);
  });

  test('follows an edit: ours is what the workspace has by now, at the place where it is now', async () => {
    const stage = await installed();
    await edit(stage.clone, { ...FIRST, steps: [{ id: 'a', run: 2 }] });
    await stage.publish('2.0.0', { ...FIRST, steps: [{ id: 'a', run: 3 }] });
    await merge(stage.id);
    await edit(stage.clone, { ...FIRST, steps: [{ id: 'new' }, { id: 'a', run: 9 }] });
    expect(await conflictsOf(stage.id)).toMatchObject([{ pointer: '/steps/1/run', base: 1, ours: 9, theirs: 3 }]);
  });

  test('ends when the changes are overwritten or reverted', async () => {
    const one = await contested();
    await buyer.editor.post(`/api/integration-installs/${one.id}/upgrade`, { strategy: 'overwrite' }, 200);
    expect(await conflictsOf(one.id)).toEqual([]);
    const other = await contested();
    await buyer.editor.post(`/api/integration-members/${other.member}/revert`, undefined, 200);
    expect(await conflictsOf(other.id)).toEqual([]);
  });

  test('comes back with a rollback to when it was open, and with an install that is restored', async () => {
    const { id, clone, member } = await contested();
    const open = await conflictsOf(id);
    await buyer.editor.post(`/api/integration-installs/${id}/upgrade`, { strategy: 'overwrite' }, 200);
    await buyer.editor.post(`/api/integration-installs/${id}/rollback`, { revision: 2 }, 200);
    expect(await definition(clone)).toEqual({ ...FIRST, model: 'mine', prompt: 'Be brief.' });
    expect(await conflictsOf(id)).toEqual(open);
    await buyer.editor.delete(`/api/integration-installs/${id}`, 200);
    await buyer.editor.post(`/api/integration-installs/${id}/restore`, undefined, 200);
    expect(await conflictsOf(id)).toEqual(open);
    expect((await resolve(member, [{ pick: 'ours' }])).openConflicts).toBe(0);
  });
});

describe('settling an open conflict', () => {
  test.each([
    [{ pick: 'theirs' }, 'large'],
    [{ pick: 'ours' }, 'mine'],
    [{ pick: 'base' }, 'small'],
    [{ pick: 'value', value: { name: 'other' } }, { name: 'other' }],
  ])('by %j puts it there, and no later merge asks again', async (pick, model) => {
    const { id, clone, member, publish } = await contested();
    expect(await resolve(member, [{ pointer: '/model', ...pick }])).toMatchObject({ id: member, openConflicts: 0 });
    expect(await definition(clone)).toEqual({ ...FIRST, model, prompt: 'Be brief.' });
    expect(await conflictsOf(id)).toEqual([]);
    await publish('3.0.0', { ...FIRST, model: 'large', prompt: 'Be brave.' });
    expect((await merge(id)).conflicts).toEqual([]);
    expect(await definition(clone)).toEqual({ ...FIRST, model, prompt: 'Be brave.' });
  });

  test('one hunk of a text leaves the others open', async () => {
    const text = (a: string, b: string) => ({ text: `${a}\n1\n2\n3\n${b}` });
    const { id, clone, member, publish } = await installed(text('a', 'b'));
    await edit(clone, text('A', 'B'));
    await publish('2.0.0', text('α', 'β'));
    await merge(id);
    const [first, second] = await conflictsOf(id);
    expect([first, second]).toMatchObject([{ lines: { from: 0, to: 1 } }, { lines: { from: 4, to: 5 } }]);
    await resolve(member, [{ pointer: '/text', lines: second.lines, pick: 'theirs' }]);
    expect(await definition(clone)).toEqual(text('A', 'β'));
    expect(await conflictsOf(id)).toEqual([first]);
  });

  test('all at once', async () => {
    const { id, member } = await contested();
    expect((await resolve(member, [{ pick: 'theirs' }])).openConflicts).toBe(0);
    expect(await conflictsOf(id)).toEqual([]);
  });

  test('is refused where nothing is open there, or a value is missing', async () => {
    const { member } = await contested();
    expect((await resolve(member, [{ pointer: '/prompt', pick: 'ours' }], 422)).errors).toMatchObject([{ pointer: '/resolutions/0' }]);
    expect((await resolve(member, [{ pointer: '/model', pick: 'value' }], 422)).errors).toMatchObject([
      { pointer: '/resolutions/0/value' },
    ]);
    expect((await buyer.viewer.post(`/api/integration-members/${member}/resolve`, { resolutions: [{ pick: 'ours' }] }, 403)).code).toBe(
      'forbidden',
    );
  });
});

describe('a conflict that a rollback won', () => {
  async function rolledBack() {
    const stage = await installed();
    await stage.publish('2.0.0', { ...FIRST, model: 'large', prompt: 'Be brief.' });
    await merge(stage.id);
    await edit(stage.clone, { ...FIRST, model: 'mine', prompt: 'Be brief.', own: true });
    const { conflicts } = await buyer.editor.post(`/api/integration-installs/${stage.id}/rollback`, { revision: 1 }, 200);
    return { ...stage, conflicts };
  }

  test('is kept: what was put back stands there, the edit may be taken up again', async () => {
    const { id, clone, member, conflicts } = await rolledBack();
    expect(await definition(clone)).toEqual({ ...FIRST, own: true });
    expect(conflicts).toEqual([{ slug: 'a', pointer: '/model', base: 'large', ours: 'mine', theirs: 'small' }]);
    expect(await conflictsOf(id)).toMatchObject([{ pointer: '/model', base: 'large', ours: 'mine', theirs: 'small', kept: 'theirs' }]);
    await resolve(member, [{ pointer: '/model', pick: 'ours' }]);
    expect(await definition(clone)).toEqual({ ...FIRST, model: 'mine', own: true });
    expect(await conflictsOf(id)).toEqual([]);
  });

  test('ends when that is picked, or something else is put there', async () => {
    const one = await rolledBack();
    await resolve(one.member, [{ pick: 'theirs' }]);
    expect(await definition(one.clone)).toEqual({ ...FIRST, own: true });
    expect(await conflictsOf(one.id)).toEqual([]);
    const other = await rolledBack();
    await edit(other.clone, { ...FIRST, model: 'new' });
    expect(await conflictsOf(other.id)).toEqual([]);
  });
});
