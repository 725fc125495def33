/** The patch between two definitions, as texts; on the thread of `aside.ts`, since large ones take long. */
import type { Json } from '../../../lib/json.ts';
import { diffJson, type PatchOperation } from '../../../lib/json-patch.ts';

export interface Definitions {
  readonly before: string;
  readonly after: string;
  /** Characters of the patch's JSON at most. */
  readonly room: number;
}

/** Null when it is longer than there is room. */
export interface Patched {
  readonly patch: readonly PatchOperation[] | null;
  readonly length: number;
}

export default function patch({ before, after, room }: Definitions): Patched {
  const operations = diffJson(JSON.parse(before) as Json, JSON.parse(after) as Json);
  const { length } = JSON.stringify(operations);
  return { patch: length > room ? null : operations, length };
}
