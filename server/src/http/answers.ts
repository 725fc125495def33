import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { PROBLEM_TYPE, problemBody, problemHeaders, problemOf } from './problems.ts';

/** The headers of every answer, whatever it is. */
export const everyAnswer = (request: FastifyRequest): Record<string, string> => ({
  'x-request-id': request.id,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
});

export const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '';

/** Answers whatever was thrown with its problem; what is the server's own fault goes to the log with its cause. */
export function answerProblem(cause: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(cause);
  if (problem.status >= 500) request.log.error({ err: cause, requestId: request.id }, problem.code);
  // Fastify would close at once after an unread body, and the reset could overtake the answer. Node reads on, in bounded time.
  reply.removeHeader('connection');
  reply
    .code(problem.status)
    .headers(problemHeaders(problem))
    .type(PROBLEM_TYPE)
    .send(problemBody(problem, { path: pathOf(request), requestId: request.id }));
}

/** One line a request. Neither bodies nor queries: they may hold what is nobody's business. */
export function logAnswer(log: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const { method, id: requestId } = request;
  log.info(
    {
      requestId,
      method,
      path: pathOf(request),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      keyId: request.visit?.actor.keyId,
    },
    'request',
  );
}
