import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Json } from './json.ts';
import { must } from './must.ts';

/** The canonical text of a value (RFC 8785): sorted keys, no spaces, one spelling per number. Equal values give equal text. */
export const canonicalJson = (value: Json): string => must(canonicalize(value), 'every JSON value has a canonical text');

/** SHA-256 of a canonical text, or of its UTF-8: 32 bytes. */
export const digestOf = (canonicalText: string | Buffer): Buffer => createHash('sha256').update(canonicalText).digest();
