import sql from 'sql-template-tag';
import type { WriteCtx } from '../../context.ts';
import type { JsonObject } from '../../lib/json.ts';
import { must } from '../../lib/must.ts';
import { type Definition, definitionOf, storeDefinitions } from '../entity/definitions.ts';
import type { Wanted } from './arrange.ts';
import { type Rendering, refuseGrowth, render } from './render.ts';

/** Bytes of definitions held in memory at once. Larger installs are rendered in several passes of two statements each. */
const BATCH_BYTES = 24 * 1024 * 1024;

/** Renders the members' pinned definitions, stores the results, and tells their digests by slug. */
export async function renderMembers(ctx: WriteCtx, wanted: readonly Wanted[], rendering: Rendering): Promise<ReadonlyMap<string, Buffer>> {
  const digests = new Map<string, Buffer>();
  for (const batch of await batches(ctx, wanted)) {
    const bodies = await loadBodies(ctx, batch);
    const rendered = batch.map(({ member }) => {
      const body = must(bodies.get(member.digest.toString('hex')), 'digests are foreign keys');
      refuseGrowth(member.slug, body, member.variables, rendering.variables);
      return definitionOf(render(JSON.parse(body) as JsonObject, rendering));
    });
    await storeDefinitions(ctx.db, distinct(rendered));
    batch.forEach(({ member }, index) => {
      digests.set(member.slug, must(rendered[index], 'one rendering per member').digest);
    });
  }
  return digests;
}

async function batches(ctx: WriteCtx, wanted: readonly Wanted[]): Promise<Wanted[][]> {
  if (wanted.length === 0) return [];
  const sizes = new Map(
    (
      await ctx.db.many<{ hex: string; size: number }>(sql`
        select encode(digest, 'hex') as hex, octet_length(body) as size from definitions
        where digest = any(${wanted.map(({ member }) => member.digest)}::bytea[])`)
    ).map(({ hex, size }) => [hex, size]),
  );
  const result: Wanted[][] = [];
  let room = 0;
  for (const each of wanted) {
    const size = must(sizes.get(each.member.digest.toString('hex')), 'digests are foreign keys');
    if (result.length === 0 || size > room) {
      result.push([]);
      room = BATCH_BYTES;
    }
    room -= size;
    result.at(-1)?.push(each);
  }
  return result;
}

async function loadBodies(ctx: WriteCtx, batch: readonly Wanted[]): Promise<ReadonlyMap<string, string>> {
  const rows = await ctx.db.many<{ hex: string; body: string }>(sql`
    select encode(digest, 'hex') as hex, body from definitions where digest = any(${batch.map(({ member }) => member.digest)}::bytea[])`);
  return new Map(rows.map(({ hex, body }) => [hex, body]));
}

const distinct = (definitions: readonly Definition[]): Definition[] => [
  ...new Map(definitions.map((definition) => [definition.digest.toString('hex'), definition])).values(),
];
