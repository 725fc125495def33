/** Receives the body of a request, as bytes. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Problem } from '../lib/errors.ts';

/** What a body says of its length: bytes; null: nothing. 0: there is none. */
export function declaredLength({ headers }: Pick<IncomingMessage, 'headers'>): number | null {
  if (headers['transfer-encoding'] !== undefined) return null;
  return Number(headers['content-length'] ?? 0);
}

export const tooLarge = (): Problem => new Problem('payload_too_large', 'The body is over the size limit of this endpoint.');

/** A body has to come at the pace at which all of it is here after this time. Seconds, and those for which nothing may come. */
const WHOLE_S = 30;
const GRACE_S = 3;

/**
 * The bytes of a body. One that says how long it is gets its place at once, which the system gives as it fills; so a large one is never
 * there twice. One that dawdles is given up, since what is received takes its part of a memory that all share.
 *
 * @throws Problem
 */
export function receive(body: Readable, declared: number | null, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const place = new Place(declared, limit);
    let seconds = 0;
    const clock = setInterval(() => {
      seconds++;
      const wanted = ((declared ?? 1) * (seconds - GRACE_S)) / (WHOLE_S - GRACE_S);
      if (seconds > GRACE_S && place.length < wanted) end(new Problem('request_timeout', 'The body comes too slowly.'));
    }, 1_000);
    const take = (chunk: Buffer) => {
      if (!place.take(chunk)) end(tooLarge());
    };
    const whole = () => end(place.isWhole() ? null : new Problem('invalid_request', 'The body is not as long as Content-Length says.'));
    const broken = () => end(new Problem('invalid_request', 'The request could not be received whole.'));
    const end = (problem: Problem | null) => {
      clearInterval(clock);
      body.off('data', take).off('end', whole).off('error', broken).off('close', broken);
      if (problem === null) return resolve(place.bytes());
      body.on('error', () => {}).resume(); // the rest goes nowhere
      reject(problem);
    };
    body.on('data', take).on('end', whole).on('error', broken).on('close', broken);
  });
}

class Place {
  length = 0;
  readonly #declared: number | null;
  readonly #limit: number;
  readonly #whole: Buffer | null;
  readonly #parts: Buffer[] = [];

  constructor(declared: number | null, limit: number) {
    this.#declared = declared;
    this.#limit = declared ?? limit;
    this.#whole = declared === null ? null : Buffer.allocUnsafeSlow(declared);
  }

  /** False when it is more than may come. */
  take(chunk: Buffer): boolean {
    if (this.length + chunk.length > this.#limit) return false;
    if (this.#whole === null) this.#parts.push(chunk);
    else chunk.copy(this.#whole, this.length);
    this.length += chunk.length;
    return true;
  }

  isWhole(): boolean {
    return this.#declared === null || this.length === this.#declared;
  }

  bytes(): Buffer {
    return this.#whole ?? Buffer.concat(this.#parts);
  }
}
