import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { bytesOf, type Pieces } from '../lib/pieces.ts';
import { Turns } from '../lib/turns.ts';

/** How long somebody may take to fetch an answer that is kept for them meanwhile. Milliseconds. */
const FETCH_MS = 60_000;

/** Sends an answer as it stands, piece by piece. Who does not fetch it in time loses the connection: the memory is needed by others. */
export function sendPieces(reply: FastifyReply, pieces: Pieces): FastifyReply {
  const { raw } = reply;
  const timer = setTimeout(() => raw.destroy(), FETCH_MS);
  raw.once('close', () => clearTimeout(timer));
  return reply.header('content-length', bytesOf(pieces)).send(Readable.from(each(pieces), { objectMode: false }));
}

/** A strong validator of the same bytes. */
export async function etagOfPieces(pieces: Pieces): Promise<string> {
  const hash = createHash('sha256');
  await new Turns().map(each(pieces), (piece) => hash.update(piece));
  return `"${hash.digest('base64url')}"`;
}

function* each({ json, rest = [] }: Pieces): Generator<string | Buffer> {
  yield json;
  yield* rest;
}
