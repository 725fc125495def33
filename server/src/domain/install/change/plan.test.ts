import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../lib/json.ts';
import type { Snapshot, SnapshotMember } from '../../integration/snapshot.ts';
import type { LiveMember, Referral } from '../state/live.ts';
import { arrange, type Selection, type Strategy } from './arrange.ts';
import { isEmpty, leavingClones, type Plan, plan, toRender } from './plan.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

interface Spec {
  slug: string;
  /** By default a function, in the closure a schema. */
  kind?: string;
  text?: string;
  fork?: boolean;
  required?: boolean;
  on?: boolean;
  needs?: string[];
  refers?: string[];
  closure?: boolean;
  was?: string[];
  entity?: string;
  uses?: string[];
}

function snapshot(version: string, specs: Spec[]): Snapshot {
  const members = specs.map(
    (spec, position): SnapshotMember => ({
      slug: spec.slug,
      position,
      kind: spec.kind ?? (spec.closure ? 'schema' : 'function'),
      entityId: `e-${spec.entity ?? spec.slug}`,
      entityVersionId: `v-${spec.entity ?? spec.slug}-${spec.text ?? 'one'}-${spec.refers ?? ''}`,
      entitySlug: spec.slug,
      name: spec.slug,
      description: null,
      digest: digest(JSON.stringify([spec.entity ?? spec.slug, spec.text, spec.refers, spec.uses])),
      origin: spec.closure ? 'schema_closure' : 'declared',
      required: spec.required ?? false,
      defaultEnabled: spec.on ?? false,
      forkOnInstall: spec.fork ?? false,
      dependsOn: spec.needs ?? [],
      formerSlugs: spec.was ?? [],
      refs: (spec.refers ?? []).map((name) => `e-${name}`),
      variables: spec.uses ?? [],
    }),
  );
  return {
    id: `intver-${version}`,
    integrationId: 'int',
    version,
    name: 'Helper',
    yanked: false,
    held: false,
    manifest: {},
    variablesSchema: {},
    authConfig: {},
    members,
  };
}

/** What a rendering depends on, digested: stands for the renderer, which has its own tests. */
function renderedDigest(member: SnapshotMember, ids: ReadonlyMap<string, string>, variables: JsonObject): Buffer {
  const put = [
    ...member.refs.map((ref) => ids.get(ref) ?? ref),
    ...member.variables.map((name) => JSON.stringify(variables[name] ?? null)),
  ];
  const plain = !member.refs.some((ref) => ids.has(ref)) && member.variables.length === 0;
  return plain ? member.digest : digest(`${member.digest.toString('hex')} ${put.join(' ')}`);
}

interface State {
  from: Snapshot | null;
  live: LiveMember[];
  variables: JsonObject;
}

function planFor(
  state: State,
  to: Snapshot,
  selection: Selection,
  variables: JsonObject = {},
  referrals: Referral[] = [],
  strategy: Strategy = 'skip',
): Plan {
  let number = 0;
  const arrangement = arrange(state.from, to, state.live, selection, strategy, (member) => `c-${member.slug}-${to.version}-${number++}`);
  const inputs = { ...arrangement, variables, variablesBefore: state.variables };
  const rendered = new Map(
    toRender(arrangement, inputs).map(({ member }) => [member.slug, renderedDigest(member, arrangement.ids, variables)]),
  );
  return plan(
    arrangement,
    inputs,
    { rendered, merged: new Map() },
    referrals.filter((each) => leavingClones(arrangement).includes(each.target)),
  );
}

/** What `apply` makes of a plan, on values instead of rows. */
function applied(_before: State, to: Snapshot, plan: Plan, variables: JsonObject = {}): State {
  const attached = [...plan.inserts, ...plan.updates].map(
    ({ live, member, entityId, clone, digest: made }): LiveMember => ({
      id: live?.id ?? `m-${member.slug}`,
      slug: member.slug,
      entityId,
      kind: member.kind,
      entityVersionId: member.entityVersionId,
      sourceVersionId: to.id,
      saidVersionId: null,
      sourceDigest: member.digest,
      isClone: clone,
      detached: false,
      enabled: true,
      appliedDigest: made,
      cloneDigest: made ?? member.digest,
      mergeBase: null,
      openConflicts: 0,
      deleted: false,
      purged: false,
      stale: false,
    }),
  );
  const detached = plan.left.flatMap(({ live, member }) => (live ? [{ ...live, slug: member.slug }] : []));
  return { from: to, live: [...attached, ...detached], variables };
}

const NOTHING: State = { from: null, live: [], variables: {} };
const ALL: Selection = { policy: 'auto_all' };
const install = (version: Snapshot, selection: Selection = ALL): State => applied(NOTHING, version, planFor(NOTHING, version, selection));
const detach = (state: State, slug: string): State => ({
  ...state,
  live: state.live.map((member) => (member.slug === slug ? { ...member, detached: true, cloneDigest: digest(`edited ${slug}`) } : member)),
});
const outcome = (lists: Partial<Plan['outcome']>) => ({ updated: [], added: [], removed: [], skipped: [], ...lists });

describe('install', () => {
  const version = snapshot('1', [
    { slug: 'must', required: true },
    { slug: 'on', on: true, needs: ['base'], refers: ['shape'] },
    { slug: 'off', refers: ['other'] },
    { slug: 'base' },
    { slug: 'shape', closure: true, refers: ['inner'] },
    { slug: 'inner', closure: true, refers: ['shape'] },
    { slug: 'other', closure: true },
  ]);
  const added = (selection: Selection) => planFor(NOTHING, version, selection).outcome.added;

  test('auto_all takes all members and the whole closure', () => {
    expect(added(ALL)).toEqual(['must', 'on', 'off', 'base', 'shape', 'inner', 'other']);
  });
  test('auto_defaults takes required and default members, what they need, and their closure', () => {
    expect(added({ policy: 'auto_defaults' })).toEqual(['must', 'on', 'base', 'shape', 'inner']);
  });
  test('manual takes required members only', () => {
    expect(added({ policy: 'manual' })).toEqual(['must']);
  });
  test('named members replace the policy, required ones come along', () => {
    expect(added({ policy: 'auto_all', slugs: ['off'] })).toEqual(['must', 'off', 'other']);
    expect(added({ policy: 'auto_all', slugs: [] })).toEqual(['must']);
  });
  test('closure schemas of clones are cloned, those of referenced members referenced', () => {
    const mixed = snapshot('1', [
      { slug: 'clone', fork: true, refers: ['a'] },
      { slug: 'reference', refers: ['b'] },
      { slug: 'a', closure: true, refers: ['deep'] },
      { slug: 'b', closure: true },
      { slug: 'deep', closure: true },
    ]);
    const clones = planFor(NOTHING, mixed, ALL).inserts.filter((each) => each.clone);
    expect(clones.map((each) => each.member.slug)).toEqual(['clone', 'a', 'deep']);
  });
});

describe('upgrade', () => {
  test('a changed clone and a moved reference are updated, unchanged members are in no list', () => {
    const state = install(snapshot('1', [{ slug: 'a', fork: true }, { slug: 'b' }, { slug: 'c', fork: true }, { slug: 'd' }]));
    const to = snapshot('2', [
      { slug: 'a', fork: true, text: 'two' },
      { slug: 'b', text: 'two' },
      { slug: 'c', fork: true },
      { slug: 'd' },
    ]);
    const made = planFor(state, to, ALL);
    expect(made.outcome).toEqual(outcome({ updated: ['a', 'b'] }));
    expect(made.updates.map((each) => each.write)).toEqual(['rewrite', 'none', 'none', 'none']);
  });

  test('a detached clone is skipped, whether the target changes it, keeps it or drops it', () => {
    const first = snapshot('1', [
      { slug: 'a', fork: true },
      { slug: 'b', fork: true },
      { slug: 'c', fork: true },
    ]);
    const state = detach(detach(detach(install(first), 'a'), 'b'), 'c');
    const made = planFor(
      state,
      snapshot('2', [
        { slug: 'a', fork: true, text: 'two' },
        { slug: 'b', fork: true },
      ]),
      ALL,
    );
    expect(made.outcome).toEqual(outcome({ skipped: ['a', 'b', 'c'] }));
    expect(made.updates).toEqual([]);
    expect(made.removals.map(({ live, keep }) => [live.slug, keep])).toEqual([['c', true]]);
  });

  test('what is gone is removed with its clone', () => {
    const state = install(snapshot('1', [{ slug: 'a', fork: true }, { slug: 'b' }]));
    const made = planFor(state, snapshot('2', [{ slug: 'b' }]), ALL);
    expect(made.outcome).toEqual(outcome({ removed: ['a'] }));
  });

  test('a clone that is gone but still referred to stays as the workspace’s own, and so does what it refers to', () => {
    const first = snapshot('1', [
      { slug: 'a', fork: true, refers: ['b'] },
      { slug: 'b', fork: true, refers: ['c'] },
      { slug: 'c', fork: true },
      { slug: 'd', fork: true },
    ]);
    const state = install(first);
    const clone = (slug: string) => state.live.find((member) => member.slug === slug)?.entityId ?? '';
    const referrals = [
      { referrer: 'own', target: clone('b') },
      { referrer: clone('a'), target: clone('b') },
      { referrer: clone('b'), target: clone('c') },
    ];
    const made = planFor(state, snapshot('2', [{ slug: 'x' }]), ALL, {}, referrals);
    expect(made.outcome).toEqual(outcome({ added: ['x'], removed: ['a', 'd'], skipped: ['b', 'c'] }));
  });

  test('what only leaving clones refer to goes with them', () => {
    const state = install(
      snapshot('1', [
        { slug: 'a', fork: true, refers: ['b'] },
        { slug: 'b', fork: true, refers: ['a'] },
      ]),
    );
    const [a, b] = state.live.map((member) => member.entityId) as [string, string];
    const referrals = [
      { referrer: a, target: b },
      { referrer: b, target: a },
    ];
    expect(planFor(state, snapshot('2', [{ slug: 'x' }]), ALL, {}, referrals).outcome.removed).toEqual(['a', 'b']);
  });

  test('new members come by policy, required ones always, and so does what an installed member now needs', () => {
    const state = install(snapshot('1', [{ slug: 'a' }]), { policy: 'manual', slugs: ['a'] });
    const to = snapshot('2', [
      { slug: 'a', text: 'two', needs: ['needed'] },
      { slug: 'needed' },
      { slug: 'must', required: true },
      { slug: 'on', on: true },
      { slug: 'off' },
    ]);
    const added = (policy: Selection['policy']) => planFor(state, to, { policy }).outcome.added;
    expect(added('manual')).toEqual(['needed', 'must']);
    expect(added('auto_defaults')).toEqual(['needed', 'must', 'on']);
    expect(added('auto_all')).toEqual(['needed', 'must', 'on', 'off']);
  });

  test('what was there before and not taken stays out, unless it is now required', () => {
    const first = snapshot('1', [{ slug: 'a', required: true }, { slug: 'b' }, { slug: 'c' }]);
    const state = install(first, { policy: 'manual' });
    const to = snapshot('2', [{ slug: 'a', required: true }, { slug: 'b' }, { slug: 'c', required: true }]);
    expect(planFor(state, to, ALL).outcome.added).toEqual(['c']);
  });

  test('a renamed member keeps its row and its clone, also over several versions at once, and when detached', () => {
    const state = install(
      snapshot('1', [
        { slug: 'old', fork: true },
        { slug: 'mine', fork: true },
      ]),
    );
    const to = snapshot('3', [
      { slug: 'newest', fork: true, entity: 'old', was: ['newer', 'old'] },
      { slug: 'ours', fork: true, entity: 'mine', was: ['mine'] },
    ]);
    const made = planFor(detach(state, 'mine'), to, ALL);
    expect(made.outcome).toEqual(outcome({ updated: ['newest'], skipped: ['ours'] }));
    expect(made.updates[0]?.entityId).toBe(state.live[0]?.entityId);
  });

  test('a closure schema is the same across versions by its source entity, whatever it is called or how it is declared', () => {
    const state = install(
      snapshot('1', [
        { slug: 'f', fork: true, refers: ['s'] },
        { slug: 'shape', closure: true, entity: 's' },
      ]),
    );
    const to = snapshot('2', [
      { slug: 'f', fork: true, refers: ['s'] },
      { slug: 'declared', kind: 'schema', entity: 's', fork: true },
    ]);
    const made = planFor(state, to, ALL);
    expect(made.outcome).toEqual(outcome({ updated: ['declared'] }));
  });

  test('renames are followed before slugs are matched: a slug that was given to another entity meanwhile is a new member', () => {
    const state = install(snapshot('1', [{ slug: 'a', fork: true, entity: 'f' }]));
    const to = snapshot('3', [
      { slug: 'a', fork: true, entity: 'g' },
      { slug: 'b', fork: true, entity: 'f', was: ['a'] },
    ]);
    const made = planFor(state, to, ALL);
    expect(made.outcome).toEqual(outcome({ updated: ['b'], added: ['a'] }));
    expect(made.updates[0]?.entityId).toBe(state.live[0]?.entityId);
  });

  test('a slug that passes to another entity is a new member; what it was goes, or stays as the workspace’s own', () => {
    const passed = (version: string, entity: string) => snapshot(version, [{ slug: 'kept', entity, fork: true }]);
    const one = install(passed('1', 'old'));
    expect(planFor(one, passed('2', 'new'), ALL).outcome).toEqual(outcome({ updated: ['kept'] }));
    const made = planFor(detach(one, 'kept'), passed('2', 'new'), ALL);
    expect(made.outcome).toEqual(outcome({ updated: ['kept'] }));
    expect(made).toMatchObject({ inserts: [{ member: { slug: 'kept' } }], removals: [{ live: { slug: 'kept' }, keep: true }] });
  });

  test('what the workspace dropped by hand stays out under every later name, unless it is required', () => {
    const state = install(snapshot('1', [{ slug: 'x' }]));
    const again = (required: boolean) => snapshot('3', [{ slug: 'x' }, { slug: 'later', entity: 'gone', was: ['gone'], required }]);
    const selection = { ...ALL, droppedBefore: [{ entityId: 'e-gone', slug: 'gone' }] };
    expect(planFor(state, again(false), selection).outcome).toEqual(outcome({}));
    expect(planFor(state, again(true), selection).outcome).toEqual(outcome({ added: ['later'] }));
    expect(planFor(state, again(false), ALL).outcome).toEqual(outcome({ added: ['later'] }));
  });

  test('a clone that is attached again but still edited is kept where its member goes', () => {
    const state = install(snapshot('1', [{ slug: 'a', fork: true }, { slug: 'x' }]));
    const edited = { ...state, live: state.live.map((each) => (each.slug === 'a' ? { ...each, cloneDigest: digest('mine') } : each)) };
    expect(planFor(edited, snapshot('2', [{ slug: 'x' }]), ALL).outcome).toEqual(outcome({ skipped: ['a'] }));
  });

  test('forkOnInstall flipped: a reference becomes a clone, an attached clone a reference, a detached clone stays', () => {
    const state = install(snapshot('1', [{ slug: 'a' }, { slug: 'b', fork: true }, { slug: 'c', fork: true }]));
    const to = snapshot('2', [{ slug: 'a', fork: true }, { slug: 'b' }, { slug: 'c' }]);
    const made = planFor(detach(state, 'c'), to, ALL);
    expect(made.outcome).toEqual(outcome({ updated: ['a', 'b'], skipped: ['c'] }));
    expect(made.updates.map((each) => each.write)).toEqual(['create', 'none']);
    expect(made.droppedClones).toEqual([state.live[1]?.entityId]);
  });

  test('a re-attached clone is re-applied, restored when deleted, made anew when purged', () => {
    const version = snapshot('1', [
      { slug: 'a', fork: true },
      { slug: 'b', fork: true },
      { slug: 'c', fork: true },
      { slug: 'd', fork: true },
    ]);
    const state = install(version);
    const [a, b, c, d] = state.live as [LiveMember, LiveMember, LiveMember, LiveMember];
    const live = [{ ...a, cloneDigest: digest('edited') }, { ...b, deleted: true }, { ...c, deleted: true, purged: true }, d];
    const made = planFor({ ...state, live }, version, ALL);
    expect(made.updates.map((each) => each.write)).toEqual(['rewrite', 'restore', 'create', 'none']);
    expect(made.outcome.updated).toEqual(['a', 'b', 'c']);
  });

  test('a new value of a variable re-renders the clones that use it, and no others', () => {
    const version = snapshot('1', [
      { slug: 'a', fork: true, uses: ['x'] },
      { slug: 'b', fork: true, uses: ['y'] },
      { slug: 'c', fork: true },
    ]);
    const before = { x: 1, y: 1 };
    const state = applied(NOTHING, version, planFor(NOTHING, version, ALL, before), before);
    expect(planFor(state, version, ALL, { x: 2, y: 1 }).outcome.updated).toEqual(['a']);
  });
});

describe('any sequence of versions', () => {
  const spec = fc.record({
    text: fc.constantFrom('one', 'two', 'three'),
    fork: fc.boolean(),
    required: fc.boolean(),
    on: fc.boolean(),
    needs: fc.subarray(['a', 'b', 'c', 'd', 'e']),
    refers: fc.subarray(['a', 'b', 'c', 'd', 'e', 's', 't']),
  });
  const version = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), spec, { minKeys: 1 }).map((declared) => {
    const names = new Set(Object.keys(declared));
    const declaredSpecs: Spec[] = Object.entries(declared).map(([slug, each]) => ({
      ...each,
      slug,
      needs: each.needs.filter((name) => names.has(name) && name !== slug),
      refers: each.refers.filter((name) => names.has(name) || name === 's' || name === 't'),
    }));
    const closure: Spec[] = ['s', 't'].map((slug) => ({ slug, closure: true, refers: slug === 's' ? ['t'] : [] }));
    const reached = declaredSpecs.some((each) => each.refers?.includes('s')) ? ['s', 't'] : [];
    const used = new Set([...reached, ...declaredSpecs.flatMap((each) => each.refers ?? [])]);
    return [...declaredSpecs, ...closure.filter((each) => used.has(each.slug))];
  });
  const selection = fc.constantFrom<Selection>({ policy: 'auto_all' }, { policy: 'auto_defaults' }, { policy: 'manual' });
  const history = fc.tuple(fc.array(fc.tuple(version, fc.subarray(['a', 'b', 'c', 's'])), { minLength: 1, maxLength: 5 }), selection);

  function walk(
    steps: [Spec[], string[]][],
    chosen: Selection,
    visit: (before: State, to: Snapshot, made: Plan, after: State) => void,
  ): void {
    let state = NOTHING;
    steps.forEach(([specs, edits], index) => {
      const to = snapshot(String(index + 1), specs);
      const made = planFor(state, to, chosen);
      const after = applied(state, to, made);
      visit(state, to, made, after);
      state = edits.reduce(
        (each, slug) => (each.live.some((member) => member.slug === slug && member.isClone) ? detach(each, slug) : each),
        after,
      );
    });
  }

  test('upgrading again changes nothing, and lists only the detached', () => {
    fc.assert(
      fc.property(history, ([steps, chosen]) => {
        walk(steps, chosen, (_before, to, _made, after) => {
          const again = planFor(after, to, chosen);
          expect(isEmpty(again)).toBe(true);
          expect(again.outcome).toEqual(outcome({ skipped: again.left.map((each) => each.member.slug) }));
        });
      }),
    );
  });

  test('every slug of old and new is in one list at the most, in manifest order', () => {
    fc.assert(
      fc.property(history, ([steps, chosen]) => {
        walk(steps, chosen, (_before, to, { outcome: lists }) => {
          const all = Object.values(lists).flat();
          expect(new Set(all).size).toBe(all.length);
          const position = new Map(to.members.map((member) => [member.slug, member.position]));
          for (const list of [lists.updated, lists.added]) {
            const positions = list.map((slug) => position.get(slug) ?? -1);
            expect(positions).toEqual([...positions].sort((a, b) => a - b));
          }
        });
      }),
    );
  });

  test('a detached clone is never written, and an attached one always equals its rendering', () => {
    fc.assert(
      fc.property(history, ([steps, chosen]) => {
        walk(steps, chosen, (before, to, made, after) => {
          const touched = new Set([...made.updates, ...made.inserts].map((each) => each.entityId));
          for (const member of before.live) if (member.detached) expect(touched.has(member.entityId)).toBe(false);
          const sources = new Map(to.members.map(({ slug, entityId }) => [slug, entityId]));
          const clones = after.live.filter(({ isClone }) => isClone);
          const ids = new Map(clones.map(({ slug, entityId }) => [sources.get(slug) ?? slug, entityId]));
          for (const placed of [...made.updates, ...made.inserts])
            if (placed.clone) expect(placed.digest?.equals(renderedDigest(placed.member, ids, {}))).toBe(true);
        });
      }),
    );
  });

  test('members are closed under need: whatever an installed member needs is installed', () => {
    fc.assert(
      fc.property(history, ([steps, chosen]) => {
        walk(steps, chosen, (_before, to, _made, after) => {
          const present = new Set(after.live.map((member) => member.slug));
          const byEntity = new Map(to.members.map((member) => [member.entityId, member.slug]));
          for (const member of to.members) {
            if (!present.has(member.slug)) expect(member.required).toBe(false);
            else
              for (const slug of [...member.dependsOn, ...member.refs.flatMap((ref) => byEntity.get(ref) ?? [])])
                expect(present).toContain(slug);
          }
        });
      }),
    );
  });

  test('an install is an upgrade from nothing: nothing else than additions', () => {
    fc.assert(
      fc.property(version, selection, (specs, chosen) => {
        const { outcome: lists } = planFor(NOTHING, snapshot('1', specs), chosen);
        expect({ ...lists, added: [] }).toEqual(outcome({}));
      }),
    );
  });
});
