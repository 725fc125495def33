/**
 * The question of `bench:list`: what a workspace could still install. A nested filter over two relations (versions since a date, no
 * install of one's own), two order keys, a page of 100 with its exact total.
 */
export const FILTER = {
  visibility: 'public',
  OR: [{ trustTier: { ne: 'first_party' } }, { publisher: { startsWith: 'bench-1' } }, { name: { icontains: 'a' } }],
  versions: { some: { publishedAt: { gte: '2024-01-05T00:00:00Z' } } },
  installs: { none: {} },
};
export const ORDER = [{ publisher: 'asc' }, { name: 'asc' }];

export const searchOf = (more: Record<string, string> = {}): string =>
  new URLSearchParams({ limit: '100', filter: JSON.stringify(FILTER), orderBy: JSON.stringify(ORDER), ...more }).toString();
