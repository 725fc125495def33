/** Which members of a version an install shall have, and which it has already, under whatever name. */
import { referredThings, type Version, type VersionMember } from './versions.ts';
import type { Install, Member, Policy } from './world.ts';

export interface Choice {
  readonly policy: Policy;
  /** Instead of by policy. */
  readonly slugs?: readonly string[];
  readonly add?: readonly string[];
  readonly drop?: string;
  /** What the workspace dropped by hand and has not taken back. */
  readonly dropped?: readonly Pick<Member, 'slug' | 'source'>[];
}

/**
 * Slug of the version → the member that it is: the same thing under a name that it had before, the same under its name, another one that
 * was declared to be what an earlier name stood for, and schemas of the closure by their source.
 */
export function matched(from: Version | null, to: Version, has: ReadonlyMap<string, Member>): Map<string, Member> {
  const matches = new Map<string, Member>();
  for (const [slug, before] of formerly(from, to)) {
    const found = has.get(before.slug);
    if (found) matches.set(slug, found);
  }
  return matches;
}

function formerly(from: Version | null, to: Version): Map<string, VersionMember> {
  const before = from?.members ?? [];
  const isTaken = (slug: string) => to.members.some((member) => member.slug === slug);
  const matches = new Map<string, VersionMember>();
  const take = (one: VersionMember, found: VersionMember | undefined) => {
    if (found && !matches.has(one.slug) && ![...matches.values()].includes(found)) matches.set(one.slug, found);
  };
  const named = (slug: string) => before.find((each) => each.slug === slug);
  const same = (slug: string, one: VersionMember) => before.find((each) => each.slug === slug && each.source === one.source);
  const bySource = (one: VersionMember) => before.find((each) => each.source === one.source && (one.closure || each.closure));
  const declared = to.members.filter(({ closure }) => !closure);
  for (const one of to.members) if (one.closure) take(one, bySource(one));
  for (const one of declared) for (const slug of one.formerSlugs) take(one, same(slug, one));
  for (const one of declared) take(one, same(one.slug, one));
  for (const one of declared) for (const slug of one.formerSlugs) if (!isTaken(slug)) take(one, named(slug));
  for (const one of declared) take(one, bySource(one));
  return matches;
}

/** The members that an install shall have: what it has, what is required, chosen or added, and everything that these need. */
export function wanted(from: Version | null, to: Version, matches: ReadonlyMap<string, Member>, choice: Choice): VersionMember[] {
  const before = formerly(from, to);
  const isDropped = ({ source, formerSlugs }: VersionMember) =>
    choice.dropped?.some((each) => each.source === source || formerSlugs.includes(each.slug)) ?? false;
  const isNew = (one: VersionMember) => !before.has(one.slug) && !isDropped(one);
  const isChosen = ({ slug, byDefault }: VersionMember) =>
    choice.slugs?.includes(slug) ?? (choice.policy === 'auto_all' || (choice.policy === 'auto_defaults' && byDefault));
  const roots = to.members.filter(
    (one) =>
      !one.closure &&
      (one.required ||
        (matches.has(one.slug) && one.slug !== choice.drop) ||
        choice.add?.includes(one.slug) ||
        (isNew(one) && isChosen(one))),
  );
  const all = withNeeds(to, roots);
  return to.members.filter((one) => all.has(one));
}

/** What the workspace dropped by hand and has not taken back, by the revisions. */
export function droppedOf({ revisions }: Install): Pick<Member, 'slug' | 'source'>[] {
  const dropped = new Map<string, Pick<Member, 'slug' | 'source'>>();
  for (const [i, { action, members }] of revisions.entries()) {
    const there = new Set(members.map(({ source }) => source));
    for (const each of revisions[i - 1]?.members ?? []) {
      if (there.has(each.source)) continue;
      if (action === 'drop_member') dropped.set(each.source, each);
      else dropped.delete(each.source);
    }
    for (const source of there) dropped.delete(source);
  }
  return [...dropped.values()];
}

/** These members and all that they depend on or refer to. */
export function withNeeds(version: Version, roots: readonly VersionMember[]): Set<VersionMember> {
  const all = new Set(roots);
  for (const one of all) {
    const things = [...one.needs, ...referredThings(one.doc)];
    for (const other of version.members) if (things.includes(other.thing)) all.add(other);
  }
  return all;
}

/** Members that are cloned: those forked, and the schemas of the closure behind them. */
export function cloned(members: readonly VersionMember[]): Set<VersionMember> {
  const all = new Set(members.filter((one) => one.fork));
  for (const one of all) {
    const things = referredThings(one.doc);
    for (const other of members) if (other.closure && things.includes(other.thing)) all.add(other);
  }
  return all;
}
