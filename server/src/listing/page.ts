/** One page as one statement: a head (the total, whether there is more before), then the rows in order. */
import sql, { empty, join, raw, type Sql } from 'sql-template-tag';
import { hot } from '../db/hot.ts';
import type { Db } from '../db/pool.ts';
import { must } from '../lib/must.ts';
import { behind, orderBy, type Position, reversed, type Term } from '../query/keyset.ts';
import { any } from '../query/where.ts';
import type { Text } from './frozen.ts';

/** A row of the result: its whole JSON text, then the text of each order key, the last of which is the id. The first is the head. */
export type PageRow = readonly [json: string, ...keys: (string | null)[]];

/** What the first row's JSON says of the page. */
export interface Head {
  /** Exact number of rows of the whole list; null when the known one no longer holds. */
  readonly total: number | null;
  /** The snapshot in which the total holds, and the page. */
  readonly snapshot: string;
  /** Whether there is a row on the other side of the cursor. */
  readonly behind: boolean;
}

/** Runs a page's statement. Rows as arrays: there are many, and each is looked at once. */
export const readPage = (db: Db, statement: Text): Promise<PageRow[]> => db.many<PageRow>({ ...hot(statement), rowMode: 'array' });

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
  const head = sql`json_build_array(${total}, pg_current_snapshot()::text, ${any(others)})::text`;
  return sql`select ${head}, ${noKeys(terms)} where ${proof}
    union all select p.json, ${texts} from (${merged(rows, way, rowsWanted(cut))}) p where ${proof}`;
}

const key = (index: number): Sql => raw(`k${index}`);
const noKeys = (terms: readonly Term[]): Sql => join(terms.map(() => sql`null`));

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

/** Of a page's rows, the head. */
export function headOf([head]: readonly PageRow[]): Head {
  const [total, snapshot, behind] = JSON.parse(must(head, 'a page has a head')[0]) as [Head['total'], Head['snapshot'], Head['behind']];
  return { total, snapshot, behind };
}

/** Joins the database's own texts into the answer: nothing is parsed or written again. */
export function pageBody(rows: readonly PageRow[], { limit, backward }: Cut, cursor: (at: Position) => string): string {
  const { total, behind: other } = headOf(rows);
  const found = rows.slice(1);
  const more = found.length > limit;
  const shown = backward ? found.slice(0, limit).reverse() : found.slice(0, limit);
  const cursorOf = (row: PageRow | undefined) => (row === undefined ? null : cursor(row.slice(1)));
  const pageInfo = {
    total,
    hasNextPage: backward ? other : more,
    hasPreviousPage: backward ? more : other,
    startCursor: cursorOf(shown[0]),
    endCursor: cursorOf(shown.at(-1)),
  };
  return `{"data":[${shown.map(([json]) => json).join(',')}],"pageInfo":${JSON.stringify(pageInfo)}}`;
}
