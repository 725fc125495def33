import type { ReadCtx } from '../../context.ts';
import type { PatchOperation } from '../../lib/json-patch.ts';
import { jsonInTurns } from '../../lib/json-pieces.ts';
import { must } from '../../lib/must.ts';
import type { Reply, Target } from '../../route.ts';
import { loadConflicts } from '../entity/conflicts.ts';
import { mergeTexts } from '../entity/merge/merge-texts.ts';
import { patchInTurns } from '../integration/diff/patch.ts';
import { untakeableProblems } from './blockers.ts';
import { arrange } from './change/arrange.ts';
import { loadBodies, refusing, renderOne } from './change/render-members.ts';
import { loadMember, refuseDeletedMember, refuseReference } from './change-member.ts';
import { ascentOf } from './state/ascent.ts';
import { type LiveMember, loadLiveMembers } from './state/live.ts';
import { loadInstall } from './state/lock.ts';
import { completeVariables } from './variables.ts';

/**
 * What the workspace changed in a clone since a definition was last applied, and what the version that an upgrade would take it to
 * says instead: as RFC 6902 patches, with the places that both changed.
 */
export async function diffMember(ctx: ReadCtx, { target }: { target: Target }): Promise<Reply> {
  const member = await loadMember(ctx, target.id);
  refuseDeletedMember(member);
  refuseReference(member, 'compared');
  const live = await loadLiveMembers(ctx.db, member.installId);
  const own = must(
    live.find(({ id }) => id === member.id),
    'active members are loaded',
  );
  const appliedDigest = must(own.appliedDigest, 'clones had a definition applied');
  const base = own.mergeBase ?? appliedDigest;
  const bodies = await loadBodies(ctx, [own.cloneDigest, appliedDigest, base]);
  const sides = { clone: bodies.get(own.cloneDigest), applied: bodies.get(appliedDigest), base: bodies.get(base) };
  const { patch: local } = await patchInTurns({ before: sides.applied, after: sides.clone, room: WHOLE });
  return jsonInTurns({
    memberId: member.id,
    slug: member.slug,
    entityId: member.entityId,
    conflicts: (await loadConflicts(ctx.db, [own.id])).get(own.id) ?? [],
    local,
    target: await againstTarget(ctx, member.installId, live, own, sides),
  });
}

/** A patch is told whole, however long. */
const WHOLE = Number.POSITIVE_INFINITY;

interface Against {
  readonly versionId: string;
  readonly version: string;
  /** Null when the version has the member no more. */
  readonly patch: readonly PatchOperation[] | null;
  readonly conflicts: readonly object[];
}

/** Null where the workspace may take no version. */
async function againstTarget(
  ctx: ReadCtx,
  installId: string,
  live: readonly LiveMember[],
  own: LiveMember,
  { clone, base }: { clone: string; base: string },
): Promise<Against | null> {
  const { install, integration } = await loadInstall(ctx, installId);
  const ascent = await ascentOf(ctx, install, integration, {});
  if ((await untakeableProblems(ctx, ascent)).length > 0) return null;
  const { from, to } = ascent;
  const arrangement = arrange(from, to, live, { policy: install.memberPolicy }, 'merge', ({ entityId }) => entityId);
  const wanted = arrangement.wanted.find((each) => each.live?.id === own.id);
  const about = { versionId: to.id, version: to.version };
  if (wanted === undefined) return { ...about, patch: null, conflicts: [] };
  const rendering = { ids: arrangement.ids, variables: completeVariables(to, install.variables) };
  const bodies = await loadBodies(ctx, [wanted.member.digest]);
  const { body: theirs } = await renderOne(wanted, bodies, rendering, refusing);
  const { patch } = await patchInTurns({ before: clone, after: theirs, room: WHOLE });
  const { conflicts } = await mergeTexts({
    base,
    ours: clone,
    theirs,
    kind: ctx.kinds.ofId(wanted.member.entityId),
    resolutions: [],
  });
  return { ...about, patch, conflicts };
}
