/** A comment goes with every upgrade, rollback and yank, and stands where these are told. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';

let api: TestApi;
let team: TestWorkspace;
let guide: TestIntegration;
let install: { id: string };
let second: { id: string };
beforeAll(async () => {
  api = await TestApi.start();
  team = await api.workspace('team');
  guide = await TestIntegration.create(team, 'guide');
  await guide.publish('1.0.0', { guide: { required: true, forkOnInstall: true } });
  install = await team.editor.post(`/api/integrations/${guide.id}/install`, { workspaceId: team.id }, 201);
  second = await guide.publish('1.1.0', { guide: { required: true, forkOnInstall: true, definition: { v: 2 } } });
});
afterAll(() => api.stop());

const path = (verb: string) => `/api/integration-installs/${install.id}/${verb}`;
const lastRevision = async () => (await team.viewer.get(path('revisions'))).data[0];
const lastEvent = async (subject: string) => (await team.viewer.get(`/api/events?subject_id=${subject}`)).data[0];

describe('a reason', () => {
  test('of an upgrade and of a rollback stands in its revision and its event', async () => {
    await team.editor.post(path('upgrade'), { reason: 'Asked for\nby support.' }, 200);
    expect(await lastRevision()).toMatchObject({ action: 'upgrade', reason: 'Asked for\nby support.' });
    expect((await lastEvent(install.id)).data).toMatchObject({ to: '1.1.0', reason: 'Asked for\nby support.' });
    await team.editor.post(path('rollback'), { revision: 1, reason: 'It broke.' }, 200);
    expect(await lastRevision()).toMatchObject({ action: 'rollback', reason: 'It broke.' });
    expect((await lastEvent(install.id)).data).toMatchObject({ to: '1.0.0', reason: 'It broke.' });
    const { data } = await team.viewer.get(`${path('revisions')}?filter=${encodeURIComponent('{"reason":{"icontains":"BROKE"}}')}`);
    expect(data).toHaveLength(1);
  });

  test('of a yank stands with the version and in the event', async () => {
    const answer = await team.editor.post(`/api/integration-versions/${second.id}/yank`, { reason: 'Leaks.' }, 200);
    expect(answer.yankReason).toBe('Leaks.');
    expect((await lastEvent(second.id)).data).toMatchObject({ reason: 'Leaks.' });
    await team.editor.post(`/api/integration-versions/${second.id}/unyank`, undefined, 200);
  });

  test('may be left out: null in the revision', async () => {
    await team.editor.post(path('upgrade'), {}, 200);
    expect(await lastRevision()).toMatchObject({ action: 'upgrade', reason: null });
    expect((await lastEvent(install.id)).data).not.toHaveProperty('reason');
  });

  test.each(['', 'x'.repeat(1_001), 'bell\u0007'])('%j is none', async (reason) => {
    for (const [verb, body] of [
      [path('upgrade'), {}],
      [path('rollback'), { revision: 1 }],
      [`/api/integration-versions/${second.id}/yank`, {}],
    ] as const) {
      const answer = await team.editor.call('POST', verb, { ...body, reason });
      expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, '/reason']);
    }
  });
});

describe('If-Match on publish', () => {
  const publish = (version: string, etag: string) =>
    team.editor.call('POST', `/api/integrations/${guide.id}/publish`, { version }, { 'if-match': etag });
  const digest = async (): Promise<string> => (await team.editor.post(`/api/integrations/${guide.id}/check`, {}, 200)).digest;

  test('makes exactly what check looked at: its digest is that of the version', async () => {
    await guide.draft({ guide: { required: true, forkOnInstall: true, definition: { v: 3 } } });
    const checked = await digest();
    const { status, body } = await publish('1.2.0', `"${checked}"`);
    expect(status).toBe(201);
    expect((await team.viewer.get(`/api/integration-versions/${body.id}`)).digest).toBe(checked);
  });

  test('answers 412 once the draft, its listing or an entity in it is another, and publishes nothing', async () => {
    const changes: readonly (() => Promise<unknown>)[] = [
      () => team.editor.patch(`/api/integrations/${guide.id}`, { name: 'Guides' }, 200),
      () => team.editor.patch(`/api/integrations/${guide.id}`, { variablesSchema: { type: 'object', properties: { a: {} } } }, 200),
      () => team.editor.patch(`/api/entities/${guide.source('guide')}`, { definition: { v: 4 } }, 200),
    ];
    for (const change of changes) {
      const before = await digest();
      await change();
      const { status, body } = await publish('1.3.0', `"${before}"`);
      expect([status, body.code]).toEqual([412, 'precondition_failed']);
    }
    expect((await publish('1.3.0', `"x", "${await digest()}"`)).status).toBe(201);
    expect((await publish('1.4.0', '*')).status).toBe(201);
  });
});
