import { must } from '../../../lib/must.ts';
import { compareVersions, satisfies } from '../../../lib/semver.ts';
import { installOrder, reach } from '../../integration/graph.ts';
import type { Choice, World } from './choices.ts';
import { viableOffers } from './viable-offers.ts';
import { isMet, type NamedWant, namedWants, type Want } from './wants.ts';

/** Why one integration cannot be settled: who wants it in which range, what is installed, what is there, and what would do. */
export interface Conflict {
  readonly integration: string;
  readonly wants: readonly NamedWant[];
  readonly installed: readonly string[];
  /** Highest first. */
  readonly offered: readonly string[];
  /** Those offered that are in every range. */
  readonly choices: readonly string[];
  /** The integrations along a circle of dependencies that every choice closes; empty where that is not the reason. */
  readonly circle: readonly string[];
}

/** What to install, dependencies first and without the root; or why it cannot be. `gaveUp`: not every combination was tried. */
export type Resolution = { readonly installs: readonly Choice[] } | { readonly conflict: Conflict; readonly gaveUp: boolean };

/** Versions tried at most: the search may have to try every combination. A way without dead ends takes one for each integration. */
const MAX_TRIES = 1000;

/** What is settled so far: the root and the versions chosen, and everything that these and the locks want. */
interface State {
  readonly chosen: ReadonlyMap<string, Choice>;
  readonly wants: readonly NamedWant[];
}

/** Why a state leads nowhere: the integration that cannot be settled, the versions of it to tell of, and the circle if it is one. */
interface Clash {
  readonly integration: string;
  readonly offered: readonly Choice[];
  readonly circle: readonly string[];
}

interface Search {
  readonly world: World;
  /** How many are left. */
  tries: number;
  /** The first one. */
  deadEnd: { readonly state: State; readonly clash: Clash } | null;
  /** Whether the first dead end ends the search. */
  readonly once: boolean;
}

/**
 * Finds a version for everything that the root wants, transitively, and that is not installed: the highest that is in all ranges.
 * Goes back and tries lower ones where that leads nowhere, so it finds a solution exactly when there is one, and the same each time.
 * Optional wants add nothing, but hold for what is there. Dependencies that go round in a circle have no order, so they are refused.
 * Pure.
 */
export function resolveDependencies(given: World, maxTries = MAX_TRIES): Resolution {
  const world = { ...given, offered: sorted(given.offered) };
  const search: Search = { world: { ...world, offered: viableOffers(world) }, tries: maxTries, deadEnd: null, once: false };
  const found = choose(search, { chosen: new Map(), wants: world.locks }, world.root);
  return found === null ? { conflict: firstConflict(world), gaveUp: search.tries <= 0 } : { installs: inOrder(world, found) };
}

/** What the highest versions run into first, those included that could never have been taken. */
function firstConflict(world: World): Conflict {
  const search: Search = { world, tries: Number.POSITIVE_INFINITY, deadEnd: null, once: true };
  choose(search, { chosen: new Map(), wants: world.locks }, world.root);
  const { state, clash } = must(search.deadEnd, 'a search that fails has a dead end');
  return conflictOf(world, state, clash);
}

const sorted = (offered: World['offered']): World['offered'] =>
  new Map([...offered].map(([name, choices]) => [name, choices.toSorted((a, b) => compareVersions(b.version, a.version))]));

/** Takes the version and settles all that follows; null when that leads nowhere. */
function choose(search: Search, { chosen, wants }: State, choice: Choice): State | null {
  search.tries -= 1;
  const state = { chosen: new Map(chosen).set(choice.integration, choice), wants: [...wants, ...wantsOf(choice)] };
  const clash = clashOf(search.world, state, choice);
  if (clash === null) return settle(search, state);
  search.deadEnd ??= { state, clash };
  return null;
}

/** Settles the next open want and all that follow, depth first; null when no choice leads anywhere. */
function settle(search: Search, state: State): State | null {
  const open = state.wants.find((want) => isOpen(search.world, state, want));
  if (open === undefined) return state;
  const { integration } = open;
  const offered = search.world.offered.get(integration) ?? [];
  const fitting = fittingOf(state, integration, offered);
  if (fitting.length === 0) search.deadEnd ??= { state, clash: { integration, offered, circle: [] } };
  for (const choice of fitting) {
    const found = choose(search, state, choice);
    if (found !== null || isOver(search)) return found;
  }
  return null;
}

const isOver = ({ tries, deadEnd, once }: Search): boolean => tries <= 0 || (once && deadEnd !== null);

const titleOf = ({ integration, version }: Choice): string => `${integration} ${version}`;
const wantsOf = (choice: Choice): NamedWant[] => namedWants(titleOf(choice), choice.wants);

/** Wanted, needed, and neither installed nor chosen yet. Locks open nothing: what they need was there when they were made. */
const isOpen = (world: World, { chosen }: State, want: NamedWant): boolean =>
  !want.optional && want.installId === null && !world.installed.has(want.integration) && !chosen.has(want.integration);

/** The offered versions that everything known so far does with. */
function fittingOf(state: State, integration: string, offered: readonly Choice[]): Choice[] {
  const wants = state.wants.filter((want) => want.integration === integration);
  return offered.filter(({ version }) => wants.every((want) => satisfies(version, want.range)));
}

/**
 * What is wrong with the newly chosen version: it wants what no offered version is, a want of its own or on it is not met by what is
 * there, or it closes a circle.
 */
function clashOf(world: World, state: State, choice: Choice): Clash | null {
  const offeredOf = ({ integration }: Want) => world.offered.get(integration) ?? [];
  const own = state.wants.filter((want) => want.by === titleOf(choice) && want.installId === null);
  const onIt = state.wants.filter((want) => want.integration === choice.integration);
  const bad = [...own, ...onIt].find((want) =>
    isOpen(world, state, want)
      ? !offeredOf(want).some(({ version }) => satisfies(version, want.range))
      : !isMet(want, versionsThere(world, state, want.integration)),
  );
  if (bad !== undefined) return { integration: bad.integration, offered: offeredOf(bad), circle: [] };
  const circle = circleThrough(world, state, choice.integration);
  return circle.length === 0 ? null : { integration: choice.integration, offered: [choice], circle };
}

function versionsThere(world: World, { chosen }: State, integration: string): readonly string[] {
  const choice = chosen.get(integration);
  return [...(world.installed.get(integration) ?? []), ...(choice === undefined ? [] : [choice.version])];
}

/** Integration → those chosen that it has to wait for: what is installed and in range it does not wait for. */
function needsOf(world: World, { chosen }: State): ReadonlyMap<string, readonly string[]> {
  const waits = (want: Want) => !want.optional && chosen.has(want.integration) && !isMet(want, world.installed.get(want.integration) ?? []);
  return new Map([...chosen.values()].map(({ integration, wants }) => [integration, wants.filter(waits).map((each) => each.integration)]));
}

/** The integrations that need one another in a circle with this one; empty where there is none. */
function circleThrough(world: World, state: State, integration: string): string[] {
  const needs = needsOf(world, state);
  const needed = reach(needs, needs.get(integration) ?? []);
  return needed.has(integration) ? [...needed].filter((each) => reach(needs, needs.get(each) ?? []).has(integration)).sort() : [];
}

function conflictOf(world: World, state: State, { integration, offered, circle }: Clash): Conflict {
  const wants = state.wants.filter((want) => want.integration === integration);
  const versions = offered.map(({ version }) => version);
  return {
    integration,
    wants,
    installed: world.installed.get(integration) ?? [],
    offered: versions,
    choices: versions.filter((version) => wants.every(({ range }) => satisfies(version, range))),
    circle,
  };
}

function inOrder(world: World, state: State): Choice[] {
  const needs = needsOf(world, state);
  const nodes = [...state.chosen.values()].map((choice) => {
    const { integration } = choice;
    return { choice, slug: integration, entityId: integration, dependsOn: needs.get(integration) ?? [], refs: [] };
  });
  return installOrder(nodes).flatMap(({ choice }) => (choice === world.root ? [] : [choice]));
}
