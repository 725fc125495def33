import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, type TestWorkspace } from '../../../test/api.ts';
import { newId } from '../../lib/ids.ts';
import { Kinds } from '../../lib/kinds.ts';

let api: TestApi;
let team: TestWorkspace;
let stranger: TestWorkspace;
beforeAll(async () => {
  const schema = { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] };
  api = await TestApi.start(new Kinds([{ name: 'dashboard', prefix: 'dsh', schema }]));
  team = await api.workspace('team');
  stranger = await api.workspace('stranger');
});
afterAll(() => api.stop());

const body = (slug: string, more: object = {}) => ({
  workspaceId: team.id,
  kind: 'function',
  slug,
  name: slug,
  definition: { a: 1 },
  ...more,
});
const create = (slug: string, more: object = {}) => team.editor.post('/api/entities', body(slug, more), 201);

describe('entities', () => {
  test('are created with a first version, an id that tells the kind, and a Location', async () => {
    const { headers, body: made } = await team.editor.call('POST', '/api/entities', body('first', { kind: 'schema' }));
    expect(headers.location).toBe(`/api/entities/${made.id}`);
    expect(made).toMatchObject({
      id: expect.stringMatching(/^sch_/),
      currentVersionId: expect.stringMatching(/^schver_/),
      versionNumber: 1,
    });
    expect(await team.viewer.get(`/api/entities/${made.id}`)).toEqual(made);
  });

  test('another definition makes a version, an equal one none; the versions list shows them newest first', async () => {
    const made = await create('versions');
    await team.editor.patch(`/api/entities/${made.id}`, { definition: { a: 1.0 } }, 200);
    const changed = await team.editor.patch(`/api/entities/${made.id}`, { definition: { b: 2, a: 1 } }, 200);
    expect(changed.versionNumber).toBe(2);
    const { data } = await team.viewer.get(`/api/entities/${made.id}/versions`);
    expect(data).toMatchObject([
      { number: 2, definition: { a: 1, b: 2 }, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { number: 1, definition: { a: 1 }, id: made.currentVersionId },
    ]);
    const old = await team.viewer.get(`/api/entities/${made.id}?entity_version_id=${made.currentVersionId}`);
    expect(old).toMatchObject({ versionNumber: 1, definition: { a: 1 } });
  });

  test('a slug is unique per workspace and kind among active entities', async () => {
    const made = await create('taken');
    expect((await team.editor.post('/api/entities', body('taken'), 409)).code).toBe('slug_taken');
    await create('taken', { kind: 'agent' });
    await stranger.editor.post('/api/entities', { ...body('taken'), workspaceId: stranger.id }, 201);
    await team.editor.delete(`/api/entities/${made.id}`, 200);
    await create('taken');
    expect((await team.editor.post(`/api/entities/${made.id}/restore`, undefined, 409)).code).toBe('slug_taken');
  });

  test('deleted ones are hidden from lists until include_deleted, and can be restored', async () => {
    const made = await create('gone');
    await team.editor.delete(`/api/entities/${made.id}`, 200);
    const found = async (query: string) => (await team.viewer.get(`/api/entities?slug=gone${query}`)).pageInfo.total;
    expect([await found(''), await found('&include_deleted=true')]).toEqual([0, 1]);
    expect(await team.editor.post(`/api/entities/${made.id}/restore`, undefined, 200)).toMatchObject({ deletedAt: null });
  });

  test('a configured kind holds its definitions to its schema', async () => {
    const made = await create('board', { kind: 'dashboard', definition: { title: 'x' } });
    expect(made.id).toMatch(/^dsh_/);
    const problem = await team.editor.post('/api/entities', body('board-2', { kind: 'dashboard', definition: { title: 1 } }), 422);
    expect(problem.errors[0].pointer).toBe('/definition/title');
    await team.editor.patch(`/api/entities/${made.id}`, { definition: {} }, 422);
    const { kinds } = await team.viewer.get('/api/entity-kinds');
    expect(kinds.map((kind: { name: string }) => kind.name)).toContain('dashboard');
  });

  test.each([
    [{ kind: 'spaceship' }, '/kind'],
    [{ definition: [] }, '/definition'],
    [{ definition: { big: 'x'.repeat(1_048_600) } }, '/definition'],
    [{ slug: 'No' }, '/slug'],
    [{ extra: 1 }, '/extra'],
  ])('bad input is 422 with its pointer (%#)', async (more, pointer) => {
    expect((await team.editor.post('/api/entities', body('bad', more), 422)).errors[0].pointer).toBe(pointer);
  });

  test('keys that look like the prototype are stored and returned verbatim', async () => {
    const text = `{"workspaceId":"${team.id}","kind":"function","slug":"proto","name":"p","definition":{"__proto__":{"x":1},"constructor":2,"toJSON":3,"then":4,"$ref":"#"}}`;
    const { body: made } = await team.editor.call('POST', '/api/entities', text);
    expect(Object.keys(made.definition).sort()).toEqual(['$ref', '__proto__', 'constructor', 'then', 'toJSON']);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  test('an id of another type is 400, an unknown or foreign one 404, a viewer’s change 403', async () => {
    const made = await create('access');
    await team.viewer.get(`/api/entities/${newId('int')}`, 400);
    await team.viewer.get('/api/entities/nonsense', 400);
    const [missing, foreign] = [newId('fun'), made.id];
    const strip = (answer: { body: { requestId?: string; instance?: string; detail?: string } }, id: string) =>
      JSON.stringify({ ...answer.body, requestId: '' }).replaceAll(id, 'ID');
    const answers = await Promise.all([missing, foreign].map((id) => stranger.admin.call('GET', `/api/entities/${id}`)));
    expect(answers.map((answer) => answer.status)).toEqual([404, 404]);
    expect(strip(answers[0] as never, missing)).toBe(strip(answers[1] as never, foreign));
    await team.viewer.patch(`/api/entities/${made.id}`, { name: 'x' }, 403);
    await stranger.admin.delete(`/api/entities/${made.id}`, 404);
  });
});
