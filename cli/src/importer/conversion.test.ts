import type { JsonObject } from '@mortise/sdk/resources';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CatalogueMember, CatalogueVersion } from './catalogue.ts';
import { creationOrder, entitySlug, manifestOf, mentions, withEntityIds } from './conversion.ts';

const member = (slug: string, more: Partial<CatalogueMember> = {}): CatalogueMember => ({
  slug,
  kind: 'function',
  name: slug,
  definition: slug,
  ...more,
});

const slugText = fc.stringMatching(/^[a-z0-9](-?[a-z0-9]){0,40}$/).filter((text) => text.length <= 64);

describe('the slug of a member’s entity', () => {
  test('is a slug of at most 64 characters that starts with the names', () => {
    fc.assert(
      fc.property(slugText, slugText, (integration, slug) => {
        const made = entitySlug(integration, slug);
        expect(made).toMatch(/^[a-z0-9](-?[a-z0-9])*$/);
        expect(made.length).toBeLessThanOrEqual(64);
        expect(`${integration}-${slug}`.startsWith(made.slice(0, -9))).toBe(true);
      }),
    );
  });

  test('is another one where plain joining would meet', () => {
    expect(entitySlug('a', 'b-c')).not.toBe(entitySlug('a-b', 'c'));
    expect(entitySlug('x'.repeat(64), 'a')).not.toBe(entitySlug('x'.repeat(64), 'b'));
  });

  test('is always the same', () => {
    expect(entitySlug('google-tasks', 'tools-list')).toBe('google-tasks-tools-list-91c3e43e');
  });
});

describe('references', () => {
  const ids = new Map([
    ['input', 'sch_1'],
    ['provider', 'con_1'],
  ]);

  test('a string @slug becomes the id of the entity, at every depth', () => {
    expect(withEntityIds({ a: '@input', b: [{ c: '@provider' }] }, ids)).toEqual({ a: 'sch_1', b: [{ c: 'con_1' }] });
  });

  test('keys, other strings, unknown slugs and mentions inside longer strings stay', () => {
    const definition = { '@input': 'input', a: '@default', b: 'see @input', c: [1, null, true] };
    expect(withEntityIds(definition, ids)).toEqual(definition);
  });

  test('a definition mentions members only, each once', () => {
    expect(mentions({ a: '@input', b: ['@input', '@default', { c: '@provider' }] }, new Set(ids.keys()))).toEqual(['input', 'provider']);
  });
});

describe('the order of creation', () => {
  test('what is mentioned comes first', () => {
    const definitions = { a: { uses: '@b' }, b: { uses: '@c' }, c: {} };
    expect(creationOrder([member('a'), member('b'), member('c')], definitions).map(({ slug }) => slug)).toEqual(['c', 'b', 'a']);
  });

  test('has every member once, whatever the cycles, and those without one after what they mention', () => {
    const graph = fc
      .uniqueArray(fc.nat(9), { maxLength: 10 })
      .chain((nodes) =>
        fc.tuple(fc.constant(nodes), fc.array(fc.tuple(fc.constantFrom(...nodes, 0), fc.constantFrom(...nodes, 0)), { maxLength: 20 })),
      );
    fc.assert(
      fc.property(graph, ([nodes, edges]) => {
        const targets = (node: number) => edges.filter(([from, to]) => from === node && nodes.includes(to)).map(([, to]) => to);
        const definitions: Record<string, JsonObject> = Object.fromEntries(
          nodes.map((node) => [`n${node}`, { uses: targets(node).map((to) => `@n${to}`) }]),
        );
        const members = nodes.map((node) => member(`n${node}`));
        const order = creationOrder(members, definitions).map(({ slug }) => slug);
        expect(order.toSorted()).toEqual(members.map(({ slug }) => slug).toSorted());
        for (const node of nodes)
          for (const to of targets(node))
            if (!reaches(to, node, targets)) expect(order.indexOf(`n${to}`)).toBeLessThan(order.indexOf(`n${node}`));
      }),
    );
  });
});

function reaches(from: number, to: number, targets: (node: number) => number[], seen = new Set<number>()): boolean {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return targets(from).some((next) => reaches(next, to, targets, seen));
}

describe('the manifest', () => {
  const version: CatalogueVersion = {
    version: '1.0.0',
    authConfig: {},
    variablesSchema: {},
    members: [
      member('input', { kind: 'schema', closure: true }),
      member('run', { defaultEnabled: true, dependsOn: ['provider'] }),
      member('provider', { kind: 'connector', required: true }),
    ],
  };
  const ids = new Map(version.members.map(({ slug }) => [slug, `id-of-${slug}`]));

  test('declares the members but for the closure, all to be cloned', () => {
    expect(manifestOf(version, ids, new Set())).toEqual({
      members: [
        { slug: 'run', entityId: 'id-of-run', kind: 'function', forkOnInstall: true, defaultEnabled: true, dependsOn: ['provider'] },
        { slug: 'provider', entityId: 'id-of-provider', kind: 'connector', forkOnInstall: true, required: true },
      ],
    });
  });

  test('members of a referenced kind are not cloned', () => {
    const { members } = manifestOf(version, ids, new Set(['connector']));
    expect(members?.map(({ slug, forkOnInstall }) => [slug, forkOnInstall])).toEqual([
      ['run', true],
      ['provider', false],
    ]);
  });
});
