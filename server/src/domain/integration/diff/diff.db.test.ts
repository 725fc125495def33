import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../../test/api.ts';
import { newId } from '../../../lib/ids.ts';
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

const CLONE = { forkOnInstall: true };
const at = (id: string, against?: string) => `/api/integration-versions/${id}/diff${against ? `?against=${against}` : ''}`;

describe('the diff of two versions', () => {
  test('tells members added, removed, renamed and changed, with the patches of their definitions and their flags', async () => {
    const made = await TestIntegration.create(publisher, 'members');
    const before = await made.publish('1.0.0', { goes: {}, old: { definition: { a: 1, keep: true } }, flags: {}, same: {} });
    const old = made.source('old');
    made.entities.set('new', old);
    const after = await made.publish('2.0.0', {
      new: { renamedFrom: 'old', definition: { a: 2, keep: true, b: [1] } },
      flags: { ...CLONE, dependsOn: ['same'] },
      same: {},
      comes: { kind: 'prompt' },
    });
    const diff = await publisher.viewer.get(at(after.id));
    expect(diff.from).toEqual({ id: before.id, version: '1.0.0' });
    expect(diff.to).toEqual({ id: after.id, version: '2.0.0' });
    expect(diff.members).toEqual({
      added: [{ slug: 'comes', kind: 'prompt', name: 'comes', origin: 'declared' }],
      removed: [{ slug: 'goes', kind: 'function', name: 'goes', origin: 'declared' }],
      renamed: [{ slug: 'new', before: 'old' }],
      changed: [
        {
          slug: 'new',
          flags: [],
          patch: [
            { op: 'replace', path: '/a', value: 2 },
            { op: 'add', path: '/b', value: [1] },
          ],
          patchOmitted: null,
        },
        {
          slug: 'flags',
          flags: [
            { flag: 'forkOnInstall', before: false, after: true },
            { flag: 'dependsOn', before: [], after: ['same'] },
          ],
          patch: [],
          patchOmitted: null,
        },
      ],
    });
    expect(diff.semver).toMatchObject({ least: 'major', made: 'major', fits: true });
    expect(diff.semver.reasons).toContain('major: the member goes is gone');
  });

  test('tells what changed about variables, auth and dependencies, and what needs consent', async () => {
    await (await TestIntegration.create(publisher, 'base')).publish('1.0.0', { a: {} });
    const made = await TestIntegration.create(publisher, 'documents');
    const schema = (properties: JsonObject, required: string[]) => ({ type: 'object', properties, required });
    await made.publish('1.0.0', { a: {} }, { variablesSchema: schema({ x: { type: 'string' }, y: {}, z: {} }, ['z']) });
    const { id } = await made.publish(
      '1.0.1',
      { a: {} },
      {
        variablesSchema: schema({ x: { type: 'integer' }, z: {}, w: {} }, ['w']),
        authConfig: { type: 'api_key', scopes: ['read'] },
        manifest: { dependencies: [{ integration: 'acme/base', range: '^1.0' }] },
      },
    );
    const diff = await publisher.viewer.get(at(id));
    expect(diff.variables).toMatchObject({ added: ['w'], removed: ['y'], changed: ['x'], required: ['w'], optional: ['z'] });
    expect(diff.variables.patch).toContainEqual({ op: 'replace', path: '/properties/x/type', value: 'integer' });
    expect(diff.auth.patch).toEqual([
      { op: 'add', path: '/type', value: 'api_key' },
      { op: 'add', path: '/scopes', value: ['read'] },
    ]);
    expect(diff.dependencies).toEqual([{ integration: 'acme/base', before: null, after: { range: '^1.0' } }]);
    expect(diff.consent.map(({ kind }: { kind: string }) => kind)).toEqual(['auth_type', 'scopes', 'required_variable']);
    expect(diff.semver).toMatchObject({ least: 'major', made: 'patch', fits: false });
  });

  test('is against the next lower version by precedence, not the one published before; any other one can be named', async () => {
    const made = await TestIntegration.create(publisher, 'ordered');
    const [first, second, backport] = [
      await made.publish('1.0.0', { a: {} }),
      await made.publish('2.0.0', { a: {} }),
      await made.publish('1.5.0', { a: {} }),
    ];
    expect((await publisher.viewer.get(at(backport.id))).from.version).toBe('1.0.0');
    expect((await publisher.viewer.get(at(second.id))).from.version).toBe('1.5.0');
    const down = await publisher.viewer.get(at(first.id, second.id));
    expect(down).toMatchObject({ from: { version: '2.0.0' }, to: { version: '1.0.0' }, semver: { made: 'none' } });
  });

  test('of the lowest version is 409; against a version of another integration 404, as against none at all', async () => {
    const made = await TestIntegration.create(publisher, 'lowest');
    const { id } = await made.publish('1.0.0', { a: {} });
    const foreign = await (await TestIntegration.create(buyer, 'foreign')).publish('1.0.0', { a: {} });
    expect((await publisher.viewer.get(at(id), 409)).code).toBe('no_lower_version');
    const [theirs, missing] = [foreign.id, newId('intver')];
    const told = async (against: string) => {
      const { detail, code } = await publisher.viewer.get(at(id, against), 404);
      return [code, detail.replace(against, '<id>')];
    };
    expect(await told(theirs)).toEqual(await told(missing));
    await publisher.viewer.get(at(id, made.id), 400);
    await buyer.viewer.get(at(id, theirs), 404);
    await api.as(null).get(at(id), 401);
  });

  test('shows patches to the source workspace and where it is installed, to others only that there are some', async () => {
    const made = await TestIntegration.create(publisher, 'shown');
    await made.publish('1.0.0', { a: { ...CLONE, required: true, definition: { secret: 1 } } });
    await publisher.editor.post(`/api/integrations/${made.id}/visibility`, { visibility: 'unlisted' }, 200);
    const { id: installId } = await buyer.editor.post(`/api/integrations/${made.id}/install`, { workspaceId: buyer.id }, 201);
    const { id } = await made.publish('1.0.1', { a: { ...CLONE, required: true, definition: { secret: 2 } } });
    expect((await buyer.viewer.get(at(id))).members.changed[0]).toMatchObject({ patch: [{ path: '/secret' }], patchOmitted: null });
    await buyer.editor.delete(`/api/integration-installs/${installId}`, 200);
    expect((await buyer.viewer.get(at(id))).members.changed).toEqual([{ slug: 'a', flags: [], patch: null, patchOmitted: 'not_visible' }]);
    const browser = await api.key(buyer.id, 'browser', 'publishable');
    await browser.get(at(id), 403);
  });

  test('holds 1 MiB of patches: a change beyond that is told without its patch, smaller ones behind it with theirs', async () => {
    const made = await TestIntegration.create(publisher, 'big');
    const big = (seed: string) => ({ text: seed.repeat(700_000) });
    await made.publish('1.0.0', { a: { definition: big('a') }, b: { definition: big('b') }, c: { definition: { n: 1 } } });
    const { id } = await made.publish('1.0.1', { a: { definition: big('c') }, b: { definition: big('d') }, c: { definition: { n: 2 } } });
    const { members } = await publisher.viewer.get(at(id));
    expect(members.changed.map((each: { slug: string; patchOmitted: string | null }) => [each.slug, each.patchOmitted])).toEqual([
      ['a', null],
      ['b', 'too_large'],
      ['c', null],
    ]);
    expect(members.changed[1].patch).toBeNull();
  });
});
