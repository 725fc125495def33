import { type ConsentNeed, needOf } from './comparable.ts';

/** What people are shown of a version. */
export interface Listing {
  readonly name: string;
  readonly description: string | null;
  readonly iconUrl: string | null;
}

const FIELDS = ['name', 'description', 'iconUrl'] as const;
/** Characters of each that are told. */
const SHOWN = 200;

/** What is shown of a version in another way than before: for reviewers, since browsers go by it. Pure. */
export function listingNeeds(from: Listing, to: Listing): ConsentNeed[] {
  const changed = FIELDS.filter((field) => from[field] !== to[field]);
  const added = changed.map((field) => `${field} ${to[field]?.slice(0, SHOWN).toWellFormed() ?? '(none)'}`);
  return needOf('listing', added, (list) => `it is listed with another ${list}`);
}
