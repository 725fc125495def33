const ATTEMPTS = 5;
const FIRST_WAIT_MS = 200;
/** A server may ask for a longer pause; then the caller learns of it at once instead. */
const LONGEST_WAIT_MS = 10_000;

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** What an attempt came to: a whole answer, or the failure to get one. */
export type Attempt = { readonly answer: Response; readonly text: string } | { readonly failure: unknown };

/**
 * Milliseconds to wait before the next attempt, or null when this one is final. `number` counts attempts from 1.
 * Anything is tried again that surely did nothing (refused connection, 503); what may have been done is tried again only when it is a GET.
 */
export function waitBeforeRetry(method: Method, attempt: Attempt, number: number): number | null {
  if (number >= ATTEMPTS || !isWorthAnother(method, attempt)) return null;
  const asked = 'answer' in attempt ? retryAfter(attempt.answer) : null;
  if (asked !== null) return asked <= LONGEST_WAIT_MS ? asked : null;
  return FIRST_WAIT_MS * 2 ** (number - 1);
}

function isWorthAnother(method: Method, attempt: Attempt): boolean {
  if ('answer' in attempt) return attempt.answer.status === 503 || (method === 'GET' && [502, 504].includes(attempt.answer.status));
  return method === 'GET' || wasRefused(attempt.failure);
}

/** Node says so in the cause of fetch's error; a browser does not tell. */
const wasRefused = (failure: unknown): boolean =>
  failure instanceof Error && failure.cause instanceof Error && 'code' in failure.cause && failure.cause.code === 'ECONNREFUSED';

/** Only seconds: Mortise sends no dates. */
function retryAfter(answer: Response): number | null {
  const seconds = answer.headers.get('retry-after');
  return seconds !== null && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1000 : null;
}

/** Resolves after `ms`; rejects with the signal's reason when that aborts first. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const done = () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    };
    const timer = setTimeout(done, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', stop, { once: true });
  });
}
