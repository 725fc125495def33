/**
 * Cursors carry values of rows, through relations too. They are encrypted, so that nobody learns from one what no answer shows; and
 * authenticated, so that nobody makes one.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { Position } from '../query/keyset.ts';
import type { OrderKey } from '../query/order.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 16;
const TAG_BYTES = 16;
const HEAD_BYTES = NONCE_BYTES + TAG_BYTES;

/** What a server's cursors are sealed with. */
export interface CursorKey {
  readonly seal: KeyObject;
  readonly nonce: KeyObject;
}

/** Both keys follow from the master key, so that all servers of a database read one another's cursors. */
export function cursorKeyOf(masterKey: Buffer): CursorKey {
  const derive = (purpose: string) => createSecretKey(Buffer.from(hkdfSync('sha256', masterKey, '', `mortise cursors: ${purpose}`, 32)));
  return { seal: derive('seal'), nonce: derive('nonce') };
}

/** Tells orders apart, so that a cursor is used with the one it was made for. */
export function fingerprint<A>(resource: string, order: readonly OrderKey<A>[]): string {
  const text = order.map((key) => `${key.name} ${key.descending} ${key.nullsFirst}${key.field.rank ? ' ranked' : ''}`).join(',');
  return createHash('sha256').update(`${resource}:${text}`).digest('base64url').slice(0, 12);
}

/**
 * Made of what is sealed, not by chance: a chance of 96 bits may not be taken for as many cursors as a busy server makes, and equal pages
 * stay equal texts.
 */
const nonceOf = (key: KeyObject, order: string, body: string): Buffer =>
  createHmac('sha256', key).update(order).update(body).digest().subarray(0, NONCE_BYTES);

/** An opaque cursor: base64url of a nonce, a tag and the encrypted position, bound to the order. */
export function encodeCursor(key: CursorKey, order: string, position: Position): string {
  const body = JSON.stringify(position);
  const nonce = nonceOf(key.nonce, order, body);
  const cipher = createCipheriv(CIPHER, key.seal, nonce).setAAD(Buffer.from(order));
  const sealed = Buffer.concat([cipher.update(body, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** The position in a cursor that this server made for this order, or null. */
export function decodeCursor(key: CursorKey, order: string, size: number, text: string): Position | null {
  const bytes = Buffer.from(text, 'base64url');
  // The decoder skips what is not of its alphabet: only one text may stand for these bytes.
  if (bytes.length <= HEAD_BYTES || bytes.toString('base64url') !== text) return null;
  const body = open(key.seal, order, bytes);
  if (body === null) return null;
  const position = JSON.parse(body) as Position;
  return position.length === size ? position : null;
}

function open(key: KeyObject, order: string, bytes: Buffer): string | null {
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(order));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, HEAD_BYTES));
  const opened = decipher.update(bytes.subarray(HEAD_BYTES));
  try {
    return Buffer.concat([opened, decipher.final()]).toString();
  } catch {
    return null; // not sealed by this key for this order
  }
}
