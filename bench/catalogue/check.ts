/** What must hold of an install, and of what an upgrade says that it did. Pure: each check gives the faults that it found. */
import type { ChangeReport, Strategy } from '@mortise/sdk/changes';
import type { InstallMember, JsonObject, MemberPolicy } from '@mortise/sdk/resources';
import { renderedClones } from './clones.ts';
import { same } from './paths.ts';
import type { Snapshot } from './snapshots.ts';
import type { View } from './subscription.ts';

export interface Wanted {
  readonly variables: JsonObject;
  /** What the workspace's own clones are, by clone. */
  readonly edits: ReadonlyMap<string, JsonObject>;
  readonly policy: MemberPolicy;
  /** What upgrades do with detached clones: skipped ones keep their pins, merged ones follow. */
  readonly strategy: Strategy;
}

/** The install is at the snapshot's version, its attached clones are as rendered from it, and its edited ones as the workspace has them. */
export function viewFaults(view: View, snapshot: Snapshot, wanted: Wanted): string[] {
  const { variables, edits, policy } = wanted;
  const { install, members, definitions } = view;
  const faults = [...edits].flatMap(([id, definition]) =>
    same(definitions.get(id), definition) ? [] : [`edited clone ${id} was changed`],
  );
  if (install.integrationVersionId !== snapshot.version.id) faults.push(`the install is at ${install.integrationVersionId}`);
  if (!same(install.variables, variables)) faults.push(`the variables are ${JSON.stringify(install.variables)}`);
  if (policy === 'auto_all') faults.push(...slugFaults(members, snapshot));
  const rendered = renderedClones(view, snapshot, variables);
  return [...faults, ...members.flatMap((member) => memberFaults(member, view, snapshot, rendered, wanted))];
}

function slugFaults(members: readonly InstallMember[], snapshot: Snapshot): string[] {
  const present = new Set(members.map(({ sourceMemberSlug }) => sourceMemberSlug));
  const odd = [...present.symmetricDifference(new Set(snapshot.members.keys()))];
  return odd.map((slug) => `${slug} is a member ${present.has(slug) ? 'of the install only' : 'of the version only'}`);
}

function memberFaults(
  member: InstallMember,
  { definitions }: View,
  snapshot: Snapshot,
  rendered: ReadonlyMap<string, JsonObject>,
  { edits, strategy }: Wanted,
): string[] {
  const { sourceMemberSlug: slug, entityId, detached, isClone } = member;
  const source = snapshot.members.get(slug);
  if (detached !== edits.has(entityId)) return [`${slug} is ${detached ? '' : 'not '}detached`];
  if (source === undefined || (detached && strategy === 'skip')) return [];
  if (member.entityVersionId !== source.entityVersionId) return [`${slug} pins ${member.entityVersionId}`];
  if (detached) return [];
  if (!isClone) return entityId === source.entityId ? [] : [`${slug} refers to ${entityId}`];
  return same(definitions.get(entityId), rendered.get(entityId)) ? [] : [`clone ${entityId} of ${slug} is not as rendered`];
}

/** The lists of an upgrade tell what happened between the two views: nothing else, nothing less, nothing twice. */
export function resultFaults(before: View, after: View, report: ChangeReport, strategy: Strategy): string[] {
  const { updated, added, removed, skipped, merged } = report;
  const told = [...updated, ...added, ...removed, ...skipped];
  const was = membersOf(before);
  const is = membersOf(after);
  const faults = told.length === new Set(told).size ? [] : ['a slug is in two lists'];
  const came = [...is.keys()].filter((slug) => !was.has(slug));
  const went = [...was.keys()].filter((slug) => !is.has(slug));
  const changed = [...is.keys()].filter((slug) => isChanged(slug, before, after));
  const left = [...is.values()].filter((member) => member.detached && isSkipped(member, report, strategy)).map(slugOf);
  const blended = strategy === 'merge' ? changed.filter((slug) => is.get(slug)?.detached) : [];
  if (differ(added, came)) faults.push(`added is ${added}, but ${came} came`);
  if (differ([...removed, ...skipped.filter((slug) => !is.has(slug))], went)) faults.push(`removed is ${removed}, but ${went} went`);
  if (differ(updated, changed)) faults.push(`updated is ${updated}, but ${changed} changed`);
  if (
    differ(
      skipped.filter((slug) => is.has(slug)),
      left,
    )
  )
    faults.push(`skipped is ${skipped}, but ${left} were left alone`);
  if (differ(merged, blended)) faults.push(`merged is ${merged}, but ${blended} are detached and changed`);
  return faults;
}

/** Of what is detached, a merge skips only where it found conflicts and nothing to take. */
const isSkipped = ({ sourceMemberSlug: slug }: InstallMember, { updated, conflicts }: ChangeReport, strategy: Strategy): boolean =>
  strategy === 'skip' || (strategy === 'merge' && !updated.includes(slug) && conflicts.some((conflict) => conflict.slug === slug));

/** Whether a member of both views is another entity, has another definition, or refers to another version. */
export function isChanged(slug: string, before: View, after: View): boolean {
  const [was, is] = [membersOf(before).get(slug), membersOf(after).get(slug)];
  if (was === undefined || is === undefined) return false;
  if (was.isClone !== is.isClone || was.entityId !== is.entityId) return true;
  return is.isClone
    ? !same(before.definitions.get(is.entityId), after.definitions.get(is.entityId))
    : was.entityVersionId !== is.entityVersionId;
}

/** An upgrade of an install that is current changes nothing, finds what is in conflict already, and lists what it skips. */
export function repeatFaults(view: View, report: ChangeReport, strategy: Strategy): string[] {
  const { updated, added, removed, skipped, merged, conflicts, revision } = report;
  const idle = [updated, added, removed, merged].every(({ length }) => length === 0) && revision === null;
  const faults = idle ? [] : [`again: updated ${updated}, added ${added}, removed ${removed}, merged ${merged}, revision ${revision}`];
  const contested = view.members.filter((member) => member.openConflicts > 0).map(slugOf);
  const told = conflicts.map(({ slug }) => slug);
  if (differ(told, strategy === 'merge' ? contested : [])) faults.push(`again: in conflict are ${told}, open are ${contested}`);
  const detached = strategy === 'skip' ? view.members.filter((member) => member.detached).map(slugOf) : told;
  if (differ(skipped, detached)) faults.push(`again: skipped is ${skipped}, detached are ${detached}`);
  return faults;
}

export const differ = (a: readonly string[], b: readonly string[]): boolean => new Set(a).symmetricDifference(new Set(b)).size > 0;

const slugOf = ({ sourceMemberSlug }: InstallMember): string => sourceMemberSlug;

export const membersOf = ({ members }: View): ReadonlyMap<string, InstallMember> =>
  new Map(members.map((member) => [slugOf(member), member]));
