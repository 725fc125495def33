import type { ReadCtx } from '../../../context.ts';
import type { Kind } from '../../../lib/kinds.ts';
import type { Resolution } from '../../../lib/merge/settle.ts';
import { must } from '../../../lib/must.ts';
import type { Definition } from '../../entity/definitions.ts';
import { mergeTexts } from '../../entity/merge/merge-texts.ts';
import type { LiveMember } from '../state/live.ts';
import type { Wanted } from './arrange.ts';
import type { Merging } from './plan.ts';
import { refuseUnused } from './refuse-resolutions.ts';
import type { Rendering } from './render.ts';
import { BATCH_BYTES, type Bodies, batchesOf, distinct, loadBodies, renderOne, type Workshop } from './render-members.ts';

/** How the conflicts of one member are to be settled. `index`: its place in the request. */
export interface MemberResolution extends Resolution {
  readonly slug: string;
}

/** A third of what is only rendered: each merge holds three definitions. */
const MERGE_BYTES = BATCH_BYTES / 3;

/**
 * Merges detached clones with the new version. Base: the definition last applied (`baseOf`); ours: the clone; theirs: the new definition,
 * rendered. Where the new version changes nothing since the base, the clone stays as it is.
 * Throws 422 for resolutions that settle nothing, all at once.
 */
export async function mergeMembers(
  ctx: ReadCtx,
  wanted: readonly Wanted[],
  rendering: Rendering,
  resolutions: readonly MemberResolution[],
  workshop: Workshop,
): Promise<ReadonlyMap<string, Merging>> {
  const merged = new Map<string, Merging>();
  const unused = new Set(resolutions);
  const bySlug = Map.groupBy(resolutions, ({ slug }) => slug);
  for (const batch of await batchesOf(ctx, wanted, MERGE_BYTES)) {
    const bodies = await loadBodies(ctx, batch.flatMap(sourcesOf));
    const made: Definition[] = [];
    for (const each of batch) {
      const theirs = await renderOne(each, bodies, rendering, workshop);
      const settling = bySlug.get(each.member.slug) ?? [];
      merged.set(
        each.member.slug,
        await mergeOne(each, theirs, bodies, { kind: ctx.kinds.ofId(each.member.entityId), settling, unused, made }),
      );
    }
    await workshop.keep(distinct(made));
  }
  refuseUnused(resolutions, unused, ({ slug }) => `settles no conflict of ${slug}`);
  return merged;
}

const liveOf = ({ live }: Wanted): LiveMember => must(live, 'what is merged is there');
/** What was last applied; where conflicts are open, what both came from stands at these places. */
const baseOf = (wanted: Wanted): Buffer =>
  liveOf(wanted).mergeBase ?? must(liveOf(wanted).appliedDigest, 'clones had a definition applied');
const sourcesOf = (wanted: Wanted): Buffer[] => [wanted.member.digest, baseOf(wanted), liveOf(wanted).cloneDigest];

interface Settling {
  readonly kind: Kind | null;
  readonly settling: readonly MemberResolution[];
  readonly unused: Set<MemberResolution>;
  /** Definitions that the merge made. */
  readonly made: Definition[];
}

async function mergeOne(wanted: Wanted, theirs: Definition, bodies: Bodies, { kind, settling, unused, made }: Settling): Promise<Merging> {
  const [base, ours] = [baseOf(wanted), liveOf(wanted).cloneDigest];
  made.push(theirs);
  if (theirs.digest.equals(base) || theirs.digest.equals(ours)) return { applied: theirs.digest, digest: ours, base: null, conflicts: [] };
  const sides = { base: bodies.get(base), ours: bodies.get(ours), theirs: theirs.body };
  const { result, conflicts, base: next, unused: idle } = await mergeTexts({ ...sides, kind, resolutions: settling });
  const left = new Set(idle);
  for (const [place, each] of settling.entries()) if (!left.has(place)) unused.delete(each);
  made.push(result, ...(next === null ? [] : [next]));
  return { applied: theirs.digest, digest: result.digest, refs: result.refs, base: next?.digest ?? null, conflicts };
}
