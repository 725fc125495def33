import type { Db } from '../../server/src/db/pool.ts';
import { must } from '../../server/src/lib/must.ts';
import type { Listing } from '../../server/src/listing/list.ts';
import { readPage } from '../../server/src/listing/page.ts';
import type { Counted } from '../../server/src/listing/totals.ts';

/** A total that no change overtakes: where totals are of no interest, this saves counting them. */
export const FOR_EVER: Counted = { total: 0, snapshot: '1000000000:1000000000:' };

/** Walks forward from a cursor, or from the beginning, page by page. Gives the cursors behind the next `pages`. */
export async function cursorsAfter(start: string | null, pages: number, ask: (after: string | null) => Listing, db: Db): Promise<string[]> {
  const cursors: string[] = [];
  for (let page = 0; page < pages; page++) {
    const list = ask(cursors.at(-1) ?? start);
    const { json } = must(list.read(await readPage(db, list.page(FOR_EVER))), 'the total holds for ever');
    const { pageInfo } = JSON.parse(json) as { pageInfo: { endCursor: string | null; hasNextPage: boolean } };
    if (!pageInfo.hasNextPage || pageInfo.endCursor === null) throw new Error(`the list has ${page + 1} pages only; use a larger --size`);
    cursors.push(pageInfo.endCursor);
  }
  return cursors;
}
