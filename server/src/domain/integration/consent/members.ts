import { pairMembers } from '../pair-members.ts';
import type { SnapshotMember } from '../snapshot.ts';
import { type ConsentNeed, needOf } from './comparable.ts';

/** Kinds of entities that are new among the members, and members that go from reference to clone or back. Pure. */
export const memberNeeds = (from: readonly SnapshotMember[], to: readonly SnapshotMember[]): ConsentNeed[] => [
  ...kinds(from, to),
  ...modes(from, to),
];

/** The schemas that members refer to come along with them, and do nothing. */
const declaredKinds = (members: readonly SnapshotMember[]): string[] =>
  members.filter(({ origin }) => origin === 'declared').map(({ kind }) => kind);

function kinds(from: readonly SnapshotMember[], to: readonly SnapshotMember[]): ConsentNeed[] {
  const known = new Set(declaredKinds(from));
  const added = [...new Set(declaredKinds(to))].filter((kind) => !known.has(kind));
  return needOf('member_kind', added, (list) => `members of the kind ${list} are new`);
}

function modes(from: readonly SnapshotMember[], to: readonly SnapshotMember[]): ConsentNeed[] {
  const changed = pairMembers(from, to).pairs.filter(
    ({ before, after }) => before !== null && before.forkOnInstall !== after.forkOnInstall,
  );
  const added = changed.map(({ after }) => `${after.slug} as a ${after.forkOnInstall ? 'clone' : 'reference'}`);
  return needOf('member_mode', added, (list) => `members are installed otherwise: ${list}`);
}
