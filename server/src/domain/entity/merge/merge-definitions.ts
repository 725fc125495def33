import type { JsonObject } from '../../../lib/json.ts';
import { sameJson } from '../../../lib/json-walk.ts';
import { type Merged, mergeJson, settleMerge } from '../../../lib/merge/merge.ts';
import { contested } from '../../../lib/merge/outcome.ts';
import type { Conflict, Resolution } from '../../../lib/merge/settle.ts';
import type { DefinitionSides, MergeRules } from './merge-rules.ts';

export interface MergedDefinition extends Merged {
  readonly value: JsonObject;
  readonly base: JsonObject;
}

/**
 * Merges definitions by the rules of their kind. When the result cannot be, though each side can, the definition as a whole is in
 * conflict and says why; a resolution for the whole settles that. Pure.
 */
export function mergeDefinitions(sides: DefinitionSides, rules: MergeRules, resolutions: readonly Resolution[] = []): MergedDefinition {
  const { base, ours, theirs } = sides;
  const merged = mergeJson(base, ours, theirs, resolutions, rules.keys);
  const reason = rules.misfit(merged.value, sides);
  if (reason === null) return { ...merged, value: merged.value as JsonObject, base: nextBaseOf(merged, theirs, rules) };
  const whole = settleMerge(contested('', sides), resolutions);
  const isSettled = whole.conflicts.length === 0 && rules.misfit(whole.value, sides) === null;
  if (!isSettled) return { value: ours, base, conflicts: [wholeConflict(sides, reason)], unused: unusedIn(resolutions, merged) };
  return { value: whole.value as JsonObject, base: theirs, conflicts: [], unused: unusedIn(whole.unused, merged) };
}

/**
 * Where the next merge starts from. Items that nothing names may be taken for others there, now and then so that merging again would change
 * something: then it starts from theirs, and what is in conflict will not be found again.
 */
function nextBaseOf({ value, base, conflicts }: Merged, theirs: JsonObject, { keys }: MergeRules): JsonObject {
  const isSteady = conflicts.length === 0 || sameJson(mergeJson(base, value, theirs, [], keys).value, value);
  return isSteady ? (base as JsonObject) : theirs;
}

/** Those that settle nothing in the parts either. */
const unusedIn = (resolutions: readonly Resolution[], { unused }: Merged): Resolution[] =>
  resolutions.filter((each) => unused.includes(each));

const wholeConflict = ({ base, ours, theirs }: DefinitionSides, reason: string): Conflict => ({ pointer: '', base, ours, theirs, reason });

/** What undoing a write makes of a definition, and what it had to take back of later edits. */
export interface Reversed {
  readonly value: JsonObject;
  readonly conflicts: readonly Conflict[];
}

/**
 * The same in reverse: theirs is what was there before the write, and wins every conflict. So it is the merge with the sides in each other's
 * place, and the conflicts are told at their places in what comes of it. Pure.
 */
export function reverseDefinitions(sides: DefinitionSides, { keys, misfit }: MergeRules): Reversed {
  const { base, ours, theirs } = sides;
  const { value, conflicts } = mergeJson(base, theirs, ours, [], keys);
  const reason = misfit(value, sides);
  if (reason !== null) return { value: theirs, conflicts: [wholeConflict(sides, reason)] };
  return { value: value as JsonObject, conflicts: conflicts.map(swapped) };
}

function swapped({ ours, theirs, ...conflict }: Conflict): Conflict {
  return { ...conflict, ...(theirs !== undefined && { ours: theirs }), ...(ours !== undefined && { theirs: ours }) };
}
