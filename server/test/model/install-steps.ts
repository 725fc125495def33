import fc from 'fast-check';
import { expect } from 'vitest';
import { must } from '../../src/lib/must.ts';
import { goBack, isLost, KEEPS, purgedOf, restored, uninstalled } from './back.ts';
import { withNeeds } from './match.ts';
import { type Moved, move } from './move.ts';
import { activeOf, complete, conflictsOf, expectLists, hasActive, missing, oneOf, path, type Step, step } from './step.ts';
import { SLUGS } from './versions.ts';
import { type Action, type Install, NOTHING, POLICIES, type World } from './world.ts';

const which = fc.nat(11);
const words = (value: unknown) => JSON.stringify(value);

export const variables = fc.record(
  { tone: fc.constantFrom('kind', 'brief'), size: fc.constantFrom(1, 2), mood: fc.constantFrom('calm', 'wild') },
  { requiredKeys: [] },
);
const policy = fc.constantFrom(...POLICIES);
const slugs = fc.subarray([...SLUGS], { minLength: 1 });

/** Notes a change that the model made, if it was one. */
export const noted = (world: World, install: Install, action: Action, { lists, written, changed }: Moved): void => {
  if (changed) world.note(install, action, lists, written);
};

export const install: fc.Arbitrary<Step> = fc.tuple(policy, variables, fc.option(slugs)).map(([memberPolicy, given, named]) =>
  step(
    `install(${memberPolicy}, ${words(given)}, ${words(named)})`,
    (world) => world.versions.length > 0 && !hasActive(world),
    async (world, site) => {
      const version = world.current;
      const chosen = named?.filter((slug) => version.members.some((member) => member.slug === slug && !member.closure));
      const body = { workspaceId: site.buyer.id, variables: given, memberPolicy, ...(chosen && { selectedMemberSlugs: chosen }) };
      const answer = await site.buyer.editor.call('POST', `/api/integrations/${site.integration.id}/install`, body);
      const values = complete(version, given);
      if (missing(version, values).length > 0) return expect(answer.status).toBe(422);
      expect(answer.status, words(answer.body)).toBe(201);
      const { id } = answer.body;
      const made: Install = {
        id,
        policy: memberPolicy,
        version,
        variables: values,
        active: true,
        members: new Map(),
        deletedWithIt: [],
        purgedBefore: [],
        revisions: [],
      };
      world.installs.push(made);
      const choice = { policy: memberPolicy, ...(chosen && { slugs: chosen }) };
      const moved = move(world, made, null, { to: version, variables: values, strategy: 'skip', choice, given: await site.given(id) });
      world.note(made, 'install', moved.lists);
    },
  ),
);

export const reconfigure: fc.Arbitrary<Step> = variables.map((given) =>
  step(`reconfigure(${words(given)})`, hasActive, async (world, site) => {
    const one = activeOf(world);
    const { version, variables: before } = one;
    const values = complete(version, given);
    const answer = await site.buyer.editor.call('PATCH', path(one), { variables: given });
    if (missing(version, values).length > 0) return expect(answer.status).toBe(422);
    expect(answer.status, words(answer.body)).toBe(200);
    if (words(Object.entries(values).sort()) === words(Object.entries(before).sort())) return;
    const how = { to: version, variables: values, strategy: 'skip', choice: { policy: one.policy } } as const;
    noted(world, one, 'reconfigure', move(world, one, version, { ...how, given: await site.given(one.id) }));
  }),
);

export const add: fc.Arbitrary<Step> = slugs.map((asked) =>
  step(`add(${asked})`, hasActive, async (world, site) => {
    const one = activeOf(world);
    const { version, variables: values } = one;
    const some = asked.filter((slug) => version.members.some((member) => member.slug === slug && !member.closure));
    if (some.length === 0) return;
    const answer = await site.buyer.editor.post(path(one, '/members'), { slugs: some }, 200);
    const how = { to: version, variables: values, strategy: 'hold', choice: { policy: one.policy, add: some } } as const;
    const moved = move(world, one, version, { ...how, given: await site.given(one.id) });
    expectLists(answer, moved.lists);
    noted(world, one, 'add_members', moved);
  }),
);

export const drop: fc.Arbitrary<Step> = which.map((n) =>
  step(
    `drop(member ${n})`,
    (world) => (world.active?.members.size ?? 0) > 0,
    async (world, site) => {
      const one = activeOf(world);
      const { version, variables: values } = one;
      const { id, slug } = oneOf([...one.members.values()], n);
      const answer = await site.buyer.editor.call('DELETE', `/api/integration-members/${id}`);
      if (isNeeded(one, slug)) return expect(answer).toMatchObject({ status: 409, body: { code: 'member_needed' } });
      expect(answer.status, words(answer.body)).toBe(200);
      const how = { to: version, variables: values, strategy: 'hold', choice: { policy: one.policy, drop: slug } } as const;
      noted(world, one, 'drop_member', move(world, one, version, { ...how, given: await site.given(one.id) }));
    },
  ),
);

/** Whether the version requires the member, or another one that is there needs it. */
function isNeeded({ version, members }: Install, slug: string): boolean {
  const it = must(
    version.members.find((member) => member.slug === slug),
    'members are of the version',
  );
  return it.required || version.members.some((other) => other !== it && members.has(other.slug) && withNeeds(version, [other]).has(it));
}

export const rollback: fc.Arbitrary<Step> = which.map((n) =>
  step(
    `rollback(revision ${n})`,
    (world) => hasActive(world) && activeOf(world).revisions.length > 1,
    async (world, site) => {
      const one = activeOf(world);
      const earlier = one.revisions.slice(0, -1);
      const past = oneOf(earlier, n);
      const revision = one.revisions.indexOf(past) + 1;
      const ask = (dryRun: boolean) => site.buyer.editor.call('POST', path(one, '/rollback'), { revision, dryRun });
      if (past.action === 'uninstall') return expect((await ask(false)).status).toBe(422);
      const purged = purgedOf(world, past);
      if (purged.length > 0)
        return expect(await ask(false)).toMatchObject({
          status: 409,
          body: { code: 'clone_purged', members: expect.arrayContaining(purged) },
        });
      const dry = await ask(true);
      const { status, body } = await ask(false);
      expect(status, words(body)).toBe(200);
      const moved = goBack(world, one, past);
      noted(world, one, 'rollback', moved);
      expectLists(body, moved.lists);
      expect(conflictsOf(body.conflicts)).toEqual(conflictsOf(moved.conflicts));
      expect(body.revision).toBe(moved.changed ? one.revisions.length : null);
      expect(body).toEqual({ ...dry.body, revision: body.revision });
    },
  ),
);

export const uninstall: fc.Arbitrary<Step> = fc.constantFrom(...KEEPS).map((keep) =>
  step(`uninstall(${keep})`, hasActive, async (world, site) => {
    const one = activeOf(world);
    const members = one.members;
    await site.buyer.editor.delete(path(one, `?keep=${keep}`), 200);
    const told = uninstalled(world, one, keep);
    one.members = members;
    world.note(one, 'uninstall', told);
  }),
);

/** The last install that was taken away, or the one before it: refused while another is there. */
export const restore: fc.Arbitrary<Step> = which.map((n) =>
  step(
    `restore(install ${n})`,
    (world) => world.installs.some(({ active }) => !active),
    async (world, site) => {
      const one = oneOf(
        world.installs.filter(({ active }) => !active),
        n,
      );
      const { status, body } = await site.buyer.editor.call('POST', path(one, '/restore'));
      if (hasActive(world)) return expect(body.code).toBe('already_installed');
      if (isLost(world, one)) return expect(body.code).toBe('clone_purged');
      expect(status, words(body)).toBe(200);
      restored(world, one);
      world.installs.splice(world.installs.indexOf(one), 1);
      world.installs.push(one);
      world.note(one, 'restore', NOTHING);
    },
  ),
);
