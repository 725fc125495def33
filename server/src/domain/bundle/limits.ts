import { JSON_LIMITS } from '../../lib/json-parse.ts';
import type { BodyLimits } from '../../route.ts';

/** Bytes of a bundle at most. */
export const BUNDLE_BYTES = 64 * 1024 * 1024;

/** Members of a bundle at most. */
export const BUNDLE_MEMBERS = 50_000;

/** What an import may take of the server: the bundle and what is said about it. Definitions lie four levels deeper than in an entity. */
export const IMPORT_LIMITS: BodyLimits = {
  bytes: BUNDLE_BYTES + 256 * 1024,
  depth: JSON_LIMITS.depth + 4,
  items: 1_000_000,
  packed: ['bundle', 'content', 'members', '*', 'definition'],
};
