import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dependsOnCycle, installOrder, needsOf, reach, requiredByOf } from './graph.ts';

interface Node {
  slug: string;
  entityId: string;
  dependsOn: string[];
  refs: string[];
}
const node = (slug: string, dependsOn: string[] = [], refers: string[] = []): Node => ({
  slug,
  entityId: `e-${slug}`,
  dependsOn,
  refs: refers.map((other) => `e-${other}`),
});
const slugs = (nodes: readonly Node[]) => nodes.map((each) => each.slug);

/** Nodes a0…an with edges to any of them; `acyclic` lets them lead backwards only. */
const graphs = (acyclic: boolean) =>
  fc.array(fc.tuple(fc.array(fc.nat()), fc.array(fc.nat())), { maxLength: 12 }).map((edges) =>
    edges.map(([depends, refers], index) => {
      const size = acyclic ? index : edges.length;
      const names = (numbers: number[]) => (size === 0 ? [] : [...new Set(numbers.map((number) => `a${number % size}`))]);
      return node(`a${index}`, names(depends), names(refers));
    }),
  );

describe('install order', () => {
  test('dependencies come first, otherwise the manifest decides', () => {
    expect(slugs(installOrder([node('a', ['c']), node('b'), node('c', [], ['d']), node('d')]))).toEqual(['d', 'c', 'a', 'b']);
  });

  test('every member is there once, and after what it needs', () => {
    fc.assert(
      fc.property(graphs(true), (nodes) => {
        const order = slugs(installOrder(nodes));
        expect([...order].sort()).toEqual(slugs(nodes).sort());
        for (const [slug, needs] of needsOf(nodes)) for (const need of needs) expect(order.indexOf(need)).toBeLessThan(order.indexOf(slug));
      }),
    );
  });

  test('cycles of references lose nobody', () => {
    fc.assert(
      fc.property(graphs(false), (nodes) => {
        expect(slugs(installOrder(nodes)).sort()).toEqual(slugs(nodes).sort());
      }),
    );
  });

  test('a chain of 20,000 members is ordered without recursion', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => node(`a${index}`, index < 19_999 ? [`a${index + 1}`] : []));
    expect(installOrder(chain)[0]?.slug).toBe('a19999');
  });
});

describe('reach', () => {
  test('is the smallest set that holds its start and everything that its members need', () => {
    fc.assert(
      fc.property(graphs(false), fc.nat(), (nodes, pick) => {
        fc.pre(nodes.length > 0);
        const needs = needsOf(nodes);
        const start = `a${pick % nodes.length}`;
        const reached = reach(needs, [start]);
        expect(reached.has(start)).toBe(true);
        for (const slug of reached) for (const need of needs.get(slug) ?? []) expect(reached.has(need)).toBe(true);
        for (const slug of reached) {
          const lessOne = new Set([...reached].filter((each) => each !== slug));
          const closed = [...lessOne].every((each) => (needs.get(each) ?? []).every((need) => lessOne.has(need)));
          expect(slug === start || !closed).toBe(true);
        }
      }),
    );
  });
});

test('requiredBy is the reverse of needs', () => {
  fc.assert(
    fc.property(graphs(false), (nodes) => {
      const pairs = (map: ReadonlyMap<string, readonly string[]>) => [...map].flatMap(([from, tos]) => tos.map((to) => [from, to]));
      const reversed = pairs(requiredByOf(nodes)).map(([to, from]) => `${from} ${to}`);
      expect(reversed.sort()).toEqual(
        pairs(needsOf(nodes))
          .map(([from, to]) => `${from} ${to}`)
          .sort(),
      );
    }),
  );
});

describe('dependsOn cycles', () => {
  test('are named along the way', () => {
    expect(dependsOnCycle([node('a', ['b']), node('b', ['c']), node('c', ['b'])])).toEqual(['b', 'c', 'b']);
    expect(dependsOnCycle([node('a', ['a'])])).toEqual(['a', 'a']);
  });

  test('are found exactly when there are some, and what is named is one', () => {
    fc.assert(
      fc.property(graphs(false), (nodes) => {
        const cycle = dependsOnCycle(nodes);
        const edges = new Map(nodes.map((each) => [each.slug, each.dependsOn]));
        if (cycle === null) {
          for (const { slug, dependsOn } of nodes) expect(reach(edges, dependsOn).has(slug)).toBe(false);
        } else {
          expect(cycle[0]).toBe(cycle.at(-1));
          cycle.slice(1).forEach((slug, index) => {
            expect(edges.get(cycle[index] ?? '')).toContain(slug);
          });
        }
      }),
    );
  });

  test('an acyclic graph has none', () => {
    fc.assert(
      fc.property(graphs(true), (nodes) => {
        expect(dependsOnCycle(nodes)).toBeNull();
      }),
    );
  });
});
