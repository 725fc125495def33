/** What may happen to installs that want one another, by chance, and what each answer promises of the next. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { must } from '../../src/lib/must.ts';
import { type JointSite, type Known, NAMES, THINGS } from './joint-site.ts';

export type JointStep = (site: JointSite) => Promise<void>;

const path = ({ id }: Known, rest = '') => `/api/integration-installs/${id}${rest}`;
const thing = fc.constantFrom(...THINGS);
const which = fc.nat(11);
const wants = fc.uniqueArray(fc.record({ of: thing, behind: fc.boolean(), optional: fc.boolean() }), {
  selector: ({ of }) => of,
  maxLength: 2,
});

const oneOf = (some: readonly Known[], n: number): Known => must(some[n % some.length], 'there is one');
const idsOf = (rows: readonly { installId: string }[]): string[] => rows.map(({ installId }) => installId).sort();

const publish = fc.tuple(thing, wants).map(
  ([of, wanted]): JointStep =>
    (site) =>
      site.publish(of, wanted),
);

/** The majors of two move together: whoever has both can move neither alone. */
const lockStep = fc.tuple(thing, thing).map(
  ([of, other]): JointStep =>
    async (site) => {
      if (of === other) return;
      await site.publish(other, []);
      await site.publish(of, [{ of: other, behind: false, optional: false }]);
    },
);

const install = fc.tuple(thing, fc.constantFrom(...NAMES), fc.boolean()).map(
  ([of, name, along]): JointStep =>
    async (site) => {
      const { id } = site.integration(of);
      const query = along ? '?install_dependencies=true' : '';
      const body = { workspaceId: site.buyer.id, ...(name && { name }) };
      const plan = await site.buyer.viewer.call('POST', `/api/integrations/${id}/install-plan${query}`, body);
      const before = site.active().find((each) => each.thing === of && each.name === name);
      const { status, body: made } = await site.call(`/api/integrations/${id}/install${query}`, {
        ...body,
        planDigest: plan.body.planDigest,
      });
      expect(status === 201, JSON.stringify([plan.body.blockers, made])).toBe(plan.body.blockers.length === 0);
      if (before !== undefined) expect(made).toMatchObject({ code: 'already_installed', installId: before.id });
      if (status !== 201) return expect(made.code).toBe(plan.body.blockers[0].code);
      const { data } = await site.buyer.viewer.get('/api/integration-installs?limit=100&orderBy=[{"id":"asc"}]');
      const known = new Set(site.installs.map((each) => each.id));
      const came = data.filter((each: { id: string }) => !known.has(each.id));
      expect(came).toHaveLength(1 + plan.body.installedFirst.length);
      for (const each of came) {
        const found = must(
          THINGS.find((one) => site.integration(one).id === each.integrationId),
          'all are known',
        );
        site.installs.push({ id: each.id, thing: found, name: each.name, active: true });
      }
    },
);

/** Alone; and where that is refused, as the refusal says. */
const upgrade = which.map(
  (n): JointStep =>
    async (site) => {
      if (site.active().length === 0) return;
      const known = oneOf(site.active(), n);
      const before = await site.versions();
      const alone = await site.call(path(known, '/upgrade'), {});
      const after = await site.versions();
      if (alone.status === 200) return expect({ ...after, [known.id]: '' }).toEqual({ ...before, [known.id]: '' });
      expect(alone.status).toBe(409);
      expect(after).toEqual(before);
      await upgradeAsTold(site, known, alone.body.joint?.moves ?? null);
    },
);

async function upgradeAsTold(site: JointSite, known: Known, moves: readonly { installId: string }[] | null): Promise<void> {
  const before = await site.versions();
  const plan = await site.buyer.viewer.post(path(known, '/upgrade-plan'), { with: 'dependencies' }, 200);
  const joint = await site.call(path(known, '/upgrade'), { with: 'dependencies', planDigest: plan.planDigest });
  expect(joint.status, JSON.stringify(joint.body)).toBe(moves === null ? 409 : 200);
  expect(plan.blockers.length > 0).toBe(moves === null);
  const after = await site.versions();
  if (moves === null) return expect(after).toEqual(before);
  const moved = Object.keys(after).filter((id) => after[id] !== before[id]);
  expect(moved.sort()).toEqual(idsOf(moves));
  expect(idsOf([...joint.body.along, { installId: known.id }])).toEqual(idsOf(moves));
  expect(idsOf(plan.along)).toEqual(idsOf(joint.body.along));
}

const upgradeSome = fc.tuple(which, which).map(
  ([n, m]): JointStep =>
    async (site) => {
      if (site.active().length < 2) return;
      const known = oneOf(site.active(), n);
      const others = site.active().filter((each) => each !== known);
      const named = [oneOf(others, m).id];
      const before = await site.versions();
      const { status, body } = await site.call(path(known, '/upgrade'), { with: named });
      const after = await site.versions();
      const moved = Object.keys(after).filter((id) => after[id] !== before[id]);
      if (status !== 200) return expect([status, after]).toEqual([409, before]);
      expect(moved.every((id) => id === known.id || named.includes(id))).toBe(true);
      expect(idsOf(body.along)).toEqual(moved.filter((id) => id !== known.id).sort());
    },
);

/** What the plan calls clean goes, unless what went before it is in its way: then that is told. */
const upgradeAll = fc.constantFrom('skip', 'merge', 'overwrite').map(
  (strategy): JointStep =>
    async (site) => {
      const body = { workspaceId: site.buyer.id, strategy, limit: 100 };
      const before = await site.versions();
      const plan = await site.buyer.viewer.post('/api/installs/upgrade-plan', body, 200);
      const { upgraded, waits } = await site.buyer.editor.post('/api/installs/upgrade', body, 200);
      const after = await site.versions();
      const moved = Object.keys(after).filter((id) => after[id] !== before[id]);
      const told = upgraded.flatMap(({ installId, along }: { installId: string; along: { installId: string }[] }) => [
        installId,
        ...along.map((each) => each.installId),
      ]);
      expect(moved.every((id) => told.includes(id))).toBe(true);
      const waiting = waits.map(({ installId }: { installId: string }) => installId);
      for (const each of plan.installs) expect([...moved, ...waiting]).toContain(each.installId);
      for (const { installId, why } of waits) expect([installId, why.length > 0]).toEqual([installId, true]);
    },
);

const uninstall = which.map(
  (n): JointStep =>
    async (site) => {
      if (site.active().length === 0) return;
      const known = oneOf(site.active(), n);
      const { status, body } = await site.buyer.editor.call('DELETE', path(known));
      if (status !== 200) return expect(body.code).toBe('install_needed');
      known.active = false;
    },
);

const restore = which.map(
  (n): JointStep =>
    async (site) => {
      const gone = site.installs.filter(({ active }) => !active);
      if (gone.length === 0) return;
      const known = oneOf(gone, n);
      const { status } = await site.call(path(known, '/restore'), {});
      expect([200, 409]).toContain(status);
      const taken = site.active().some((each) => each.thing === known.thing && each.name === known.name);
      if (taken) expect(status).toBe(409);
      known.active = status === 200;
    },
);

const rollback = which.map(
  (n): JointStep =>
    async (site) => {
      if (site.active().length === 0) return;
      const known = oneOf(site.active(), n);
      expect([200, 409, 422]).toContain((await site.call(path(known, '/rollback'), { revision: 1 })).status);
    },
);

/** The workspace makes a clone its own. */
const edit = fc.tuple(which, fc.constantFrom('major', 'mine')).map(
  ([n, key]): JointStep =>
    async (site) => {
      if (site.active().length === 0) return;
      const { members } = await site.buyer.viewer.get(path(oneOf(site.active(), n), '/members'));
      const { entityId } = must(members[0] as { entityId: string }, 'every version has a member');
      const { definition } = await site.buyer.viewer.get(`/api/entities/${entityId}`);
      await site.buyer.editor.patch(`/api/entities/${entityId}`, { definition: { ...definition, [key]: 'own' } }, 200);
    },
);

const often = <T>(arbitrary: fc.Arbitrary<T>, times: number): fc.Arbitrary<T>[] => Array.from({ length: times }, () => arbitrary);

export const jointWalks = (steps: number): fc.Arbitrary<JointStep[]> =>
  fc.array(
    fc.oneof(
      ...often(publish, 2),
      ...often(lockStep, 3),
      ...often(install, 5),
      ...often(upgrade, 5),
      ...often(upgradeSome, 2),
      upgradeAll,
      uninstall,
      restore,
      rollback,
      ...often(edit, 2),
    ),
    { minLength: steps, maxLength: steps },
  );
