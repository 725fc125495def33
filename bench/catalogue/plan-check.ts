/** Whether a plan told what the upgrade did. */
import { isDeepStrictEqual } from 'node:util';
import type { ChangeReport, MemberConflict, PlannedMember, UpgradePlan } from '@mortise/sdk/changes';
import type { Json } from '@mortise/sdk/resources';
import { patched } from './patched.ts';
import { isObject, same } from './paths.ts';
import type { View } from './subscription.ts';

const LISTS = ['updated', 'added', 'removed', 'skipped', 'merged'] as const;

/** The plan's lists and conflicts are those of the upgrade, and its patches lead from the clones before to the clones after. */
export function planFaults(plan: UpgradePlan, report: ChangeReport, before: View, after: View): string[] {
  const faults = LISTS.filter((list) => !same([...plan[list]], [...report[list]])).map(
    (list) => `planned: ${list} was ${plan[list]}, and became ${report[list]}`,
  );
  const conflicts = plan.members.flatMap((member) =>
    member.conflicts.map(({ sinceVersionId: _, ...conflict }) => ({ slug: member.slug, ...conflict })),
  );
  if (!isDeepStrictEqual(ordered(conflicts), ordered(report.conflicts))) faults.push('planned: other conflicts than the upgrade found');
  const conflicted = [...new Set(report.conflicts.map(({ slug }) => slug))];
  if (!same([...plan.conflicted].sort(), conflicted.sort())) faults.push(`planned: conflicted was ${plan.conflicted}`);
  if (plan.blockers.length > 0) faults.push(`planned: blocked by ${plan.blockers.map(({ code }) => code)}`);
  if (report.revision !== null && report.revision !== plan.revision + 1)
    faults.push(`planned: revision ${plan.revision} became ${report.revision}`);
  return [...faults, ...plan.members.flatMap((member) => patchFaults(member, before, after))];
}

const ordered = (conflicts: readonly MemberConflict[]): MemberConflict[] =>
  conflicts.toSorted((a, b) => (`${a.slug}${a.pointer}` < `${b.slug}${b.pointer}` ? -1 : 1));

function patchFaults({ slug, entityId, diff, disposition }: PlannedMember, before: View, after: View): string[] {
  const [was, is] = [before.definitions.get(entityId ?? ''), after.definitions.get(entityId ?? '')];
  if (was === undefined || is === undefined || disposition === 'remove') return [];
  if (diff === null) return same(was, is) ? [] : [`planned: no change of ${slug}, which changed`];
  return textOf(patched(was, diff), before) === textOf(is, before) ? [] : [`planned: another change of ${slug} than it got`];
}

/** The definition as text. Clones that are still to be made have another id each time that somebody plans: they are all the same here. */
function textOf(definition: Json, { members, definitions }: View): string {
  const known = new Set([...definitions.keys(), ...members.map(({ entityId }) => entityId)]);
  return JSON.stringify(sorted(definition)).replace(/"[a-z]{3}_[0-9a-z]{26}"/g, (id) => (known.has(id.slice(1, -1)) ? id : '"new"'));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, sorted(part)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
