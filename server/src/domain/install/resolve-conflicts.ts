import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { WriteCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { must } from '../../lib/must.ts';
import { type Reply, shown, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { holdConflicts, loadConflicts, type OpenConflict } from '../entity/conflicts.ts';
import { storeDefinitions } from '../entity/definitions.ts';
import { decide } from '../entity/merge/decide.ts';
import { rewriteClones } from './change/apply.ts';
import { refuseIdleValues, refuseUnused } from './change/refuse-resolutions.ts';
import { loadMember, lockActiveMember, refuseReference } from './change-member.ts';
import { memberResource } from './resource.ts';
import type { Resolve } from './schema.ts';
import { type LiveMember, loadMembersById } from './state/live.ts';

/** Settles open conflicts of a clone one by one, or all at once. Each ends with what is picked, and is asked for by no later merge. */
export async function resolveConflicts(ctx: WriteCtx, { target, body }: { target: Target; body: Static<typeof Resolve> }): Promise<Reply> {
  refuseIdleValues(body.resolutions);
  refuseReference(await lockActiveMember(ctx, target.id), 'resolved');
  const { live, open } = await lockOpen(ctx, target.id);
  const clone = { entityId: live.entityId, ours: live.cloneDigest, applied: appliedOf(live), mergeBase: live.mergeBase };
  const decided = await decide(ctx, { ...clone, conflicts: open }, body.resolutions);
  refuseUnused(body.resolutions, new Set(decided.unused), () => 'settles no open conflict of the member');
  const { result, mergeBase, conflicts } = decided;
  await storeDefinitions(ctx.db, mergeBase === null ? [result] : [result, mergeBase]);
  if (!result.digest.equals(live.cloneDigest)) await rewriteClones(ctx, [{ entityId: live.entityId, digest: result.digest }]);
  await writeMember(ctx, live, result.digest, mergeBase?.digest ?? null);
  const { workspaceId } = await loadMember(ctx, live.id);
  await holdConflicts(ctx, [{ memberId: live.id, workspaceId, versionId: live.sourceVersionId, conflicts }]);
  const data = { entityId: live.entityId, resolved: open.length - conflicts.length, open: conflicts.length };
  await record(ctx, { type: 'integration_member.resolved', workspaceId, subjectId: live.id, data });
  return shown(ctx, memberResource, live.id);
}

const appliedOf = ({ appliedDigest }: LiveMember): Buffer => must(appliedDigest, 'clones had a definition applied');

/** Those who settle conflicts of one clone, or edit it, queue. */
async function lockOpen(ctx: WriteCtx, memberId: string): Promise<{ live: LiveMember; open: readonly OpenConflict[] }> {
  await ctx.db.run(sql`
    select 1 from entities where id = (select entity_id from integration_members where id = ${memberId} and is_clone) for update`);
  const [found] = await loadMembersById(ctx.db, [memberId]);
  const live = must(found, 'the member was just locked');
  if (live.purged || live.deleted)
    throw new Problem('clone_purged', `The clone ${live.entityId} is not there: restore it, or drop the member.`);
  return { live, open: (await loadConflicts(ctx.db, [memberId])).get(memberId) ?? [] };
}

/** What is picked is the workspace's own where it is not what the version gave. */
async function writeMember(ctx: WriteCtx, live: LiveMember, digest: Buffer, mergeBase: Buffer | null): Promise<void> {
  const detached = live.detached || !digest.equals(appliedOf(live));
  await ctx.db.run(sql`update integration_members set merge_base_digest = ${mergeBase}, detached = ${detached} where id = ${live.id}`);
}
