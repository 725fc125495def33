/** How a merge compares with what a person made of the same documents. */
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../server/src/lib/json.ts';

/** `human`: clean, and what the person made; `otherwise`: clean, and something else; `conflict`: left to a person. */
export type Verdict = 'human' | 'otherwise' | 'conflict';

/** A merge that somebody made: what both sides came from, the sides, and what the person committed. */
export interface RealMerge {
  readonly repo: string;
  readonly file: string;
  readonly base: Json;
  readonly ours: Json;
  readonly theirs: Json;
  readonly human: Json;
}

/** The order of keys does not matter, that of items does. `value`: undefined where the outcome is no document at all. */
export const verdictOn = (clean: boolean, value: Json | undefined, human: Json): Verdict =>
  clean ? (isDeepStrictEqual(value, human) ? 'human' : 'otherwise') : 'conflict';

export interface Tally {
  clean: number;
  human: number;
  otherwise: number;
  conflict: number;
}

export function tallyOf(verdicts: readonly Verdict[]): Tally {
  const count = (wanted: Verdict) => verdicts.filter((verdict) => verdict === wanted).length;
  const [human, otherwise, conflict] = [count('human'), count('otherwise'), count('conflict')];
  return { clean: human + otherwise, human, otherwise, conflict };
}

/** Of what is clean, the share that is the person's, in percent. */
export const share = ({ human, clean }: Tally): string => (clean === 0 ? '–' : `${((100 * human) / clean).toFixed(1)} %`);
