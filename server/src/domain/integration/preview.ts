import { hasRole } from '../../access/authorize.ts';
import type { ReadCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { jsonInTurns } from '../../lib/json-pieces.ts';
import { Turns } from '../../lib/turns.ts';
import type { Reply, Target } from '../../route.ts';
import { membersOf } from './draft-members.ts';
import { type Examined, examine } from './examine.ts';
import { installOrder, requiredByOf } from './graph.ts';
import { loadIntegration } from './lock.ts';
import { isReadable, shownVersion } from './readable.ts';
import { loadSnapshot, type SnapshotMember } from './snapshot.ts';

interface Asked {
  target: Target;
  query: { integration_version_id?: string };
}

/** What an install would materialize: of the asked or current version; of the live manifest for a draft never published. */
export async function previewMembers(ctx: ReadCtx, { target, query }: Asked): Promise<Reply> {
  const integration = await loadIntegration(ctx, target.id);
  const versionId = query.integration_version_id ?? (await shownVersion(ctx, integration));
  if (versionId !== null) {
    const snapshot = (await isReadable(ctx, versionId)) ? await loadSnapshot(ctx.db, target.id, versionId) : null;
    if (snapshot === null) throw new Problem('not_found', `The integration ${target.id} has no version ${versionId}.`);
    return jsonInTurns({ members: await previews(snapshot.members, () => null) });
  }
  if (!hasRole(ctx.actor, integration.workspaceId, 'viewer'))
    throw new Problem('not_found', `The integration ${target.id} has no published version.`);
  return jsonInTurns({ members: await draftPreviews(await examine(ctx, integration)) });
}

async function previews(members: readonly SnapshotMember[], problemOf: (member: SnapshotMember) => string | null) {
  const turns = new Turns();
  const requiredBy = requiredByOf(members);
  await turns.pass();
  const ordered = installOrder(members);
  await turns.pass();
  return ordered.map((member) => ({
    slug: member.slug,
    kind: member.kind,
    entityId: member.entityId,
    entityVersionId: member.entityVersionId,
    name: member.name,
    description: member.description,
    required: member.required,
    defaultEnabled: member.defaultEnabled,
    forkOnInstall: member.forkOnInstall,
    dependsOn: member.dependsOn,
    origin: member.origin,
    requiredBy: requiredBy.get(member.slug) ?? [],
    problem: problemOf(member),
  }));
}

/** Members whose entity cannot be used are listed too, each with its problem. */
async function draftPreviews({ draft, faults }: Examined) {
  const turns = new Turns();
  const byMember = Map.groupBy(faults, ({ pointer }) => /^\/manifest\/members\/(\d+)(?:\/|$)/.exec(pointer)?.[1]);
  const problems = new Map(
    draft.declared.map(({ slug }, index) => [
      slug,
      byMember
        .get(String(index))
        ?.map(({ message }) => message)
        .join('; ') ?? null,
    ]),
  );
  await turns.pass();
  const members = membersOf(draft);
  await turns.pass();
  const present = await previews(members, (member) => problems.get(member.slug) ?? null);
  const missing = draft.declared.filter((decl) => !draft.entities.has(decl.entityId));
  return [...present, ...missing.map((decl) => ({ ...unusable(decl), problem: problems.get(decl.slug) ?? null }))];

  function unusable(decl: (typeof missing)[number]) {
    return {
      slug: decl.slug,
      kind: decl.kind,
      entityId: decl.entityId,
      entityVersionId: null,
      name: null,
      description: null,
      required: decl.required ?? false,
      defaultEnabled: decl.defaultEnabled ?? false,
      forkOnInstall: decl.forkOnInstall ?? false,
      dependsOn: decl.dependsOn ?? [],
      origin: 'declared' as const,
      requiredBy: [],
    };
  }
}
