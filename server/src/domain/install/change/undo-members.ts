import sql from 'sql-template-tag';
import type { ReadCtx } from '../../../context.ts';
import { chunks } from '../../../lib/chunks.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { Conflict } from '../../../lib/merge/settle.ts';
import { must } from '../../../lib/must.ts';
import type { HeldConflict } from '../../entity/conflicts.ts';
import type { Definition } from '../../entity/definitions.ts';
import { wonBack } from '../../entity/merge/open-merge.ts';
import { loadReferrals, type Referral } from '../state/live.ts';
import { type Clone, clonesThen, goneOf, type PastMember, type Return, type UndoneAll } from './plan-return.ts';
import { loadBodies } from './render-members.ts';
import { type Undone, undo, type Written } from './reverse.ts';

/** How many clones are undone at once: their definitions are in memory together. */
const BATCH = 200;

/** Undoes what later revisions wrote into the past members' clones. Only those that were edited since are loaded. */
export async function undoMembers(
  ctx: ReadCtx,
  past: readonly PastMember[],
  clones: ReadonlyMap<string, Clone>,
  writes: ReadonlyMap<string, readonly Written[]>,
): Promise<UndoneAll> {
  const digests = new Map<string, Buffer>();
  const made: Definition[] = [];
  const conflicts: (Conflict & { slug: string })[] = [];
  const won = new Map<string, readonly HeldConflict[]>();
  const written = past.filter(({ entityId }) => writes.has(entityId));
  for (const part of chunks(written, BATCH)) {
    const batch = part.map(({ slug, entityId }) => ({
      slug,
      entityId,
      now: must(clones.get(entityId), 'clones were loaded').digest,
      steps: must(writes.get(entityId), 'they were written'),
    }));
    const edited = batch.filter(({ now, steps }) => !isUntouched(now, steps));
    const sources = edited.flatMap(({ now, steps }) => [now, ...steps.flatMap(({ before, after }) => [before, after])]);
    const bodies = await loadBodies(ctx, sources);
    for (const { slug, entityId, now, steps } of batch) {
      const result = await undo(now, steps, (digest) => bodies.get(digest), ctx.kinds.ofId(entityId));
      digests.set(entityId, result.digest);
      made.push(...result.made);
      for (const conflict of result.conflicts) conflicts.push({ slug, ...conflict });
      if (result.conflicts.length > 0)
        won.set(
          entityId,
          wonIn(result, (digest) => bodies.get(digest)),
        );
    }
  }
  return { digests, made, conflicts, won };
}

/** The conflicts at which what was undone stands in the end: a revision before may have taken that away again. */
function wonIn({ digest, made, conflicts }: Undone, bodyOf: (digest: Buffer) => string): HeldConflict[] {
  const text = made.find((each) => each.digest.equals(digest))?.body ?? bodyOf(digest);
  return wonBack(
    JSON.parse(text) as JsonObject,
    conflicts.map((each) => ({ ...each, kept: 'theirs' })),
  );
}

/** Whether each revision found what the one before it had left, and the clone is what the last one left. */
const isUntouched = (now: Buffer, steps: readonly Written[]): boolean =>
  steps.every(({ after }, index) => after.equals(index === 0 ? now : must(steps[index - 1], 'there is one before').before));

/** Who will refer to the clones that go: clones of then count with what they will say, also where they only come back. */
export async function referralsAfter(ctx: ReadCtx, workspaceId: string, back: Return): Promise<Referral[]> {
  const targets = new Set(goneOf(back).flatMap(({ isClone, entityId }) => (isClone ? [entityId] : [])));
  if (targets.size === 0) return [];
  const then = clonesThen(back);
  const others = (await loadReferrals(ctx.db, workspaceId, [...targets])).filter(({ referrer }) => !back.clones.has(referrer));
  const refs = await refsOf(ctx, [...then.values()], back.undone.made);
  const own = [...then].flatMap(([referrer, digest]) =>
    (refs.get(digest.toString('hex')) ?? []).filter((target) => targets.has(target)).map((target) => ({ referrer, target })),
  );
  return [...others, ...own];
}

/** Definitions' references by digest, in hex; `made` are not stored yet. */
async function refsOf(
  ctx: ReadCtx,
  digests: readonly Buffer[],
  made: readonly Definition[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const stored = await ctx.db.many<{ hex: string; refs: string[] }>(sql`
    select encode(digest, 'hex') as hex, refs from definitions where digest = any(${[...digests]}::bytea[])`);
  const known = new Map<string, readonly string[]>(stored.map(({ hex, refs }) => [hex, refs]));
  for (const { digest, refs } of made) known.set(digest.toString('hex'), refs);
  return known;
}
