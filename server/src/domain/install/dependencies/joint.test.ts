import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brokenBy, closesCircle, type JointWorld, joinMoves, joinNamed, type Mover, type Step } from './joint.ts';
import type { Want } from './wants.ts';

const want = (integration: string, range: string, optional = false): Want => ({ integration, range, optional });
const step = (version: string, ...wants: Want[]): Step => ({ versionId: version, version, wants });
const install = (integration: string, version: string, wants: Want[], steps: Step[], installId = integration): Mover => ({
  installId,
  integrationId: integration,
  integration,
  version,
  wants,
  steps,
});
const world = (installs: Mover[], installId: string, to: Step, mayMove: JointWorld['mayMove'] = () => true): JointWorld => ({
  installs,
  root: { installId, step: to },
  mayMove,
});
const told = (found: ReturnType<typeof joinMoves>) => found?.map(({ installId, step: { version } }) => `${installId} ${version}`) ?? null;

describe('joint moves', () => {
  const a = install('a', '1.0.0', [want('b', '^1')], [step('2.0.0', want('b', '^2'))]);
  const b = install('b', '1.0.0', [], [step('2.0.0')]);

  test('end the deadlock of lock-step majors, from either side, dependencies first', () => {
    expect(told(joinMoves(world([a, b], 'a', step('2.0.0', want('b', '^2')))))).toEqual(['b 2.0.0', 'a 2.0.0']);
    expect(told(joinMoves(world([a, b], 'b', step('2.0.0'))))).toEqual(['b 2.0.0', 'a 2.0.0']);
  });

  test('move nothing that need not move', () => {
    const c = install('c', '1.0.0', [want('b', '*')], [step('2.0.0')]);
    expect(told(joinMoves(world([a, b, c], 'c', step('2.0.0'))))).toEqual(['c 2.0.0']);
    expect(told(joinMoves(world([a, b, c], 'b', step('2.0.0'))))).toEqual(['b 2.0.0', 'a 2.0.0']);
  });

  test('go through chains, and take a lower version where the best leads nowhere', () => {
    const low = step('2.0.0', want('c', '^2'));
    const chain = [
      install('a', '1.0.0', [want('b', '^1')], []),
      install('b', '1.0.0', [want('c', '^1')], [step('2.1.0', want('gone', '^1')), low]),
      install('c', '1.0.0', [], [step('2.0.0')]),
    ];
    expect(told(joinMoves(world(chain, 'a', step('2.0.0', want('b', '^2')))))).toEqual(['c 2.0.0', 'b 2.0.0', 'a 2.0.0']);
  });

  test('are none where something is missing, may not move, or would go round in a circle', () => {
    expect(joinMoves(world([a, b], 'a', step('2.0.0', want('gone', '^1'))))).toBeNull();
    expect(joinMoves(world([a, b], 'a', step('2.0.0', want('b', '^2')), () => false))).toBeNull();
    const back = install('b', '1.0.0', [], [step('2.0.0', want('a', '^2'))]);
    expect(joinMoves(world([a, back], 'a', step('2.0.0', want('b', '^2'))))).toBeNull();
  });

  test('hold optional wants for what is there, and leave alone what was unmet before', () => {
    const shy = install('shy', '1.0.0', [want('b', '^1', true), want('b', '^9')], []);
    expect(joinMoves(world([shy, b], 'b', step('2.0.0')))).toBeNull();
    const lost = install('lost', '1.0.0', [want('b', '^9')], []);
    expect(told(joinMoves(world([lost, b], 'b', step('2.0.0'))))).toEqual(['b 2.0.0']);
  });

  test('take named installs along as far as they go', () => {
    const c = install('c', '1.0.0', [], [step('3.0.0', want('gone', '*')), step('2.0.0')]);
    const named = world([a, b, c], 'a', step('2.0.0', want('b', '^2')), (id) => ['b', 'c'].includes(id));
    expect(told(joinNamed(named, ['b', 'c']))?.sort()).toEqual(['a 2.0.0', 'b 2.0.0', 'c 2.0.0']);
    expect(joinNamed({ ...named, mayMove: (id) => id === 'c' }, ['c'])).toBeNull();
  });
});

const NAMES = ['a', 'b', 'c', 'd'];
const ranges = fc.constantFrom('^1', '^2', '^3', '*', '>=2');
const wants = fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), ranges, fc.boolean()), { selector: ([name]) => name, maxLength: 2 });
const fleets = fc.array(fc.tuple(wants, fc.array(wants, { maxLength: 2 }), fc.boolean()), { minLength: 2, maxLength: 4 }).map((rows) =>
  rows.map(([has, later, free], index): Mover & { free: boolean } => {
    const name = NAMES[index] ?? '';
    const other = (list: [string, string, boolean][]) => list.filter(([each]) => each !== name).map((each) => want(...each));
    const steps = later.map((list, at) => step(`${at + 2}.0.0`, ...other(list))).reverse();
    return { ...install(name, '1.0.0', other(has), steps), free };
  }),
);

/** Every way to move the others, or not. */
function* allMoves(installs: readonly (Mover & { free: boolean })[], root: Step): Generator<Map<string, Step>> {
  const [first, ...rest] = installs.filter(({ installId, free }) => free && installId !== 'a');
  const choices = (each: Mover | undefined, rest: Mover[], moves: Map<string, Step>): Map<string, Step>[] => {
    if (each === undefined) return [moves];
    const [next, ...more] = rest;
    return [undefined, ...each.steps].flatMap((taken) =>
      choices(next, more, taken === undefined ? moves : new Map(moves).set(each.installId, taken)),
    );
  };
  yield* choices(first, rest, new Map([['a', root]]));
}

const fits = (installs: readonly Mover[], moves: ReadonlyMap<string, Step>) =>
  brokenBy(installs, moves).length === 0 && !closesCircle(installs, moves);

test('joint moves are found exactly where there are some, break nothing, and none of them can be left out', () => {
  fc.assert(
    fc.property(fleets, wants, (installs, rootWants) => {
      const root = step('2.0.0', ...rootWants.filter(([name]) => name !== 'a').map((each) => want(...each)));
      const free = new Set(installs.filter((each) => each.free).map(({ installId }) => installId));
      const found = joinMoves(
        world(installs, 'a', root, (id) => free.has(id)),
        Number.POSITIVE_INFINITY,
      );
      const possible = [...allMoves(installs, root)].some((moves) => fits(installs, moves));
      expect(found !== null).toBe(possible);
      if (found === null) return;
      const moves = new Map(found.map(({ installId, step: taken }) => [installId, taken]));
      expect(moves.get('a')).toBe(root);
      expect([...moves.keys()].every((id) => id === 'a' || free.has(id))).toBe(true);
      expect(fits(installs, moves)).toBe(true);
      for (const id of moves.keys()) {
        const fewer = new Map([...moves].filter(([each]) => each !== id));
        if (id !== 'a') expect(fits(installs, fewer)).toBe(false);
      }
    }),
    { numRuns: 2000 },
  );
});
