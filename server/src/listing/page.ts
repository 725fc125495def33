/** One page as one statement: a head (the total, whether there is more before, where the page begins and ends), then the rows in order. */
import sql, { empty, join, raw, type Sql } from 'sql-template-tag';
import type { Db, Statement } from '../db/pool.ts';
import { must } from '../lib/must.ts';
import { inPieces, type Pieces } from '../lib/pieces.ts';
import { behind, orderBy, type Position, reversed, type Term } from '../query/keyset.ts';
import { any } from '../query/where.ts';

/** A row of the result: its whole JSON text. The first is the head. */
export type PageRow = readonly [json: string];

/** What the first row's JSON says of the page. */
export interface Head {
  /** Exact number of rows of the whole list; null when the known one no longer holds. */
  readonly total: number | null;
  /** The snapshot in which the total holds, and the page. */
  readonly snapshot: string;
  /** Whether there is a row on the other side of the cursor. */
  readonly behind: boolean;
  /** Where the page's first and last rows are; null when it has none. */
  readonly first: Position | null;
  readonly last: Position | null;
  /** How long the statement ran, without planning. Milliseconds. */
  readonly ms: number;
}

/** Runs a page's statement. Rows as arrays: there are many, and each is looked at once. */
export const readPage = (db: Db, statement: Statement): Promise<PageRow[]> => db.many<PageRow>({ ...statement, rowMode: 'array' });

/** What of a list is on this page. */
export interface Cut {
  readonly limit: number;
  readonly terms: readonly Term[];
  readonly position: Position | null;
  /** From the position towards the beginning. */
  readonly backward: boolean;
}

/** The statement. It has no row at all when `proof` does not hold. `parts`: the rows of the list, see `partsOf`; they may overlap. */
export function pageStatement(parts: readonly Sql[], cut: Cut, json: Sql, total: Sql, proof: Sql): Sql {
  const { terms, position } = cut;
  const way = cut.backward ? reversed(terms) : terms;
  const start = position === null ? empty : sql` and ${behind(way, position)}`;
  const others = position === null ? [] : parts.map((part) => anyBefore(part, way, position));
  const rows = parts.map((part) => rowsOf(sql`${part}${start}`, way, json, cut));
  // Keys of the two rows that need them: as columns of every row they would be most of what is sent and taken apart.
  const keys = sql`(select json_build_array(${join(terms.map((_, index) => sql`${key(index)}::text`))}) from p`;
  const last = sql`offset greatest(least((select count(*) from p), ${raw(String(cut.limit))}) - 1, 0)`;
  const head = sql`json_build_object('total', ${total}, 'snapshot', pg_current_snapshot()::text, 'behind', ${any(others)},
    'first', ${keys} limit 1), 'last', ${keys} ${last} limit 1), 'ms', ${AGE})`;
  return sql`with p as materialized (${merged(rows, way, rowsWanted(cut))})
    select ${head}::text where ${proof} union all select json from p where ${proof}`;
}

/** How long the statement has run. */
const AGE = sql`extract(epoch from clock_timestamp() - statement_timestamp()) * 1000`;

const key = (index: number): Sql => raw(`k${index}`);

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

/** The first rows of all parts, merged in order; those that are in several come once. */
function merged([first, ...rest]: readonly Sql[], terms: readonly Term[], limit: Sql): Sql {
  const part = must(first, 'a scope has a part');
  if (rest.length === 0) return part;
  const keys = terms.map((_, index) => key(index));
  const order = orderBy(terms.map((term, index) => ({ ...term, value: key(index) })));
  const all = join([part, ...rest], ') union all (', '(', ')');
  return sql`select distinct on (${join(keys)}) * from (${all}) m order by ${order} limit ${limit}`;
}

/** Of a page's rows, the head. */
export const headOf = ([head]: readonly PageRow[]): Head => JSON.parse(must(head, 'a page has a head')[0]);

/** Joins the database's own texts into the answer: nothing is parsed or written again. */
export function pageBody(rows: readonly PageRow[], head: Head, { limit, backward }: Cut, cursor: (at: Position) => string): Pieces {
  const more = rows.length - 1 > limit;
  const shown = rows.slice(1, limit + 1).map(([json]) => json);
  const commas = shown.length - 1;
  if (backward) shown.reverse();
  const [start, end] = backward ? [head.last, head.first] : [head.first, head.last];
  const pageInfo = {
    total: head.total,
    hasNextPage: backward ? head.behind : more,
    hasPreviousPage: backward ? more : head.behind,
    startCursor: start && cursor(start),
    endCursor: end && cursor(end),
  };
  const texts = shown.flatMap((text, index) => (index < commas ? [text, ','] : [text]));
  return inPieces(['{"data":[', ...texts, `],"pageInfo":${JSON.stringify(pageInfo)}}`]);
}
