/** What becomes of an install that is made, upgraded, reconfigured, or given more or fewer members. */
import { expect } from 'vitest';
import type { Json } from '../../src/lib/json.ts';
import { must } from '../../src/lib/must.ts';
import { type Doc, type KeyConflict, merged, rendered, sameDoc, type Variables, withKey } from './documents.ts';
import { type Choice, cloned, matched, wanted } from './match.ts';
import type { Version, VersionMember } from './versions.ts';
import { type Install, type Lists, lists, type Member, type World, type Written } from './world.ts';

/** `hold`: what is there stays as it is. */
export type Strategy = 'skip' | 'merge' | 'overwrite' | 'hold';

export interface Move {
  readonly to: Version;
  readonly variables: Variables;
  readonly strategy: Strategy;
  readonly choice: Choice;
  /** What stands at conflicts of a merge, by slug and pointer, where it is not the workspace's. */
  readonly settled?: ReadonlyMap<string, Json | undefined>;
  /** Slug → ids that the server gave; only those of new members and clones are looked at. */
  readonly given: ReadonlyMap<string, { readonly id: string; readonly entityId: string }>;
}

export interface Moved {
  readonly lists: Lists;
  readonly written: readonly Written[];
  readonly conflicts: readonly (KeyConflict & { readonly slug: string })[];
  /** Whether anything happened that makes a revision. */
  readonly changed: boolean;
}

interface Part {
  readonly one: VersionMember;
  readonly had: Member | undefined;
  readonly treatment: 'apply' | 'merge' | 'leave';
  readonly isClone: boolean;
  readonly entityId: string;
}

/** Moves the install in the model; `from` null: it is new. */
export function move(world: World, install: Install, from: Version | null, { to, variables, given, ...how }: Move): Moved {
  const matches = matched(from, to, install.members);
  const members = wanted(from, to, matches, how.choice);
  const clones = cloned(members);
  const parts = members.map((one) => partOf(world, one, matches.get(one.slug), clones.has(one), how.strategy, given));
  const ids = new Map(parts.flatMap(({ one, isClone, entityId }) => (isClone ? [[one.source, entityId] as const] : [])));
  const around = { ids, variables, to, given, settled: how.settled ?? new Map() };
  const results = parts.map((part) => become(world, part, around));
  const gone = [...install.members.values()].filter((member) => !parts.some(({ had }) => had === member));
  const orphans = parts.flatMap(({ had, entityId }) => (had?.isClone && had.entityId !== entityId ? [had.entityId] : []));
  const removed = goneFrom(world, owned(world, gone), orphans);
  const told = inOneList({
    updated: results.filter((each) => each.isUpdated).map(({ member }) => member.slug),
    added: parts.filter(({ had }) => had === undefined).map(({ one }) => one.slug),
    removed: removed.deleted,
    skipped: [...results.filter((each) => each.isSkipped && how.strategy !== 'hold').map(({ member }) => member.slug), ...removed.kept],
  });
  const before = install.variables;
  install.members = new Map(results.map(({ member }) => [member.slug, member]));
  install.version = to;
  install.variables = variables;
  const isSame = from?.id === to.id && sameDoc(before, variables) && gone.length + told.updated.length + told.added.length === 0;
  return {
    lists: told,
    written: results.flatMap((each) => each.written),
    conflicts: results.flatMap((each) => each.conflicts),
    changed: !isSame,
  };
}

/** A slug that another member takes over is updated. */
export function inOneList({ updated, added, removed, skipped }: Lists): Lists {
  const [gone, there] = [new Set([...removed, ...skipped]), new Set([...updated, ...added])];
  const isLeft = (slug: string) => !there.has(slug);
  return lists({
    updated: [...updated, ...added.filter((slug) => gone.has(slug))],
    added: added.filter((slug) => !gone.has(slug)),
    removed: removed.filter(isLeft),
    skipped: skipped.filter(isLeft),
  });
}

function partOf(
  world: World,
  one: VersionMember,
  had: Member | undefined,
  isClone: boolean,
  strategy: Strategy,
  given: Move['given'],
): Part {
  const treatment = treatmentOf(world, one, had, isClone, strategy);
  if (had && treatment !== 'apply') return { one, had, treatment, isClone: had.isClone, entityId: had.entityId };
  if (!isClone) return { one, had, treatment, isClone, entityId: one.source };
  if (had?.isClone && !world.entity(had.entityId).purged && sameKind(had, one))
    return { one, had, treatment, isClone, entityId: had.entityId };
  const { entityId } = must(given.get(one.slug), `the server has a clone of ${one.slug}`);
  expect(world.entities.has(entityId), `the clone of ${one.slug} is new`).toBe(false);
  return { one, had, treatment, isClone, entityId };
}

function treatmentOf(world: World, one: VersionMember, had: Member | undefined, isClone: boolean, strategy: Strategy): Part['treatment'] {
  if (had === undefined) return 'apply';
  // A schema of the closure is a clone exactly while a clone refers to it.
  if (strategy === 'hold') return one.closure && !had.detached && had.isClone !== isClone ? 'apply' : 'leave';
  if (!had.detached || strategy === 'overwrite') return 'apply';
  return strategy === 'merge' && !world.entity(had.entityId).deleted && sameKind(had, one) ? 'merge' : 'leave';
}

/** Ids begin with the kind. */
const sameKind = ({ entityId }: Member, { source }: VersionMember): boolean => entityId.split('_')[0] === source.split('_')[0];

interface Around {
  readonly ids: ReadonlyMap<string, string>;
  readonly variables: Variables;
  readonly to: Version;
  readonly given: Move['given'];
  readonly settled: NonNullable<Move['settled']>;
}

interface Become {
  readonly member: Member;
  readonly isUpdated: boolean;
  readonly isSkipped: boolean;
  readonly written: readonly Written[];
  readonly conflicts: Moved['conflicts'];
}

const quiet = { isUpdated: false, isSkipped: false, written: [], conflicts: [] };

function become(world: World, part: Part, around: Around): Become {
  const { one, had, treatment, isClone, entityId } = part;
  if (had && treatment === 'leave') return { ...quiet, member: { ...had, slug: one.slug }, isSkipped: true };
  const id = had?.id ?? must(around.given.get(one.slug), `the server has the member ${one.slug}`).id;
  const pins = { id, slug: one.slug, source: one.source, pin: one.pin, madeFrom: around.to.id, isClone, entityId };
  const renamed = had !== undefined && (had.slug !== one.slug || had.isClone !== isClone);
  if (!isClone) {
    const moved = had !== undefined && had.pin !== one.pin;
    return { ...quiet, member: { ...pins, detached: false, applied: null, mergeBase: null }, isUpdated: renamed || moved };
  }
  const applied = rendered(one.doc, around.ids, around.variables);
  if (had && treatment === 'merge') return merge(world, { had, pins, applied, renamed }, around);
  const { wrote, written } = put(world, entityId, applied);
  return {
    ...quiet,
    member: { ...pins, detached: false, applied, mergeBase: null },
    isUpdated: had !== undefined && (wrote || renamed),
    written,
  };
}

/** Puts a definition into a clone, which is made or brought back where it has to be. */
function put(world: World, entityId: string, content: Doc): { wrote: boolean; written: Written[] } {
  const entity = world.entities.get(entityId);
  if (entity === undefined) {
    world.create(entityId, content);
    return { wrote: true, written: [] };
  }
  const [before, wasDeleted] = [entity.content, entity.deleted];
  entity.deleted = false;
  const wrote = world.write(entityId, content);
  return { wrote: wrote || wasDeleted, written: wrote ? [{ entityId, before, after: content }] : [] };
}

interface Merge {
  readonly had: Member;
  readonly pins: Omit<Member, 'detached' | 'applied' | 'mergeBase'>;
  readonly applied: Doc;
  readonly renamed: boolean;
}

function merge(world: World, { had, pins, applied, renamed }: Merge, { settled }: Around): Become {
  const base = had.mergeBase ?? must(had.applied, 'clones had a definition applied');
  const ours = world.entity(had.entityId).content;
  const place = ({ pointer }: KeyConflict) => pins.slug + pointer;
  const { doc, conflicts } = merged(base, ours, applied, (conflict) =>
    settled.has(place(conflict)) ? settled.get(place(conflict)) : conflict.ours,
  );
  const open = conflicts.filter((conflict) => !settled.has(place(conflict)));
  const { wrote, written } = put(world, had.entityId, doc);
  const isUpdated = wrote || renamed;
  return {
    member: { ...pins, detached: true, applied, mergeBase: nextBase(open, base, applied) },
    isUpdated,
    isSkipped: open.length > 0 && !isUpdated,
    written,
    conflicts: open.map((conflict) => ({ slug: pins.slug, ...conflict })),
  };
}

/** What is settled, in whatever way, is asked for no more. */
const nextBase = (open: readonly KeyConflict[], base: Doc, applied: Doc): Doc | null =>
  open.length === 0 ? null : open.reduce((doc, { pointer }) => withKey(doc, pointer.slice(1), base[pointer.slice(1)]), applied);

/** Detached, or attached again and still edited. */
export function isOwn(world: World, { detached, isClone, entityId, applied }: Member): boolean {
  const { deleted, content } = world.entities.get(entityId) ?? { deleted: true, content: {} };
  return detached || (isClone && !deleted && applied !== null && !sameDoc(content, applied));
}

export const owned = (world: World, members: readonly Member[]): Member[] =>
  members.map((member) => ({ ...member, detached: isOwn(world, member) }));

/** Takes members away: detached clones and those that something refers to stay as the workspace's own. */
export function goneFrom(world: World, gone: readonly Member[], orphans: readonly string[]): { deleted: string[]; kept: string[] } {
  const leaving = gone.flatMap(({ isClone, detached, entityId }) => (isClone && !detached ? [entityId] : []));
  const unneeded = new Set(world.unneeded([...leaving, ...orphans]));
  world.remove([...unneeded]);
  const isDeleted = ({ isClone, detached, entityId }: Member) => !detached && (!isClone || unneeded.has(entityId));
  const slugs = (members: readonly Member[]) => members.map(({ slug }) => slug);
  return { deleted: slugs(gone.filter(isDeleted)), kept: slugs(gone.filter((member) => !isDeleted(member))) };
}
