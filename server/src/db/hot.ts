import { createHash } from 'node:crypto';
import type { Statement } from './pool.ts';

/** Each connection keeps a plan for each name: as many texts get one, those that come first and come again. */
const MAX_NAMES = 200;
const names = new Map<string, string>();
/** Digests of texts without a name → how often they came. */
const seen = new Map<string, number>();
const MAX_SEEN = 10_000;
const OFTEN = 3;
/** Longer ones are rare questions, and their plans large. */
const MAX_LENGTH = 16 * 1024;

/** The statement, prepared by name once its text came a few times: the planner then works once per connection. Texts hold no values. */
export function hot(statement: Pick<Statement, 'text' | 'values'>): Statement {
  const { text, values } = statement;
  const name = names.get(text) ?? nameFor(text);
  return name === null ? statement : { name, text, values };
}

function nameFor(text: string): string | null {
  if (names.size === MAX_NAMES || text.length > MAX_LENGTH) return null;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 32);
  const times = (seen.get(digest) ?? 0) + 1;
  if (times < OFTEN) {
    if (seen.size === MAX_SEEN) seen.clear();
    seen.set(digest, times);
    return null;
  }
  seen.delete(digest);
  names.set(text, digest);
  return digest;
}
