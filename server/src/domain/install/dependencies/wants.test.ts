import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uninstallOrder } from '../state/tree.ts';
import { broken, type Installed, isMet, meeting, type NamedWant, needsOf, unmet, wantsOf } from './wants.ts';

const NAMES = ['acme/a', 'acme/b', 'acme/c'];
const want = (integration: string, range: string, optional = false, installId: string | null = null): NamedWant => ({
  by: 'acme/x 1.0.0',
  installId,
  integration,
  range,
  optional,
});
const installed = (installId: string, integration: string, version: string): Installed => ({
  installId,
  integrationId: `id of ${integration}`,
  integration,
  version,
});

describe('isMet', () => {
  it.each([
    ['a version in range', want('a', '^1.0'), ['0.9.0', '1.2.0'], true],
    ['none in range', want('a', '^1.0'), ['2.0.0'], false],
    ['none there', want('a', '^1.0'), [], false],
    ['none there and none needed', want('a', '^1.0', true), [], true],
    ['optional, but out of range', want('a', '^1.0', true), ['2.0.0'], false],
    ['a prerelease, where the range names none', want('a', '>=1.0.0'), ['2.0.0-rc.1'], false],
  ])('%s', (_, wanted, versions, met) => {
    expect(isMet(wanted, versions)).toBe(met);
  });
});

it('wantsOf reads a manifest in its order; what is not said to be optional is needed', () => {
  const dependencies = [
    { integration: 'acme/a', range: '^1' },
    { integration: 'acme/b', range: '*', optional: true },
  ];
  expect(wantsOf({ dependencies }).map(({ integration, optional }) => [integration, optional])).toEqual([
    ['acme/a', false],
    ['acme/b', true],
  ]);
  expect(wantsOf({})).toEqual([]);
});

const wants = fc.array(
  fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom('*', '^1.0', '^2.0'), fc.boolean()).map((each) => want(...each)),
  { maxLength: 6 },
);
const pictures = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom('1.0.0', '2.0.0')), { maxLength: 5 })
  .map((all) => all.map(([name, version], index) => installed(`install ${index}`, name, version)));

describe('broken', () => {
  it('is what was met before and is not after; nothing where nothing changes', () => {
    fc.assert(
      fc.property(wants, pictures, pictures, (all, before, after) => {
        const lost = all.filter((each) => !unmet([each], before).includes(each) && unmet([each], after).includes(each));
        expect(broken(all, before, after)).toEqual(lost);
        expect(broken(all, before, before)).toEqual([]);
      }),
    );
  });

  it('is nothing where something comes that is in range, and for a need that already was unmet', () => {
    const before = [installed('1', 'acme/a', '1.0.0')];
    expect(broken([want('acme/a', '^1.0')], before, [...before, installed('2', 'acme/a', '2.0.0')])).toEqual([]);
    expect(broken([want('acme/a', '^3.0')], before, [])).toEqual([]);
  });
});

it('meeting is the earliest that is in range', () => {
  const all = [installed('1', 'acme/a', '2.0.0'), installed('2', 'acme/a', '1.0.0'), installed('3', 'acme/a', '1.1.0')];
  expect(meeting(all)(want('acme/a', '^1.0'))[0]?.installId).toBe('2');
  expect(meeting(all)(want('acme/b', '*'))).toEqual([]);
});

it('needsOf leaves out what is optional or out of range', () => {
  const all = [installed('1', 'acme/a', '1.0.0'), installed('2', 'acme/b', '2.0.0')];
  const own = [want('acme/a', '^1.0', false, 'x'), want('acme/b', '*', true, 'x'), want('acme/b', '^1.0', false, 'y')];
  expect([...needsOf(own, all)]).toEqual([
    ['x', ['1']],
    ['y', []],
  ]);
});

describe('uninstallOrder', () => {
  it('puts add-ons before parents and dependents before what they need, and loses nobody', () => {
    const trees = fc.array(fc.record({ parent: fc.nat(), needs: fc.array(fc.nat(), { maxLength: 3 }) }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(trees, (nodes) => {
        // Whatever a node leads to has a lower number, so that there is an order.
        const lower = (index: number, target: number): string => `i${target % index}`;
        const installs = nodes.map(({ parent }, index) => ({
          id: `i${index}`,
          parentInstallId: index === 0 ? null : lower(index, parent),
        }));
        const needs = new Map(nodes.map((node, index) => [`i${index}`, index === 0 ? [] : node.needs.map((each) => lower(index, each))]));
        const order = uninstallOrder(installs, needs);
        expect(order.toSorted()).toEqual(installs.map(({ id }) => id).sort());
        for (const { id, parentInstallId } of installs)
          for (const later of [...(needs.get(id) ?? []), ...(parentInstallId === null ? [] : [parentInstallId])])
            expect(order.indexOf(id)).toBeLessThan(order.indexOf(later));
      }),
    );
  });

  it('ends where they go round in a circle', () => {
    const installs = [
      { id: 'parent', parentInstallId: null },
      { id: 'add-on', parentInstallId: 'parent' },
    ];
    expect(uninstallOrder(installs, new Map([['parent', ['add-on']]])).toSorted()).toEqual(['add-on', 'parent']);
  });
});
