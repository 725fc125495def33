import type { ReadCtx } from '../../../context.ts';
import { chunks } from '../../../lib/chunks.ts';
import type { Problem } from '../../../lib/errors.ts';
import type { Json } from '../../../lib/json.ts';
import type { PatchOperation } from '../../../lib/json-patch.ts';
import { must } from '../../../lib/must.ts';
import { Turns } from '../../../lib/turns.ts';
import type { Definition } from '../../entity/definitions.ts';
import { patchInTurns } from '../../integration/diff/patch.ts';
import type { Placed, Update } from './plan.ts';
import { loadBodies, type Workshop } from './render-members.ts';

/** Bytes of definitions that a preview remembers, and of the patches that it shows. What is beyond goes without a patch. */
const REMEMBERED_BYTES = 64 * 1024 * 1024;
const SHOWN_BYTES = 16 * 1024 * 1024;

/** A workshop that stores nothing: it remembers what was made, as far as there is room, and what was refused. */
export class Preview implements Workshop {
  readonly #made = new Map<string, string>();
  #room = REMEMBERED_BYTES;
  /** Bytes that it may still show. */
  #shown = SHOWN_BYTES;
  /** Members whose definition cannot be made, and why. */
  readonly refused = new Map<string, Problem>();

  readonly keep = async (definitions: readonly Definition[]): Promise<void> => {
    for (const { digest, body } of definitions) {
      if (body.length > this.#room) continue;
      this.#room -= body.length;
      this.#made.set(digest.toString('hex'), body);
    }
  };

  readonly refuse = (slug: string, problem: Problem): void => {
    this.refused.set(slug, problem);
  };

  /** Member slug → the patch from the definition that it shows now to the one that it would show. Absent where there was no room. */
  async patches(ctx: ReadCtx, updates: readonly Update[]): Promise<ReadonlyMap<string, readonly PatchOperation[]>> {
    const patches = new Map<string, readonly PatchOperation[]>();
    const turns = new Turns();
    for (const batch of chunks(updates, 200)) {
      const stored = await loadBodies(ctx, batch.flatMap(sidesOf));
      const bodyOf = (digest: Buffer) => this.#made.get(digest.toString('hex')) ?? (stored.has(digest) ? stored.get(digest) : null);
      for (const update of batch) {
        const [before, after] = sidesOf(update).map(bodyOf);
        if (!before || !after) continue;
        const { patch, length } = await patchInTurns({ before, after, room: this.#shown });
        this.#shown -= length;
        if (patch === null) return patches;
        await turns.pass();
        patches.set(update.member.slug, patch);
      }
    }
    return patches;
  }

  /** Member slug → the definition that it will show. Absent where there was no room. */
  async definitions(ctx: ReadCtx, placed: readonly Placed[], turns: Turns): Promise<ReadonlyMap<string, Json>> {
    const definitions = new Map<string, Json>();
    for (const batch of chunks(placed, 200)) {
      const stored = await loadBodies(ctx, batch.map(shownDigest));
      for (const each of batch) {
        const digest = shownDigest(each);
        const body = this.#made.get(digest.toString('hex')) ?? (stored.has(digest) ? stored.get(digest) : null);
        if (body === null || body.length > this.#shown) continue;
        this.#shown -= body.length;
        definitions.set(each.member.slug, JSON.parse(body) as Json);
        await turns.pass();
      }
    }
    return definitions;
  }
}

/** Of a clone: what it shall have. Of a reference: what is pinned. */
const shownDigest = ({ digest, member }: Placed): Buffer => digest ?? member.digest;

/** Of a clone: what it has and shall have. Of a reference: what is pinned and will be. */
function sidesOf({ live, member, digest, clone }: Update): [Buffer, Buffer] {
  const before = live.isClone ? live.cloneDigest : live.sourceDigest;
  return [before, clone ? must(digest, 'clones have a definition') : member.digest];
}
