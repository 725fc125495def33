/** Safe retries: a mutating POST that carries an Idempotency-Key has its effect once, and every retry gets the first answer. */
import { createHash } from 'node:crypto';
import sql from 'sql-template-tag';
import type { ReadCtx, WriteCtx } from '../context.ts';
import { Problem } from '../lib/errors.ts';
import { canonicalJson } from '../lib/json-canonical.ts';
import type { Reply } from '../route.ts';

const KEPT_MS = 24 * 60 * 60 * 1000;
const FORM = /^[\x21-\x7e]{1,255}$/;

/** The header's value, or null when there is none. */
export function idempotencyKeyOf(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header === 'string' && FORM.test(header)) return header;
  const message = 'must be 1 to 255 printable ASCII characters without spaces';
  throw new Problem('invalid_request', `header:idempotency-key ${message}.`, { faults: [{ pointer: 'header:idempotency-key', message }] });
}

/** SHA-256 of what makes two requests the same: method, URL and body. */
export const requestDigest = (method: string, url: string, body: unknown): Buffer =>
  createHash('sha256')
    .update(`${method} ${url}\n${canonicalJson(body as never)}`)
    .digest();

interface Kept {
  request: Buffer;
  answer: string;
  createdId: string | null;
}

/**
 * Runs `work` unless its answer is kept already. The answer is written in the transaction of the effect: a crash leaves both or
 * neither, also when only the reply to the commit was lost. A failure keeps nothing, so the retry runs again.
 */
export async function once(ctx: WriteCtx, key: string, request: Buffer, work: () => Promise<Reply>): Promise<Reply & { replayed?: true }> {
  await refuseRunning(ctx, key);
  const kept = await keptAnswer(ctx, key, request);
  if (kept !== null) return kept;
  const reply = await work();
  await ctx.db.run(sql`delete from idempotency_keys where key_id = ${ctx.actor.keyId} and created_at <= ${keptSince(ctx)}`);
  await ctx.db.run(sql`
    insert into idempotency_keys (key_id, idempotency_key, request, answer, created_id, created_at)
    values (${ctx.actor.keyId}, ${key}, ${request}, ${reply.replay ?? reply.json}, ${reply.id ?? null}, ${ctx.now})`);
  return reply;
}

/** The answer that was given to the same request before; null where there is none. */
export async function keptAnswer(ctx: ReadCtx, key: string, request: Buffer): Promise<(Reply & { replayed: true }) | null> {
  const kept = await ctx.db.maybe<Kept>(sql`
    select request, answer, created_id as "createdId" from idempotency_keys
    where key_id = ${ctx.actor.keyId} and idempotency_key = ${key} and created_at > ${keptSince(ctx)}`);
  return kept === null ? null : replay(kept, key, request);
}

const keptSince = (ctx: ReadCtx): Date => new Date(ctx.now.getTime() - KEPT_MS);

/** Held until the transaction ends: two requests with one key never run at once. */
async function refuseRunning(ctx: WriteCtx, key: string): Promise<void> {
  const lock = createHash('sha256').update(`${ctx.actor.keyId} ${key}`).digest().readBigInt64BE();
  const { free } = await ctx.db.one<{ free: boolean }>(sql`select pg_try_advisory_xact_lock(${lock.toString()}::bigint) as free`);
  if (!free) throw new Problem('request_in_progress', `A request with the Idempotency-Key ${key} is still running.`);
}

function replay(kept: Kept, key: string, request: Buffer): Reply & { replayed: true } {
  if (!kept.request.equals(request))
    throw new Problem('idempotency_key_reused', `The Idempotency-Key ${key} was used with another request; use a new one.`);
  return { json: kept.answer, replayed: true, ...(kept.createdId === null ? {} : { id: kept.createdId }) };
}
