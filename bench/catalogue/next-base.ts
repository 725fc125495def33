/** Where the next merge of a clone starts from, by the bench's own means: a conflict stays until it is decided. */
import type { MergeConflict } from '@mortise/sdk/changes';
import type { Json } from '@mortise/sdk/resources';
import { isInOpaque, placeOf } from './conflicts.ts';
import type { Merge } from './merge-proof.ts';
import { valueAt, withValue } from './paths.ts';

/**
 * What the version has, but at each place in conflict what both came from. Null where that cannot be said by name: in lists whose items
 * nothing names, and in texts that have the version's lines more than once.
 */
export function nextBase(merge: Merge): Json | null {
  let base: Json | null = merge.theirs ?? null;
  for (const told of merge.conflicts) base = base === null ? null : withConflict(base, told, merge);
  return base;
}

function withConflict(base: Json, told: MergeConflict, merge: Merge): Json | null {
  const path = placeOf(told.pointer, merge, merge.result);
  if (path === null || isInOpaque(merge, path)) return null;
  if (path.length === 0) return merge.base ?? null;
  return told.lines === undefined ? withValue(base, path, told.base) : withLines(base, path, told);
}

function withLines(base: Json, path: NonNullable<ReturnType<typeof placeOf>>, { base: was, theirs }: MergeConflict): Json | null {
  const text = valueAt(base, path);
  if (typeof text !== 'string' || typeof theirs !== 'string' || typeof was !== 'string') return null;
  const parts = `\n${text}\n`.split(`\n${theirs}\n`);
  return parts.length === 2 ? withValue(base, path, parts.join(`\n${was}\n`).slice(1, -1)) : null;
}
