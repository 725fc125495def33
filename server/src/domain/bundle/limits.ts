import { JSON_LIMITS, type JsonLimits } from '../../lib/json-parse.ts';

/** Bytes of a bundle at most. */
export const BUNDLE_BYTES = 64 * 1024 * 1024;

/** What an import may take of the server: the bundle and what is said about it. Definitions lie four levels deeper than in an entity. */
export const IMPORT_LIMITS: JsonLimits & { readonly bytes: number } = {
  bytes: BUNDLE_BYTES + 256 * 1024,
  depth: JSON_LIMITS.depth + 4,
  items: 4_000_000,
};
