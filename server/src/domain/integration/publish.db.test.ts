import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';
import { newId } from '../../lib/ids.ts';

let api: TestApi;
let publisher: TestWorkspace;
let stranger: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
  stranger = await api.workspace('stranger');
});
afterAll(() => api.stop());

const path = (made: TestIntegration, rest = '') => `/api/integrations/${made.id}${rest}`;
const create = (slug: string, more: object = {}) => TestIntegration.create(publisher, slug, more);
const publish = (made: TestIntegration, version: string, status = 201) =>
  publisher.editor.post(path(made, '/publish'), { version }, status);
const codes = (problem: { errors: { code?: string }[] }) => problem.errors.map((error) => error.code);

describe('publish', () => {
  test('pins manifest, schemas and entity versions into an immutable version, with its Location and event', async () => {
    const made = await create('pins', {
      variablesSchema: { type: 'object', properties: { b: { type: 'string' }, a: { type: 'string' } } },
    });
    const schema = await made.entity('shape', { kind: 'schema', definition: { type: 'object' } });
    await made.draft({ agent: { kind: 'agent', definition: { input: schema } } });
    const { status, headers, body } = await publisher.editor.call('POST', path(made, '/publish'), {
      version: '1.0.0',
      changelog: 'First.',
    });
    expect(status).toBe(201);
    expect(headers.location).toBe(`/api/integration-versions/${body.id}`);
    const agent = await publisher.viewer.get(`/api/entities/${made.source('agent')}`);
    const closure = await publisher.viewer.get(`/api/entities/${schema}`);
    expect(body.memberEntityVersions).toEqual({ agent: agent.currentVersionId, [closure.slug]: closure.currentVersionId });
    expect(Object.keys(body.variablesSchemaSnapshot.properties)).toEqual(['b', 'a']);
    expect(await publisher.viewer.get(path(made))).toMatchObject({ currentVersion: '1.0.0' });
    await publisher.editor.patch(path(made), { manifest: { members: [] } }, 200);
    await publisher.editor.patch(`/api/entities/${made.source('agent')}`, { definition: { changed: true } }, 200);
    expect(await publisher.viewer.get(`/api/integration-versions/${body.id}`)).toMatchObject(body);
    const events = await publisher.viewer.get(`/api/events?subject_id=${body.id}`);
    expect(events.data).toMatchObject([{ type: 'integration.published', workspaceId: publisher.id, data: { version: '1.0.0' } }]);
  });

  test('refuses every fault of a manifest at once, each with its pointer and code', async () => {
    const made = await create('faults', { variablesSchema: { type: 'object', properties: { known: { type: 'string' } } } });
    const foreign = await stranger.editor.post(
      '/api/entities',
      { workspaceId: stranger.id, kind: 'schema', slug: 'theirs', name: 'theirs', definition: {} },
      201,
    );
    const deleted = await made.entity('deleted');
    await publisher.editor.delete(`/api/entities/${deleted}`, 200);
    const bad = await made.entity('bad', { definition: { schema: foreign.id, text: 'x {{ variables.unknown }} {{ variables.known }}' } });
    const member = (slug: string, entityId: string, more: object = {}) => ({ slug, entityId, kind: 'function', ...more });
    const members = [
      member('bad', bad, { forkOnInstall: true, dependsOn: ['nobody'] }),
      member('deleted', deleted),
      member('missing', newId('fun')),
      member('foreign', foreign.id, { kind: 'schema' }),
      member('x', await made.entity('x'), { kind: 'agent', dependsOn: ['y'] }),
      member('y', await made.entity('y'), { dependsOn: ['x'] }),
      member('y', await made.entity('z')),
    ];
    const dependencies = [
      { integration: 'acme/nothing', range: '^1' },
      { integration: 'acme/faults', range: 'not a range' },
    ];
    await publisher.editor.patch(path(made), { manifest: { members, dependencies } }, 200);
    const problem = await publish(made, '1.0.0', 422);
    expect(problem.code).toBe('invalid_manifest');
    const found = problem.errors.map((error: { pointer: string; code: string }) => `${error.code} ${error.pointer}`);
    expect(found.sort()).toEqual(
      [
        'unknown_depends_on /manifest/members/0/dependsOn/0',
        'member_deleted /manifest/members/1/entityId',
        'member_not_found /manifest/members/2/entityId',
        'member_not_found /manifest/members/3/entityId',
        'kind_mismatch /manifest/members/4/kind',
        'cyclic_depends_on /manifest/members/4/dependsOn',
        'duplicate_slug /manifest/members/6/slug',
        'unknown_dependency /manifest/dependencies/0/integration',
        'self_dependency /manifest/dependencies/1/integration',
        'invalid_range /manifest/dependencies/1/range',
        'undeclared_variable /manifest/members/0',
      ].sort(),
    );
    const undeclared = problem.errors.find((error: { code: string }) => error.code === 'undeclared_variable');
    expect(undeclared.message).toContain('/text');
    expect((await publisher.viewer.get(`/api/integration-versions?integration_id=${made.id}`)).pageInfo.total).toBe(0);
  });

  test('a reference that leads to no member and no own active schema is unresolved, wherever it hides', async () => {
    const made = await create('unresolved');
    const hidden = await stranger.editor.post(
      '/api/entities',
      { workspaceId: stranger.id, kind: 'schema', slug: 'hidden', name: 'hidden', definition: { secret: true } },
      201,
    );
    const schema = await made.entity('shape', { kind: 'schema', definition: { deep: [{ $ref: hidden.id }] } });
    await made.draft({ a: { definition: { schema } } });
    const problem = await publish(made, '1.0.0', 422);
    expect(codes(problem)).toEqual(['unresolved_reference']);
    expect(problem.errors[0].message).toContain('/deep/0/$ref');
    const preview = await publisher.viewer.get(path(made, '/members'));
    expect(JSON.stringify(preview)).not.toContain('secret');
  });

  test('an empty manifest is refused', async () => {
    expect(codes(await publish(await create('empty'), '1.0.0', 422))).toEqual(['no_members']);
  });

  test('schemas that refer to one another in a circle travel as closure, once each', async () => {
    const made = await create('cycle');
    const one = await made.entity('one', { kind: 'schema' });
    const two = await made.entity('two', { kind: 'schema', definition: { next: one } });
    await publisher.editor.patch(`/api/entities/${one}`, { definition: { next: two } }, 200);
    const version = await made.publish('1.0.0', { f: { definition: { input: one } } });
    expect(Object.keys(version.memberEntityVersions)).toHaveLength(3);
    const { members } = await publisher.viewer.get(path(made, '/members'));
    expect(members.map((member: { origin: string }) => member.origin).sort()).toEqual(['declared', 'schema_closure', 'schema_closure']);
  });

  test('a closure schema keeps its slug through all versions, even when a newcomer wants it', async () => {
    const made = await create('closure-slugs');
    const first = await made.entity('input', { kind: 'schema' });
    const { slug } = await publisher.viewer.get(`/api/entities/${first}`);
    await made.publish('1.0.0', { f: { definition: { input: first } } });
    await publisher.editor.delete(`/api/entities/${first}`, 200);
    const second = await publisher.editor.post(
      '/api/entities',
      { workspaceId: publisher.id, kind: 'schema', slug, name: 'n', definition: {} },
      201,
    );
    const v2 = await made.publish('2.0.0', { f: { definition: { input: second.id } } });
    expect(Object.keys(v2.memberEntityVersions).sort()).toEqual(['f', `${slug}-2`].sort());
    const v3 = await made.publish('3.0.0', { f: { definition: { input: second.id, v: 3 } } });
    expect(Object.keys(v3.memberEntityVersions).sort()).toEqual(['f', `${slug}-2`].sort());
  });

  test('a version is used once: again, with other build metadata, and after another is current, it is 409', async () => {
    const made = await create('versions');
    await made.publish('1.0.0', { a: {} });
    for (const version of ['1.0.0', '1.0.0+build.2']) expect((await publish(made, version, 409)).code).toBe('version_exists');
  });

  test.each(['v1.2.3', ' 1.2.3', '01.2.3', '1.2', '1.2.3.4', '1.2.12345678901234567890', '', 'latest'])(
    '%j is no version: 422',
    async (version) => {
      const made = await create(`bad-${Math.random().toString(36).slice(2)}`);
      await made.draft({ a: {} });
      expect((await publish(made, version, 422)).errors[0].pointer).toBe('/version');
    },
  );

  test('currentVersion moves to higher versions only, and to prereleases only while there is no stable one', async () => {
    const made = await create('current');
    await made.draft({ a: {} });
    const current = async (version: string) => {
      await publish(made, version);
      return (await publisher.viewer.get(path(made))).currentVersion;
    };
    expect(await current('1.0.0-alpha')).toBe('1.0.0-alpha');
    expect(await current('1.0.0-beta')).toBe('1.0.0-beta');
    expect(await current('0.9.0')).toBe('0.9.0');
    expect(await current('2.0.0')).toBe('2.0.0');
    expect(await current('1.2.5')).toBe('2.0.0');
    expect(await current('3.0.0-rc.1')).toBe('2.0.0');
  });

  test('an unchanged definition is stored once, however many versions and members have it', async () => {
    const made = await create('dedupe');
    const definition = { unique: 'dedupe', of: ['this', 'test'] };
    await made.publish('1.0.0', { a: { definition }, b: { definition: { of: ['this', 'test'], unique: 'dedupe' } } });
    await made.publish('1.0.1', { a: {}, b: {} });
    const { rows } = {
      rows: await api.test.owner.db.many({
        text: `select 1 from definitions where body like '%"unique":"dedupe"%'`,
        values: [],
        name: 'd',
      }),
    };
    expect(rows).toHaveLength(1);
  });

  test('versions and events refuse to be changed, by the trigger and by missing grants', async () => {
    const made = await create('immutable');
    const version = await made.publish('1.0.0', { a: {} });
    const { owner, database } = api.test;
    const update = { text: `update integration_versions set changelog = 'x' where id = $1`, values: [version.id], name: 'u1' };
    await expect(owner.db.run(update)).rejects.toThrow(/cannot be changed/);
    await expect(database.db.run(update)).rejects.toThrow(/permission denied/);
    for (const text of ['update events set type = type', 'delete from events']) {
      await expect(owner.db.run({ text, values: [], name: text })).rejects.toThrow(/cannot be changed/);
      await expect(database.db.run({ text, values: [], name: text })).rejects.toThrow(/permission denied/);
    }
    for (const table of ['entity_versions', 'definitions', 'integration_version_members', 'install_revisions'])
      await expect(database.db.run({ text: `update ${table} set ctid = ctid`, values: [], name: table })).rejects.toThrow();
  });

  test('two publishes of one version at once: one 201, one 409', async () => {
    const made = await create('race');
    await made.draft({ a: {} });
    for (let round = 1; round <= 10; round++) {
      const answers = await Promise.all(
        [1, 2].map(() => publisher.editor.call('POST', path(made, '/publish'), { version: `1.0.${round}` })),
      );
      expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409]);
    }
  });
});

describe('check', () => {
  test('tells what publish would refuse, and the step that fits, writing nothing', async () => {
    const made = await create('check', { variablesSchema: { type: 'object', properties: { a: {} } } });
    await made.draft({ x: {}, y: {} });
    const check = (body = {}) => publisher.editor.post(path(made, '/check'), body, 200);
    expect(await check()).toEqual({
      publishable: true,
      errors: [],
      warnings: [],
      advice: { bump: 'initial', suggestedVersion: '1.0.0', reasons: [] },
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    await publish(made, '1.4.2');
    expect((await check()).advice).toMatchObject({ bump: 'none', suggestedVersion: null });
    await made.draft({ x: { definition: { new: 1 } }, y: {} });
    expect((await check()).advice).toMatchObject({ bump: 'patch', suggestedVersion: '1.4.3' });
    await made.draft({ x: {}, y: {}, z: {} });
    expect((await check()).advice).toMatchObject({ bump: 'minor', suggestedVersion: '1.5.0' });
    await made.draft({ x: {} }, { variablesSchema: { type: 'object', properties: { a: {}, b: {} }, required: ['b'] } });
    expect((await check()).advice).toMatchObject({
      bump: 'major',
      suggestedVersion: '2.0.0',
      reasons: expect.arrayContaining(['major: the member y is gone', 'major: the variable b is now required']),
    });
    await publisher.editor.patch(path(made), { manifest: { members: [] } }, 200);
    expect(await check()).toMatchObject({ publishable: false, errors: [{ code: 'no_members' }] });
    expect((await publisher.editor.post(path(made, '/check'), { version: '1.4.2' }, 409)).code).toBe('version_exists');
    expect((await publisher.viewer.get(`/api/integration-versions?integration_id=${made.id}`)).pageInfo.total).toBe(1);
  });
});

describe('members preview', () => {
  test('lists the current version in install order with who requires whom; another version when asked', async () => {
    const made = await create('preview');
    const schema = await made.entity('shape', { kind: 'schema' });
    const first = await made.publish('1.0.0', {
      a: { dependsOn: ['b'], defaultEnabled: true },
      b: { required: true, definition: { schema } },
    });
    const { slug } = await publisher.viewer.get(`/api/entities/${schema}`);
    const { members } = await publisher.viewer.get(path(made, '/members'));
    expect(members.map((member: { slug: string }) => member.slug)).toEqual([slug, 'b', 'a']);
    expect(members[0]).toEqual({
      slug,
      kind: 'schema',
      entityId: schema,
      entityVersionId: first.memberEntityVersions[slug],
      name: 'shape',
      description: null,
      required: false,
      defaultEnabled: false,
      forkOnInstall: false,
      dependsOn: [],
      origin: 'schema_closure',
      requiredBy: ['b'],
      problem: null,
    });
    await made.publish('2.0.0', { c: {} });
    const old = await publisher.viewer.get(path(made, `/members?integration_version_id=${first.id}`));
    expect(old.members).toEqual(members);
    await publisher.viewer.get(path(made, `/members?integration_version_id=${newId('intver')}`), 404);
  });

  test('of a never published draft shows the live manifest with its problems, to the authoring workspace only', async () => {
    const made = await create('draft-preview');
    const missing = newId('fun');
    await publisher.editor.patch(path(made), { manifest: { members: [{ slug: 'gone', entityId: missing, kind: 'function' }] } }, 200);
    const { members } = await publisher.viewer.get(path(made, '/members'));
    expect(members).toMatchObject([{ slug: 'gone', entityVersionId: null, name: null }]);
    expect(members[0].problem).toContain(missing);
    await publisher.editor.post(path(made, '/visibility'), { visibility: 'unlisted' }, 200);
    await stranger.viewer.get(path(made, '/members'), 404);
  });
});
