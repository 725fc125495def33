import { must } from '../../../lib/must.ts';
import { satisfies } from '../../../lib/semver.ts';
import { installOrder, reach } from '../../integration/graph.ts';
import { broken, type Installed, meaning, type NamedWant, needsOf, unmet, type Want } from './wants.ts';

/** A version that an install could move to, with what it wants of others. */
export interface Step {
  readonly versionId: string;
  readonly version: string;
  readonly wants: readonly Want[];
}

/** An active install: what it has, what that wants, and what it could move to, the best first. */
export interface Mover extends Installed {
  readonly wants: readonly Want[];
  readonly steps: readonly Step[];
}

/** One install that moves. */
export interface Joined {
  readonly installId: string;
  readonly step: Step;
}

export interface JointWorld {
  /** All active installs of the workspace, the earliest first. */
  readonly installs: readonly Mover[];
  readonly root: Joined;
  /** Whether another install may move along. */
  readonly mayMove: (installId: string) => boolean;
}

/** Steps tried at most: the search may have to try every combination. A way without dead ends takes one for each install. */
const MAX_TRIES = 1000;

type Moves = ReadonlyMap<string, Step>;

interface Broken {
  readonly owner: Mover;
  readonly want: Want;
}

/**
 * The installs that have to move for the root to move, dependencies first and the root among them; null where no such moves are found.
 * An install moves only where a want would not be met without it: either what is wanted moves into the range, or who wants it moves to a
 * version with another want. Goes back where that leads nowhere. What was unmet before is nobody's reason to move. Pure.
 */
export function joinMoves(world: JointWorld, maxTries = MAX_TRIES): readonly Joined[] | null {
  const search = { world, tries: maxTries };
  const found = settle(search, new Map([[world.root.installId, world.root.step]]));
  return found === null ? null : inOrder(world, pruned(world, found));
}

interface Search {
  readonly world: JointWorld;
  tries: number;
}

function settle(search: Search, moves: Moves): Moves | null {
  const { world } = search;
  const [first] = brokenBy(world.installs, moves);
  const ways = first === undefined ? waysOutOfCircle(world, moves) : waysOut(world, moves, first);
  if (first === undefined && ways === null) return moves;
  for (const { installId, step } of ways ?? []) {
    if (search.tries-- <= 0) return null;
    const found = settle(search, new Map(moves).set(installId, step));
    if (found !== null) return found;
  }
  return null;
}

/** What could be moved so that the want is met, or is another one. What has moved already stays there. */
function waysOut({ installs, mayMove }: JointWorld, moves: Moves, { owner, want }: Broken): Joined[] {
  const free = ({ installId }: Installed) => !moves.has(installId) && mayMove(installId);
  const wanted = meaning(installs)(want).filter((each) => each !== owner && free(each));
  return [
    ...wanted.flatMap(({ installId, steps }) =>
      steps.filter(({ version }) => satisfies(version, want.range)).map((step) => ({ installId, step })),
    ),
    ...(free(owner) ? owner.steps.map((step) => ({ installId: owner.installId, step })) : []),
  ];
}

/** What could be moved so that a circle opens: whoever is in it. Null where there is none. */
function waysOutOfCircle({ installs, mayMove }: JointWorld, moves: Moves): Joined[] | null {
  const circle = circleOf(installs, moves);
  if (circle.size === 0) return null;
  const free = installs.filter(({ installId }) => circle.has(installId) && !moves.has(installId) && mayMove(installId));
  return free.flatMap(({ installId, steps }) => steps.map((step) => ({ installId, step })));
}

const stepped = (installs: readonly Mover[], moves: Moves): Mover[] => installs.map((each) => ({ ...each, ...moves.get(each.installId) }));

/** Wants that the moves leave unmet: any of an install that moves, and of the others those that are met now. */
export function brokenBy(installs: readonly Mover[], moves: Moves): Broken[] {
  const after = stepped(installs, moves);
  return installs.flatMap((owner) => {
    const step = moves.get(owner.installId);
    const wants = step === undefined ? broken(owner.wants, installs, after) : unmet(step.wants, after);
    return wants.map((want) => ({ owner, want }));
  });
}

const needsAfter = (installs: readonly Mover[], moves: Moves): ReadonlyMap<string, readonly string[]> => {
  const after = stepped(installs, moves);
  const named = after.flatMap(({ installId, integration, wants }) =>
    wants.map((want): NamedWant => ({ ...want, by: integration, installId })),
  );
  return needsOf(named, after);
};

/** The installs that an install which moves would need, and that need it in turn: none of them could be uninstalled again. */
function circleOf(installs: readonly Mover[], moves: Moves): ReadonlySet<string> {
  const needs = needsAfter(installs, moves);
  const reached = (id: string) => reach(needs, needs.get(id) ?? []);
  const [round] = [...moves.keys()].filter((id) => reached(id).has(id));
  return new Set(round === undefined ? [] : [...reached(round)].filter((id) => reached(id).has(round)));
}

export const closesCircle = (installs: readonly Mover[], moves: Moves): boolean => circleOf(installs, moves).size > 0;

/** Without what turned out to be needless by a later move. */
function pruned({ installs, root }: JointWorld, found: Moves): Moves {
  let moves = found;
  for (const id of found.keys()) {
    if (id === root.installId) continue;
    const fewer = new Map([...moves].filter(([each]) => each !== id));
    if (brokenBy(installs, fewer).length === 0 && !closesCircle(installs, fewer)) moves = fewer;
  }
  return moves;
}

function inOrder({ installs }: JointWorld, moves: Moves): Joined[] {
  const needs = needsAfter(installs, moves);
  const moving = installs.filter(({ installId }) => moves.has(installId));
  const nodes = moving.map(({ installId }) => ({ slug: installId, entityId: installId, dependsOn: needs.get(installId) ?? [], refs: [] }));
  return installOrder(nodes).map(({ slug }) => ({ installId: slug, step: must(moves.get(slug), 'it moves') }));
}

/**
 * The same, with these others moved as far as they go, whether that is needed or not: each to the best version that leaves no want
 * unmet, or not at all. Pure.
 */
export function joinNamed(world: JointWorld, named: readonly string[]): readonly Joined[] | null {
  const needed = joinMoves(world);
  if (needed === null) return null;
  let moves: Moves = new Map(needed.map(({ installId, step }) => [installId, step]));
  for (const id of named) {
    if (moves.has(id)) continue;
    const steps = world.installs.find(({ installId }) => installId === id)?.steps ?? [];
    const fits = steps.find((step) => {
      const more = new Map(moves).set(id, step);
      return brokenBy(world.installs, more).length === 0 && !closesCircle(world.installs, more);
    });
    if (fits !== undefined) moves = new Map(moves).set(id, fits);
  }
  return inOrder(world, moves);
}
