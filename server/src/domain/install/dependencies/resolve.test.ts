import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { satisfies } from '../../../lib/semver.ts';
import type { Choice, World } from './choices.ts';
import { type Resolution, resolveDependencies } from './resolve.ts';
import { isMet, type NamedWant, type Want } from './wants.ts';

const NAMES = ['a', 'b', 'c', 'd'];
const VERSIONS = ['1.0.0', '1.1.0', '2.0.0'];

const want = (integration: string, range: string, optional = false): Want => ({ integration, range, optional });
const choice = (integration: string, version: string, ...wants: Want[]): Choice => ({ integration, version, wants });
const lock = (by: string, integration: string, range: string, optional = false): NamedWant => ({
  by,
  installId: `install of ${by}`,
  integration,
  range,
  optional,
});

/** A world of these versions. What is installed is said as `name: [versions]`. */
function world(root: Choice, offered: readonly Choice[], installed: Record<string, string[]> = {}, locks: NamedWant[] = []): World {
  return {
    root,
    offered: Map.groupBy(offered, (each) => each.integration),
    installed: new Map(Object.entries(installed)),
    locks,
  };
}

const named = (resolution: Resolution): string[] => installsOf(resolution).map((each) => `${each.integration}@${each.version}`);

function installsOf(resolution: Resolution): readonly Choice[] {
  if ('conflict' in resolution) throw new Error(JSON.stringify(resolution));
  return resolution.installs;
}

function conflictOf(resolution: Resolution) {
  if ('installs' in resolution || resolution.gaveUp) throw new Error(JSON.stringify(resolution));
  return resolution.conflict;
}

describe('resolveDependencies', () => {
  it('takes the highest version in range, transitively, dependencies first', () => {
    const root = choice('root', '1.0.0', want('a', '^1.0'));
    const offered = [choice('a', '1.0.0'), choice('a', '1.1.0', want('b', '*')), choice('a', '2.0.0'), choice('b', '1.0.0')];
    expect(named(resolveDependencies(world(root, offered)))).toEqual(['b@1.0.0', 'a@1.1.0']);
  });

  it('settles a diamond by the highest version that is in all ranges', () => {
    const root = choice('root', '1.0.0', want('a', '*'), want('b', '*'));
    const offered = [choice('a', '1.0.0', want('c', '*')), choice('b', '1.0.0', want('c', '<2')), ...VERSIONS.map((v) => choice('c', v))];
    expect(named(resolveDependencies(world(root, offered)))).toEqual(['c@1.1.0', 'a@1.0.0', 'b@1.0.0']);
  });

  it('goes back to a lower version where the highest leads nowhere', () => {
    const root = choice('root', '1.0.0', want('a', '*'), want('c', '^1.0'));
    const offered = [
      choice('a', '1.0.0', want('c', '^1.0')),
      choice('a', '2.0.0', want('c', '^2.0')),
      ...VERSIONS.map((v) => choice('c', v)),
    ];
    expect(named(resolveDependencies(world(root, offered)))).toEqual(['c@1.1.0', 'a@1.0.0']);
  });

  it('uses what is installed and in range, and follows nothing behind it', () => {
    const root = choice('root', '1.0.0', want('a', '^1.0'));
    expect(named(resolveDependencies(world(root, [choice('a', '1.1.0', want('b', '*'))], { a: ['1.0.0'] })))).toEqual([]);
  });

  it('explains an installed version that is out of range: who wants what, what is installed, what would do', () => {
    const root = choice('root', '1.0.0', want('a', '^2.0'));
    const conflict = conflictOf(
      resolveDependencies(
        world(
          root,
          VERSIONS.map((v) => choice('a', v)),
          { a: ['1.1.0'] },
        ),
      ),
    );
    expect(conflict).toMatchObject({ integration: 'a', installed: ['1.1.0'], offered: ['2.0.0', '1.1.0', '1.0.0'], choices: ['2.0.0'] });
    expect(conflict.wants).toEqual([{ ...want('a', '^2.0'), by: 'root 1.0.0', installId: null }]);
  });

  it('explains ranges that exclude one another', () => {
    const root = choice('root', '1.0.0', want('a', '*'), want('c', '^2.0'));
    const offered = [choice('a', '1.0.0', want('c', '^1.0')), ...VERSIONS.map((v) => choice('c', v))];
    const conflict = conflictOf(resolveDependencies(world(root, offered)));
    expect(conflict).toMatchObject({ integration: 'c', choices: [] });
    expect(conflict.wants.map(({ by, range }) => `${by}: ${range}`)).toEqual(['root 1.0.0: ^2.0', 'a 1.0.0: ^1.0']);
  });

  it('never installs an optional dependency, but holds it to its range when it is there or comes along', () => {
    const root = choice('root', '1.0.0', want('a', '^1.0', true));
    const offered = VERSIONS.map((v) => choice('a', v));
    expect(named(resolveDependencies(world(root, offered)))).toEqual([]);
    expect(conflictOf(resolveDependencies(world(root, offered, { a: ['2.0.0'] }))).integration).toBe('a');
    const needy = choice('root', '1.0.0', want('a', '^1.0', true), want('a', '*'));
    expect(named(resolveDependencies(world(needy, offered)))).toEqual(['a@1.1.0']);
  });

  it('stays in the range that an install locks', () => {
    const root = choice('root', '1.0.0', want('a', '*'));
    const offered = VERSIONS.map((v) => choice('a', v));
    const locks = [lock('old 1.0.0', 'a', '<2', true)];
    expect(named(resolveDependencies(world(root, offered, {}, locks)))).toEqual(['a@1.1.0']);
    const conflict = conflictOf(resolveDependencies(world(choice('a', '2.0.0'), [], {}, locks)));
    expect(conflict.wants).toEqual(locks);
  });

  it('refuses dependencies that go round in a circle, and takes a version that does not', () => {
    const root = choice('root', '1.0.0', want('a', '*'));
    const circular = choice('a', '2.0.0', want('b', '*'));
    const offered = [circular, choice('b', '1.0.0', want('a', '*'))];
    expect(conflictOf(resolveDependencies(world(root, offered))).circle).toEqual(['a', 'b']);
    expect(named(resolveDependencies(world(root, [...offered, choice('a', '1.0.0')])))).toEqual(['a@1.0.0']);
    const back = choice('a', '1.0.0', want('root', '^1.0'));
    expect(conflictOf(resolveDependencies(world(root, [back]))).circle).toEqual(['a', 'root']);
    expect(named(resolveDependencies(world(root, [back], { root: ['1.0.0'] })))).toEqual(['a@1.0.0']);
  });

  it('explains at once what is impossible far down, however many combinations are above it', () => {
    const names = Array.from({ length: 30 }, (_, index) => `n${index}`);
    const versions = Array.from({ length: 20 }, (_, index) => `1.${index}.0`);
    const below = (index: number) => (index + 1 < names.length ? want(`n${index + 1}`, '*') : want('a', '^2.0'));
    const offered = names.flatMap((name, index) => versions.map((version) => choice(name, version, below(index))));
    const conflict = conflictOf(resolveDependencies(world(choice('root', '1.0.0', want('n0', '*')), offered, { a: ['1.0.0'] })));
    expect(conflict).toMatchObject({ integration: 'a', installed: ['1.0.0'], wants: [{ by: 'n29 1.19.0', range: '^2.0' }] });
  });

  it('gives up when its budget runs out, and says what it ran into first', () => {
    const names = Array.from({ length: 12 }, (_, index) => `n${index}`);
    const root = choice('root', '1.0.0', ...names.map((name) => want(name, '*')), want('x', '*'), want('y', '*'));
    const offered = names.flatMap((name) => VERSIONS.map((v) => choice(name, v)));
    const clashing = [
      choice('x', '1.0.0', want('z', '^1.0')),
      choice('y', '1.0.0', want('z', '^2.0')),
      ...VERSIONS.map((v) => choice('z', v)),
    ];
    expect(resolveDependencies(world(root, [...offered, ...clashing]), 1000)).toMatchObject({
      gaveUp: true,
      conflict: { integration: 'z' },
    });
  });
});

const RANGES = ['*', '^1.0', '^2.0', '<2', '1.0.x', '>=1.1'];
const wants = (names: readonly string[]) =>
  fc.array(fc.record({ integration: fc.constantFrom(...names), range: fc.constantFrom(...RANGES), optional: fc.boolean() }), {
    maxLength: 3,
  });
const choices = fc.array(
  fc.record({ integration: fc.constantFrom(...NAMES), version: fc.constantFrom(...VERSIONS), wants: wants([...NAMES, 'root']) }),
  { maxLength: 9 },
);
const worlds: fc.Arbitrary<World> = fc
  .record({
    wants: wants(NAMES),
    offered: choices,
    installed: fc.uniqueArray(fc.record({ name: fc.constantFrom(...NAMES), version: fc.constantFrom(...VERSIONS) }), {
      maxLength: 2,
      selector: (each) => each.name,
    }),
    locks: wants([...NAMES, 'root']),
  })
  .map(({ wants: own, offered, installed, locks }) => {
    const there = new Map(installed.map(({ name, version }) => [name, [version]]));
    const unique = new Map(offered.map((each) => [`${each.integration} ${each.version}`, each]));
    const met = locks.filter((each) => isMet(each, there.get(each.integration) ?? []));
    return {
      root: choice('root', '1.0.0', ...own),
      offered: Map.groupBy(unique.values(), (each) => each.integration),
      installed: there,
      locks: met.map((each, index) => ({ ...each, by: `lock ${index}`, installId: String(index) })),
    };
  });

/** Whether these versions beside what is installed meet every want and have an order. Says nothing of how they were found. */
function isSolution({ root, installed, locks }: World, taken: readonly Choice[]): boolean {
  const all = [...taken, root];
  const versions = (name: string) => [
    ...(installed.get(name) ?? []),
    ...all.filter((each) => each.integration === name).map((each) => each.version),
  ];
  const everything: Want[] = [...locks, ...all.flatMap((each) => each.wants)];
  return everything.every((each) => isMet(each, versions(each.integration))) && hasOrder(all, installed);
}

/** Takes away what waits for nothing that is left, as long as there is something. */
function hasOrder(all: readonly Choice[], installed: World['installed']): boolean {
  const waits = (each: Want, left: readonly Choice[]) =>
    !each.optional &&
    !(installed.get(each.integration) ?? []).some((version) => satisfies(version, each.range)) &&
    left.some(({ integration }) => integration === each.integration);
  for (let left = all; left.length > 0; ) {
    const stuck = left.filter((each) => each.wants.some((wanted) => waits(wanted, left)));
    if (stuck.length === left.length) return false;
    left = stuck;
  }
  return true;
}

/** Every way to take at most one version of each integration that is not installed. */
function* combinations(names: readonly string[], offered: World['offered']): Generator<Choice[]> {
  const [name, ...rest] = names;
  if (name === undefined) return yield [];
  for (const others of combinations(rest, offered)) {
    yield others;
    for (const each of offered.get(name) ?? []) yield [each, ...others];
  }
}

describe('properties of resolveDependencies', () => {
  it('finds a solution exactly when trying everything finds one', () => {
    fc.assert(
      fc.property(worlds, (given) => {
        const free = NAMES.filter((name) => !given.installed.has(name));
        const exists = [...combinations(free, given.offered)].some((taken) => isSolution(given, taken));
        const resolution = resolveDependencies(given);
        expect('installs' in resolution || resolution.gaveUp).toBe(exists);
        if (exists) expect(isSolution(given, installsOf(resolution))).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });

  it('never touches what is installed, takes nothing that nobody needs, and puts dependencies first', () => {
    fc.assert(
      fc.property(worlds, (given) => {
        const resolution = resolveDependencies(given);
        if ('conflict' in resolution) return;
        const taken = resolution.installs;
        expect(taken.filter(({ integration }) => given.installed.has(integration))).toEqual([]);
        for (const [index, each] of taken.entries()) {
          const after = [...taken.slice(index + 1), given.root];
          expect(after.some((later) => later.wants.some((w) => w.integration === each.integration && !w.optional))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is the same whatever the order in which versions are offered', () => {
    fc.assert(
      fc.property(worlds, (given) => {
        const turned = new Map([...given.offered].reverse().map(([name, each]) => [name, each.toReversed()]));
        expect(resolveDependencies({ ...given, offered: turned })).toEqual(resolveDependencies(given));
      }),
      { numRuns: 500 },
    );
  });

  it('says of a conflict only what is true: the wants are on it, the choices are in every range', () => {
    fc.assert(
      fc.property(worlds, (given) => {
        const resolution = resolveDependencies(given);
        if ('installs' in resolution) return;
        const { integration, wants: on, choices: would, offered, circle } = resolution.conflict;
        expect(on.every((each) => each.integration === integration)).toBe(true);
        expect(would).toEqual(offered.filter((version) => on.every(({ range }) => satisfies(version, range))));
        if (circle.length > 0) expect(circle).toContain(integration);
      }),
      { numRuns: 500 },
    );
  });
});
