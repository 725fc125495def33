/** One step of a walk: what the workspace or the publisher does, in the model and for real, and then both are compared. */
import type fc from 'fast-check';
import { expect } from 'vitest';
import { must } from '../../src/lib/must.ts';
import { expectAlike } from './compare.ts';
import type { KeyConflict, Variables } from './documents.ts';
import type { Site } from './site.ts';
import type { Version } from './versions.ts';
import type { Install, Lists, Member, World } from './world.ts';
import { lists } from './world.ts';

export type Step = fc.AsyncCommand<World, Site>;

/** `ready`: whether it can be done now at all. `words`: how a failure tells of it. */
export const step = (words: string, ready: (world: World) => boolean, act: (world: World, site: Site) => Promise<void>): Step => ({
  check: (world) => ready(world),
  run: async (world, site) => {
    await act(world, site);
    await expectAlike(world, site);
  },
  toString: () => words,
});

/** One of them by a number of any size. */
export const oneOf = <T>(items: readonly T[], number: number): T => must(items[number % items.length], 'there are some');

export const path = (install: Install, rest = ''): string => `/api/integration-installs/${install.id}${rest}`;
export const activeOf = (world: World): Install => must(world.active, 'it is installed');
export const hasActive = (world: World): boolean => world.active !== undefined;
export const clonesOf = (world: World): Member[] => [...(world.active?.members.values() ?? [])].filter(({ isClone }) => isClone);

/** Puts another state of a member in its place. */
export function replace(world: World, id: string, change: Partial<Member>): void {
  const install = activeOf(world);
  install.members = new Map([...install.members].map(([slug, member]) => [slug, member.id === id ? { ...member, ...change } : member]));
}

export const listsOf = (answer: Lists): Lists => lists(answer);

type Told = KeyConflict & { readonly slug: string };
/** Conflicts without what a side does not have, in one order. */
export const conflictsOf = (conflicts: readonly Told[]): string[] =>
  conflicts.map(({ slug, pointer, base, ours, theirs }) => JSON.stringify({ slug, pointer, base, ours, theirs })).sort();

/** The given values with the defaults of a version. */
export const complete = (version: Version, given: Variables): Variables =>
  version.variables.size !== undefined && given.size === undefined ? { ...given, size: 3 } : given;

export const missing = (version: Version, variables: Variables): string[] =>
  Object.entries(version.variables).flatMap(([name, use]) => (use === 'required' && variables[name] === undefined ? [name] : []));

export const expectLists = (answer: Lists, told: Lists): void => expect(listsOf(answer)).toEqual(told);
