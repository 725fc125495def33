/** What a rollback, an uninstall and a restore do. */
import type { Json } from '../../src/lib/json.ts';
import { must } from '../../src/lib/must.ts';
import { type Doc, type KeyConflict, merged, openBase, sameDoc } from './documents.ts';
import { goneFrom, isOwn, type Moved, owned } from './move.ts';
import { type Install, type Lists, lists, type Member, NOTHING, type Revision, type World, type Written } from './world.ts';

type PastMember = Revision['members'][number];

/** Slugs of the past members whose clone was there and was purged since, or is missing without a trace: a rollback to them is refused. */
export const purgedOf = (world: World, { members }: Revision): string[] =>
  members
    .filter(({ isClone, missing, entityId }) => isClone && (missing ? world.entity(entityId).erased : world.entity(entityId).purged))
    .map(({ slug }) => slug);

/** Takes the install back to what it was at a revision. */
export function goBack(world: World, install: Install, past: Revision): Moved {
  const now = new Map([...install.members.values()].map((member) => [member.id, member]));
  const since = install.revisions.slice(install.revisions.indexOf(past) + 1).toReversed();
  const gone = [...now.values()].filter(({ id }) => !past.members.some((member) => member.id === id));
  // Another member that had the slug meanwhile is what stood there before.
  const before = (member: Member) => now.get(member.id) ?? gone.find(({ slug }) => slug === member.slug);
  const results = past.members.map((member) => returned(world, member, before(member), since));
  const orphans = past.members.flatMap(({ id, entityId }) => {
    const member = now.get(id);
    return member?.isClone && member.entityId !== entityId && !isOwn(world, member) ? [member.entityId] : [];
  });
  const removed = goneFrom(world, owned(world, gone), orphans);
  const slugs = (some: typeof results) => some.map(({ member }) => member.slug);
  const isEmptied = (slug: string) => past.members.every((member) => member.slug !== slug);
  const told = lists({
    updated: slugs(results.filter(({ member, isUpdated }) => before(member) && isUpdated)),
    added: slugs(results.filter(({ member }) => !before(member))),
    removed: removed.deleted.filter(isEmptied),
    skipped: removed.kept.filter(isEmptied),
  });
  const isSame = install.version === past.version && sameDoc(install.variables, past.variables);
  const changed = !isSame || gone.length + told.updated.length + told.added.length > 0;
  if (changed) install.members = new Map(results.map(({ member }) => [member.slug, member]));
  install.version = past.version;
  install.variables = past.variables;
  return { lists: told, changed, written: results.flatMap((each) => each.written), conflicts: results.flatMap((each) => each.conflicts) };
}

interface Returned {
  readonly member: Member;
  readonly isUpdated: boolean;
  readonly written: readonly Written[];
  readonly conflicts: Moved['conflicts'];
}

function returned(world: World, { missing, ...past }: PastMember, now: Member | undefined, since: readonly Revision[]): Returned {
  const renamed = now?.slug !== past.slug || now.isClone !== past.isClone || (past.isClone && now.entityId !== past.entityId);
  if (!past.isClone) return { member: past, isUpdated: renamed || now.pin !== past.pin, written: [], conflicts: [] };
  const entity = world.entity(past.entityId);
  const steps = since.flatMap(({ written }) => written.filter(({ entityId }) => entityId === past.entityId));
  const { doc, conflicts } = undone(entity.content, steps);
  const comesBack = !missing && (steps.length > 0 || now?.entityId !== past.entityId);
  const told = conflicts.map((conflict) => ({ slug: past.slug, ...conflict }));
  const applied = must(past.applied, 'clones had a definition applied');
  if (entity.deleted && !comesBack) return { member: { ...past, detached: true }, isUpdated: renamed, written: [], conflicts: told };
  const [before, wasDeleted] = [entity.content, entity.deleted];
  entity.deleted = false;
  const wrote = world.write(past.entityId, doc);
  return {
    member: {
      ...past,
      detached: past.detached || !sameDoc(doc, applied),
      mergeBase: past.mergeBase && openBase(past.mergeBase, doc, applied),
    },
    isUpdated: renamed || wrote || wasDeleted,
    written: wrote ? [{ entityId: past.entityId, before, after: doc }] : [],
    conflicts: told,
  };
}

/** What later revisions wrote is taken back, the newest first; what was edited besides stays. */
function undone(now: Doc, steps: readonly Written[]): { doc: Doc; conflicts: KeyConflict[] } {
  const conflicts: KeyConflict[] = [];
  let doc = now;
  for (const { before, after } of steps) {
    const result = merged(after, doc, before, ({ theirs }): Json | undefined => theirs);
    doc = result.doc;
    conflicts.push(...result.conflicts);
  }
  return { doc, conflicts };
}

export const KEEPS = ['detached', 'none', 'all'] as const;
export type Keep = (typeof KEEPS)[number];

/** Takes the install away; what the workspace keeps stays as its own. */
export function uninstalled(world: World, install: Install, keep: Keep): Lists {
  const stays = { detached: (member: Member) => isOwn(world, member), none: () => false, all: ({ isClone }: Member) => isClone }[keep];
  const present = new Set(world.present());
  const leaving = [...install.members.values()].map((member) => ({ ...member, detached: stays(member) }));
  const { deleted, kept } = goneFrom(world, leaving, []);
  install.active = false;
  install.purgedBefore = [...world.entities].flatMap(([id, { purged }]) => (purged ? [id] : []));
  install.deletedWithIt = [...present].filter((id) => world.entity(id).deleted);
  return lists({ removed: deleted, skipped: kept });
}

/** Whether a clone was purged since: the install cannot be restored. */
export const isLost = (world: World, { members, purgedBefore }: Install): boolean =>
  [...members.values()].some(({ isClone, entityId }) => isClone && world.entity(entityId).purged && !purgedBefore.includes(entityId));

/** Brings the install back; clones that were changed or deleted meanwhile come back detached. */
export function restored(world: World, install: Install): Lists {
  for (const id of install.deletedWithIt) world.entity(id).deleted = false;
  install.active = true;
  const back = (member: Member): Member => {
    if (!member.isClone) return member;
    const { deleted, content } = world.entity(member.entityId);
    const own = deleted || !sameDoc(content, must(member.applied, 'clones had a definition applied'));
    const { mergeBase, applied } = member;
    return { ...member, detached: member.detached || own, mergeBase: mergeBase && applied && openBase(mergeBase, content, applied) };
  };
  install.members = new Map([...install.members].map(([slug, member]) => [slug, back(member)]));
  return NOTHING;
}
