import type { Json, JsonObject } from '../../../lib/json.ts';
import { sameJson } from '../../../lib/json-walk.ts';
import type { Conflict } from '../../../lib/merge/settle.ts';
import { must } from '../../../lib/must.ts';
import { type HeldConflict, keptOurs } from '../../entity/conflicts.ts';
import { reach } from '../../integration/graph.ts';
import type { SnapshotMember } from '../../integration/snapshot.ts';
import type { LiveMember, Referral } from '../state/live.ts';
import type { Arrangement, Wanted } from './arrange.ts';

/** What has to be done to a clone's entity: nothing, a new version in place, bring it back from deletion, or make a new one. */
export type Write = 'none' | 'rewrite' | 'restore' | 'create';

/** A member that the install shall have, with the definition of its clone. */
export interface Placed extends Wanted {
  /** Definition that the clone shall have; null for a reference. */
  readonly digest: Buffer | null;
  /** Definition that counts as applied to it: another one where edits of the workspace's own stay. */
  readonly applied: Buffer | null;
  /** Where the next merge starts from, if not from what is applied: conflicts are left open. */
  readonly mergeBase: Buffer | null;
  readonly conflicts: readonly HeldConflict[];
  /** Whether it is the workspace's own afterwards. */
  readonly detached: boolean;
  readonly write: Write;
  /** Where it goes back to: the version that it was made from then, and whether that was behind the install's. */
  readonly pinned?: { readonly sourceVersionId: string; readonly stale: boolean };
}

/** A detached clone merged with the new definition. */
export interface Merging {
  /** The new definition, rendered: the base of the next merge. */
  readonly applied: Buffer;
  /** What came of both; the clone's own definition where there was nothing to take. */
  readonly digest: Buffer;
  /** Where the merge after this one starts from, if not from that: conflicts are left open. */
  readonly base: Buffer | null;
  /** Entities that the result refers to; absent where the clone keeps its own definition. */
  readonly refs?: readonly string[];
  /** Places that both had changed: the workspace's stays there. */
  readonly conflicts: readonly Conflict[];
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

/** Of these, the members that took the new definition beside edits, and those with a place where both had changed the same. */
export interface Merges {
  readonly merged: readonly string[];
  readonly conflicted: readonly string[];
}

/** Everything that an install or upgrade changes. */
export interface Plan {
  readonly inserts: readonly Placed[];
  /** Members that stay, attached or merged: they go with the version even where nothing changes. */
  readonly updates: readonly Update[];
  /** Members that are left alone, at the version that they are of: only a renamed slug follows. */
  readonly left: readonly Wanted[];
  readonly removals: readonly Removal[];
  /** Ids of removed members that come back; what they shall be is among the updates. */
  readonly revived: readonly string[];
  /** Clones that a member no longer uses because it became a reference or of another kind, and nothing else refers to. */
  readonly droppedClones: readonly string[];
  readonly outcome: Outcome;
  readonly merges: Merges;
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
  if (!live?.isClone || live.appliedDigest === null || live.stale || !live.sourceDigest.equals(member.digest)) return null;
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
  arrangement.wanted.filter((wanted) => wanted.treatment === 'apply' && wanted.clone && knownDigest(wanted, inputs) === null);

/** The members whose clone has to be merged with the new definition before the plan can be made. */
export const toMerge = ({ wanted }: Arrangement): Wanted[] => wanted.filter(({ treatment }) => treatment === 'merge');

/** Whether the clone is the workspace's own: detached, or attached again and still edited. One that it deleted is nobody's. */
export const isOwn = ({ detached, isClone, deleted, appliedDigest, cloneDigest }: LiveMember): boolean =>
  detached || (isClone && !deleted && appliedDigest !== null && !cloneDigest.equals(appliedDigest));

/** Clones that would go, unless something still refers to them. */
export const leavingClones = ({ wanted, gone }: Arrangement): string[] => [
  ...gone.filter((live) => live.isClone && !isOwn(live)).map((live) => live.entityId),
  ...wanted.flatMap(({ live, entityId }) => (live?.isClone && live.entityId !== entityId ? [live.entityId] : [])),
];

/** Who will refer to the clones that leave, by who does: what a merge changes counts with what it then says. */
export function referralsThen({ wanted }: Arrangement, { merged }: Made, leaving: readonly string[], now: readonly Referral[]): Referral[] {
  const changes = wanted.flatMap(({ member, entityId }) => {
    const refs = merged.get(member.slug)?.refs;
    return refs === undefined ? [] : [{ referrer: entityId, refs }];
  });
  const changing = new Set(changes.map(({ referrer }) => referrer));
  const targets = new Set(leaving);
  const then = changes.flatMap(({ referrer, refs }) => refs.filter((id) => targets.has(id)).map((target) => ({ referrer, target })));
  return [...now.filter(({ referrer }) => !changing.has(referrer)), ...then];
}

/** What was made of definitions, by member slug: rendered ones as digests, and merges. */
export interface Made {
  readonly rendered: ReadonlyMap<string, Buffer>;
  readonly merged: ReadonlyMap<string, Merging>;
}

/**
 * Makes the plan: the arrangement, what was rendered and merged, and who refers to the leaving clones → changes.
 * Pure: the same for an install (nothing live), an upgrade, and a dry run of either.
 */
export function plan(arrangement: Arrangement, inputs: Inputs, made: Made, referrals: readonly Referral[]): Plan {
  const kept = keptClones(arrangement, referrals);
  const left = arrangement.wanted.filter(({ treatment }) => treatment === 'skip' || treatment === 'hold');
  const placed = arrangement.wanted
    .filter(({ treatment }) => treatment === 'apply' || treatment === 'merge')
    .map((wanted) => (wanted.treatment === 'merge' ? merge(wanted, made) : settle(wanted, inputs, made)));
  const inserts = placed.filter(({ live }) => live === null);
  const updates = placed.filter((each): each is Update => each.live !== null);
  const removals = arrangement.gone.map((live) => ({ live, keep: isOwn(live) || kept.has(live.entityId) }));
  const conflicted = (update: Update) => (made.merged.get(update.member.slug)?.conflicts.length ?? 0) > 0;
  return {
    inserts,
    updates,
    left,
    removals,
    revived: [],
    droppedClones: leavingClones({ ...arrangement, gone: [] }).filter((id) => !kept.has(id)),
    outcome: outcomeOf({ inserts, updates, left, removals }, conflicted),
    merges: {
      merged: ordered(updates.filter(({ treatment, write }) => treatment === 'merge' && write !== 'none')),
      conflicted: ordered(updates.filter(conflicted)),
    },
  };
}

function settle(wanted: Wanted, inputs: Inputs, { rendered }: Made): Placed {
  if (!wanted.clone) return { ...wanted, ...DECIDED, digest: null, applied: null, detached: false, write: 'none' };
  const known = knownDigest(wanted, inputs) ?? rendered.get(wanted.member.slug);
  const digest = must(known, `the definition of ${wanted.member.slug} is known or rendered`);
  return { ...wanted, ...DECIDED, digest, applied: digest, detached: false, write: writeOf(wanted, digest) };
}

/** Nothing is left open. */
const DECIDED = { mergeBase: null, conflicts: [] } as const;

/** What is merged stays detached: it is still not what the publisher gave. */
function merge(wanted: Wanted, { merged }: Made): Placed {
  const { digest, applied, base, conflicts } = must(merged.get(wanted.member.slug), `the clone of ${wanted.member.slug} was merged`);
  return { ...wanted, digest, applied, mergeBase: base, conflicts: keptOurs(conflicts), detached: true, write: writeOf(wanted, digest) };
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
  const rewritten = new Set(wanted.filter(({ treatment }) => treatment === 'apply').map((each) => each.entityId));
  const counting = referrals.filter(({ referrer, target }) => leaving.has(target) && !rewritten.has(referrer));
  const targets = Map.groupBy(counting, ({ referrer }) => referrer);
  const needs = new Map([...targets].map(([referrer, found]) => [referrer, found.map(({ target }) => target)]));
  return reach(
    needs,
    counting.filter(({ referrer }) => !leaving.has(referrer)).map(({ target }) => target),
  );
}

const ordered = (members: readonly Wanted[]): string[] =>
  [...members].sort((a, b) => a.member.position - b.member.position).map((each) => each.member.slug);

/**
 * A merge that found nothing but conflicts left the clone as it was: skipped. A slug that another member takes over is in one list too:
 * what stands under it is another, so it is updated.
 */
function outcomeOf(
  { inserts, updates, left, removals }: Pick<Plan, 'inserts' | 'updates' | 'left' | 'removals'>,
  conflicted: (update: Update) => boolean,
): Outcome {
  const leaving = new Set(removals.map(({ live }) => live.slug));
  const staying = new Set([...inserts, ...updates, ...left].map(({ member }) => member.slug));
  const isTakenOver = ({ member }: Placed) => leaving.has(member.slug);
  const going = (keep: boolean) =>
    removals.filter((removal) => removal.keep === keep && !staying.has(removal.live.slug)).map(({ live }) => live.slug);
  const untouched = [
    ...left.filter(({ treatment }) => treatment === 'skip'),
    ...updates.filter((each) => conflicted(each) && !isChange(each)),
  ];
  return {
    updated: ordered([...updates.filter(isChange), ...inserts.filter(isTakenOver)]),
    added: ordered(inserts.filter((each) => !isTakenOver(each))),
    removed: going(false),
    skipped: [...ordered(untouched), ...going(true)],
  };
}

/** Whether somebody would see a difference: in the definition, the name, the pin of a reference, or what kind of member it is. */
export function isChange({ live, member, clone, write }: Update): boolean {
  if (write !== 'none' || live.slug !== member.slug || live.isClone !== clone) return true;
  return !clone && live.entityVersionId !== member.entityVersionId;
}

/**
 * The plan that takes everything away: attached clones go unless something that stays refers to them, detached ones stay as the
 * workspace's own. Pure.
 */
export function planRemoval(live: readonly LiveMember[], referrals: readonly Referral[]): Plan {
  const nothing = { idsBefore: new Map(), ids: new Map(), variablesBefore: {}, variables: {} };
  return plan({ wanted: [], gone: live, ...nothing }, nothing, { rendered: new Map(), merged: new Map() }, referrals);
}

/** Whether applying the plan would change nothing that a revision should tell. */
export const isEmpty = ({ outcome, removals }: Plan): boolean => outcome.updated.length + outcome.added.length + removals.length === 0;
