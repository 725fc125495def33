import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';

let api: TestApi;
let publisher: TestWorkspace;
let buyer: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
  buyer = await api.workspace('buyer');
});
afterAll(() => api.stop());

/** An unlisted integration, so that the buyer can install it by its id. */
async function integration(slug: string, more: object = {}): Promise<TestIntegration> {
  const made = await TestIntegration.create(publisher, slug, more);
  await publisher.editor.post(`/api/integrations/${made.id}/visibility`, { visibility: 'unlisted' }, 200);
  return made;
}

const install = (made: TestIntegration, more: object = {}, status = 201) =>
  buyer.editor.post(`/api/integrations/${made.id}/install`, { workspaceId: buyer.id, ...more }, status);

async function members(installId: string): Promise<Record<string, Record<string, unknown> & { entityId: string; id: string }>> {
  const { members: list } = await buyer.viewer.get(`/api/integration-installs/${installId}/members`);
  return Object.fromEntries(list.map((member: { sourceMemberSlug: string }) => [member.sourceMemberSlug, member]));
}

const definitionOf = async (id: string) => (await buyer.viewer.get(`/api/entities/${id}`)).definition;
const upgrade = (installId: string, status = 200) => buyer.editor.post(`/api/integration-installs/${installId}/upgrade`, undefined, status);
const NONE = { updated: [], added: [], removed: [], skipped: [] };

describe('install', () => {
  test('clones forked members with their references and variables rendered, and references the others', async () => {
    const made = await integration('render', {
      variablesSchema: { type: 'object', properties: { host: { type: 'string', default: 'localhost' }, port: { type: 'integer' } } },
    });
    const schema = await made.entity('shape', { kind: 'schema', definition: { type: 'string' } });
    const tool = await made.entity('tool');
    await made.publish('1.0.0', {
      agent: {
        kind: 'agent',
        forkOnInstall: true,
        definition: { tool, schema, url: 'http://{{ variables.host }}/', port: '{{variables.port}}' },
      },
      tool: { definition: { does: 'something' } },
    });
    const { id, ...row } = await install(made, { variables: { port: 80 }, memberPolicy: 'auto_all' });
    expect(row).toMatchObject({
      variables: { host: 'localhost', port: 80 },
      memberPolicy: 'auto_all',
      parentInstallId: null,
      lastUpgradedAt: null,
    });
    const { agent, tool: reference, ...others } = await members(id);
    expect(reference).toMatchObject({ isClone: false, entityId: tool, drift: 'none', configState: 'ready' });
    const [closure] = Object.values(others);
    expect(closure).toMatchObject({ isClone: true, kind: 'schema' });
    expect(await definitionOf(agent?.entityId ?? '')).toEqual({ tool, schema: closure?.entityId, url: 'http://localhost/', port: 80 });
    expect(await definitionOf(closure?.entityId ?? '')).toEqual({ type: 'string' });
  });

  test('members that refer to one another in a circle are cloned with each other’s new ids', async () => {
    const made = await integration('circle');
    const a = await made.entity('a');
    const b = await made.entity('b', { definition: { next: a } });
    await made.publish('1.0.0', { a: { forkOnInstall: true, definition: { next: b } }, b: { forkOnInstall: true } });
    const { id } = await install(made, { selectedMemberSlugs: ['a'] });
    const made2 = await members(id);
    expect(await definitionOf(made2.a?.entityId ?? '')).toEqual({ next: made2.b?.entityId });
    expect(await definitionOf(made2.b?.entityId ?? '')).toEqual({ next: made2.a?.entityId });
  });

  test('a clone takes the source’s slug, with a suffix when it is taken', async () => {
    const made = await integration('slugs');
    const { slug } = await publisher.editor.get(`/api/entities/${await made.entity('thing')}`);
    await buyer.editor.post('/api/entities', { workspaceId: buyer.id, kind: 'function', slug, name: 'mine', definition: {} }, 201);
    await buyer.editor.post(
      '/api/entities',
      { workspaceId: buyer.id, kind: 'function', slug: `${slug}-2`, name: 'mine', definition: {} },
      201,
    );
    await made.publish('1.0.0', { thing: { forkOnInstall: true, required: true } });
    const { id } = await install(made);
    const { thing } = await members(id);
    expect((await buyer.viewer.get(`/api/entities/${thing?.entityId}`)).slug).toBe(`${slug}-3`);
  });

  test('a draft that was never published answers 409 not_published, a deleted one 409 integration_deleted', async () => {
    const made = await integration('draft');
    expect((await install(made, {}, 409)).code).toBe('not_published');
    await publisher.editor.delete(`/api/integrations/${made.id}`, 200);
    expect((await publisher.editor.post(`/api/integrations/${made.id}/install`, { workspaceId: publisher.id }, 409)).code).toBe(
      'integration_deleted',
    );
  });

  test('a second install of the same integration, workspace and parent answers 409 with the install’s id; under another parent it is one more', async () => {
    const made = await integration('twice');
    await made.publish('1.0.0', { a: { required: true } });
    const first = await install(made);
    expect(await install(made, {}, 409)).toMatchObject({ code: 'already_installed', installId: first.id });
    const addOn = await install(made, { parentInstallId: first.id });
    expect(addOn).toMatchObject({ parentInstallId: first.id, solutionId: first.solutionId });
  });

  test('bad variables, slugs, parents, versions and auth states are 422 with their pointer, and leave nothing behind', async () => {
    const made = await integration('refusals', {
      variablesSchema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
      authConfig: { type: 'api_key' },
    });
    await made.publish('1.0.0', { a: { required: true } });
    const foreign = await publisher.admin.post(
      '/api/auth-states',
      { workspaceId: publisher.id, name: 'x', type: 'api_key', secret: { apiKey: 'k' } },
      201,
    );
    const own = await buyer.admin.post(
      '/api/auth-states',
      { workspaceId: buyer.id, name: 'x', type: 'oauth2', secret: { accessToken: 't' } },
      201,
    );
    const other = await integration('other');
    const version = await other.publish('1.0.0', { a: { required: true } });
    const pointerOf = async (more: object) => (await install(made, { variables: { n: 1 }, ...more }, 422)).errors[0].pointer;
    expect((await install(made, {}, 422)).errors[0].pointer).toMatch(/^\/variables/);
    expect(await pointerOf({ variables: { n: 'one' } })).toBe('/variables/n');
    expect(await pointerOf({})).toBe('/authStateId');
    expect(await pointerOf({ authStateId: foreign.id })).toBe('/authStateId');
    expect(await pointerOf({ authStateId: own.id })).toBe('/authStateId');
    expect(await pointerOf({ authStateId: made.id })).toBe('/authStateId');
    expect(await pointerOf({ selectedMemberSlugs: ['a', 'nope'] })).toBe('/selectedMemberSlugs/1');
    expect(await pointerOf({ integrationVersionId: version.id })).toBe('/integrationVersionId');
    const right = await buyer.admin.post(
      '/api/auth-states',
      { workspaceId: buyer.id, name: 'y', type: 'api_key', secret: { apiKey: 'k' } },
      201,
    );
    const parent = await publisher.editor.post(`/api/integrations/${other.id}/install`, { workspaceId: publisher.id }, 201);
    expect(await pointerOf({ authStateId: right.id, parentInstallId: parent.id })).toBe('/parentInstallId');
    await buyer.admin.patch(`/api/auth-states/${right.id}`, { status: 'revoked' }, 200);
    expect(await pointerOf({ authStateId: right.id })).toBe('/authStateId');
    const list = await buyer.viewer.get(`/api/integration-installs?integration_id=${made.id}`);
    expect(list.pageInfo.total).toBe(0);
  });

  test('a required dependency must be installed in its range, else 409 lists what is missing', async () => {
    const base = await integration('base');
    const first = await base.publish('1.0.0', { a: { required: true } });
    const made = await integration('dependent');
    await made.publish('1.0.0', { a: { required: true } }, { manifest: { dependencies: [{ integration: 'acme/base', range: '^1.1' }] } });
    const missing = { code: 'missing_dependencies', missing: [{ integration: 'acme/base', range: '^1.1' }] };
    expect(await install(made, {}, 409)).toMatchObject(missing);
    const pinned = await install(base, { integrationVersionId: first.id });
    expect(await install(made, {}, 409)).toMatchObject(missing);
    await base.publish('1.2.0', { a: { required: true } });
    await upgrade(pinned.id);
    await install(made);
  });

  test('a private integration needs a grant; without one it does not exist', async () => {
    const made = await TestIntegration.create(publisher, 'granted');
    await made.publish('1.0.0', { a: { required: true } });
    await install(made, {}, 404);
    await publisher.admin.post(`/api/integrations/${made.id}/grants`, { workspaceId: buyer.id }, 201);
    await install(made);
  });

  test('a viewer is 403, a stranger’s workspace in the body 422', async () => {
    const made = await integration('roles');
    await made.publish('1.0.0', { a: { required: true } });
    await buyer.viewer.post(`/api/integrations/${made.id}/install`, { workspaceId: buyer.id }, 403);
    const answer = await buyer.editor.post(`/api/integrations/${made.id}/install`, { workspaceId: publisher.id }, 422);
    expect(answer.errors[0].pointer).toBe('/workspaceId');
  });
});

describe('members of an install', () => {
  test('show what they lack and how they differ, in manifest order', async () => {
    const made = await integration('states', { authConfig: { type: 'api_key' } });
    await made.publish('1.0.0', {
      z: { forkOnInstall: true, required: true },
      a: { forkOnInstall: true, required: true },
      m: { required: true },
    });
    const auth = await buyer.admin.post(
      '/api/auth-states',
      { workspaceId: buyer.id, name: 's', type: 'api_key', secret: { apiKey: 'k' } },
      201,
    );
    const { id } = await install(made, { authStateId: auth.id });
    const before = await members(id);
    expect(Object.keys(before)).toEqual(['z', 'a', 'm']);
    expect(Object.values(before).map((member) => member.configState)).toEqual(['ready', 'ready', 'ready']);
    await buyer.editor.patch(`/api/entities/${before.z?.entityId}`, { definition: { mine: true } }, 200);
    await buyer.editor.delete(`/api/entities/${before.a?.entityId}`, 200);
    await buyer.admin.patch(`/api/auth-states/${auth.id}`, { expiresAt: '2020-01-01T00:00:00Z' }, 200);
    const after = await members(id);
    expect(after.z).toMatchObject({ drift: 'modified', detached: true, configState: 'needs_auth' });
    expect(after.a).toMatchObject({ drift: 'missing', detached: true });
    expect(after.m).toMatchObject({ drift: 'none', detached: false });
  });

  test('needs_variables and needs_auth show after an upgrade that asks for more, which does not block it', async () => {
    const made = await integration('asks');
    await made.publish('1.0.0', { a: { required: true } });
    const { id } = await install(made);
    const schema = {
      type: 'object',
      properties: { token: { type: 'string' }, size: { type: 'integer', default: 3 } },
      required: ['token'],
    };
    await made.publish('2.0.0', { a: { required: true } }, { variablesSchema: schema });
    await upgrade(id);
    expect((await members(id)).a?.configState).toBe('needs_variables');
    expect((await buyer.viewer.get(`/api/integration-installs/${id}`)).variables).toEqual({ size: 3 });
    await made.publish('3.0.0', { a: { required: true } }, { authConfig: { type: 'api_key' } });
    await upgrade(id);
    expect((await members(id)).a?.configState).toBe('needs_auth');
  });

  test('removed members show with include_deleted only', async () => {
    const made = await integration('shrinks');
    await made.publish('1.0.0', { a: { required: true }, b: { required: true } });
    const { id } = await install(made);
    await made.publish('2.0.0', { a: { required: true } });
    expect(await upgrade(id)).toEqual({ ...NONE, removed: ['b'] });
    expect(Object.keys(await members(id))).toEqual(['a']);
    const { members: all } = await buyer.viewer.get(`/api/integration-installs/${id}/members?include_deleted=true`);
    expect(all.map((member: { sourceMemberSlug: string }) => member.sourceMemberSlug)).toEqual(['a', 'b']);
  });
});

describe('upgrade', () => {
  test('re-applies definitions into the same clones as new entity versions, and lists exactly what changed', async () => {
    const made = await integration('upgrade');
    const entity = await made.entity('entry');
    await made.publish('1.0.0', {
      entry: { forkOnInstall: true, definition: { v: 1 } },
      same: { forkOnInstall: true },
      gone: { forkOnInstall: true },
      reference: { definition: { v: 1 } },
    });
    const { id } = await install(made, { memberPolicy: 'auto_all' });
    const before = await members(id);
    const { gone: _gone, ...kept } = { entry: { forkOnInstall: true, definition: { v: 2 } }, same: { forkOnInstall: true }, gone: {} };
    await made.publish('1.1.0', {
      ...kept,
      reference: { definition: { v: 2 } },
      fresh: { forkOnInstall: true, definition: { uses: entity } },
    });
    expect(await upgrade(id)).toEqual({ updated: ['entry', 'reference'], added: ['fresh'], removed: ['gone'], skipped: [] });
    const after = await members(id);
    expect(after.entry?.entityId).toBe(before.entry?.entityId);
    const entry = await buyer.viewer.get(`/api/entities/${after.entry?.entityId}`);
    expect(entry).toMatchObject({ definition: { v: 2 }, versionNumber: 2 });
    expect(await definitionOf(after.fresh?.entityId ?? '')).toEqual({ uses: after.entry?.entityId });
    expect(await definitionOf(after.reference?.entityId ?? '')).toEqual({ v: 2 });
    await buyer.viewer.get(`/api/entities/${before.gone?.entityId}`, 200);
    expect((await buyer.viewer.get(`/api/entities/${before.gone?.entityId}`)).deletedAt).not.toBeNull();
    expect(await upgrade(id)).toEqual(NONE);
  });

  test('an edited clone is detached and stays as the workspace made it, through every later version', async () => {
    const made = await integration('edits');
    await made.publish('1.0.0', { a: { forkOnInstall: true, required: true, definition: { v: 1 } } });
    const { id } = await install(made);
    const { a } = await members(id);
    await buyer.editor.patch(`/api/entities/${a?.entityId}`, { definition: { v: 'mine' } }, 200);
    for (const version of ['1.1.0', '2.0.0']) {
      await made.publish(version, { a: { forkOnInstall: true, required: true, definition: { v: version } } });
      expect(await upgrade(id)).toEqual({ ...NONE, skipped: ['a'] });
      expect(await definitionOf(a?.entityId ?? '')).toEqual({ v: 'mine' });
    }
    const events = await buyer.viewer.get(`/api/events?subject_id=${a?.id}`);
    expect(events.data).toMatchObject([{ type: 'integration_member.detached', data: { reason: 'edited' } }]);
  });

  test('renaming a clone, or patching it with an equal definition, detaches nothing and makes no version', async () => {
    const made = await integration('renames');
    await made.publish('1.0.0', { a: { forkOnInstall: true, required: true, definition: { x: 1, y: 2 } } });
    const { id } = await install(made);
    const { a } = await members(id);
    await buyer.editor.patch(`/api/entities/${a?.entityId}`, { name: 'Renamed', definition: { y: 2, x: 1.0 } }, 200);
    expect((await members(id)).a).toMatchObject({ detached: false, drift: 'none', name: 'Renamed' });
    expect(await buyer.viewer.get(`/api/entities/${a?.entityId}`)).toMatchObject({ versionNumber: 1 });
  });

  test('a re-attached member gets the definition back at the next upgrade, a deleted one is restored', async () => {
    const made = await integration('reattach');
    await made.publish('1.0.0', { a: { forkOnInstall: true, required: true }, b: { forkOnInstall: true, required: true } });
    const { id } = await install(made);
    const { a, b } = await members(id);
    await buyer.editor.patch(`/api/entities/${a?.entityId}`, { definition: { mine: 1 } }, 200);
    await buyer.editor.delete(`/api/entities/${b?.entityId}`, 200);
    expect(await upgrade(id)).toEqual({ ...NONE, skipped: ['a', 'b'] });
    for (const member of [a, b]) await buyer.editor.post(`/api/integration-members/${member?.id}/detach`, { detached: false }, 200);
    expect((await members(id)).a?.drift).toBe('modified');
    expect(await upgrade(id)).toEqual({ ...NONE, updated: ['a', 'b'] });
    const after = await members(id);
    expect(after.b).toMatchObject({ entityId: b?.entityId, drift: 'none' });
    expect(after.a?.drift).toBe('none');
    expect(await upgrade(id)).toEqual(NONE);
  });

  test('a clone that is gone stays while an entity of the workspace refers to it, as the workspace’s own', async () => {
    const made = await integration('keeps');
    await made.publish('1.0.0', { a: { forkOnInstall: true, required: true }, b: { required: true } });
    const { id } = await install(made);
    const { a } = await members(id);
    const mine = { workspaceId: buyer.id, kind: 'agent', slug: 'mine', name: 'mine', definition: { tool: a?.entityId } };
    await buyer.editor.post('/api/entities', mine, 201);
    await made.publish('2.0.0', { b: { required: true } });
    expect(await upgrade(id)).toEqual({ ...NONE, skipped: ['a'] });
    expect((await buyer.viewer.get(`/api/entities/${a?.entityId}`)).deletedAt).toBeNull();
    expect(await upgrade(id)).toEqual(NONE);
  });

  test('a renamed member keeps its clone, over versions that were never installed too', async () => {
    const made = await integration('rename-chain');
    const entityId = await made.entity('one');
    const decl = (slug: string, renamedFrom?: string) => ({
      slug,
      entityId,
      kind: 'function',
      forkOnInstall: true,
      required: true,
      renamedFrom,
    });
    const publish = async (version: string, member: object) => {
      await publisher.editor.patch(`/api/integrations/${made.id}`, { manifest: { members: [member] } }, 200);
      await publisher.editor.post(`/api/integrations/${made.id}/publish`, { version }, 201);
    };
    await publish('1.0.0', decl('one'));
    const { id } = await install(made);
    const before = await members(id);
    await publish('2.0.0', decl('two', 'one'));
    await publish('3.0.0', decl('three', 'two'));
    expect(await upgrade(id)).toEqual({ ...NONE, updated: ['three'] });
    expect((await members(id)).three).toMatchObject({ id: before.one?.id, entityId: before.one?.entityId });
  });

  test('an install that pins a newer prerelease stays on it', async () => {
    const made = await integration('prerelease');
    await made.publish('1.0.0', { a: { required: true, definition: { v: 1 } } });
    const next = await made.publish('2.0.0-beta.1', { a: { required: true, definition: { v: 2 } } });
    const { id, integrationVersionId } = await install(made, { integrationVersionId: next.id });
    expect(await upgrade(id)).toEqual(NONE);
    expect(integrationVersionId).toBe(next.id);
  });

  test('after a revoked grant the install keeps working, and upgrading answers 409 no_longer_available', async () => {
    const made = await TestIntegration.create(publisher, 'revoked');
    await made.publish('1.0.0', { a: { required: true } });
    const grant = await publisher.admin.post(`/api/integrations/${made.id}/grants`, { workspaceId: buyer.id }, 201);
    const { id } = await install(made);
    await publisher.admin.delete(`/api/integration-grants/${grant.id}`, 200);
    await made.publish('2.0.0', { a: { required: true } });
    expect((await upgrade(id, 409)).code).toBe('no_longer_available');
    expect((await members(id)).a?.drift).toBe('none');
    await buyer.viewer.get(`/api/integrations/${made.id}`, 200);
  });

  test('a deleted integration upgrades its installs to what was published before', async () => {
    const made = await integration('deleted');
    await made.publish('1.0.0', { a: { required: true, definition: { v: 1 } } });
    const { id } = await install(made);
    await made.publish('2.0.0', { a: { required: true, definition: { v: 2 } } });
    await publisher.editor.delete(`/api/integrations/${made.id}`, 200);
    expect(await upgrade(id)).toEqual({ ...NONE, updated: ['a'] });
  });

  test('what happens to the source entities changes no snapshot: pins outlive them', async () => {
    const made = await integration('outlive');
    await made.publish('1.0.0', {
      a: { required: true, definition: { v: 1 } },
      b: { forkOnInstall: true, required: true, definition: { v: 1 } },
    });
    await publisher.editor.patch(`/api/entities/${made.source('a')}`, { definition: { draft: true } }, 200);
    for (const slug of ['a', 'b']) await publisher.editor.delete(`/api/entities/${made.source(slug)}`, 200);
    const { id } = await install(made);
    expect(await definitionOf(made.source('a'))).toEqual({ v: 1 });
    expect(await definitionOf((await members(id)).b?.entityId ?? '')).toEqual({ v: 1 });
    await buyer.editor.patch(`/api/entities/${made.source('a')}`, { name: 'mine' }, 403);
  });
});

describe('detach', () => {
  test('skips the clone until it is re-attached; a second call changes nothing; a reference is 409 not_a_clone', async () => {
    const made = await integration('detach');
    await made.publish('1.0.0', { a: { forkOnInstall: true, required: true, definition: { v: 1 } }, b: { required: true } });
    const { id } = await install(made);
    const { a, b } = await members(id);
    const detach = (member: { id: string } | undefined, detached: boolean, status = 200) =>
      buyer.editor.post(`/api/integration-members/${member?.id}/detach`, { detached }, status);
    expect(await detach(a, true)).toEqual({ success: true });
    await detach(a, true);
    expect((await detach(b, true, 409)).code).toBe('not_a_clone');
    await made.publish('1.1.0', { a: { forkOnInstall: true, required: true, definition: { v: 2 } }, b: { required: true } });
    expect(await upgrade(id)).toEqual({ ...NONE, skipped: ['a'] });
    expect((await members(id)).a?.drift).toBe('outdated');
    await detach(a, false);
    expect(await upgrade(id)).toEqual({ ...NONE, updated: ['a'] });
    const { data } = await buyer.viewer.get(`/api/events?subject_id=${a?.id}`);
    expect(data.map((event: { type: string }) => event.type)).toEqual(['integration_member.attached', 'integration_member.detached']);
  });

  test('a stranger sees no member, a viewer may not detach', async () => {
    const made = await integration('detach-roles');
    await made.publish('1.0.0', { a: { forkOnInstall: true, required: true } });
    const { a } = await members((await install(made)).id);
    await publisher.admin.post(`/api/integration-members/${a?.id}/detach`, { detached: true }, 404);
    await buyer.viewer.post(`/api/integration-members/${a?.id}/detach`, { detached: true }, 403);
  });
});
