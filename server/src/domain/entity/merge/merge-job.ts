/** A merge of three definitions, as texts; on the thread of `aside.ts`, since large ones take long. */
import type { JsonObject } from '../../../lib/json.ts';
import type { Kind } from '../../../lib/kinds.ts';
import type { Conflict, Resolution } from '../../../lib/merge/settle.ts';
import { type Definition, definitionOf } from '../definitions.ts';
import { mergeDefinitions, reverseDefinitions } from './merge-definitions.ts';
import { rulesOf } from './merge-rules.ts';

export interface Merge {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  /** Of the entity: what it says to merges. */
  readonly kind: Kind | null;
  /** `reverse`: theirs wins the conflicts, which are told all the same. */
  readonly resolutions: readonly Resolution[] | 'reverse';
}

export interface MergedTexts {
  readonly result: Definition;
  readonly conflicts: readonly Conflict[];
  /** What the next merge starts from where that is not theirs: there are open conflicts. */
  readonly base: Definition | null;
  /** Which of the resolutions settle nothing, by their places. */
  readonly unused: readonly number[];
}

export default function merge({ base, ours, theirs, kind, resolutions }: Merge): MergedTexts {
  const parsed = (text: string) => JSON.parse(text) as JsonObject;
  const sides = { base: parsed(base), ours: parsed(ours), theirs: parsed(theirs) };
  if (resolutions === 'reverse') {
    const { value, conflicts } = reverseDefinitions(sides, rulesOf(kind));
    return { result: definitionOf(value), conflicts, base: null, unused: [] };
  }
  const { value, base: next, conflicts, unused } = mergeDefinitions(sides, rulesOf(kind), resolutions);
  const idle = new Set(unused);
  return {
    result: definitionOf(value),
    conflicts,
    base: conflicts.length === 0 ? null : definitionOf(next),
    unused: [...resolutions.keys()].filter((place) => idle.has(resolutions[place] as Resolution)),
  };
}
