import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Caller, type MemberSpec, TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';

let api: TestApi;
let publisher: TestWorkspace;
/** Statements of each step, for few members and for many. */
let few: ReadonlyMap<string, number>;
let many: ReadonlyMap<string, number>;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
  few = await statementsOf(3);
  many = await statementsOf(60);
}, 120_000);
afterAll(() => api.stop());

/** An install whose members all take part in each step. */
interface Scene {
  readonly size: number;
  readonly made: TestIntegration;
  readonly workspaceId: string;
  readonly editor: Caller;
  readonly admin: Caller;
  installId: string;
}

/** In this order: two thirds of the members are installed and the last one is added, later the first is edited and the last one dropped. */
const STEPS: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  install: async (scene) => {
    const selectedMemberSlugs = slugs(scene.size).slice(0, (scene.size / 3) * 2);
    const body = { workspaceId: scene.workspaceId, selectedMemberSlugs, memberPolicy: 'auto_all' };
    scene.installId = (await scene.editor.post(`/api/integrations/${scene.made.id}/install`, body, 201)).id;
  },
  'adding members': (scene) => post(scene, 'members', { slugs: slugs(scene.size) }),
  'a plan that skips': (scene) => post(scene, 'upgrade-plan'),
  'an upgrade that skips': (scene) => post(scene, 'upgrade'),
  'a plan that merges': (scene) => post(scene, 'upgrade-plan', { strategy: 'merge' }),
  'an upgrade that merges': (scene) => post(scene, 'upgrade', { strategy: 'merge' }),
  'a rollback': (scene) => post(scene, 'rollback', { revision: 2 }),
  'a change of variables': ({ editor, installId }) => editor.patch(pathOf(installId), { variables: { tone: 'loud' } }, 200),
  'a list of members': ({ editor, installId }) => editor.get(`${pathOf(installId)}/members`, 200),
  'an uninstall': ({ editor, installId }) => editor.delete(pathOf(installId), 200),
  'a restore': (scene) => post(scene, 'restore'),
  'a purge': ({ admin, installId }) => admin.delete(`${pathOf(installId)}/purge`, 200),
};

/** What happens before a step, uncounted. */
const BEFORE: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  install: ({ made, size }) => publish(made, '1.0.0', slugs(size)),
  'a plan that skips': async (scene) => {
    await edit(scene);
    await publish(scene.made, '2.0.0', [...slugs(scene.size), ...slugs(scene.size).map((slug) => `${slug}-new`)]);
  },
  'a plan that merges': ({ made, size }) => publish(made, '3.0.0', slugs(size).slice(0, (size / 3) * 2)),
  'a purge': ({ editor, installId }) => editor.delete(pathOf(installId), 200),
};

const slugs = (size: number): string[] => Array.from({ length: size }, (_, n) => `m${n}`);
const pathOf = (installId: string): string => `/api/integration-installs/${installId}`;
const post = ({ editor, installId }: Scene, verb: string, body?: object) => editor.post(`${pathOf(installId)}/${verb}`, body, 200);

/** Every member refers to the one before it and uses the variable, and is another one in every version. */
async function publish(made: TestIntegration, version: string, members: readonly string[]): Promise<void> {
  const specs: [string, MemberSpec][] = [];
  for (const [index, slug] of members.entries()) {
    const before = index === 0 ? null : await made.entity(members[index - 1] ?? '');
    specs.push([slug, { forkOnInstall: true, definition: { slug, version, before, tone: '{{ variables.tone }}' } }]);
  }
  await made.publish(version, Object.fromEntries(specs));
}

/** Changes the clones of the first third. */
async function edit({ editor, installId, size }: Scene): Promise<void> {
  const { members } = await editor.get(`${pathOf(installId)}/members`);
  for (const { entityId } of members.slice(0, size / 3)) {
    const { definition } = await editor.get(`/api/entities/${entityId}`);
    await editor.patch(`/api/entities/${entityId}`, { definition: { ...definition, own: true } }, 200);
  }
}

async function statementsOf(size: number): Promise<ReadonlyMap<string, number>> {
  const variablesSchema = { type: 'object', properties: { tone: { type: 'string', default: 'calm' } } };
  const made = await TestIntegration.create(publisher, `size-${size}`, { variablesSchema });
  await publisher.editor.post(`/api/integrations/${made.id}/visibility`, { visibility: 'unlisted' }, 200);
  const { id: workspaceId, editor, admin } = await api.workspace();
  const scene: Scene = { size, made, workspaceId, editor, admin, installId: '' };
  const counts = new Map<string, number>();
  for (const [name, take] of Object.entries(STEPS)) {
    await BEFORE[name]?.(scene);
    counts.set(name, await countStatements(() => take(scene)));
  }
  return counts;
}

/** What connections say of themselves, whenever one is opened or looked after. */
const HOUSEKEEPING = /pg_postmaster_start_time|^select 1$/;
const textOf = ([first]: readonly unknown[]): string => (typeof first === 'string' ? first : ((first as { text?: string }).text ?? ''));

/** How many statements the server sends meanwhile. */
async function countStatements(work: () => Promise<unknown>): Promise<number> {
  const original = pg.Client.prototype.query;
  let count = 0;
  pg.Client.prototype.query = function counted(this: pg.Client, ...input: unknown[]) {
    if (!HOUSEKEEPING.test(textOf(input))) count += 1;
    return Reflect.apply(original, this, input);
  } as typeof original;
  await work().finally(() => {
    pg.Client.prototype.query = original;
  });
  return count;
}

test.each(Object.keys(STEPS))('%s runs the same number of statements for 3 members and for 60', (name) => {
  expect(few.get(name)).toBeGreaterThan(0);
  expect(many.get(name)).toBe(few.get(name));
});
