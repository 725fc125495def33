/** What must hold of an install, and of what an upgrade says that it did. Pure: each check gives the faults that it found. */
import { isDeepStrictEqual } from 'node:util';
import type { InstallMember, JsonObject, MemberPolicy, UpgradeResult } from '@mortise/sdk/resources';
import { expectedDefinition } from './expected.ts';
import type { Snapshot } from './snapshots.ts';
import type { View } from './subscription.ts';

export interface Wanted {
  readonly variables: JsonObject;
  /** What the workspace made of its clones, by clone. */
  readonly edits: ReadonlyMap<string, JsonObject>;
  readonly policy: MemberPolicy;
}

/** The install is at the snapshot's version, its attached clones are as rendered from it, and its edited ones as the workspace left them. */
export function viewFaults(view: View, snapshot: Snapshot, { variables, edits, policy }: Wanted): string[] {
  const { install, members, definitions } = view;
  const faults = [...edits].flatMap(([id, definition]) =>
    isDeepStrictEqual(definitions.get(id), definition) ? [] : [`edited clone ${id} was changed`],
  );
  if (install.integrationVersionId !== snapshot.version.id) faults.push(`the install is at ${install.integrationVersionId}`);
  if (!isDeepStrictEqual(install.variables, variables)) faults.push(`the variables are ${JSON.stringify(install.variables)}`);
  if (policy === 'auto_all') faults.push(...slugFaults(members, snapshot));
  return [...faults, ...members.flatMap((member) => memberFaults(member, view, snapshot, variables, edits))];
}

function slugFaults(members: readonly InstallMember[], snapshot: Snapshot): string[] {
  const present = new Set(members.map(({ sourceMemberSlug }) => sourceMemberSlug));
  const odd = [...present.symmetricDifference(new Set(snapshot.members.keys()))];
  return odd.map((slug) => `${slug} is a member ${present.has(slug) ? 'of the install only' : 'of the version only'}`);
}

function memberFaults(member: InstallMember, view: View, snapshot: Snapshot, variables: JsonObject, edits: Wanted['edits']): string[] {
  const { sourceMemberSlug: slug, entityId, detached, isClone } = member;
  const source = snapshot.members.get(slug);
  if (detached !== edits.has(entityId)) return [`${slug} is ${detached ? '' : 'not '}detached`];
  if (source === undefined || detached) return [];
  if (member.entityVersionId !== source.entityVersionId) return [`${slug} pins ${member.entityVersionId}`];
  if (!isClone) return entityId === source.entityId ? [] : [`${slug} refers to ${entityId}`];
  const wanted = expectedDefinition(source.definition, cloneIds(view, snapshot), variables);
  return isDeepStrictEqual(view.definitions.get(entityId), wanted) ? [] : [`clone ${entityId} of ${slug} is not as rendered`];
}

/** The publisher's entity → the clone of it. */
const cloneIds = ({ members }: View, snapshot: Snapshot): ReadonlyMap<string, string> =>
  new Map(
    members.flatMap(({ sourceMemberSlug, entityId, isClone }) => {
      const source = snapshot.members.get(sourceMemberSlug);
      return isClone && source !== undefined ? [[source.entityId, entityId] as const] : [];
    }),
  );

/** The four lists of an upgrade tell what happened between the two views: nothing else, nothing less, nothing twice. */
export function resultFaults(before: View, after: View, { updated, added, removed, skipped }: UpgradeResult): string[] {
  const told = [...updated, ...added, ...removed, ...skipped];
  const was = membersOf(before);
  const is = membersOf(after);
  const faults = told.length === new Set(told).size ? [] : ['a slug is in two lists'];
  const came = new Set([...is.keys()].filter((slug) => !was.has(slug)));
  const went = new Set([...was.keys()].filter((slug) => !is.has(slug)));
  if (came.symmetricDifference(new Set(added)).size > 0) faults.push(`added is ${added}, but ${[...came]} came`);
  if (!went.isSubsetOf(new Set([...removed, ...skipped]))) faults.push(`${[...went]} went, but removed is ${removed}`);
  if (!new Set(removed).isSubsetOf(went)) faults.push(`removed is ${removed}, but ${[...went]} went`);
  for (const [slug, member] of is) {
    const old = was.get(slug);
    if (member.detached && !skipped.includes(slug)) faults.push(`detached ${slug} is not in skipped`);
    if (old === undefined || member.detached) continue;
    const moved = old.entityVersionId !== member.entityVersionId || old.name !== member.name;
    const changed = !isDeepStrictEqual(before.definitions.get(old.entityId), after.definitions.get(member.entityId));
    if (changed && !updated.includes(slug)) faults.push(`${slug} changed, but is not in updated`);
    if (updated.includes(slug) && !changed && !moved) faults.push(`${slug} is in updated, but did not change`);
  }
  return faults;
}

/** An upgrade of an install that is current changes nothing and lists the detached members only. */
export function repeatFaults({ members }: View, { updated, added, removed, skipped }: UpgradeResult): string[] {
  const detached = members.filter((member) => member.detached).map(({ sourceMemberSlug }) => sourceMemberSlug);
  const idle = updated.length + added.length + removed.length === 0;
  const faults = idle ? [] : [`again: updated ${updated}, added ${added}, removed ${removed}`];
  if (new Set(skipped).symmetricDifference(new Set(detached)).size > 0)
    faults.push(`again: skipped is ${skipped}, detached are ${detached}`);
  return faults;
}

const membersOf = ({ members }: View): ReadonlyMap<string, InstallMember> =>
  new Map(members.map((member) => [member.sourceMemberSlug, member]));
