import { fromString, typeidUnboxed } from 'typeid-js';

/** The prefixes of everything but entities, whose prefixes come from the kind registry (`lib/kinds.ts`). */
export const PREFIX = {
  workspace: 'wsp',
  user: 'usr',
  membership: 'wspmem',
  apiKey: 'key',
  authState: 'aut',
  dataKey: 'dat',
  integration: 'int',
  version: 'intver',
  install: 'intins',
  member: 'intmem',
  grant: 'intgrt',
  review: 'intrev',
  revision: 'insrev',
  solution: 'sol',
  solutionMember: 'solmem',
  event: 'evt',
  signingKey: 'sky',
  trustedSigner: 'sgn',
} as const;

/** A new sortable id: `prefix_` + 26 characters (UUIDv7 in Crockford base32). */
export const newId = (prefix: string): string => typeidUnboxed(prefix);

const SHAPE = /^([a-z]{1,63})_([0-7][0-9a-hjkmnp-tv-z]{25})$/;

/** The prefix of a well-formed id, or null when the text is no id at all. */
export function prefixOf(text: string): string | null {
  return SHAPE.exec(text)?.[1] ?? null;
}

/** What is wrong with `text` as an id of one of `prefixes`, as a sentence, or null when nothing is. */
export function idFault(text: string, prefixes: readonly string[]): string | null {
  const wanted = prefixes.map((prefix) => `${prefix}_…`).join(' or ');
  const prefix = prefixOf(text);
  if (prefix === null) return `is not an id; expected ${wanted}`;
  return prefixes.includes(prefix) ? null : `is an id of another type (${prefix}_…); expected ${wanted}`;
}

/** Whether `text` is an id that typeid-js reads too. */
export function isId(text: string): boolean {
  if (!SHAPE.test(text)) return false;
  fromString(text);
  return true;
}
