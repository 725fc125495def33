import type { WriteCtx } from '../../context.ts';
import { type Fault, Problem } from '../../lib/errors.ts';
import { examine } from '../integration/examine.ts';
import type { IntegrationRow } from '../integration/lock.ts';
import { release } from '../integration/publish.ts';
import type { SnapshotMember } from '../integration/snapshot.ts';
import { CONTENT, memberPointer } from './content-faults.ts';
import type { BundleContent, BundleMember } from './schema.ts';
import { withIds } from './stand-ins.ts';

/** Publishes the content as the integration's next version, under the rules and by the code of every publish. */
export async function publishContent(
  ctx: WriteCtx,
  integration: IntegrationRow,
  content: BundleContent,
  ids: ReadonlyMap<string, string>,
): Promise<{ versionId: string; draft: IntegrationRow }> {
  const draft: IntegrationRow = {
    ...integration,
    manifest: withIds(content.manifest, ids),
    variablesSchema: withIds(content.variablesSchema, ids),
    authConfig: withIds(content.authConfig, ids),
  };
  const { members, faults } = await examine(ctx, draft);
  const bundled = asBundled(members, content.members, ids);
  refuseFaults([...faults.map((fault) => ({ ...fault, pointer: CONTENT + fault.pointer })), ...bundled.faults]);
  return { versionId: await release(ctx, draft, content, bundled.members), draft };
}

function refuseFaults(faults: readonly Fault[]): void {
  if (faults.length > 0)
    throw new Problem(
      'invalid_manifest',
      `The bundle has ${faults.length} faults that stand in the way of publishing it here; see errors.`,
      {
        faults,
      },
    );
}

/**
 * The members to pin under what the bundle calls them: slugs, former slugs and order are those of the version that was exported, whatever
 * the entities are called here. What is pinned has to be what is in the bundle, no less and no more: no id in it can pull an entity of the
 * workspace into the version.
 */
function asBundled(members: readonly SnapshotMember[], bundled: readonly BundleMember[], ids: ReadonlyMap<string, string>) {
  const places = new Map(bundled.map((member, place) => [ids.get(member.entityId), { member, place }]));
  const reached = new Set(members.map(({ entityId }) => entityId));
  const foreign = members.filter(({ entityId }) => !places.has(entityId));
  const idle = [...places].filter(([entityId = '']) => !reached.has(entityId));
  return {
    members: members.flatMap((pinned) => {
      const found = places.get(pinned.entityId);
      if (found === undefined) return [];
      const { slug, entitySlug, formerSlugs } = found.member;
      return [{ ...pinned, slug, entitySlug, formerSlugs, position: found.place }];
    }),
    faults: [
      ...foreign.map(({ entityId }) => ({ pointer: `${CONTENT}/members`, message: `refer to ${entityId}, which is not among them` })),
      ...idle.map(([, { place }]) => ({ pointer: memberPointer(place, 'entityId'), message: 'is referred to by no member' })),
    ],
  };
}
