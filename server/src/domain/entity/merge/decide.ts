/** Settling conflicts that are open at a clone. */
import type { ReadCtx } from '../../../context.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { placeOf, type Resolution } from '../../../lib/merge/settle.ts';
import { withStanding } from '../../../lib/merge/standing.ts';
import { type HeldConflict, keptOurs } from '../conflicts.ts';
import { type Definition, definitionFrom } from '../definitions.ts';
import { mergeTexts } from './merge-texts.ts';
import { bodiesOf, type OpenMerge, wonBack } from './open-merge.ts';

export interface Decided {
  readonly result: Definition;
  /** Where the next merge starts from, while conflicts are still open. */
  readonly mergeBase: Definition | null;
  readonly conflicts: readonly HeldConflict[];
  readonly unused: readonly Resolution[];
}

/** Conflicts that a merge left are settled by that merge; those that a rollback won, at their places. */
export async function decide(ctx: ReadCtx, open: OpenMerge, resolutions: readonly Resolution[]): Promise<Decided> {
  const bodyOf = await bodiesOf(ctx, open);
  const won = settleWon(JSON.parse(bodyOf(open.ours)) as JsonObject, open.conflicts, resolutions);
  const result = await definitionFrom(won.value as JsonObject, '/resolutions');
  const unused = resolutions.filter((each) => !won.used.has(each));
  if (open.mergeBase === null) return { result, mergeBase: null, conflicts: won.conflicts, unused };
  const sides = { base: bodyOf(open.mergeBase), ours: result.body, theirs: bodyOf(open.applied) };
  const merged = await mergeTexts({ ...sides, kind: ctx.kinds.ofId(open.entityId), resolutions });
  const still = wonBack(JSON.parse(merged.result.body) as JsonObject, won.conflicts);
  const idle = new Set(merged.unused.map((place) => resolutions[place]));
  const conflicts = [...keptOurs(merged.conflicts), ...still];
  return { result: merged.result, mergeBase: merged.base, conflicts, unused: unused.filter((each) => idle.has(each)) };
}

interface Settled {
  readonly value: Json;
  readonly conflicts: readonly HeldConflict[];
  readonly used: ReadonlySet<Resolution>;
}

/** What becomes of conflicts that a rollback won. From the last place to the first, so that those before stay where they are. Pure. */
export function settleWon(definition: Json, conflicts: readonly HeldConflict[], resolutions: readonly Resolution[]): Settled {
  const byPlace = new Map(resolutions.map((each) => [placeOf(each), each]));
  const used = new Set<Resolution>();
  const left: HeldConflict[] = [];
  let value = definition;
  for (const conflict of conflicts.filter(({ kept }) => kept === 'theirs').toReversed()) {
    const resolution = byPlace.get(placeOf(conflict)) ?? byPlace.get(placeOf({}));
    if (resolution === undefined) left.unshift(conflict);
    else used.add(resolution);
    if (resolution !== undefined && resolution.pick !== 'theirs') value = withStanding(value, conflict, pickedOf(conflict, resolution));
  }
  return { value, conflicts: left, used };
}

const pickedOf = (conflict: HeldConflict, { pick, value }: Resolution): Json | undefined => (pick === 'value' ? value : conflict[pick]);
