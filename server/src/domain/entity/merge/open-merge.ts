/** What is still in conflict in a clone when somebody has changed it. */
import type { ReadCtx } from '../../../context.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import type { Conflict } from '../../../lib/merge/settle.ts';
import { sameStanding, standingAt } from '../../../lib/merge/standing.ts';
import { must } from '../../../lib/must.ts';
import { type HeldConflict, keptOurs } from '../conflicts.ts';
import { type Definition, readBodies } from '../definitions.ts';
import { mergeTexts } from './merge-texts.ts';

/** A clone and what its open conflicts stand on. */
export interface OpenMerge {
  readonly entityId: string;
  /** The definition that the clone has. */
  readonly ours: Buffer;
  /** What was last applied. */
  readonly applied: Buffer;
  /** Where its merges start from; null when none of its conflicts is one that a merge left. */
  readonly mergeBase: Buffer | null;
  readonly conflicts: readonly HeldConflict[];
}

/** What is open from now on, and where the next merge starts from. */
export interface StillOpen {
  readonly mergeBase: Definition | null;
  readonly conflicts: readonly HeldConflict[];
}

/**
 * Conflicts that a merge left are found by merging again: one has ended where ours is what theirs is, or what both came from. Conflicts
 * that a rollback won are at the places where it put something back: one has ended where something else stands now.
 */
export async function stillOpen(ctx: ReadCtx, { entityId, ours, applied, mergeBase, conflicts }: OpenMerge): Promise<StillOpen> {
  const bodyOf = await bodiesOf(ctx, { ours, applied, mergeBase });
  const won = wonBack(JSON.parse(bodyOf(ours)) as JsonObject, conflicts);
  if (mergeBase === null) return { mergeBase: null, conflicts: won };
  const sides = { base: bodyOf(mergeBase), ours: bodyOf(ours), theirs: bodyOf(applied) };
  const merged = await mergeTexts({ ...sides, kind: ctx.kinds.ofId(entityId), resolutions: [] });
  return { mergeBase: merged.base, conflicts: [...keptOurs(merged.conflicts), ...won] };
}

/** The texts that the open conflicts stand on, by digest. */
export async function bodiesOf(
  ctx: ReadCtx,
  { ours, applied, mergeBase }: Pick<OpenMerge, 'ours' | 'applied' | 'mergeBase'>,
): Promise<(digest: Buffer) => string> {
  const bodies = new Map<string, string>();
  const wanted = mergeBase === null ? [ours] : [ours, applied, mergeBase];
  for await (const { hex, text } of readBodies(ctx.db, wanted)) bodies.set(hex, text);
  return (digest) => must(bodies.get(digest.toString('hex')), 'digests are foreign keys');
}

/** Of the conflicts that a rollback won, those at which what it put back still stands. Pure. */
export const wonBack = (definition: Json, conflicts: readonly HeldConflict[]): HeldConflict[] =>
  conflicts.filter((each) => each.kept === 'theirs' && isThere(definition, each));

const isThere = (definition: Json, conflict: Conflict): boolean => sameStanding(standingAt(definition, conflict), conflict.theirs);
