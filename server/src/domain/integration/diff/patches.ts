import sql from 'sql-template-tag';
import type { Db } from '../../../db/pool.ts';
import type { PatchOperation } from '../../../lib/json-patch.ts';
import { must } from '../../../lib/must.ts';
import { Turns } from '../../../lib/turns.ts';
import { patchInTurns } from './patch.ts';
import type { Patched } from './patch-job.ts';

/** Two definitions, by their digests. */
export interface Change {
  readonly before: Buffer;
  readonly after: Buffer;
}

/** Bytes of definitions held at once. */
const BATCH_BYTES = 2 * 1024 * 1024;
/** Bytes of definitions read for one answer, and of patches in it. What is beyond is told without its patch. */
export const READ_BYTES = 64 * 1024 * 1024;
export const PATCH_BYTES = 1024 * 1024;

/** The patch of each change, in their order; null for those that no longer fit into the answer. */
export async function patchesOf(db: Db, changes: readonly Change[]): Promise<readonly (readonly PatchOperation[] | null)[]> {
  const patches: (readonly PatchOperation[] | null)[] = [];
  const turns = new Turns();
  let room = PATCH_BYTES;
  for (const batch of batchesOf(changes, await sizesOf(db, changes))) {
    const bodies = room > 0 ? await bodiesOf(db, batch) : null;
    for (const change of batch) {
      const { patch, length } = bodies === null ? NOTHING : await patchOf(bodies, change, room);
      patches.push(patch);
      if (patch !== null) room -= length;
      await turns.pass();
    }
  }
  return [...patches, ...changes.slice(patches.length).map(() => null)];
}

const hex = (digest: Buffer): string => digest.toString('hex');
const digestsOf = (changes: readonly Change[]): Buffer[] => changes.flatMap(({ before, after }) => [before, after]);

async function sizesOf(db: Db, changes: readonly Change[]): Promise<ReadonlyMap<string, number>> {
  const rows = await db.many<{ digest: Buffer; size: number }>(
    sql`select digest, octet_length(body) as size from published_definitions where digest = any(${digestsOf(changes)}::bytea[])`,
  );
  return new Map(rows.map(({ digest, size }) => [hex(digest), size]));
}

/** Changes that are read together, up to what is read for one answer. */
function batchesOf(changes: readonly Change[], sizes: ReadonlyMap<string, number>): Change[][] {
  const sizeOf = (digest: Buffer) => must(sizes.get(hex(digest)), 'digests are foreign keys');
  const batches: Change[][] = [];
  let [read, room] = [0, 0];
  for (const change of changes) {
    const size = sizeOf(change.before) + sizeOf(change.after);
    read += size;
    if (read > READ_BYTES) break;
    if (size > room) {
      batches.push([]);
      room = BATCH_BYTES;
    }
    room -= size;
    batches.at(-1)?.push(change);
  }
  return batches;
}

async function bodiesOf(db: Db, batch: readonly Change[]): Promise<ReadonlyMap<string, string>> {
  if (batch.length === 0) return new Map();
  const rows = await db.many<{ digest: Buffer; body: string }>(
    sql`select digest, body from published_definitions where digest = any(${digestsOf(batch)}::bytea[])`,
  );
  return new Map(rows.map(({ digest, body }) => [hex(digest), body]));
}

const NOTHING: Patched = { patch: null, length: 0 };

function patchOf(bodies: ReadonlyMap<string, string>, { before, after }: Change, room: number): Promise<Patched> {
  const definition = (digest: Buffer) => must(bodies.get(hex(digest)), 'digests are foreign keys');
  return patchInTurns({ before: definition(before), after: definition(after), room });
}
