import { aside } from '../../../lib/aside.ts';
import type { Definition } from '../definitions.ts';
import merge, { type Merge, type MergedTexts } from './merge-job.ts';

/** Characters of definitions up to which they are merged at once. */
const AT_ONCE = 65_536;
const JOB = new URL('merge-job.ts', import.meta.url);

/** Merges definitions. Others may get on while large ones are merged. */
export async function mergeTexts(input: Merge): Promise<MergedTexts> {
  if (input.base.length + input.ours.length + input.theirs.length <= AT_ONCE) return merge(input);
  const { result, base, ...more } = await aside<Merge, MergedTexts>(JOB, input);
  return { ...more, result: withBuffer(result), base: base && withBuffer(base) };
}

/** A copy of a Buffer is a bare array of bytes. */
const withBuffer = (definition: Definition): Definition => ({ ...definition, digest: Buffer.from(definition.digest) });
