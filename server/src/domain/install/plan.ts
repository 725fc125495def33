import type { Json, JsonObject } from '../../lib/json.ts';
import { sameJson } from '../../lib/json-walk.ts';
import { must } from '../../lib/must.ts';
import type { SnapshotMember } from '../integration/snapshot.ts';
import type { Arrangement, Wanted } from './arrange.ts';
import type { LiveMember, Referral } from './live.ts';

/** What has to be done to a clone's entity: nothing, a new version in place, bring it back from deletion, or make a new one. */
export type Write = 'none' | 'rewrite' | 'restore' | 'create';

/** A member that the install shall have, attached, with the definition of its clone. */
export interface Placed extends Wanted {
  /** Definition of the clone; null for a reference. */
  readonly digest: Buffer | null;
  readonly write: Write;
}

export interface Update extends Placed {
  readonly live: LiveMember;
}

/** A member that goes: with its clone, or leaving the clone to the workspace as its own. */
export interface Removal {
  readonly live: LiveMember;
  readonly keep: boolean;
}

/** Member slugs in manifest order, each in one list only; what stays as it is is in none. */
export interface Outcome {
  readonly updated: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly skipped: readonly string[];
}

/** Everything that an install or upgrade changes. */
export interface Plan {
  readonly inserts: readonly Placed[];
  /** Attached members that stay: their pins move even where nothing else changes. */
  readonly updates: readonly Update[];
  /** Detached members that stay: only a renamed slug follows. */
  readonly detached: readonly Wanted[];
  readonly removals: readonly Removal[];
  /** Clones that a member no longer uses because it became a reference, and nothing else refers to. */
  readonly droppedClones: readonly string[];
  readonly outcome: Outcome;
}

/** The values that renderings depend on, before and after. */
export interface Inputs {
  readonly idsBefore: ReadonlyMap<string, string>;
  readonly ids: ReadonlyMap<string, string>;
  readonly variablesBefore: JsonObject;
  readonly variables: JsonObject;
}

/** The clone's definition where it is known without rendering: nothing to put in, or the same inputs as last time. */
export function knownDigest({ member, live, clone }: Wanted, inputs: Inputs): Buffer | null {
  const plain = !member.refs.some((id) => inputs.ids.has(id)) && member.variables.length === 0;
  if (!clone || plain) return member.digest;
  if (!live?.isClone || live.appliedDigest === null || !live.sourceDigest.equals(member.digest)) return null;
  return sameInputs(member, inputs) ? live.appliedDigest : null;
}

function sameInputs(member: SnapshotMember, { ids, idsBefore, variables, variablesBefore }: Inputs): boolean {
  const value = (values: JsonObject, name: string): Json => (Object.hasOwn(values, name) ? (values[name] ?? null) : null);
  return (
    member.refs.every((id) => ids.get(id) === idsBefore.get(id)) &&
    member.variables.every((name) => sameJson(value(variables, name), value(variablesBefore, name)))
  );
}

/** The members whose definition has to be rendered before the plan can be made. */
export const toRender = (arrangement: Arrangement, inputs: Inputs): Wanted[] =>
  arrangement.wanted.filter((wanted) => wanted.clone && !wanted.live?.detached && knownDigest(wanted, inputs) === null);

/** Clones that would go, unless something still refers to them. */
export const leavingClones = ({ wanted, gone }: Arrangement): string[] => [
  ...gone.filter((live) => live.isClone && !live.detached).map((live) => live.entityId),
  ...wanted.flatMap(({ live, clone }) => (live?.isClone && !clone && !live.detached ? [live.entityId] : [])),
];

/**
 * Makes the plan: the arrangement, the digests of what was rendered (by slug), and who refers to the leaving clones → changes.
 * Pure: the same for an install (nothing live), an upgrade, and a dry run of either.
 */
export function plan(
  arrangement: Arrangement,
  inputs: Inputs,
  rendered: ReadonlyMap<string, Buffer>,
  referrals: readonly Referral[],
): Plan {
  const kept = keptClones(arrangement, referrals);
  const detached = arrangement.wanted.filter(({ live }) => live?.detached);
  const placed = arrangement.wanted.filter(({ live }) => !live?.detached).map((wanted) => settle(wanted, inputs, rendered));
  const inserts = placed.filter(({ live }) => live === null);
  const updates = placed.filter((each): each is Update => each.live !== null);
  const removals = arrangement.gone.map((live) => ({ live, keep: live.detached || kept.has(live.entityId) }));
  return {
    inserts,
    updates,
    detached,
    removals,
    droppedClones: leavingClones({ ...arrangement, gone: [] }).filter((id) => !kept.has(id)),
    outcome: outcomeOf({ inserts, updates, detached, removals }),
  };
}

function settle(wanted: Wanted, inputs: Inputs, rendered: ReadonlyMap<string, Buffer>): Placed {
  if (!wanted.clone) return { ...wanted, digest: null, write: 'none' };
  const known = knownDigest(wanted, inputs) ?? rendered.get(wanted.member.slug);
  const digest = must(known, `the definition of ${wanted.member.slug} is known or rendered`);
  return { ...wanted, digest, write: writeOf(wanted, digest) };
}

function writeOf({ live, entityId }: Wanted, digest: Buffer): Write {
  if (live === null || live.entityId !== entityId) return 'create';
  if (live.deleted) return 'restore';
  return live.cloneDigest.equals(digest) ? 'none' : 'rewrite';
}

/**
 * The leaving clones that stay, as the workspace's own: those that something staying refers to, transitively. What this plan
 * renders anew does not count, since its new definition refers to none of them.
 */
function keptClones({ wanted, gone }: Arrangement, referrals: readonly Referral[]): ReadonlySet<string> {
  const leaving = new Set(leavingClones({ wanted, gone, ids: new Map(), idsBefore: new Map() }));
  const rewritten = new Set(wanted.filter(({ live }) => !live?.detached).map((each) => each.entityId));
  const kept = new Set<string>();
  for (let grown = true; grown; ) {
    grown = false;
    for (const { referrer, target } of referrals) {
      if (kept.has(target) || !leaving.has(target) || rewritten.has(referrer)) continue;
      if (leaving.has(referrer) && !kept.has(referrer)) continue;
      kept.add(target);
      grown = true;
    }
  }
  return kept;
}

function outcomeOf({ inserts, updates, detached, removals }: Pick<Plan, 'inserts' | 'updates' | 'detached' | 'removals'>): Outcome {
  const ordered = (members: readonly Wanted[]) =>
    [...members].sort((a, b) => a.member.position - b.member.position).map((each) => each.member.slug);
  const left = (keep: boolean) => removals.filter((removal) => removal.keep === keep).map((removal) => removal.live.slug);
  return {
    updated: ordered(updates.filter(isChange)),
    added: ordered(inserts),
    removed: left(false),
    skipped: [...ordered(detached), ...left(true)],
  };
}

/** Whether somebody would see a difference: in the definition, the name, the pin of a reference, or what kind of member it is. */
function isChange({ live, member, clone, write }: Update): boolean {
  if (write !== 'none' || live.slug !== member.slug || live.isClone !== clone) return true;
  return !clone && live.entityVersionId !== member.entityVersionId;
}

/**
 * The plan that takes everything away: attached clones go unless something that stays refers to them, detached ones stay as the
 * workspace's own. Pure.
 */
export function planRemoval(live: readonly LiveMember[], referrals: readonly Referral[]): Plan {
  const nothing = { idsBefore: new Map(), ids: new Map(), variablesBefore: {}, variables: {} };
  return plan({ wanted: [], gone: live, ...nothing }, nothing, new Map(), referrals);
}

/** Whether applying the plan would change nothing that a revision should tell. */
export const isEmpty = ({ outcome, removals }: Plan): boolean => outcome.updated.length + outcome.added.length + removals.length === 0;
