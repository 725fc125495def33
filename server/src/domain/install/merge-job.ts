/** A merge of three definitions, as texts; on the thread of `aside.ts`, since large ones take long. */
import type { JsonObject } from '../../lib/json.ts';
import { mergeJson } from '../../lib/merge/merge.ts';
import type { Conflict, Resolution } from '../../lib/merge/settle.ts';
import { type Definition, definitionOf } from '../entity/definitions.ts';

export interface Merge {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  readonly resolutions: readonly Resolution[];
}

export interface MergedTexts {
  readonly result: Definition;
  readonly conflicts: readonly Conflict[];
  /** Which of the resolutions settle nothing, by their places. */
  readonly unused: readonly number[];
}

export default function merge({ base, ours, theirs, resolutions }: Merge): MergedTexts {
  const parsed = (text: string) => JSON.parse(text) as JsonObject;
  const { value, conflicts, unused } = mergeJson(parsed(base), parsed(ours), parsed(theirs), resolutions);
  const idle = new Set(unused);
  return {
    result: definitionOf(value as JsonObject),
    conflicts,
    unused: [...resolutions.keys()].filter((place) => idle.has(resolutions[place] as Resolution)),
  };
}
