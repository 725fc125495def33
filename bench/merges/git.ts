/** git's own merge of a file, as it would be of the documents in a repository. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Json } from '../../server/src/lib/json.ts';

const run = promisify(execFile);
const MAX_BYTES = 64 * 1024 * 1024;

/** What git made of them: `clean` when it left no markers; `value` is undefined where that is no JSON. */
export interface GitMerge {
  readonly clean: boolean;
  readonly value?: Json;
}

/** Merges three documents as JSON text of one value a line. `directory` is for the files, which are written over each time. */
export async function gitMerge(directory: string, ours: Json, base: Json, theirs: Json): Promise<GitMerge> {
  const files = ['ours', 'base', 'theirs'].map((name) => join(directory, name));
  await Promise.all([ours, base, theirs].map((value, i) => writeFile(files[i] ?? '', `${JSON.stringify(value, null, 2)}\n`)));
  const text = await merged(files);
  return text === null ? { clean: false } : { clean: true, ...parsed(text) };
}

/** The merged text, or null where git left conflicts: it then exits with their number. */
async function merged(files: readonly string[]): Promise<string | null> {
  try {
    return (await run('git', ['merge-file', '-p', ...files], { maxBuffer: MAX_BYTES })).stdout;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (typeof code === 'number' && code > 0 && code < 128) return null;
    throw error;
  }
}

function parsed(text: string): { value?: Json } {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return {};
  }
}
