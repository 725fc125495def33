/** Undoing what revisions wrote into a clone: a three-way merge in reverse, from the newest revision back. */
import type { Kind } from '../../../lib/kinds.ts';
import type { Conflict } from '../../../lib/merge/settle.ts';
import type { Definition } from '../../entity/definitions.ts';
import { mergeTexts } from '../../entity/merge/merge-texts.ts';

/** What one revision wrote into one clone: from what to what, as digests. */
export interface Written {
  readonly before: Buffer;
  readonly after: Buffer;
}

export interface Undone {
  readonly digest: Buffer;
  /** Definitions that undoing made and nobody has stored yet. */
  readonly made: readonly Definition[];
  /** Places that were edited after a revision had written them: undoing wins there, the edit stays in the entity's history. */
  readonly conflicts: readonly Conflict[];
}

/**
 * Undoes writes, the newest first. Base: what the revision wrote; ours: the clone; theirs: what it had before. Edits made since
 * survive, unless they touch a place that is undone. Where nothing was edited since, no text is even looked at.
 * `bodyOf` gives the canonical text of a stored definition. Pure but for that.
 */
export async function undo(
  clone: Buffer,
  writes: readonly Written[],
  bodyOf: (digest: Buffer) => string,
  kind: Kind | null = null,
): Promise<Undone> {
  let digest = clone;
  const made = new Map<string, Definition>();
  const conflicts: Conflict[] = [];
  const textOf = (each: Buffer) => made.get(each.toString('hex'))?.body ?? bodyOf(each);
  for (const { before, after } of writes) {
    if (digest.equals(after)) {
      digest = before;
      continue;
    }
    if (before.equals(after)) continue;
    const sides = { base: textOf(after), ours: textOf(digest), theirs: textOf(before) };
    const { result, conflicts: told } = await mergeTexts({ ...sides, kind, resolutions: 'reverse' });
    for (const conflict of told) conflicts.push(conflict);
    made.set(result.digest.toString('hex'), result);
    digest = result.digest;
  }
  const last = made.get(digest.toString('hex'));
  return { digest, made: last === undefined ? [] : [last], conflicts };
}
