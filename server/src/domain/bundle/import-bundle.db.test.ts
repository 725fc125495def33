import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';
import { type Bundle, exported, furnished, imported, signedBy, trust } from '../../../test/bundles.ts';
import { newKeyPair } from '../../lib/ed25519.ts';

let here: TestApi;
let there: TestApi;
let acme: TestWorkspace;
/** A workspace of the other server, new for each test. */
let mirror: TestWorkspace;
let made: TestIntegration;
let bundle: Bundle;
beforeAll(async () => {
  [here, there] = [await TestApi.start(), await TestApi.start()];
  acme = await here.workspace('acme');
  const first = await furnished(acme);
  made = first.made;
  bundle = await exported(acme, first.versionId);
  await trust(there, here, 'Acme production');
});
beforeEach(async () => {
  mirror = await there.workspace();
});
afterAll(() => Promise.all([here.stop(), there.stop()]));

const entitiesOf = async (workspace: TestWorkspace): Promise<{ id: string; name: string; slug: string; versionNumber: number }[]> =>
  (await workspace.viewer.get(`/api/entities?workspace_id=${workspace.id}`)).data;

const membersOf = async (workspace: TestWorkspace, installId: string) =>
  (await workspace.viewer.get(`/api/integration-installs/${installId}/members`)).members;

async function install(workspace: TestWorkspace, integrationId: string): Promise<string> {
  const secret = { workspaceId: workspace.id, name: 'service', type: 'api_key', secret: { apiKey: 'k' } };
  const { id: authStateId } = await workspace.admin.post('/api/auth-states', secret, 201);
  return (await workspace.editor.post(`/api/integrations/${integrationId}/install`, { workspaceId: workspace.id, authStateId }, 201)).id;
}

describe('an import', () => {
  test('publishes the version under the handle of the workspace, with its Location, origin and events', async () => {
    const { status, headers, body } = await mirror.editor.call('POST', '/api/bundles', { workspaceId: mirror.id, bundle });
    expect(status, JSON.stringify(body)).toBe(201);
    expect(headers.location).toBe(`/api/integration-versions/${body.id}`);
    const { importedFrom, ...version } = body;
    expect(await mirror.viewer.get(`/api/integration-versions/${body.id}`)).toEqual(version);
    const { fingerprint } = await here.platform.get('/api/signing-key');
    expect(importedFrom).toEqual({
      digest: bundle.digest,
      publisher: 'acme',
      slug: 'desk',
      signer: { fingerprint, name: 'Acme production', trusted: true },
      importedBy: version.publishedBy,
      importedAt: version.publishedAt,
    });
    expect(await mirror.viewer.get(`/api/integration-versions/${body.id}/origin`)).toEqual({ importedFrom });
    expect(await mirror.viewer.get(`/api/integrations/${version.integrationId}`)).toMatchObject({
      publisher: mirror.handle,
      slug: 'desk',
      name: 'Support desk',
      currentVersion: '1.0.0',
      visibility: 'private',
      manifest: version.manifestSnapshot,
    });
    const { data } = await mirror.viewer.get(`/api/events?workspace_id=${mirror.id}&subject_id=${body.id}`);
    expect(data.map(({ type }: { type: string }) => type).sort()).toEqual(['bundle.imported', 'integration.published']);
  });

  test('exported again it has the same content, byte for byte', async () => {
    const { id } = await imported(mirror, bundle);
    const again = await exported(mirror, id);
    expect(again.content).toEqual(bundle.content);
    expect(again.digest).toBe(bundle.digest);
    expect(again.integration.publisher).toBe(mirror.handle);
  });

  test('what it brought can be installed, and clones refer to clones', async () => {
    const { integrationId } = await imported(mirror, bundle);
    const members = await membersOf(mirror, await install(mirror, integrationId));
    const entityOf = (slug: string) => members.find((each: { sourceMemberSlug: string }) => each.sourceMemberSlug === slug).entityId;
    const { definition } = await mirror.viewer.get(`/api/entities/${entityOf('triage')}`);
    expect(definition).toMatchObject({ prompt: 'In de: ü', limit: 20, tools: [entityOf('look-up')] });
    expect(members.map((each: { name: string }) => each.name)).toEqual(['triage', 'look-up', 'person', 'ticket']);
  });

  test('under another slug it is another integration', async () => {
    const [one, two] = [await imported(mirror, bundle), await imported(mirror, bundle, { slug: 'second-desk' })];
    expect(two.integrationId).not.toBe(one.integrationId);
    expect((await exported(mirror, two.id)).digest).toBe(bundle.digest);
  });

  test('finds free slugs for its entities, and keeps the names that installs see', async () => {
    const slug = bundle.content.members[0]?.entitySlug;
    await mirror.editor.post('/api/entities', { workspaceId: mirror.id, kind: 'agent', slug, name: 'mine', definition: {} }, 201);
    const { id } = await imported(mirror, bundle);
    expect((await entitiesOf(mirror)).map((each) => each.slug)).toContain(`${slug}-2`);
    expect((await exported(mirror, id)).digest).toBe(bundle.digest);
  });
});

describe('an imported version', () => {
  test('is imported once under an Idempotency-Key, which stands for this very bundle', async () => {
    const send = (more: object) =>
      mirror.editor.call('POST', '/api/bundles', { workspaceId: mirror.id, bundle, ...more }, { 'idempotency-key': 'once' });
    const [first, again] = [await send({}), await send({})];
    expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotency-replayed': 'true' } });
    const members = bundle.content.members.map((member) => ({ ...member, definition: { another: true } }));
    const other = await send({ bundle: { ...bundle, content: { ...bundle.content, members } } });
    expect(other.body.code).toBe('idempotency_key_reused');
  });

  test('is purged with its integration, and can be imported anew', async () => {
    const { integrationId } = await imported(mirror, bundle);
    await mirror.editor.delete(`/api/integrations/${integrationId}`, 200);
    await mirror.admin.delete(`/api/integrations/${integrationId}/purge`, 200);
    expect((await imported(mirror, bundle)).integrationId).not.toBe(integrationId);
  });

  test('of this server has no origin', async () => {
    const { data } = await acme.viewer.get(`/api/integration-versions?integration_id=${made.id}&version=1.0.0`);
    expect(await acme.viewer.get(`/api/integration-versions/${data[0].id}/origin`)).toEqual({ importedFrom: null });
    await mirror.viewer.get(`/api/integration-versions/${data[0].id}/origin`, 404);
  });
});

describe('an import of a later version', () => {
  let next: Bundle;
  beforeAll(async () => {
    made.entities.set('sorting', made.source('triage'));
    const { id } = await made.publish('1.1.0', {
      sorting: { kind: 'agent', forkOnInstall: true, defaultEnabled: true, renamedFrom: 'triage' },
      'look-up': { required: true, definition: { input: made.source('person'), better: true } },
    });
    next = await exported(acme, id);
  });

  test('goes into the entities of the first one, and an upgrade knows its members again', async () => {
    const { integrationId } = await imported(mirror, bundle);
    const before = await entitiesOf(mirror);
    const installId = await install(mirror, integrationId);
    const second = await imported(mirror, next);
    expect(second.integrationId).toBe(integrationId);
    const sources = (await entitiesOf(mirror)).filter(({ id }) => before.some((each) => each.id === id));
    expect(sources.map(({ name, versionNumber }) => `${name} ${versionNumber}`).sort()).toEqual([
      'look-up 2',
      'person 1',
      'ticket 1',
      'triage 1',
    ]);
    const clones = new Map(
      (await membersOf(mirror, installId)).map((each: { name: string; entityId: string }) => [each.name, each.entityId]),
    );
    const result = await mirror.editor.post(`/api/integration-installs/${installId}/upgrade`, undefined, 200);
    expect(result).toEqual({ updated: ['sorting', 'look-up'], added: [], removed: [], skipped: [] });
    const upgraded = new Map(
      (await membersOf(mirror, installId)).map((each: { name: string; entityId: string }) => [each.name, each.entityId]),
    );
    expect(upgraded).toEqual(clones);
    expect((await exported(mirror, second.id)).digest).toBe(next.digest);
  });

  test('may come first: an older one is published without becoming current, and knows the entities too', async () => {
    const { integrationId } = await imported(mirror, next);
    const before = await entitiesOf(mirror);
    const older = await imported(mirror, bundle);
    expect(await mirror.viewer.get(`/api/integrations/${integrationId}`)).toMatchObject({ currentVersion: '1.1.0' });
    expect((await exported(mirror, older.id)).digest).toBe(bundle.digest);
    expect((await entitiesOf(mirror)).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  });

  test('takes the draft along unless somebody changed it', async () => {
    const { integrationId } = await imported(mirror, bundle);
    const [kept, path] = [{ description: 'Ours.' }, `/api/integrations/${integrationId}`];
    await mirror.editor.patch(path, kept, 200);
    const second = await imported(mirror, next);
    expect(await mirror.viewer.get(path)).toMatchObject({ ...kept, manifest: second.manifestSnapshot });

    const other = await imported(mirror, bundle, { slug: 'edited' });
    const manifest = { members: [], defaults: { memberPolicy: 'manual' } };
    await mirror.editor.patch(`/api/integrations/${other.integrationId}`, { manifest }, 200);
    await imported(mirror, next, { slug: 'edited' });
    const edited = await mirror.viewer.get(`/api/integrations/${other.integrationId}`);
    expect(edited).toMatchObject({ manifest, currentVersion: '1.1.0' });
  });

  test('leaves what people made of the entities in their history, and takes no entity that was deleted', async () => {
    await imported(mirror, bundle);
    const named = new Map((await entitiesOf(mirror)).map((each) => [each.name, each.id]));
    await mirror.editor.patch(`/api/entities/${named.get('look-up')}`, { definition: { mine: true } }, 200);
    await mirror.editor.delete(`/api/entities/${named.get('ticket')}`, 200);
    await imported(mirror, next);
    const versions = await mirror.viewer.get(`/api/entities/${named.get('look-up')}/versions`);
    expect(versions.data.map((each: { number: number }) => each.number)).toEqual([3, 2, 1]);
    expect(versions.data[1].definition).toEqual({ mine: true });
    expect((await entitiesOf(mirror)).find(({ name }) => name === 'ticket')?.id).not.toBe(named.get('ticket'));
  });

  test('leaves a clone alone that an earlier version was published from', async () => {
    const leaf = await TestIntegration.create(acme, 'leaf');
    const leafOf = async (version: string) =>
      exported(acme, (await leaf.publish(version, { f: { forkOnInstall: true, required: true, definition: { version } } })).id);
    const { integrationId } = await imported(mirror, await leafOf('1.0.0'));
    const { id } = await mirror.editor.post(`/api/integrations/${integrationId}/install`, { workspaceId: mirror.id }, 201);
    const [clone] = await membersOf(mirror, id);
    const manifest = { members: [{ slug: 'f', entityId: clone.entityId, kind: 'function' }] };
    const own = await mirror.editor.post('/api/integrations', { workspaceId: mirror.id, slug: 'own', name: 'Own', manifest }, 201);
    await mirror.editor.post(`/api/integrations/${own.id}/publish`, { version: '0.1.0' }, 201);
    const { manifestSnapshot } = await imported(mirror, await leafOf('2.0.0'), { slug: 'own' });
    expect(manifestSnapshot.members[0].entityId).not.toBe(clone.entityId);
    expect(await mirror.viewer.get(`/api/entities/${clone.entityId}`)).toMatchObject({
      versionNumber: 1,
      definition: { version: '1.0.0' },
    });
    expect(await membersOf(mirror, id)).toEqual([clone]);
  });
});

describe('an import is refused', () => {
  test('when the version is there: 409, which says whether it is the very same', async () => {
    const first = await imported(mirror, bundle);
    const same = await imported(mirror, bundle, {}, 409);
    expect(same).toMatchObject({ code: 'version_exists', integrationVersionId: first.id, sameContent: true });
    const keys = newKeyPair();
    const other = signedBy(keys, bundle, { changelog: 'Another.' });
    const differs = await imported(mirror, other, { acceptUnknownSigner: true }, 409);
    expect(differs).toMatchObject({ code: 'version_exists', integrationVersionId: first.id, sameContent: false });
  });

  test('into the workspace that published it: it is there already, and nothing to import', async () => {
    const problem = await imported(acme, bundle, {}, 409);
    expect(problem).toMatchObject({ code: 'version_exists', sameContent: true });
    const copy = await imported(acme, bundle, { slug: 'copy' });
    expect(copy.importedFrom).toMatchObject({ publisher: 'acme', signer: { name: 'this server', trusted: true } });
  });

  test('by 401 without a key, 403 below editor, 422 into a workspace that one does not see', async () => {
    const body = { workspaceId: mirror.id, bundle };
    const stranger = await there.workspace();
    await there.as(null).post('/api/bundles', body, 401);
    await mirror.viewer.post('/api/bundles', body, 403);
    await (await there.key(mirror.id, 'browser', 'publishable')).post('/api/bundles', body, 403);
    expect((await stranger.editor.post('/api/bundles', body, 422)).errors[0].pointer).toBe('/workspaceId');
  });

  test('when the integration there cannot take it: its dependencies are not visible', async () => {
    const base = await TestIntegration.create(acme, 'base');
    await base.publish('1.0.0', { a: {} });
    const addOn = await TestIntegration.create(acme, 'add-on');
    const dependencies = [{ integration: 'acme/base', range: '^1.0' }];
    const { id } = await addOn.publish('1.0.0', { a: {} }, { manifest: { dependencies } });
    const problem = await imported(mirror, await exported(acme, id), {}, 422);
    expect(problem.code).toBe('invalid_manifest');
    expect(problem.errors).toMatchObject([{ code: 'unknown_dependency', pointer: '/bundle/content/manifest/dependencies/0/integration' }]);
    expect((await entitiesOf(mirror)).length).toBe(0);
  });
});

describe('a bundle that no server of ours would export, though signed', () => {
  const keys = newKeyPair();
  const offered = async (change: (content: Bundle['content']) => Partial<Bundle['content']>) =>
    imported(mirror, signedBy(keys, bundle, change(structuredClone(bundle.content))), { acceptUnknownSigner: true }, 422);
  const pointers = (problem: { errors: { pointer: string }[] }) => problem.errors.map(({ pointer }) => pointer);
  const at = (place: number, field: string) => `/bundle/content/members/${place}/${field}`;
  const changed =
    (place: number, fields: object) =>
    ({ members }: Bundle['content']) => ({
      members: members.map((member, index) => (index === place ? { ...member, ...fields } : member)),
    });

  test('is refused with a pointer to each fault', async () => {
    expect(pointers(await offered(() => ({ version: 'v1' })))).toEqual(['/bundle/content/version']);
    expect(pointers(await offered(() => ({ variablesSchema: { type: 'string' } })))).toEqual(['/bundle/content/variablesSchema/type']);
    expect(pointers(await offered(() => ({ authConfig: { type: 'magic' } })))).toEqual(['/bundle/content/authConfig/type']);
    expect(pointers(await offered(changed(2, { kind: 'playbook' })))).toContain(at(2, 'kind'));
    expect(pointers(await offered(changed(2, { slug: 'triage' })))).toContain(at(2, 'slug'));
    expect(pointers(await offered(changed(1, { entityId: `fun_${'0'.repeat(25)}9` })))).toContain(at(1, 'entityId'));
    expect(pointers(await offered(changed(1, { slug: 'other' })))).toEqual([at(1, 'slug')]);
    expect(pointers(await offered(({ members }) => ({ members: members.slice(0, 1) })))).toEqual(['/bundle/content/manifest/members/1']);
    expect(pointers(await offered(changed(2, { definition: { text: 'x'.repeat(1_048_577) } })))).toEqual([at(2, 'definition')]);
  });

  test('cannot bring along what no member refers to', async () => {
    const idle = {
      ...bundle.content.members[3],
      slug: 'idle',
      entityId: `sch_${'5'.padStart(26, '0')}`,
    } as Bundle['content']['members'][number];
    const problem = await offered(({ members }) => ({ members: [...members, idle] }));
    expect(pointers(problem)).toEqual([at(4, 'entityId')]);
  });

  test('cannot pull an entity of the workspace into the version by naming its id', async () => {
    const schema = { workspaceId: mirror.id, kind: 'schema', slug: 'secret', name: 'Secret', definition: { secret: 'canary' } };
    const { id } = await mirror.editor.post('/api/entities', schema, 201);
    const problem = await offered(changed(1, { definition: { input: bundle.content.members[2]?.entityId, steals: id } }));
    expect(problem.code).toBe('invalid_manifest');
    expect(problem.errors[0].message).toContain(id);
    expect(JSON.stringify(problem)).not.toContain('canary');
  });
});
