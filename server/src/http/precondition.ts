import sql, { raw } from 'sql-template-tag';
import type { Actor, WriteCtx } from '../context.ts';
import { Problem } from '../lib/errors.ts';
import type { Resource } from '../query/resource.ts';
import { etagOf, namesEtag } from './etag.ts';

/** What the door needs to know of a write to lock its target in the right order. */
export interface Guarded {
  readonly resource: Resource<Actor>;
  readonly lockFirst: ((ctx: WriteCtx, id: string) => Promise<unknown>) | null;
  /** Tells what is matched instead of the row. */
  readonly matches: ((ctx: WriteCtx, id: string) => Promise<string>) | null;
}

/**
 * Holds a change to the `If-Match` that it came with: locks the row, so that nothing changes it in between, and compares the ETag
 * that a GET would answer now. A row that is gone matches nothing.
 */
export async function refuseChanged(ctx: WriteCtx, guarded: Guarded, id: string, ifMatch: string): Promise<void> {
  const etag = guarded.matches === null ? await rowEtag(ctx, guarded, id) : await guarded.matches(ctx, id);
  if (etag !== null && namesEtag(ifMatch, etag)) return;
  const { name } = guarded.resource;
  throw new Problem('precondition_failed', `${name} ${id} is not the one that If-Match names; get it again and redo the change.`);
}

async function rowEtag(ctx: WriteCtx, { resource, lockFirst }: Guarded, id: string): Promise<string | null> {
  await lockFirst?.(ctx, id);
  if (!resource.immutable) await ctx.db.run(sql`select 1 from ${raw(resource.table)} where id = ${id} for no key update`);
  const t = raw('t'); // who may change a row sees the row itself, and no other form of it
  const row = await ctx.db.maybe<{ json: string }>(
    sql`select ${resource.json(t, ctx.actor)} as json from ${raw(resource.table)} t where t.id = ${id}`,
  );
  return row && etagOf(row.json);
}
