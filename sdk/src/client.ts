import { errorOf, UnreachableError } from './errors.ts';
import type { Page } from './resources.ts';
import { type Attempt, type Method, pause, waitBeforeRetry } from './retry.ts';

/** Query parameters by name. Objects and arrays are sent as JSON (`filter`, `orderBy`); undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | object | undefined>>;

export interface RequestOptions {
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: object;
  readonly signal?: AbortSignal;
}

/** A client of one Mortise server, with one key. */
export class Mortise {
  readonly url: string;
  readonly #key: string;

  /** `url`: where the server is, such as `http://127.0.0.1:3000`; a path it has is kept. `key`: `sec_…` or `pub_…`. */
  constructor({ url, key }: { url: string; key: string }) {
    this.url = url.replace(/\/+$/, '');
    this.#key = key;
  }

  /**
   * Sends one request and resolves to the JSON of its answer; `T` is what the API documents for it and is not checked here.
   * Throws `MortiseError` when the server refuses, `UnreachableError` when no answer comes, and the signal's reason when it aborts.
   * Tries again, a few times, what cannot have had an effect: any GET, and whatever met a 503 or a refused connection.
   */
  async request<T>(method: Method, path: `/${string}`, options: RequestOptions = {}): Promise<T> {
    const { url, status, text } = await this.#ask(method, path, options);
    try {
      return JSON.parse(text) as T;
    } catch {
      throw errorOf(status, text, url);
    }
  }

  /** The text of an answer as the server sent it, for what is to be kept byte by byte. Fails and tries again as `request` does. */
  async text(path: `/${string}`, options: Omit<RequestOptions, 'body'> = {}): Promise<string> {
    return (await this.#ask('GET', path, options)).text;
  }

  async #ask(method: Method, path: `/${string}`, { query, body, signal }: RequestOptions): Promise<Success> {
    const url = `${this.url}${path}${queryString(query)}`;
    const init = this.#init(method, body, signal);
    for (let number = 1; ; number++) {
      const attempt = await send(url, init);
      const wait = waitBeforeRetry(method, attempt, number);
      if (wait === null) return successOf(url, attempt);
      await pause(wait, signal);
    }
  }

  /** Every row of a list, page after page as they are asked for. `path`: the list, such as `/api/entities`. */
  async *each<T>(path: `/${string}`, query: Query = {}, signal?: AbortSignal): AsyncGenerator<T, void, undefined> {
    for (let after: string | undefined; ; ) {
      const page = await this.request<Page<T>>('GET', path, { query: { ...query, after }, ...(signal && { signal }) });
      yield* page.data;
      if (!page.pageInfo.hasNextPage || page.pageInfo.endCursor === null) return;
      after = page.pageInfo.endCursor;
    }
  }

  #init(method: Method, body: object | undefined, signal: AbortSignal | undefined): RequestInit {
    return {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    };
  }
}

function queryString(query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}

async function send(url: string, init: RequestInit): Promise<Attempt> {
  try {
    const answer = await fetch(url, init);
    return { answer, text: await answer.text() };
  } catch (failure) {
    init.signal?.throwIfAborted();
    return { failure };
  }
}

interface Success {
  readonly url: string;
  readonly status: number;
  readonly text: string;
}

function successOf(url: string, attempt: Attempt): Success {
  if ('failure' in attempt) throw new UnreachableError(url, attempt.failure);
  const { answer, text } = attempt;
  if (!answer.ok) throw errorOf(answer.status, text, url);
  return { url, status: answer.status, text };
}
