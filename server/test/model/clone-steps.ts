import fc from 'fast-check';
import { expect } from 'vitest';
import { must } from '../../src/lib/must.ts';
import { openBase, sameDoc, withKey } from './documents.ts';
import { clonesOf, oneOf, replace, type Step, step } from './step.ts';
import type { World } from './world.ts';

const which = fc.nat(11);
const hasPresent = (world: World) => world.present().length > 0;

/** What the workspace does to an entity makes its member, if it is the clone of one, the workspace's own. */
function touched(world: World, entityId: string): void {
  const member = clonesOf(world).find((each) => each.entityId === entityId);
  if (!member) return;
  const { mergeBase, applied } = member;
  const base = mergeBase && applied && openBase(mergeBase, world.entity(entityId).content, applied);
  replace(world, member.id, { detached: true, mergeBase: base });
}

const key = fc.constantFrom('p', 'q', 'r', 'v_tone', 'to_a', 'to_s', 'own');
const value = fc.oneof(fc.constantFrom('mine', 'other', 0, 1, 2), fc.record({ entity: which }), fc.constant(null));

export const edit: fc.Arbitrary<Step> = fc.tuple(which, key, value).map(([n, place, put]) =>
  step(`edit(entity ${n}, ${place}: ${JSON.stringify(put)})`, hasPresent, async (world, site) => {
    const id = oneOf(world.present(), n);
    const what = typeof put === 'object' ? (put === null ? undefined : oneOf(world.present(), put.entity)) : put;
    const before = world.entity(id).content;
    const definition = withKey(before, place, what);
    await site.buyer.editor.patch(`/api/entities/${id}`, { definition }, 200);
    world.write(id, definition);
    if (!sameDoc(before, definition)) touched(world, id);
  }),
);

export const remove: fc.Arbitrary<Step> = which.map((n) =>
  step(`delete(entity ${n})`, hasPresent, async (world, site) => {
    const id = oneOf(world.present(), n);
    await site.buyer.editor.delete(`/api/entities/${id}`, 200);
    world.entity(id).deleted = true;
    for (const install of world.installs) install.deletedWithIt = install.deletedWithIt.filter((each) => each !== id);
    touched(world, id);
  }),
);

const deletedOf = (world: World) => [...world.entities].flatMap(([id, { deleted, purged }]) => (deleted && !purged ? [id] : []));

/** Refused while another entity has its slug. */
export const bringBack: fc.Arbitrary<Step> = which.map((n) =>
  step(
    `undelete(entity ${n})`,
    (world) => deletedOf(world).length > 0,
    async (world, site) => {
      const id = oneOf(deletedOf(world), n);
      const { status } = await site.buyer.editor.call('POST', `/api/entities/${id}/restore`);
      expect([200, 409]).toContain(status);
      if (status === 200) world.entity(id).deleted = false;
    },
  ),
);

export const purge: fc.Arbitrary<Step> = which.map((n) =>
  step(
    `purge(entity ${n})`,
    (world) => deletedOf(world).length > 0,
    async (world, site) => {
      const id = oneOf(deletedOf(world), n);
      await site.buyer.admin.delete(`/api/entities/${id}/purge`, 200);
      world.purge(id);
    },
  ),
);

/** An entity of the workspace's own that refers to another one. */
export const own: fc.Arbitrary<Step> = which.map((n) =>
  step(`own(uses entity ${n})`, hasPresent, async (world, site) => {
    const definition = { uses: oneOf(world.present(), n) };
    const body = { workspaceId: site.buyer.id, kind: 'agent', slug: `own-${world.entities.size}`, name: 'Own', definition };
    const { id } = await site.buyer.editor.post('/api/entities', body, 201);
    world.create(id, definition);
  }),
);

export const detach: fc.Arbitrary<Step> = fc.tuple(which, fc.boolean()).map(([n, detached]) =>
  step(
    `${detached ? 'detach' : 'attach'}(clone ${n})`,
    (world) => clonesOf(world).length > 0,
    async (world, site) => {
      const { id } = oneOf(clonesOf(world), n);
      await site.buyer.editor.post(`/api/integration-members/${id}/detach`, { detached }, 200);
      replace(world, id, { detached });
    },
  ),
);

export const revert: fc.Arbitrary<Step> = which.map((n) =>
  step(
    `revert(clone ${n})`,
    (world) => clonesOf(world).length > 0,
    async (world, site) => {
      const { id, entityId, applied } = oneOf(clonesOf(world), n);
      const entity = world.entity(entityId);
      const answer = await site.buyer.editor.call('POST', `/api/integration-members/${id}/revert`);
      expect(answer.status).toBe(entity.purged ? 409 : 200);
      if (entity.purged) return;
      entity.deleted = false;
      world.write(entityId, must(applied, 'clones had a definition applied'));
      replace(world, id, { detached: false, mergeBase: null });
    },
  ),
);

/** Asks for a comparison, which has to tell nothing where nothing was changed, and changes nothing. */
export const compare: fc.Arbitrary<Step> = which.map((n) =>
  step(
    `diff(clone ${n})`,
    (world) => clonesOf(world).length > 0,
    async (world, site) => {
      const { id, entityId, applied } = oneOf(clonesOf(world), n);
      const { local } = await site.buyer.viewer.get(`/api/integration-members/${id}/diff`);
      expect(local.length === 0).toBe(sameDoc(world.entity(entityId).content, must(applied, 'clones had a definition applied')));
    },
  ),
);
