/** The plan of a rollback: from what an install has to what it had at an earlier revision. Pure. */
import type { Conflict } from '../../../lib/merge/settle.ts';
import { must } from '../../../lib/must.ts';
import type { HeldConflict } from '../../entity/conflicts.ts';
import type { Definition } from '../../entity/definitions.ts';
import type { Snapshot, SnapshotMember } from '../../integration/snapshot.ts';
import type { LiveMember, Referral } from '../state/live.ts';
import { isChange, type Outcome, type Plan, planRemoval, type Removal, type Update, type Write } from './plan.ts';

/** A member as a revision wrote it down. */
export interface PastMember {
  readonly slug: string;
  readonly memberId: string;
  readonly entityId: string;
  readonly sourceEntityId: string;
  readonly pinnedVersionId: string;
  readonly sourceVersionId: string;
  readonly isClone: boolean;
  readonly detached: boolean;
  readonly stale: boolean;
  /** Whether the workspace had deleted the clone. */
  readonly missing: boolean;
  /** Digest of the definition last applied, in hex; null for references. */
  readonly applied: string | null;
  /** Where its next merge started from, in hex, where conflicts were open; revisions from before there were such have none. */
  readonly mergeBase?: string | null;
}

/** A clone of then as it is now. */
export interface Clone {
  readonly digest: Buffer;
  readonly deleted: boolean;
  readonly purged: boolean;
}

/** What undoing the later revisions made of the clones. */
export interface UndoneAll {
  /** Entity id → the definition that the clone goes back to; of clones that no later revision wrote there is none. */
  readonly digests: ReadonlyMap<string, Buffer>;
  readonly made: readonly Definition[];
  readonly conflicts: readonly (Conflict & { readonly slug: string })[];
  /** Entity id → the same, as they are kept with the member: what the revision put back stands there. */
  readonly won: ReadonlyMap<string, readonly HeldConflict[]>;
}

export interface Return {
  /** The version of then. */
  readonly to: Snapshot;
  /** In the order of that version. */
  readonly past: readonly PastMember[];
  /** Rows of the past members, removed ones too, by id. */
  readonly rows: ReadonlyMap<string, LiveMember>;
  readonly live: readonly LiveMember[];
  /** Clones of the past members by entity id. */
  readonly clones: ReadonlyMap<string, Clone>;
  readonly undone: UndoneAll;
}

/** Everything that the way back changes. `referrals`: who will refer to the clones that go. */
export function planReturn(back: Return, referrals: readonly Referral[]): Plan {
  const active = activeIds(back);
  const updates = updatesOf(back);
  const revived = updates.filter(({ live }) => !active.has(live.id));
  const then = new Set(back.past.map(({ memberId }) => memberId));
  const going = planRemoval(goneOf(back), referrals).removals;
  const removals = going.filter(({ live }) => !then.has(live.id));
  return {
    inserts: [],
    updates,
    left: [],
    removals,
    revived: revived.map(({ live }) => live.id),
    droppedClones: going.filter(({ live, keep }) => then.has(live.id) && !keep).map(({ live }) => live.entityId),
    outcome: outcomeOf(updates, active, removals),
    merges: {
      merged: slugsOf(updates.filter((update) => survives(back, update))),
      conflicted: [...new Set(back.undone.conflicts.map(({ slug }) => slug))],
    },
  };
}

const activeIds = ({ live }: Return): ReadonlySet<string> => new Set(live.map(({ id }) => id));

/** The members of then as they shall be. */
function updatesOf(back: Return): Update[] {
  const active = activeIds(back);
  const ofVersion = new Map(back.to.members.map((member) => [member.slug, member]));
  return back.past.map((past) => updateOf(back, past, must(ofVersion.get(past.slug), 'members were of that version'), active));
}

/** Clones of then that will be there → the definition that each will have. */
export function clonesThen(back: Return): ReadonlyMap<string, Buffer> {
  const there = updatesOf(back).filter(({ live, write }) => !live.deleted || write === 'restore');
  return new Map(there.flatMap(({ entityId, digest }) => (digest === null ? [] : [[entityId, digest]])));
}

const slugsOf = (updates: readonly Update[]): string[] => updates.map(({ member }) => member.slug);

/** Each slug in one list: a member that comes back in the place of another one under its slug is an update of it, if anything differs. */
function outcomeOf(updates: readonly Update[], active: ReadonlySet<string>, removals: readonly Removal[]): Outcome {
  const going = new Map(removals.map(({ live }) => [live.slug, live]));
  const staying = new Set(slugsOf(updates));
  const before = ({ live, member }: Update) => (active.has(live.id) ? live : going.get(member.slug));
  const gone = (keep: boolean) =>
    removals.filter((each) => each.keep === keep && !staying.has(each.live.slug)).map(({ live }) => live.slug);
  return {
    updated: slugsOf(updates.filter((update) => differs(update, before(update)))),
    added: slugsOf(updates.filter((update) => before(update) === undefined)),
    removed: gone(false),
    skipped: gone(true),
  };
}

/** Whether somebody would see a difference to what stood there: another clone is one, the same reference is none. */
function differs(update: Update, before: LiveMember | undefined): boolean {
  if (before === undefined) return false;
  return isChange({ ...update, live: before }) || (update.clone && before.entityId !== update.entityId);
}

function updateOf(back: Return, past: PastMember, ofVersion: SnapshotMember, active: ReadonlySet<string>): Update {
  const row = must(back.rows.get(past.memberId), 'members outlive their removal');
  const member = { ...ofVersion, entityId: past.sourceEntityId, entityVersionId: past.pinnedVersionId };
  const about = {
    member,
    clone: past.isClone,
    entityId: past.entityId,
    treatment: 'apply' as const,
    pinned: past,
    mergeBase: null,
    conflicts: [],
  };
  if (!past.isClone) return { ...about, live: row, digest: null, applied: null, detached: false, write: 'none' };
  const clone = must(back.clones.get(past.entityId), 'purged clones were refused');
  const applied = Buffer.from(must(past.applied, 'clones had a definition applied'), 'hex');
  const undone = back.undone.digests.get(past.entityId);
  const digest = undone ?? clone.digest;
  const taken = undone !== undefined || !active.has(row.id) || row.entityId !== past.entityId;
  const write = writeOf(clone, digest, taken && !past.missing);
  const own = past.detached || !digest.equals(applied) || (clone.deleted && write === 'none');
  const mergeBase = past.mergeBase ? Buffer.from(past.mergeBase, 'hex') : null;
  const conflicts = back.undone.won.get(past.entityId) ?? [];
  const live = { ...row, cloneDigest: clone.digest, deleted: clone.deleted };
  return { ...about, live, digest, applied, mergeBase, conflicts, detached: own, write };
}

/** `restores`: the clone was there then, and a later revision took it or wrote it. One that the workspace deleted by itself stays so. */
function writeOf(clone: Clone, digest: Buffer, restores: boolean): Write {
  if (clone.deleted) return restores ? 'restore' : 'none';
  return digest.equals(clone.digest) ? 'none' : 'rewrite';
}

/** Members that were not there then, and those whose clone was another entity. */
export function goneOf({ past, live }: Pick<Return, 'past' | 'live'>): LiveMember[] {
  const then = new Map(past.map(({ memberId, entityId }) => [memberId, entityId]));
  return live.filter(({ id, entityId, isClone }) => !then.has(id) || (isClone && then.get(id) !== entityId));
}

/** Whether something that was edited since stays in the clone. */
const survives = ({ undone }: Return, { entityId, digest, applied, live }: Update): boolean =>
  digest !== null && applied !== null && undone.digests.has(entityId) && !digest.equals(applied) && !digest.equals(live.cloneDigest);
