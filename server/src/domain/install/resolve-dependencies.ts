import { must } from '../../lib/must.ts';
import { compareVersions, satisfies } from '../../lib/semver.ts';
import { installOrder, reach } from '../integration/graph.ts';
import { isMet, type NamedWant, namedWants, type Want } from './wants.ts';

/** A version of an integration, with what it wants of others. */
export interface Choice {
  /** `publisher/slug`. */
  readonly integration: string;
  readonly version: string;
  readonly wants: readonly Want[];
}

/** Everything that a resolution depends on. */
export interface World {
  readonly root: Choice;
  /** Integration → the versions that may be taken, in any order. */
  readonly offered: ReadonlyMap<string, readonly Choice[]>;
  /** Integration → the versions that the workspace has. They are never moved. */
  readonly installed: ReadonlyMap<string, readonly string[]>;
  /** What the workspace's installs want, and have. */
  readonly locks: readonly NamedWant[];
}

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

/** What to install, dependencies first and without the root; or why it cannot be; or that the search was given up. */
export type Resolution = { readonly installs: readonly Choice[] } | { readonly conflict: Conflict } | 'too_complex';

/** Ranges compared at most: the search may have to try every combination of versions. */
const MAX_CHECKS = 100_000;

/** What is settled so far: the root and the versions chosen, and everything that these and the locks want. */
interface State {
  readonly chosen: ReadonlyMap<string, Choice>;
  readonly wants: readonly NamedWant[];
}

/**
 * Finds a version for everything that the root wants, transitively, and that is not installed: the highest that is in all ranges.
 * Goes back and tries lower ones where that leads nowhere, so it finds a solution exactly when there is one, and the same each time.
 * Optional wants add nothing, but hold for what is there. Dependencies that go round in a circle have no order, so they are refused.
 * Pure.
 */
export function resolveDependencies(world: World, maxChecks = MAX_CHECKS): Resolution {
  const checks = { left: maxChecks };
  const conflicts: Conflict[] = [];
  const chosen = new Map([[world.root.integration, world.root]]);
  const start = { chosen, wants: [...world.locks, ...wantsOf(world.root)] };
  const clash = clashOf(world, start, world.root, checks);
  if (clash !== null) return { conflict: clash };
  const found = settle(world, start, checks, conflicts);
  if (found !== null) return { installs: inOrder(world, found) };
  return checks.left <= 0 ? 'too_complex' : { conflict: must(conflicts[0], 'a search that fails says why') };
}

/** Settles the next open want and all that follow, depth first; null when no choice leads anywhere. */
function settle(world: World, state: State, checks: { left: number }, conflicts: Conflict[]): State | null {
  const open = state.wants.find((want) => isOpen(world, state, want));
  if (open === undefined) return state;
  const { offered, fitting } = offersOf(world, state, open.integration, checks);
  if (fitting.length === 0) conflicts.push(conflictOf(world, state, open.integration, offered));
  for (const choice of fitting) {
    if (checks.left <= 0) return null;
    const next = { chosen: new Map(state.chosen).set(choice.integration, choice), wants: [...state.wants, ...wantsOf(choice)] };
    const clash = clashOf(world, next, choice, checks);
    const found = clash === null ? settle(world, next, checks, conflicts) : null;
    if (found !== null) return found;
    if (clash !== null) conflicts.push(clash);
  }
  return null;
}

const titleOf = ({ integration, version }: Choice): string => `${integration} ${version}`;
const wantsOf = (choice: Choice): NamedWant[] => namedWants(titleOf(choice), choice.wants);

/** Wanted, needed, and neither installed nor chosen yet. Locks open nothing: what they need was there when they were made. */
const isOpen = (world: World, { chosen }: State, want: NamedWant): boolean =>
  !want.optional && want.installId === null && !world.installed.has(want.integration) && !chosen.has(want.integration);

/** All versions that may be taken, and those of them that everything known so far does with; highest first. */
function offersOf(world: World, state: State, integration: string, checks: { left: number }) {
  const wants = state.wants.filter((want) => want.integration === integration);
  const offered = (world.offered.get(integration) ?? []).toSorted((a, b) => compareVersions(b.version, a.version));
  const fitting = offered.filter(({ version }) => {
    checks.left -= wants.length;
    return wants.every((want) => satisfies(version, want.range));
  });
  return { offered, fitting };
}

/** What the newly chosen version breaks: a want of its own or on it that what is there does not meet, or a circle. */
function clashOf(world: World, state: State, choice: Choice, checks: { left: number }): Conflict | null {
  const own = state.wants.filter((want) => want.by === titleOf(choice) && want.installId === null && !isOpen(world, state, want));
  const onIt = state.wants.filter((want) => want.integration === choice.integration);
  const concerned = [...own, ...onIt];
  checks.left -= concerned.length;
  const bad = concerned.find((want) => !isMet(want, versionsThere(world, state, want.integration)));
  if (bad !== undefined) return conflictOf(world, state, bad.integration, world.offered.get(bad.integration) ?? []);
  const circle = circleThrough(world, state, choice.integration);
  return circle.length === 0 ? null : { ...conflictOf(world, state, choice.integration, [choice]), circle };
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

function conflictOf(world: World, state: State, integration: string, offered: readonly Choice[]): Conflict {
  const wants = state.wants.filter((want) => want.integration === integration);
  const versions = offered.map(({ version }) => version).sort((a, b) => compareVersions(b, a));
  return {
    integration,
    wants,
    installed: world.installed.get(integration) ?? [],
    offered: versions,
    choices: versions.filter((version) => wants.every(({ range }) => satisfies(version, range))),
    circle: [],
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
