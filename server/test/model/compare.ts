/** Holds what the server tells against the model. */
import { expect } from 'vitest';
import { findBreaches, tellBreaches } from '../../src/db/invariants.ts';
import { type Doc, sameDoc } from './documents.ts';
import type { ShownMember, Site } from './site.ts';
import type { Install, Member, World } from './world.ts';

export async function expectAlike(world: World, site: Site): Promise<void> {
  for (const install of world.installs.slice(-2)) await expectInstall(world, site, install);
  for (const [id, { content, deleted, purged }] of world.entities) {
    const { status, body } = await site.buyer.viewer.call('GET', `/api/entities/${id}`);
    if (purged) expect(status, `${id} was purged`).toBe(404);
    else
      expect({ definition: body.definition, deleted: body.deletedAt !== null }, `the entity ${id}`).toEqual({
        definition: content,
        deleted,
      });
  }
  expect(tellBreaches(await findBreaches(site.api.test.owner.db, site.invariants))).toBe('');
}

async function expectInstall(world: World, site: Site, install: Install): Promise<void> {
  const { viewer } = site.buyer;
  const shown = await viewer.get(`/api/integration-installs/${install.id}`);
  expect(shown).toMatchObject({ integrationVersionId: install.version.id, variables: install.variables });
  expect(Object.keys(shown.variables).sort()).toEqual(Object.keys(install.variables).sort());
  expect(shown.deletedAt === null, 'the install is active').toBe(install.active);
  const members = install.active ? [...install.members.values()].map((member) => toShow(world, install, member)) : [];
  const bySlug = <T extends Pick<ShownMember, 'sourceMemberSlug'>>(some: readonly T[]) =>
    Object.fromEntries(some.map((member) => [member.sourceMemberSlug, member]));
  expect(bySlug(await site.members(install.id)), `the members of ${install.id}`).toMatchObject(bySlug(members));
  expect(await site.members(install.id)).toHaveLength(members.length);
  const { data, pageInfo } = await viewer.get(`/api/integration-installs/${install.id}/revisions?limit=1`);
  const { action, lists } = install.revisions.at(-1) ?? {};
  const sorted = (slugs: string[]) => [...slugs].sort();
  const [{ updated, added, removed, skipped }] = data;
  expect(pageInfo.total, 'the number of revisions').toBe(install.revisions.length);
  expect(data[0]).toMatchObject({ number: install.revisions.length, action, toVersionId: install.version.id });
  expect({ updated: sorted(updated), added: sorted(added), removed: sorted(removed), skipped: sorted(skipped) }).toEqual(lists);
}

function toShow(world: World, install: Install, member: Member): ShownMember {
  const { id, slug, entityId, isClone, detached, pin, madeFrom } = member;
  return {
    id,
    sourceMemberSlug: slug,
    entityId,
    entityVersionId: pin,
    sourceVersionId: madeFrom,
    isClone,
    detached,
    drift: driftOf(world, install, member),
    configState: isMissingVariables(install) ? 'needs_variables' : 'ready',
  };
}

function driftOf(world: World, install: Install, { isClone, entityId, applied, madeFrom }: Member): string {
  if (isClone && world.entity(entityId).deleted) return 'missing';
  if (applied && !sameDoc(world.entity(entityId).content, applied)) return 'modified';
  return madeFrom === install.version.id ? 'none' : 'outdated';
}

const isMissingVariables = ({ version, variables }: Install): boolean =>
  Object.entries(version.variables).some(([name, use]) => use === 'required' && variables[name] === undefined);

/** Nothing is lost: each definition that an entity ever had is in its history. */
export async function expectHistories(world: World, site: Site): Promise<void> {
  for (const [id, { history, purged }] of world.entities) {
    if (purged) continue;
    const { data } = await site.buyer.viewer.get(`/api/entities/${id}/versions?limit=100`);
    const kept: Doc[] = data.map((version: { definition: Doc }) => version.definition).toReversed();
    expect(kept, `the history of ${id}`).toEqual(history);
  }
}
