import { createHash, createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Position } from '../query/keyset.ts';
import type { OrderKey } from '../query/order.ts';

const MAC_BYTES = 16;

/** Tells orders apart, so that a cursor is used with the one it was made for. */
export function fingerprint<A>(resource: string, order: readonly OrderKey<A>[]): string {
  const text = order.map((key) => `${key.name} ${key.descending} ${key.nullsFirst}`).join(',');
  return createHash('sha256').update(`${resource}:${text}`).digest('base64url').slice(0, 12);
}

const mac = (key: KeyObject, body: Buffer): Buffer => createHmac('sha256', key).update(body).digest().subarray(0, MAC_BYTES);

/** An opaque cursor: base64url of a MAC and what it covers, the order's fingerprint and the position. */
export function encodeCursor(key: KeyObject, order: string, position: Position): string {
  const body = Buffer.from(JSON.stringify([order, ...position]));
  return Buffer.concat([mac(key, body), body]).toString('base64url');
}

/** The position in a cursor that this server made for this order, or null. */
export function decodeCursor(key: KeyObject, order: string, size: number, text: string): Position | null {
  const bytes = Buffer.from(text, 'base64url');
  // The decoder skips what is not of its alphabet: only one text may stand for these bytes.
  if (bytes.length <= MAC_BYTES || bytes.toString('base64url') !== text) return null;
  const body = bytes.subarray(MAC_BYTES);
  if (!timingSafeEqual(bytes.subarray(0, MAC_BYTES), mac(key, body))) return null;
  const [made, ...position] = JSON.parse(body.toString()) as [string, ...(string | null)[]];
  return made === order && position.length === size ? position : null;
}
