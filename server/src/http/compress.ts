/**
 * Answers over a kilobyte, compressed for who accepts that. Node's zlib works on threads of its own, so that nobody else waits; what is
 * answered again and again, such as a kept page of a list, is compressed once.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Coding, codingOf } from './codings.ts';
import { etagIn } from './etag.ts';

/** Shorter answers fit into one packet as they are. Bytes. */
const LEAST = 1_024;

/** Half the effort of the defaults, and nearly as small on what this server answers. */
const GZIP = { level: 5 };
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 3, [constants.BROTLI_PARAM_LGWIN]: 19 } };

const WHOLE = {
  br: (bytes: string | Buffer) => promisify(brotliCompress)(bytes, BROTLI),
  gzip: (bytes: string | Buffer) => promisify(gzip)(bytes, GZIP),
} as const;
const STREAM = { br: () => createBrotliCompress(BROTLI), gzip: () => createGzip(GZIP) } as const;

declare module 'fastify' {
  interface FastifyRequest {
    /** The same object each time that the same bytes are answered; null where nobody knows. */
    source: object | null;
  }
}

/** Compresses whatever `app` answers. */
export function compressAnswers(app: FastifyInstance): void {
  const made = new Made();
  app.decorateRequest('source', null);
  app.addHook('onSend', (request, reply, payload, done) => {
    const coding = codingFor(request, reply, payload);
    if (coding === null) return done(null, payload);
    say(reply, coding);
    if (payload instanceof Readable) return done(null, through(payload, coding));
    made.of(request.source, payload as string | Buffer, coding).then((bytes) => done(null, bytes), done);
  });
}

/** What to compress the answer to; null: nothing. Whatever depends on what the client accepts says so. */
function codingFor(request: FastifyRequest, reply: FastifyReply, payload: unknown): Coding | null {
  if (!isLong(reply, payload) && reply.statusCode !== 304) return null;
  vary(reply, 'accept-encoding');
  const accepted = request.headers['accept-encoding'];
  return accepted === undefined || reply.statusCode === 304 ? null : codingOf(String(accepted));
}

function isLong(reply: FastifyReply, payload: unknown): boolean {
  if (typeof payload === 'string') return payload.length > LEAST || (payload.length * 3 > LEAST && Buffer.byteLength(payload) > LEAST);
  if (payload instanceof Readable) return Number(reply.getHeader('content-length')) > LEAST;
  return Buffer.isBuffer(payload) && payload.length > LEAST;
}

export function vary(reply: FastifyReply, by: string): void {
  const known = reply.getHeader('vary');
  reply.header('vary', known === undefined ? by : `${known}, ${by}`);
}

/** Other bytes are another representation, with a validator of its own (RFC 9110 §8.8.3.3). */
function say(reply: FastifyReply, coding: Coding): void {
  reply.header('content-encoding', coding).removeHeader('content-length');
  const etag = reply.getHeader('etag');
  if (etag !== undefined) reply.header('etag', etagIn(String(etag), coding));
}

/** Whoever goes away takes the source along. */
function through(source: Readable, coding: Coding): Readable {
  const compressed = STREAM[coding]();
  pipeline(source, compressed).catch((fault: Error) => compressed.destroy(fault));
  return compressed;
}

/** What was made of answers that come again: kept as long as the answers themselves. */
class Made {
  readonly #kept = new WeakMap<object, Map<Coding, Promise<Buffer>>>();

  of(source: object | null, bytes: string | Buffer, coding: Coding): Promise<Buffer> {
    if (source === null) return WHOLE[coding](bytes);
    const forms = this.#kept.get(source) ?? new Map<Coding, Promise<Buffer>>();
    this.#kept.set(source, forms);
    const known = forms.get(coding);
    if (known !== undefined) return known;
    const made = WHOLE[coding](bytes);
    forms.set(coding, made);
    made.catch(() => forms.delete(coding)); // whoever waits for it hears of it, the next one tries again
    return made;
  }
}
