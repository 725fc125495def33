/** What the headers of a write ask for: an effect that happens once, and only to the row that the caller knows. */
import type { FastifyRequest } from 'fastify';
import type { StepCtx, WriteCtx } from '../context.ts';
import type { Reply, Target } from '../route.ts';
import type { Asked, Endpoint } from './endpoint.ts';
import { idempotencyKeyOf, keptAnswer, once, requestDigest } from './idempotency.ts';
import { type Guarded, refuseChanged } from './precondition.ts';

export type Answer = Reply & { readonly replayed?: true };

export interface Safety {
  readonly retry: { readonly key: string; readonly request: Buffer } | null;
  readonly match: { readonly guarded: Guarded; readonly ifMatch: string } | null;
}

export function safetyOf({ method, guarded }: Endpoint, { headers, url }: FastifyRequest, asked: Asked): Safety {
  const key = method === 'POST' ? idempotencyKeyOf(headers['idempotency-key']) : null;
  const ifMatch = headers['if-match'];
  return {
    retry: key === null ? null : { key, request: requestDigest(method, url, asked.body) },
    match: guarded === null || ifMatch === undefined ? null : { guarded, ifMatch },
  };
}

/** Runs the verb as the headers ask, inside the door's transaction. */
export async function safely(
  ctx: WriteCtx,
  { retry, match }: Safety,
  target: Target,
  verb: (ctx: WriteCtx) => Promise<Reply>,
): Promise<Answer> {
  if (match !== null) await refuseChanged(ctx, match.guarded, target.id, match.ifMatch);
  return retry === null ? verb(ctx) : once(ctx, retry.key, retry.request, () => verb(ctx));
}

/**
 * Runs a verb that writes step by step. Its answer is kept by a step of its own at the end: after a crash in between, the retry goes on with
 * what is left.
 */
export async function safelyInSteps(ctx: StepCtx, { retry }: Safety, verb: () => Promise<Reply>): Promise<Answer> {
  if (retry === null) return verb();
  const { key, request } = retry;
  const kept = await keptAnswer(ctx, key, request);
  if (kept !== null) return kept;
  const reply = await verb();
  return ctx.step((write) => once(write, key, request, async () => reply));
}
