/** Whether going back to the first revision, and from there back again, keeps what it has to. */
import type { ChangeReport, MemberConflict } from '@mortise/sdk/changes';
import type { InstallMember, JsonObject } from '@mortise/sdk/resources';
import { changesOf } from './changes.ts';
import { differ, isChanged, membersOf } from './check.ts';
import type { Edit } from './edit.ts';
import { holds, Ledger } from './ledger.ts';
import { overlap, type Path, type Step, same, tell } from './paths.ts';
import { brought, piecesOf } from './pieces.ts';
import type { View } from './subscription.ts';

export interface Rollback {
  /** The install as it was right after it was made, before the rollback, and after it. */
  readonly first: View;
  readonly before: View;
  readonly after: View;
  readonly ledgers: ReadonlyMap<string, Ledger>;
  readonly report: ChangeReport;
}

/** Clones compared with their first rendering, and how edits fared. */
export interface RollbackCounts {
  clones: number;
  editsHeld: number;
  editsReported: number;
  editsLost: number;
}

export const noRollbacks = (): RollbackCounts => ({ clones: 0, editsHeld: 0, editsReported: 0, editsLost: 0 });

/** The install is what it was at first, but for edits; and an edit that is not there any more is told. */
export function rollbackFaults(rollback: Rollback, counts: RollbackCounts): string[] {
  const { first, after } = rollback;
  const clones = after.members.filter(({ isClone }) => isClone);
  const faults = [
    ...placeFaults(first, after),
    ...listFaults(rollback),
    ...clones.flatMap((member) => cloneFaults(member, rollback, counts)),
    ...ownFaults(rollback),
  ];
  return faults.map((fault) => `back to revision 1: ${fault}`);
}

/** After the rollback of the rollback everything is as before both. */
export function returnFaults(before: View, after: View): string[] {
  const was = membersOf(before);
  const odd = [...membersOf(after)].filter(([slug, { entityVersionId, detached }]) => {
    const old = was.get(slug);
    return old?.entityVersionId !== entityVersionId || old.detached !== detached;
  });
  const changed = [...was.keys()].filter((slug) => isChanged(slug, before, after));
  return [
    ...placeFaults(before, after),
    ...odd.map(([slug]) => `${slug} has another pin or is detached otherwise`),
    ...changed.map((slug) => `${slug} changed`),
  ].map((fault) => `back to the last revision: ${fault}`);
}

/** Version, variables and members are the same, each with the same clone. */
function placeFaults(wanted: View, { install, members }: View): string[] {
  const faults = install.integrationVersionId === wanted.install.integrationVersionId ? [] : [`it is at ${install.integrationVersionId}`];
  if (!same(install.variables, wanted.install.variables)) faults.push(`the variables are ${JSON.stringify(install.variables)}`);
  const nameOf = ({ sourceMemberSlug, entityId }: InstallMember): string => `${sourceMemberSlug} (${entityId})`;
  const [is, was] = [members.map(nameOf), wanted.members.map(nameOf)];
  if (differ(is, was)) faults.push(`the members are ${is} instead of ${was}`);
  return faults;
}

function listFaults({ before, after, report: { updated, added, removed, skipped } }: Rollback): string[] {
  const [was, is] = [membersOf(before), membersOf(after)];
  const changed = [...is.keys()].filter((slug) => isChanged(slug, before, after));
  const went = [...was.keys()].filter((slug) => !is.has(slug));
  const came = [...is.keys()].filter((slug) => !was.has(slug));
  const faults = differ(updated, changed) ? [`updated is ${updated}, but ${changed} changed`] : [];
  if (differ(added, came)) faults.push(`added is ${added}, but ${came} came`);
  if (differ([...removed, ...skipped], went)) faults.push(`removed is ${removed}, skipped ${skipped}, but ${went} went`);
  return faults;
}

function cloneFaults({ sourceMemberSlug: slug, entityId }: InstallMember, rollback: Rollback, counts: RollbackCounts): string[] {
  const { first, after, ledgers, report } = rollback;
  const [was, is] = [first.definitions.get(entityId), after.definitions.get(entityId)];
  if (was === undefined || is === undefined) return [`${slug} has no clone`];
  const { all: edits, touched } = ledgers.get(entityId) ?? new Ledger();
  counts.clones += edits.length === 0 ? 1 : 0;
  const gone = edits.filter((edit) => !holds(edit, is));
  const told = report.conflicts.filter((conflict) => conflict.slug === slug);
  const lost = gone.filter((edit) => !told.some((conflict) => tells(conflict, edit)));
  counts.editsHeld += edits.length - gone.length;
  counts.editsReported += gone.length - lost.length;
  counts.editsLost += lost.length;
  return [...lost.map(({ path }) => `${slug}: the edit at ${tell(path)} is lost`), ...strayFaults(slug, was, is, touched)];
}

/** Edited clones that leave the install stay with the workspace, as they are. */
function ownFaults({ before, after }: Rollback): string[] {
  const staying = new Set(after.members.map(({ entityId }) => entityId));
  return before.members
    .filter(({ detached, entityId }) => detached && !staying.has(entityId))
    .filter(({ entityId }) => !same(before.definitions.get(entityId), after.definitions.get(entityId)))
    .map(({ sourceMemberSlug: slug }) => `${slug} left the install, and is not as the workspace had it`);
}

/** Places at which the clone is not as at first, though nobody ever edited them. */
const strayFaults = (slug: string, was: JsonObject, is: JsonObject, touched: readonly Path[]): string[] =>
  changesOf(was, is)
    .filter(({ path }) => !touched.some((place) => overlap(place, path)))
    .map(({ path }) => `${slug}: ${tell(path)} is not as it was at first`);

/**
 * Whether a conflict tells of an edit: it is around its place and has it among what was given up. The pointer's indexes are of a
 * definition on the way back, which nobody has, so they may mean any item.
 */
function tells({ pointer, ours, theirs }: MemberConflict, { path, ...edit }: Edit): boolean {
  const tokens = pointer
    .split('/')
    .slice(1)
    .filter((token) => token !== '-')
    .map(unescaped);
  const isWay = tokens.slice(0, path.length).every((token, index) => isStep(token, path[index]));
  if (tokens.length <= path.length) return isWay && holds({ ...edit, path: path.slice(tokens.length) }, ours);
  const given = new Set(edit.brought).intersection(piecesOf(ours));
  return isWay && (given.size > 0 || (edit.gone ?? []).some((item) => brought(item, theirs).size < piecesOf(theirs).size));
}

const unescaped = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~');
const isStep = (token: string, step: Step | undefined): boolean =>
  typeof step === 'string' ? token === step : step !== undefined && (token === String(step.is) || /^\d+$/.test(token));
