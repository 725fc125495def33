/** One page as one statement: a head (the total, whether there is more before), then the rows in order. */
import sql, { empty, join, raw, type Sql } from 'sql-template-tag';
import { must } from '../lib/must.ts';
import { behind, orderBy, type Position, reversed, type Term } from '../query/keyset.ts';
import { any } from '../query/where.ts';

/** A row of the result. The first is the head, which says what is null in the others. */
export interface PageRow {
  /** The row's whole JSON text; null in the head. */
  readonly json: string | null;
  /** Exact number of rows of the whole list; null when the known one no longer holds. */
  readonly total: number | null;
  /** The snapshot in which the total holds, and the page. */
  readonly snapshot: string | null;
  /** Whether there is a row on the other side of the cursor. */
  readonly behind: boolean | null;
  /** The text of each order key; the last is the id. */
  readonly [key: `k${number}`]: string | null;
}

/** What of a list is on this page. */
export interface Cut {
  readonly limit: number;
  readonly terms: readonly Term[];
  readonly position: Position | null;
  /** From the position towards the beginning. */
  readonly backward: boolean;
}

/** The statement. It has no row at all when `proof` does not hold. `parts`: the rows of the list, see `partsOf`. */
export function pageStatement(parts: readonly Sql[], cut: Cut, json: Sql, total: Sql, proof: Sql): Sql {
  const { terms, position } = cut;
  const way = cut.backward ? reversed(terms) : terms;
  const start = position === null ? empty : sql` and ${behind(way, position)}`;
  const others = position === null ? [] : parts.map((part) => anyBefore(part, way, position));
  const rows = parts.map((part) => rowsOf(sql`${part}${start}`, way, json, cut));
  const texts = join(terms.map((_, index) => sql`p.${key(index)}::text`));
  return sql`select null as json, ${total} as total, pg_current_snapshot()::text as snapshot, ${any(others)} as behind, ${noKeys(terms)}
    where ${proof} union all select p.json, null, null, null, ${texts} from (${merged(rows, way, rowsWanted(cut))}) p where ${proof}`;
}

const key = (index: number): Sql => raw(`k${index}`);
const noKeys = (terms: readonly Term[]): Sql => join(terms.map((_, index) => sql`null as ${key(index)}`));

/** Whether a part has a row at the position or before it. The order makes it look beside the position; `exists` would look anywhere. */
function anyBefore(part: Sql, terms: readonly Term[], position: Position): Sql {
  const back = reversed(terms);
  return sql`(select true ${part} and ${behind(back, position, true)} order by ${orderBy(back)} limit 1) is not null`;
}

/** One more than the page, to see whether there is more. A number from 2 to 101, written out: the planner then knows that it is few. */
const rowsWanted = ({ limit }: Pick<Cut, 'limit'>): Sql => raw(String(limit + 1));

/** The page's rows of one part, in order: their JSON, and each order key as `k0`, `k1` … */
function rowsOf(from: Sql, terms: readonly Term[], json: Sql, cut: Cut): Sql {
  const keys = join(terms.map(({ value }, index) => sql`${value} as ${key(index)}`));
  return sql`select ${json} as json, ${keys} ${from} order by ${orderBy(terms)} limit ${rowsWanted(cut)}`;
}

/** The first rows of all parts, merged in order. */
function merged([first, ...rest]: readonly Sql[], terms: readonly Term[], limit: Sql): Sql {
  const part = must(first, 'a scope has a part');
  if (rest.length === 0) return part;
  const keys = terms.map((term, index) => ({ ...term, value: sql`m.${key(index)}` }));
  return sql`select * from (${join([part, ...rest], ') union all (', '(', ')')}) m order by ${orderBy(keys)} limit ${limit}`;
}

/** Joins the database's own texts into the answer: nothing is parsed or written again. */
export function pageBody([head, ...found]: readonly PageRow[], { limit, terms, backward }: Cut, cursor: (at: Position) => string): string {
  const { total, behind: other } = must(head, 'a page has a head');
  const more = found.length > limit;
  const shown = backward ? found.slice(0, limit).reverse() : found.slice(0, limit);
  const cursorOf = (row: PageRow | undefined) => (row === undefined ? null : cursor(terms.map((_, index) => row[`k${index}`] ?? null)));
  const pageInfo = {
    total,
    hasNextPage: backward ? other : more,
    hasPreviousPage: backward ? more : other,
    startCursor: cursorOf(shown[0]),
    endCursor: cursorOf(shown.at(-1)),
  };
  return `{"data":[${shown.map((row) => row.json).join(',')}],"pageInfo":${JSON.stringify(pageInfo)}}`;
}
