import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { CATALOGUE, type ErrorCode, Problem } from '../lib/errors.ts';
import { PROBLEM_TYPE, problemBody } from './problems.ts';

/** What Node's HTTP parser gives up on, before there is a request to route. */
const BROKEN: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'URL and headers together are over 32 KiB.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'The request did not arrive whole in time.'],
};

/** Answers what is not HTTP, or comes too slowly, with a problem like any other, and closes the connection. */
export const answerBrokenRequest =
  (log: Logger) =>
  (error: Error & { code?: string }, socket: Socket): void => {
    const problem = new Problem(...(BROKEN[error.code ?? ''] ?? ['invalid_request', 'The request is not well-formed HTTP/1.1.']));
    const requestId = randomUUID();
    log.info({ requestId, status: problem.status, reason: error.code }, 'broken request');
    if (!mayAnswer(error, socket)) socket.destroy();
    else socket.end(responseText(problem, requestId));
  };

/** Not when the client is gone, or has already been sent part of an answer. */
function mayAnswer(error: Error & { code?: string }, socket: Socket & { _httpMessage?: { headersSent: boolean } | null }): boolean {
  return error.code !== 'ECONNRESET' && socket.writable && !socket._httpMessage?.headersSent;
}

function responseText(problem: Problem, requestId: string): string {
  const body = problemBody(problem, { path: '', requestId });
  return [
    `HTTP/1.1 ${problem.status} ${CATALOGUE[problem.code].title}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'X-Content-Type-Options: nosniff',
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
