import type { Json, JsonObject } from '../../../lib/json.ts';
import { type Merged, mergeJson, outcomeOf, settleMerge } from '../../../lib/merge/merge.ts';
import { contested } from '../../../lib/merge/outcome.ts';
import type { Conflict, Resolution } from '../../../lib/merge/settle.ts';
import type { DefinitionSides, MergeRules } from './merge-rules.ts';

export interface MergedDefinition extends Merged {
  readonly value: JsonObject;
}

/**
 * Merges definitions by the rules of their kind. When the result cannot be, though each side can, the definition as a whole is in
 * conflict and says why; a resolution for the whole settles that. Pure.
 */
export function mergeDefinitions(sides: DefinitionSides, rules: MergeRules, resolutions: readonly Resolution[] = []): MergedDefinition {
  const { base, ours, theirs } = sides;
  const merged = mergeJson(base, ours, theirs, resolutions, rules.keys);
  const reason = rules.misfit(merged.value, sides);
  if (reason === null) return { ...merged, value: merged.value as JsonObject };
  const whole = settleMerge(contested('', sides), resolutions);
  const isSettled = whole.conflicts.length === 0 && rules.misfit(whole.value, sides) === null;
  if (!isSettled) return { value: ours, conflicts: [wholeConflict(sides, reason)], unused: unusedIn(resolutions, merged) };
  return { value: whole.value as JsonObject, conflicts: [], unused: unusedIn(whole.unused, merged) };
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

/** The same in reverse: theirs is what was there before the write, and wins every conflict. Pure. */
export function reverseDefinitions(sides: DefinitionSides, { keys, misfit }: MergeRules): Reversed {
  const { base, ours, theirs } = sides;
  const outcome = outcomeOf(base, ours, theirs, keys);
  const value: Json = settleMerge(outcome, [{ pick: 'theirs' }]).value;
  const reason = misfit(value, sides);
  if (reason !== null) return { value: theirs, conflicts: [wholeConflict(sides, reason)] };
  return { value: value as JsonObject, conflicts: settleMerge(outcome).conflicts };
}
