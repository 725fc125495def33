import { hash } from 'node:crypto';

/** A strong validator of these very bytes. */
export const etagOf = (body: string): string => `"${hash('sha256', body, 'base64url')}"`;

const tagsIn = (header: string): string[] => header.split(',').map((tag) => tag.trim());

/** Whether an `If-None-Match` header does not name this ETag. Compared weakly, as RFC 9110 §13.1.2 wants. */
export function noneMatch(header: string | undefined, etag: string): boolean {
  if (header === undefined) return true;
  const named = tagsIn(header).map((tag) => tag.replace(/^W\//, ''));
  return !named.includes('*') && !named.includes(etag);
}

/** Whether an `If-Match` header names this ETag. Compared strongly, as RFC 9110 §13.1.1 wants. */
export function namesEtag(header: string, etag: string): boolean {
  const named = tagsIn(header);
  return named.includes('*') || named.includes(etag);
}
