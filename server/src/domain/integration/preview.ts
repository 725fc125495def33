import { hasRole } from '../../access/authorize.ts';
import type { ReadCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { type Reply, reply, type Target } from '../../route.ts';
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
    return reply({ members: previews(snapshot.members, () => null) });
  }
  if (!hasRole(ctx.actor, integration.workspaceId, 'viewer'))
    throw new Problem('not_found', `The integration ${target.id} has no published version.`);
  return reply({ members: draftPreviews(await examine(ctx, integration)) });
}

function previews(members: readonly SnapshotMember[], problemOf: (member: SnapshotMember) => string | null) {
  const requiredBy = requiredByOf(members);
  return installOrder(members).map((member) => ({
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
function draftPreviews({ draft, faults }: Examined) {
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
  const present = previews(membersOf(draft), (member) => problems.get(member.slug) ?? null);
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
