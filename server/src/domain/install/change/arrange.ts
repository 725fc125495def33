import { must } from '../../../lib/must.ts';
import { needsOf, reach } from '../../integration/graph.ts';
import type { MemberPolicy } from '../../integration/manifest.ts';
import { pairMembers } from '../../integration/pair-members.ts';
import { clonedSlugs } from '../../integration/publish-faults.ts';
import type { Snapshot, SnapshotMember } from '../../integration/snapshot.ts';
import type { Dropped, LiveMember } from '../state/live.ts';

/** Which members to take where none is installed yet: those named, or by policy. */
export interface Selection {
  readonly policy: MemberPolicy;
  readonly slugs?: readonly string[] | undefined;
  /** Members to add to those that are there, and to take from them. */
  readonly add?: readonly string[];
  readonly drop?: readonly string[];
  /** What the workspace dropped by hand earlier: it comes back only when it is asked for, or required. */
  readonly droppedBefore?: readonly Dropped[];
}

/**
 * What becomes of detached clones: left alone, merged with the new definition, or replaced by it. `hold` leaves everything that is
 * there alone, for changes that only add or take members; only schemas of the closure follow these.
 */
export type Strategy = 'skip' | 'merge' | 'overwrite' | 'hold';

/** What becomes of one member: the definition is applied to it, merged into it, or not; `hold`: not, and nobody is told. */
export type Treatment = 'apply' | 'merge' | 'skip' | 'hold';

/** One member as the install shall have it. */
export interface Wanted {
  readonly member: SnapshotMember;
  /** What the workspace has of it now; null: to be added. */
  readonly live: LiveMember | null;
  /** Cloned, or the publisher's entity referenced. */
  readonly clone: boolean;
  /** The clone that it has or will have, or the publisher's entity. */
  readonly entityId: string;
  readonly treatment: Treatment;
}

/** What shall be there and what shall go, before anything is rendered. */
export interface Arrangement {
  /** In the target's order. */
  readonly wanted: readonly Wanted[];
  /** Members that the target does not give this install any more, in the old version's order. */
  readonly gone: readonly LiveMember[];
  /** Source entity id → clone id, now and as it shall be. */
  readonly idsBefore: ReadonlyMap<string, string>;
  readonly ids: ReadonlyMap<string, string>;
}

/**
 * Holds the target version against what is installed. `from` null is an install; `live` is what the workspace has, in the order of
 * `from`. `allot` gives the id of a clone still to be made. Pure but for `allot`.
 */
export function arrange(
  from: Snapshot | null,
  to: Snapshot,
  live: readonly LiveMember[],
  selection: Selection,
  strategy: Strategy,
  allot: (member: SnapshotMember) => string,
): Arrangement {
  const bySource = standingFor(from, live);
  const lineage = lineageOf(from, to);
  const matches = match(lineage, live);
  const slugs = wantedSlugs(to, lineage, matches, selection);
  const members = to.members.filter((member) => slugs.has(member.slug));
  const cloned = clonedSlugs(members);
  const wanted = members.map((member) => {
    const found = matches.get(member.slug) ?? null;
    const clone = cloned.has(member.slug);
    return place(member, found, { clone, treatment: treatmentOf(member, found, clone, strategy) }, allot);
  });
  const kept = new Set(wanted.map((each) => each.live));
  const gone = live.filter((member) => !kept.has(member));
  return { wanted, gone, idsBefore: cloneIds(bySource), ids: idsOf(wanted) };
}

function place(
  member: SnapshotMember,
  live: LiveMember | null,
  { clone, treatment }: Pick<Wanted, 'clone' | 'treatment'>,
  allot: (member: SnapshotMember) => string,
): Wanted {
  if (live !== null && treatment !== 'apply') return { member, live, clone: live.isClone, entityId: live.entityId, treatment };
  if (!clone) return { member, live, clone, entityId: member.entityId, treatment };
  const reuse = live?.isClone && !live.purged && live.kind === member.kind;
  return { member, live, clone, entityId: reuse ? live.entityId : allot(member), treatment };
}

/** A clone that the workspace deleted has nothing to merge with, nor has one of another kind, where the slug passed to another entity. */
function treatmentOf(member: SnapshotMember, live: LiveMember | null, clone: boolean, strategy: Strategy): Treatment {
  if (live === null) return 'apply';
  if (strategy === 'hold') return followsOthers(member, live, clone) ? 'apply' : 'hold';
  if (!live.detached || strategy === 'overwrite') return 'apply';
  return strategy === 'merge' && !live.deleted && live.kind === member.kind ? 'merge' : 'skip';
}

/** A schema of the closure is a clone exactly while a clone leads to it, so it follows when such members come or go. */
const followsOthers = (member: SnapshotMember, live: LiveMember, clone: boolean): boolean =>
  member.origin === 'schema_closure' && !live.detached && live.isClone !== clone;

/**
 * Publisher's entity → the member that stands for it: the one that has its slug in the installed version, also where that is a detached
 * clone that was made from another entity.
 */
function standingFor(from: Snapshot | null, live: readonly LiveMember[]): ReadonlyMap<string, LiveMember> {
  const sources = new Map(from?.members.map(({ slug, entityId }) => [slug, entityId]));
  return new Map(live.map((member) => [must(sources.get(member.slug), 'live members are of the installed version'), member]));
}

const cloneIds = (bySource: ReadonlyMap<string, LiveMember>): ReadonlyMap<string, string> =>
  new Map([...bySource].flatMap(([source, { isClone, entityId }]) => (isClone ? [[source, entityId]] : [])));

const idsOf = (wanted: readonly Wanted[]): ReadonlyMap<string, string> =>
  new Map(wanted.filter((each) => each.clone).map((each) => [each.member.entityId, each.entityId]));

/** What each member of the target was in the installed version. */
const lineageOf = (from: Snapshot | null, to: Snapshot): ReadonlyMap<string, SnapshotMember> =>
  new Map(
    pairMembers(from?.members ?? [], to.members).pairs.flatMap(({ before, after }) => (before === null ? [] : [[after.slug, before]])),
  );

/** Target slug → the live member that it is. */
function match(lineage: ReadonlyMap<string, SnapshotMember>, live: readonly LiveMember[]): ReadonlyMap<string, LiveMember> {
  const bySlug = new Map(live.map((member) => [member.slug, member]));
  return new Map(
    [...lineage].flatMap(([slug, before]) => {
      const found = bySlug.get(before.slug);
      return found === undefined ? [] : [[slug, found]];
    }),
  );
}

/** What is installed and not dropped, what is required, chosen or added, and everything that these need. */
function wantedSlugs(
  to: Snapshot,
  lineage: ReadonlyMap<string, SnapshotMember>,
  matches: ReadonlyMap<string, LiveMember>,
  selection: Selection,
): Set<string> {
  const declared = to.members.filter((member) => member.origin === 'declared');
  const refused = refusedBy(selection.droppedBefore ?? []);
  const isNew = (member: SnapshotMember) => !lineage.has(member.slug) && !refused(member);
  const dropped = new Set(selection.drop);
  const added = new Set(selection.add);
  const chosen = chooser(selection);
  const stays = ({ slug }: SnapshotMember) => matches.has(slug) && !dropped.has(slug);
  const roots = declared.filter(
    (member) => stays(member) || member.required || added.has(member.slug) || (isNew(member) && chosen(member)),
  );
  return reach(
    needsOf(to.members),
    roots.map((member) => member.slug),
  );
}

/** Whether the workspace dropped a member by hand that this one is, by its entity or by a name that it had. */
function refusedBy(dropped: readonly Dropped[]): (member: SnapshotMember) => boolean {
  const entities = new Set(dropped.map(({ entityId }) => entityId));
  const slugs = new Set(dropped.map(({ slug }) => slug));
  return ({ entityId, formerSlugs }) => entities.has(entityId) || formerSlugs.some((slug) => slugs.has(slug));
}

function chooser({ policy, slugs }: Selection): (member: SnapshotMember) => boolean {
  const named = slugs && new Set(slugs);
  return ({ slug, defaultEnabled }) => named?.has(slug) ?? (policy === 'auto_all' || (policy === 'auto_defaults' && defaultEnabled));
}
