/** Which members of a version an install shall have, and which it has already, under whatever name. */
import { referredThings, type Version, type VersionMember } from './versions.ts';
import type { Member, Policy } from './world.ts';

export interface Choice {
  readonly policy: Policy;
  /** Instead of by policy. */
  readonly slugs?: readonly string[];
  readonly add?: readonly string[];
  readonly drop?: string;
}

/** Slug of the version → the member that it is: by slug, by a slug that it had before, and schemas of the closure by their source. */
export function matched(from: Version | null, to: Version, has: ReadonlyMap<string, Member>): Map<string, Member> {
  const wasClosure = (slug: string) => from?.members.find((member) => member.slug === slug)?.closure ?? false;
  const isTaken = (slug: string) => to.members.some((member) => member.slug === slug);
  const matches = new Map<string, Member>();
  const take = (one: VersionMember, found: Member | undefined) => {
    if (found && !matches.has(one.slug) && ![...matches.values()].includes(found)) matches.set(one.slug, found);
  };
  const bySource = ({ source }: VersionMember) => has.get(from?.members.find((member) => member.source === source)?.slug ?? '');
  for (const one of to.members) if (one.closure) take(one, bySource(one));
  for (const one of to.members) if (!one.closure) take(one, has.get(one.slug));
  for (const one of to.members) for (const slug of one.formerSlugs) if (!isTaken(slug)) take(one, has.get(slug));
  for (const one of to.members) {
    const found = bySource(one);
    if (found && wasClosure(found.slug)) take(one, found);
  }
  return matches;
}

/** The members that an install shall have: what it has, what is required, chosen or added, and everything that these need. */
export function wanted(from: Version | null, to: Version, matches: ReadonlyMap<string, Member>, choice: Choice): VersionMember[] {
  const before = new Set(from?.members.map(({ slug }) => slug));
  const isNew = ({ slug, formerSlugs }: VersionMember) => ![slug, ...formerSlugs].some((each) => before.has(each));
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
