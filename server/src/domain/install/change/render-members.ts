import sql from 'sql-template-tag';
import type { ReadCtx } from '../../../context.ts';
import type { Problem } from '../../../lib/errors.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { must } from '../../../lib/must.ts';
import { Turns } from '../../../lib/turns.ts';
import { type Definition, definitionInTurns } from '../../entity/definitions.ts';
import type { Wanted } from './arrange.ts';
import { growthFault, type Rendering, render } from './render.ts';

/** Bytes of source definitions held in memory at once. Two statements each. */
export const BATCH_BYTES = 4 * 1024 * 1024;

/** Where definitions go that are made for an install: into the database, or, for a preview, only so far that it can be told. */
export interface Workshop {
  readonly keep: (definitions: readonly Definition[]) => Promise<void>;
  /** A member whose definition cannot be made. */
  readonly refuse: (slug: string, problem: Problem) => void;
}

/** Throws what is refused. */
export const refusing: Pick<Workshop, 'refuse'> = {
  refuse: (_slug, problem) => {
    throw problem;
  },
};

/** Renders the members' pinned definitions, and tells their digests by slug. */
export async function renderMembers(
  ctx: ReadCtx,
  wanted: readonly Wanted[],
  rendering: Rendering,
  workshop: Workshop,
): Promise<ReadonlyMap<string, Buffer>> {
  const turns = new Turns();
  const digests = new Map<string, Buffer>();
  for (const batch of await batchesOf(ctx, wanted, BATCH_BYTES)) {
    const bodies = await loadBodies(
      ctx,
      batch.map(({ member }) => member.digest),
    );
    const rendered: Definition[] = [];
    for (const each of batch) rendered.push(await renderOne(each, bodies, rendering, workshop, turns));
    await workshop.keep(distinct(rendered));
    batch.forEach(({ member }, index) => {
      digests.set(member.slug, must(rendered[index], 'one rendering per member').digest);
    });
  }
  return digests;
}

/** One that would grow out of bounds is refused, and stays as its publisher wrote it. */
export async function renderOne(
  { member }: Wanted,
  bodies: Bodies,
  rendering: Rendering,
  workshop: Pick<Workshop, 'refuse'>,
  turns = new Turns(),
): Promise<Definition> {
  const body = bodies.get(member.digest);
  const fault = growthFault(member.slug, body, member.variables, rendering.variables);
  if (fault !== null) workshop.refuse(member.slug, fault);
  const source = JSON.parse(body) as JsonObject;
  await turns.pass();
  return definitionInTurns(fault === null ? render(source, rendering) : source, turns);
}

/** The members in groups whose source definitions have at most so many bytes together. */
export async function batchesOf(ctx: ReadCtx, wanted: readonly Wanted[], bytes: number): Promise<Wanted[][]> {
  const sizes = await sizesOf(
    ctx,
    wanted.map(({ member }) => member.digest),
  );
  const result: Wanted[][] = [];
  let room = 0;
  for (const each of wanted) {
    const size = must(sizes.get(each.member.digest.toString('hex')), 'digests are foreign keys');
    if (result.length === 0 || size > room) {
      result.push([]);
      room = bytes;
    }
    room -= size;
    result.at(-1)?.push(each);
  }
  return result;
}

async function sizesOf(ctx: ReadCtx, digests: readonly Buffer[]): Promise<ReadonlyMap<string, number>> {
  if (digests.length === 0) return new Map();
  const rows = await ctx.db.many<{ hex: string; size: number }>(sql`
    select encode(digest, 'hex') as hex, octet_length(body) as size from published_definitions where digest = any(${[...digests]}::bytea[])`);
  return new Map(rows.map(({ hex, size }) => [hex, size]));
}

/** Definitions' texts by digest. */
export interface Bodies {
  /** The text; its absence is a bug. */
  get(digest: Buffer): string;
  has(digest: Buffer): boolean;
}

/** What was published, and what workspaces made of it. */
export async function loadBodies(ctx: ReadCtx, digests: readonly Buffer[]): Promise<Bodies> {
  const rows =
    digests.length === 0
      ? []
      : await ctx.db.many<{ hex: string; body: string }>(sql`
          select encode(digest, 'hex') as hex, body from published_definitions where digest = any(${[...digests]}::bytea[])
          union all
          select encode(digest, 'hex') as hex, body from definitions d where digest = any(${[...digests]}::bytea[])
            and not exists (select 1 from published_definitions p where p.digest = d.digest)`);
  const bodies = new Map(rows.map(({ hex, body }) => [hex, body]));
  return {
    get: (digest) => must(bodies.get(digest.toString('hex')), 'digests are foreign keys'),
    has: (digest) => bodies.has(digest.toString('hex')),
  };
}

export const distinct = (definitions: readonly Definition[]): Definition[] => [
  ...new Map(definitions.map((definition) => [definition.digest.toString('hex'), definition])).values(),
];
