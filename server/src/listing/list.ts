/** One statement per list: the page's JSON texts, its cursors, whether there is more, and the exact total. */
import sql, { empty, join, raw, type Sql } from 'sql-template-tag';
import { must } from '../lib/must.ts';
import { FaultLog } from '../query/faults.ts';
import { behind, orderBy, type Position, reversed, type Term, termsOf } from '../query/keyset.ts';
import type { Alias, Resource } from '../query/resource.ts';
import { Aliases, all, any, where } from '../query/where.ts';
import { decodeCursor, encodeCursor, fingerprint } from './cursor.ts';
import type { ListParams } from './params.ts';
import { KnownTotal, nounsOf, type Totals } from './total.ts';

/** A row of the statement's result. `json` is null in the one row of an empty page. */
export interface PageRow {
  readonly json: string | null;
  /** The text of each order key, then the id. */
  readonly position: Position | null;
  /** Exact number of rows of the whole list; null when the known one no longer holds. */
  readonly total: number | null;
  /** The snapshot in which the total holds. */
  readonly snapshot: string;
  /** Whether there is a row on the other side of the cursor. */
  readonly behind: boolean;
}

const TRUE = sql`true`;

/** A list asked for: its statement, and what its rows become. A statement has no row at all when its `proof` does not hold. */
export interface Listing {
  /** Tells apart what is counted; null where totals are not kept. */
  readonly key: string | null;
  /** Whether a total is known, which `statement` checks instead of counting. */
  readonly known: boolean;
  /** With the known total, where there is one. */
  readonly statement: (proof?: Sql) => Sql;
  /** With the total counted. */
  readonly recount: (proof?: Sql) => Sql;
  /** Null when the known total no longer holds: then `recount` is to be asked. */
  readonly body: (rows: readonly PageRow[]) => string | null;
}

/** What every list of a server shares. */
export interface Shelf {
  /** Signs cursors; 32 bytes. */
  readonly cursorKey: Buffer;
  readonly totals: Totals;
}

/** `within` narrows the list to a parent's rows. Throws `invalid_cursor` for a cursor of another order, or one altered. */
export function listing<A>(
  resource: Resource<A>,
  params: ListParams<A>,
  actor: A,
  { cursorKey, totals }: Shelf,
  within?: (t: Alias) => Sql,
): Listing {
  const aliases = new Aliases();
  const order = fingerprint(resource.name, params.order);
  const terms = termsOf(params.order, actor, aliases);
  const position = positionOf(params, cursorKey, order, terms.length);
  const backward = params.before !== null;
  const of = { resource, params, actor, aliases, within, terms, position, backward };
  const parts = partsOf(of);
  const total = new KnownTotal(totals, countOf(parts), nounsOf(resource, params.filter));
  const cursor = (at: Position | null) => encodeCursor(cursorKey, order, must(at, 'rows have a position'));
  return {
    key: total.kept ? total.key : null,
    known: total.known,
    statement: (proof = TRUE) => page(of, parts, total.sql(), proof),
    recount: (proof = TRUE) => page(of, parts, total.count, proof),
    body: (rows) => {
      const { total: counted, snapshot } = must(rows[0], 'an empty page has one row too');
      if (counted === null) return null;
      total.learn({ total: counted, snapshot });
      return pageBody(rows, params.limit, backward, cursor);
    },
  };
}

function positionOf<A>({ source, after, before }: ListParams<A>, key: Buffer, order: string, size: number): Position | null {
  const text = after ?? before;
  if (text === null) return null;
  const position = decodeCursor(key, order, size, text);
  const log = new FaultLog(source, after === null ? 'before' : 'after');
  if (position === null)
    log.add('invalid_cursor', '', 'is no cursor of this list and order; use startCursor or endCursor of a page as they are');
  log.done();
  return position;
}

interface Page<A> {
  readonly resource: Resource<A>;
  readonly params: ListParams<A>;
  readonly actor: A;
  readonly aliases: Aliases;
  readonly within: ((t: Alias) => Sql) | undefined;
  readonly terms: readonly Term[];
  readonly position: Position | null;
  readonly backward: boolean;
}

const countOf = (parts: readonly Sql[]): Sql =>
  join(
    parts.map((part) => sql`(select count(*) ${part})`),
    ' + ',
    '(',
    ')',
  );

function page<A>(of: Page<A>, parts: readonly Sql[], total: Sql, proof: Sql): Sql {
  const { params, terms, position, backward } = of;
  const forward = backward ? reversed(terms) : terms;
  const start = position === null ? empty : sql` and ${behind(forward, position)}`;
  const others = position === null ? [] : parts.map((part) => anyBefore(part, forward, position));
  const rows = parts.map((part) => rowsOf(of, sql`${part}${start}`, forward));
  return sql`select p.json, p.position, ${total} as total, pg_current_snapshot()::text as snapshot, ${any(others)} as behind
    from (select 1 where ${proof}) one left join (${merged(rows, forward, rowsWanted(params))}) p on true`;
}

/** Whether a part has a row at the position or before it. The order makes it look beside the position; `exists` would look anywhere. */
function anyBefore(part: Sql, terms: readonly Term[], position: Position): Sql {
  const back = reversed(terms);
  return sql`(select true ${part} and ${behind(back, position, true)} order by ${orderBy(back)} limit 1) is not null`;
}

/** One more than the page, to see whether there is more. A number from 2 to 101, written out: the planner then knows that it is few. */
const rowsWanted = ({ limit }: Pick<ListParams, 'limit'>): Sql => raw(String(limit + 1));

/** The page's rows of one part, in order: their JSON, their position, and each order key as `k0`, `k1` … */
function rowsOf<A>({ resource, params, actor, aliases }: Page<A>, from: Sql, terms: readonly Term[]): Sql {
  const position = join(terms.map(({ value }) => sql`${value}::text`));
  const keys = join(terms.map(({ value }, index) => sql`${value} as ${key(index)}`));
  return sql`select ${resource.json(aliases.root, actor)} as json, array[${position}] as position, ${keys}
    ${from} order by ${orderBy(terms)} limit ${rowsWanted(params)}`;
}

const key = (index: number): Sql => raw(`k${index}`);

/** The first rows of all parts, merged in order. */
function merged([first, ...rest]: readonly Sql[], terms: readonly Term[], limit: Sql): Sql {
  const part = must(first, 'a scope has a part');
  if (rest.length === 0) return part;
  const keys = terms.map((term, index) => ({ ...term, value: sql`m.${key(index)}` }));
  return sql`select * from (${join([part, ...rest], ') union all (', '(', ')')}) m order by ${orderBy(keys)} limit ${limit}`;
}

/**
 * The rows of the whole list, as `from … where …` for each part of the scope. Each holds what none before it does, so that no row
 * comes twice, and each is read by its own index: an OR of them would be a scan of the table.
 */
function partsOf<A>({ resource, params, actor, aliases, within }: Page<A>): Sql[] {
  const t = aliases.root;
  const parts = resource.scopeParts?.(actor, t) ?? [resource.scope(actor, t)];
  const asked = [
    ...deletedRows(resource, params, actor, t),
    ...(within === undefined ? [] : [within(t)]),
    ...(params.ids === null ? [] : [sql`t.id = any(${params.ids}::text[])`]),
    where(params.filter, t, actor, aliases),
  ];
  return parts.map((part, index) => {
    const before = parts.slice(0, index).map((each) => sql`(not ${each})`);
    return sql`from ${raw(resource.table)} t where ${all([part, ...before, ...asked])}`;
  });
}

function deletedRows<A>({ deletedScope }: Resource<A>, { includeDeleted }: ListParams<A>, actor: A, t: Alias): Sql[] {
  if (deletedScope === undefined) return [];
  if (includeDeleted === 'false') return [sql`t.deleted_at is null`];
  const visible = deletedScope(actor, t);
  return [includeDeleted === 'only' ? sql`(t.deleted_at is not null and ${visible})` : sql`(t.deleted_at is null or ${visible})`];
}

/** Joins the database's own texts into the answer: nothing is parsed or written again. */
function pageBody(found: readonly PageRow[], limit: number, backward: boolean, cursor: (at: Position | null) => string): string {
  const { total, behind: other } = must(found[0], 'an empty page has one row too');
  const present = found.filter((row) => row.json !== null);
  const more = present.length > limit;
  const shown = backward ? present.slice(0, limit).reverse() : present.slice(0, limit);
  const [first, last] = [shown[0], shown.at(-1)];
  const pageInfo = {
    total,
    hasNextPage: backward ? other : more,
    hasPreviousPage: backward ? more : other,
    startCursor: first === undefined ? null : cursor(first.position),
    endCursor: last === undefined ? null : cursor(last.position),
  };
  return `{"data":[${shown.map((row) => row.json).join(',')}],"pageInfo":${JSON.stringify(pageInfo)}}`;
}
