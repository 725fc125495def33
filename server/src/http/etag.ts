import { hash } from 'node:crypto';
import { CODINGS, type Coding } from './codings.ts';

/** A strong validator of these very bytes. */
export const etagOf = (body: string): string => `"${hash('sha256', body, 'base64url')}"`;

/** The validator of the same, compressed: a row is the same row however it was sent, so whoever names one names the other. */
export const etagIn = (etag: string, coding: Coding): string => etag.replace(/"$/, `.${coding}"`);
const CODED = new RegExp(`\\.(${CODINGS.join('|')})"$`);

const tagsIn = (header: string): string[] => header.split(',').map((tag) => tag.trim());

/** The ETag under which an `If-None-Match` header has this representation, or null. Compared weakly, as RFC 9110 §13.1.2 wants. */
export function matching(header: string | undefined, etag: string): string | null {
  if (header === undefined) return null;
  const named = tagsIn(header).map((tag) => tag.replace(/^W\//, ''));
  return named.find((tag) => tag.replace(CODED, '"') === etag) ?? (named.includes('*') ? etag : null);
}

/** Whether an `If-Match` header names this ETag. Compared strongly, as RFC 9110 §13.1.1 wants. */
export function namesEtag(header: string, etag: string): boolean {
  const named = tagsIn(header).map((tag) => tag.replace(CODED, '"'));
  return named.includes('*') || named.includes(etag);
}
