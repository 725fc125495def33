/** An install plan: exactly what install makes, as long as nothing moves in between. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MemberSpec, TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';
import { fingerprint } from '../../../test/isolation/fingerprint.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { mapStrings } from '../../lib/json-walk.ts';
import { must } from '../../lib/must.ts';

let api: TestApi;
let publisher: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  publisher = await api.workspace('acme');
});
afterAll(() => api.stop());

const CLONE = { forkOnInstall: true, required: true };

async function open(slug: string): Promise<TestIntegration> {
  const made = await TestIntegration.create(publisher, slug);
  await api.platform.post(`/api/integrations/${made.id}/visibility`, { visibility: 'public' }, 200);
  return made;
}

const planned = ({ viewer, id: workspaceId }: TestWorkspace, { id }: TestIntegration, more: object = {}, query = '') =>
  viewer.post(`/api/integrations/${id}/install-plan${query}`, { workspaceId, ...more }, 200);
const install = ({ editor, id: workspaceId }: TestWorkspace, { id }: TestIntegration, more: object = {}, query = '', status = 201) =>
  editor.post(`/api/integrations/${id}/install${query}`, { workspaceId, ...more }, status);

interface PlannedMember {
  slug: string;
  kind: string;
  isClone: boolean;
  entityId: string | null;
  entitySlug: string | null;
  entityVersionId: string;
  adopted: boolean;
  definition: Json;
  adoptable: { entityId: string; slug: string }[];
}

/** What the install has, in the terms of a plan. */
async function made({ viewer }: TestWorkspace, installId: string) {
  const { members } = await viewer.get(`/api/integration-installs/${installId}/members`);
  const ids = new Map<string, string>();
  for (const { sourceMemberSlug: slug, isClone, entityId, detached } of members)
    if (isClone && !detached) ids.set(entityId, `{{ members.${slug} }}`);
  return Promise.all(
    members.map(async (member: Record<string, string | boolean>) => {
      const { definition, slug } = await viewer.get(`/api/entities/${member.entityId}`);
      const isNew = member.isClone && !member.detached;
      return {
        slug: member.sourceMemberSlug,
        kind: member.kind,
        isClone: member.isClone,
        entityId: isNew ? null : member.entityId,
        entitySlug: isNew ? slug : null,
        entityVersionId: member.entityVersionId,
        adopted: member.detached,
        definition: mapStrings(definition, (text) => ids.get(text) ?? text),
      };
    }),
  );
}

const shown = ({ slug, kind, isClone, entityId, entitySlug, entityVersionId, adopted, definition }: PlannedMember) => ({
  slug,
  kind,
  isClone,
  entityId,
  entitySlug,
  entityVersionId,
  adopted,
  definition,
});

/** One integration of chance: members that refer to one another, to variables and to schemas, cloned or not. */
const member = fc.record({
  kind: fc.constantFrom('function', 'agent'),
  forkOnInstall: fc.boolean(),
  required: fc.boolean(),
  defaultEnabled: fc.boolean(),
  uses: fc.constantFrom('', '{{ variables.tone }}', 'so {{ variables.tone }}!'),
  to: fc.nat(3),
  schema: fc.boolean(),
});
const scene = fc.record({
  members: fc.array(member, { minLength: 1, maxLength: 4 }),
  policy: fc.constantFrom(undefined, 'auto_all', 'auto_defaults', 'manual'),
  tone: fc.constantFrom(undefined, 'calm'),
  needs: fc.boolean(),
  taken: fc.array(fc.nat(3), { maxLength: 3 }),
  adopts: fc.boolean(),
});
type Scene = typeof scene extends fc.Arbitrary<infer S> ? S : never;

/** Publishes the integration that the scene tells of. The first members are drafted without references: those behind them are not there yet. */
async function publish({ members, needs }: Scene, slug: string): Promise<TestIntegration> {
  const integration = await open(slug);
  const schema = await integration.entity('form', { kind: 'schema', definition: { type: 'object' } });
  const specs: Record<string, MemberSpec> = {};
  for (const [index, { kind, uses, to, schema: _, ...flags }] of members.entries()) {
    const earlier = index === 0 ? null : integration.source(`m${to % index}`);
    const definition: JsonObject = { at: index, uses, ...(earlier && { next: earlier }), ...(members[index]?.schema && { form: schema }) };
    specs[`m${index}`] = { kind, ...flags, definition };
    await integration.entity(`m${index}`, { kind, definition });
  }
  const variablesSchema = { type: 'object', properties: { tone: { type: 'string', default: 'warm' } } };
  const dependencies = needs ? [{ integration: 'acme/ground', range: '^1' }] : [];
  await integration.publish('1.0.0', specs, { manifest: { dependencies }, variablesSchema });
  return integration;
}

describe('install makes exactly what the plan said', () => {
  test('whatever is published, taken in the workspace, or left from an earlier install', async () => {
    const ground = await open('ground');
    await ground.publish('1.0.0', { base: { ...CLONE, kind: 'agent' } });
    let number = 0;
    const property = fc.asyncProperty(scene, async (chance) => {
      const buyer = await api.workspace();
      const integration = await publish(chance, `chance-${++number}`);
      for (const index of new Set(chance.taken)) await occupy(buyer, integration, index, chance);
      const adopt = chance.adopts ? await leftFrom(buyer, integration) : [];
      const body = {
        ...(chance.policy && { memberPolicy: chance.policy }),
        ...(chance.tone && { variables: { tone: chance.tone } }),
        ...(adopt.length > 0 && { adopt }),
      };
      const query = '?install_dependencies=true';
      const before = await fingerprint(api.test);
      const plan = await planned(buyer, integration, body, query);
      expect(await fingerprint(api.test), 'the plan wrote something').toEqual(before);
      expect(plan.blockers).toEqual([]);
      const done = await install(buyer, integration, { ...body, planDigest: plan.planDigest }, query);
      expect(plan.members.map(shown)).toEqual(await made(buyer, done.id));
      expect(plan).toMatchObject({
        memberPolicy: done.memberPolicy,
        variables: done.variables,
        version: { id: done.integrationVersionId },
      });
      const { data } = await buyer.viewer.get('/api/integration-installs?orderBy=[{"installedAt":"asc"},{"id":"asc"}]');
      const along = data.filter(
        ({ id, integrationId }: { id: string; integrationId: string }) => id !== done.id && integrationId === ground.id,
      );
      const first = plan.installedFirst.flatMap((each: { members: PlannedMember[] }) => each.members.map(shown));
      const came = chance.needs && !chance.adopts;
      expect(plan.installedFirst).toHaveLength(came ? 1 : 0);
      if (came) expect(first).toEqual(await made(buyer, along[0].id));
      expect(plan.dependencies).toMatchObject(chance.needs ? [{ integration: 'acme/ground', ok: true, installedFirst: came }] : []);
    });
    await fc.assert(property, { numRuns: 12, seed: 7 });
  }, 300_000);
});

/** An entity of the workspace's own that has the slug which a clone would have. */
async function occupy({ editor, id: workspaceId }: TestWorkspace, integration: TestIntegration, index: number, { members }: Scene) {
  const kind = members[index]?.kind;
  if (kind === undefined) return;
  const slug = `m${index}-${integration.id.slice(-6)}`;
  await editor.post('/api/entities', { workspaceId, kind, slug, name: slug, definition: {} }, 201);
}

/** Installs, edits the first clone, and uninstalls again: what is left of that. */
async function leftFrom(buyer: TestWorkspace, integration: TestIntegration): Promise<{ slug: string; entityId: string }[]> {
  const { id } = await install(buyer, integration, { memberPolicy: 'auto_all' }, '?install_dependencies=true');
  const { members } = await buyer.viewer.get(`/api/integration-installs/${id}/members`);
  const clone = members.find((each: { isClone: boolean; kind: string }) => each.isClone && each.kind !== 'schema');
  if (clone !== undefined) await buyer.editor.patch(`/api/entities/${clone.entityId}`, { definition: { mine: true } }, 200);
  await buyer.editor.delete(`/api/integration-installs/${id}`, 200);
  const plan = await planned(buyer, integration, { memberPolicy: 'auto_all' });
  return plan.members.flatMap(({ slug, isClone, adoptable }: PlannedMember) =>
    adoptable.slice(0, isClone ? 1 : 0).map(({ entityId }) => ({ slug, entityId })),
  );
}

describe('an install plan', () => {
  test('lists members with rendered definitions and slugs, dependencies, variables, and everything in the way at once', async () => {
    const buyer = await api.workspace();
    const integration = await open('much-in-the-way');
    const variablesSchema = { type: 'object', properties: { tone: { type: 'string' } }, required: ['tone'] };
    const other = await open('needed');
    await other.publish('1.0.0', { a: CLONE });
    await integration.publish(
      '1.0.0',
      { a: { ...CLONE, definition: { says: '{{ variables.tone }}' } } },
      { variablesSchema, authConfig: { type: 'api_key' }, manifest: { dependencies: [{ integration: 'acme/needed', range: '^1' }] } },
    );
    const plan = await planned(buyer, integration, { selectedMemberSlugs: ['none'] });
    expect(plan.members).toMatchObject([
      { slug: 'a', entityId: null, entitySlug: `a-${integration.id.slice(-6)}`, definition: { says: null } },
    ]);
    expect(plan.missingVariables).toEqual(['tone']);
    expect(plan.dependencies).toMatchObject([{ integration: 'acme/needed', range: '^1', ok: false, installId: null }]);
    const pointers = plan.blockers.flatMap(({ facts }: { facts: { errors?: { pointer: string }[] } }) =>
      (facts.errors ?? []).map((e) => e.pointer),
    );
    expect(pointers).toEqual(['/variables/tone', '/selectedMemberSlugs/0', '/authStateId']);
    expect(plan.blockers.map(({ code }: { code: string }) => code)).toEqual([
      'invalid_body',
      'invalid_body',
      'invalid_body',
      'missing_dependencies',
    ]);
  });

  test('names the install that is there already', async () => {
    const buyer = await api.workspace();
    const integration = await open('twice');
    await integration.publish('1.0.0', { a: CLONE });
    const { id } = await install(buyer, integration);
    expect((await planned(buyer, integration)).blockers).toMatchObject([{ code: 'already_installed', facts: { installId: id } }]);
  });

  test('does not tell of what the workspace may not take', async () => {
    const buyer = await api.workspace();
    const integration = await open('yanked');
    const { id } = await integration.publish('1.0.0', { a: CLONE });
    await integration.publish('1.1.0', { a: CLONE });
    const draft = await open('never-published');
    await publisher.editor.post(`/api/integration-versions/${id}/yank`, { reason: 'broken' }, 200);
    const body = { workspaceId: buyer.id, integrationVersionId: id };
    expect(await buyer.viewer.post(`/api/integrations/${integration.id}/install-plan`, body, 409)).toMatchObject({
      code: 'version_yanked',
    });
    await buyer.viewer.post(`/api/integrations/${draft.id}/install-plan`, { workspaceId: buyer.id }, 404);
  });
});

describe('a plan digest', () => {
  const refused = async (
    move: (buyer: TestWorkspace, integration: TestIntegration) => Promise<unknown>,
    name: string,
    change: object = {},
  ) => {
    const buyer = await api.workspace();
    const integration = await open(name);
    await integration.publish('1.0.0', { a: CLONE });
    const { planDigest } = await planned(buyer, integration);
    await move(buyer, integration);
    const body = await install(buyer, integration, { planDigest, ...change }, '', 409);
    expect(body.code).toBe('plan_outdated');
    expect((await buyer.viewer.get('/api/integration-installs')).data).toEqual([]);
    return { body, integration };
  };

  test('is refused once another version is current, and tells of it', async () => {
    const { body, integration } = await refused((_, made) => made.publish('1.1.0', { a: CLONE }), 'moved-on');
    expect(body.moved.map(({ type }: { type: string }) => type)).toContain('integration.published');
    expect(body.detail).toContain('integration.published');
    expect(integration.id).toBeTruthy();
  });

  test('is refused once a slug is taken', async () => {
    await refused(async ({ editor, id: workspaceId }, { id }) => {
      await editor.post('/api/entities', { workspaceId, kind: 'function', slug: `a-${id.slice(-6)}`, name: 'x', definition: {} }, 201);
    }, 'slug-taken');
  });

  test('is refused with other options than it was made with', async () => {
    await refused(async () => undefined, 'other-options', { memberPolicy: 'manual' });
  });

  test('that is none is a fault of the body', async () => {
    const buyer = await api.workspace();
    const integration = await open('no-digest');
    await integration.publish('1.0.0', { a: CLONE });
    const body = await install(buyer, integration, { planDigest: 'nonsense' }, '', 422);
    expect(body.errors).toMatchObject([{ pointer: '/planDigest' }]);
  });
});

describe('a clone left from an uninstall', () => {
  async function scene(slug: string) {
    const buyer = await api.workspace();
    const integration = await open(slug);
    await integration.publish('1.0.0', { a: { ...CLONE, definition: { model: 'small', tone: 'dry' } }, b: CLONE });
    const { id } = await install(buyer, integration);
    const { members } = await buyer.viewer.get(`/api/integration-installs/${id}/members`);
    const { entityId } = must(members[0] as { entityId: string }, 'a');
    await buyer.editor.patch(`/api/entities/${entityId}`, { definition: { model: 'mine', tone: 'dry' } }, 200);
    await buyer.editor.delete(`/api/integration-installs/${id}`, 200);
    return { buyer, integration, entityId, old: id as string };
  }

  test('is offered by the plan, and taken as the detached clone instead of making a second one', async () => {
    const { buyer, integration, entityId, old } = await scene('left-over');
    const plan = await planned(buyer, integration);
    expect(plan.members[0].adoptable).toMatchObject([{ entityId, installId: old }]);
    expect(plan.members[0].entitySlug).toMatch(/-2$/);
    const { id } = await install(buyer, integration, { adopt: [{ slug: 'a', entityId }] });
    const { members } = await buyer.viewer.get(`/api/integration-installs/${id}/members`);
    expect(members[0]).toMatchObject({ entityId, detached: true, isClone: true, drift: 'modified' });
    expect((await buyer.viewer.get('/api/entities')).pageInfo.total).toBe(2);
  });

  test('merges with later versions as it would have where it was', async () => {
    const { buyer, integration, entityId } = await scene('left-merging');
    const { id } = await install(buyer, integration, { adopt: [{ slug: 'a', entityId }] });
    await integration.publish('1.1.0', { a: { ...CLONE, definition: { model: 'small', tone: 'warm' } }, b: CLONE });
    await buyer.editor.post(`/api/integration-installs/${id}/upgrade`, { strategy: 'merge' }, 200);
    expect((await buyer.viewer.get(`/api/entities/${entityId}`)).definition).toEqual({ model: 'mine', tone: 'warm' });
  });

  test('of another member, kind or integration, in use, or named twice is refused with its pointer', async () => {
    const { buyer, integration, entityId } = await scene('left-wrong');
    const faults = async (adopt: object[]) =>
      (await install(buyer, integration, { adopt }, '', 422)).errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(await faults([{ slug: 'b', entityId }])).toEqual(['/adopt/0/entityId']);
    expect(await faults([{ slug: 'zz', entityId }])).toEqual(['/adopt/0/slug']);
    expect(await faults([{ slug: 'a', entityId: integration.source('a') }])).toEqual(['/adopt/0/entityId']);
    expect(
      await faults([
        { slug: 'a', entityId },
        { slug: 'a', entityId },
      ]),
    ).toEqual(['/adopt/1']);
    const plan = await planned(buyer, integration, { adopt: [{ slug: 'b', entityId }] });
    expect(plan.blockers).toMatchObject([{ code: 'invalid_body' }]);
    await install(buyer, integration, { adopt: [{ slug: 'a', entityId }] });
    expect((await planned(buyer, integration)).members[0].adoptable).toEqual([]);
  });

  test('taken over by another install does not come back to the one that left it', async () => {
    const { buyer, integration, entityId, old } = await scene('left-taken');
    const parent = await open('left-parent');
    await parent.publish('1.0.0', { a: CLONE });
    const { id: parentInstallId } = await install(buyer, parent);
    const { id } = await install(buyer, integration, { parentInstallId, adopt: [{ slug: 'a', entityId }] });
    const body = await buyer.editor.post(`/api/integration-installs/${old}/restore`, undefined, 409);
    expect(body).toMatchObject({ code: 'clone_adopted', installs: [id] });
    await buyer.editor.delete(`/api/integration-installs/${id}`, 200);
    await buyer.editor.post(`/api/integration-installs/${old}/restore`, undefined, 200);
  });
});
