import type { Journal } from './journal.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** One key at the server's public API. What changes something is a step with a name of its own, and has its effect once. */
export class Actor {
  readonly #address: string;
  readonly #key: string;
  readonly #journal: Journal;

  /** `address`: where the server listens, such as `http://127.0.0.1:3000`. */
  constructor(address: string, key: string, journal: Journal) {
    this.#address = address;
    this.#key = key;
    this.#journal = journal;
  }

  /** The same server, asked with another key. */
  with(key: string): Actor {
    return new Actor(this.#address, key, this.#journal);
  }

  /** Creates something; resolves to its id. */
  create(step: string, path: string, body: object): Promise<string> {
    return this.#once(step, async () => {
      const { id } = await this.#send<{ id: string }>('POST', path, { body, step });
      return id;
    });
  }

  /** Mints a key; resolves to its secret. A run that was cut off may have taken one with it, which no answer ever tells again. */
  mint(step: string, body: object): Promise<string> {
    return this.#once(step, async () => {
      const { secret } = await this.#send<{ secret: string | null }>('POST', '/api/api-keys', { body, step });
      return secret ?? this.mint(`${step} again`, body);
    });
  }

  async post(step: string, path: string, body?: object): Promise<void> {
    await this.#once(step, () => this.#send('POST', path, { step, ...(body && { body }) }));
  }

  async patch(step: string, path: string, body: object): Promise<void> {
    await this.#once(step, () => this.#send('PATCH', path, { body }));
  }

  async delete(step: string, path: string): Promise<void> {
    await this.#once(step, () => this.#send('DELETE', path, { gone: true }));
  }

  get<T>(path: string): Promise<T> {
    return this.#send<T>('GET', path, {});
  }

  async #once(step: string, work: () => Promise<unknown>): Promise<string> {
    const before = this.#journal.result(step);
    if (before !== undefined) return before;
    const result = await work();
    const noted = typeof result === 'string' ? result : '';
    this.#journal.add(step, noted);
    return noted;
  }

  /** `step` makes a POST safe to repeat, should the run end between effect and journal; `gone` does the same for a DELETE. */
  async #send<T>(method: Method, path: string, { body, step, gone }: { body?: object; step?: string; gone?: true }): Promise<T> {
    const response = await fetch(`${this.#address}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(step && { 'idempotency-key': encodeURIComponent(step) }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = await response.text();
    if (response.ok || (gone && [404, 409].includes(response.status))) return JSON.parse(answer) as T;
    throw new Error(`${method} ${path} answered ${response.status}: ${answer}`);
  }
}
