import sql from 'sql-template-tag';
import type { WriteCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { must } from '../../lib/must.ts';
import { type Reply, shown, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { holdConflicts } from '../entity/conflicts.ts';
import { restoreClones, rewriteClones } from './change/apply.ts';
import { loadMember, lockActiveMember, refuseReference } from './change-member.ts';
import { memberResource } from './resource.ts';
import { loadMembersById } from './state/live.ts';

/** Takes a clone back to the definition that was last applied to it, and attaches it again. What it had stays in its history. */
export async function revertMember(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  refuseReference(await lockActiveMember(ctx, target.id), 'reverted');
  const [live] = await loadMembersById(ctx.db, [target.id]);
  const { entityId, appliedDigest, cloneDigest, deleted, purged, detached, openConflicts, sourceVersionId } = must(
    live,
    'the member was just locked',
  );
  if (purged)
    throw new Problem('clone_purged', `The clone ${entityId} was purged; attach the member, and the next upgrade makes a new one.`);
  const digest = must(appliedDigest, 'clones had a definition applied');
  const changed = !digest.equals(cloneDigest);
  if (!changed && !deleted && !detached) return shown(ctx, memberResource, target.id);
  const { workspaceId } = await loadMember(ctx, target.id);
  if (deleted) await restoreClones(ctx, workspaceId, [entityId]);
  if (changed) await rewriteClones(ctx, [{ entityId, digest }]);
  await ctx.db.run(sql`update integration_members set detached = false, merge_base_digest = null where id = ${target.id}`);
  if (openConflicts > 0) await holdConflicts(ctx, [{ memberId: target.id, workspaceId, versionId: sourceVersionId, conflicts: [] }]);
  await record(ctx, { type: 'integration_member.reverted', workspaceId, subjectId: target.id, data: { entityId } });
  return shown(ctx, memberResource, target.id);
}
