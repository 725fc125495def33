/** Content codings, as `Accept-Encoding` asks for them (RFC 9110 §12.5.3). */

/** In the order of our preference: the first is smaller. */
export const CODINGS = ['br', 'gzip'] as const;
export type Coding = (typeof CODINGS)[number];

/** `x-gzip` is what HTTP once called it. */
const ITEM = /^(x-)?([a-z*]+)(?:\s*;\s*q\s*=\s*(\d(?:\.\d{0,3})?))?$/i;

/** The coding that a client likes best, ours where it likes several the same; null: none, or the answer as it is. */
export function codingOf(accepted: string): Coding | null {
  const weights = new Map(accepted.split(',').flatMap((item) => weightOf(item.trim()) ?? []));
  const weight = (name: string): number => weights.get(name) ?? weights.get('*') ?? 0;
  const best = CODINGS.reduce((first, second) => (weight(second) > weight(first) ? second : first));
  return weight(best) > 0 && weight(best) >= (weights.get('identity') ?? 0) ? best : null;
}

function weightOf(item: string): [string, number][] | null {
  const match = ITEM.exec(item);
  if (match === null) return null;
  const [, , name = '', q = '1'] = match;
  return [[name.toLowerCase(), Math.min(Number(q), 1)]];
}
