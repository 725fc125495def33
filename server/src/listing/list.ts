/** A list asked for: its statements, and what their rows become. */
import { createHash } from 'node:crypto';
import sql, { type Sql } from 'sql-template-tag';
import { FaultLog } from '../lib/fault-log.ts';
import type { Pieces } from '../lib/pieces.ts';
import { type Position, termsOf } from '../query/keyset.ts';
import type { Alias, Resource } from '../query/resource.ts';
import { Aliases } from '../query/where.ts';
import { type Change, changedSince, changesSince } from './changes.ts';
import { type CursorKey, decodeCursor, encodeCursor, fingerprint } from './cursor.ts';
import { frozen, type Text } from './frozen.ts';
import { headOf, type PageRow, pageBody, pageStatement } from './page.ts';
import type { ListParams } from './params.ts';
import { concerned, pageReadsOf, type Reads, readsOf, tablesOf } from './reads.ts';
import { type Asked, countOf, isNamed, partsOf } from './rows.ts';
import type { Counted } from './totals.ts';

const TRUE = sql`true`;

/** As many changes, and rows that they concern, are followed; from then on counting anew is the better way. */
const MOST_CHANGES = 1_000;
export const MOST_CONCERNED = 2_000;

/** Its statements have no row at all when their `proof` does not hold. */
export interface Listing {
  /** The same for all pages that are the same statement with the same values, whoever asks. */
  readonly key: string;
  /** The same for all pages and orders, as long as the count is the same statement with the same values. */
  readonly question: string;
  /** The page with the known total, which is null by now when it no longer holds. */
  readonly page: (known: Counted, proof?: Sql) => Text;
  /** The page with the total counted. */
  readonly recount: (proof?: Sql) => Text;
  /** One row while a page read in this snapshot would still look the same; null where that cannot be told. */
  readonly unchanged: ((snapshot: string, proof?: Sql) => Text) | null;
  /** What the rows become, and how long reading them took in the database, in milliseconds; null when the known total no longer holds. */
  readonly read: (rows: readonly PageRow[]) => Read | null;
  /** How the total follows changes; null where it cannot. */
  readonly tally: Tally | null;
}

/** The answer's JSON text, and its total. */
export interface Read extends Pieces {
  readonly counted: Counted;
  readonly ms: number;
}

/** What is counted, and how its changes are told. */
export interface Tally {
  /** The list's `question`. */
  readonly key: string;
  /** Statement: the changes since a snapshot. */
  readonly changes: (snapshot: string) => Sql;
  /** Statement: ids of rows that changes concern; null when there are too many to follow. */
  readonly concerned: (changes: readonly Change[]) => Sql | null;
  /** Statement: how many rows there are, or how many there are among these. */
  readonly count: (among?: readonly string[]) => Sql;
}

/** `within` narrows the list to a parent's rows. Throws `invalid_cursor` for a cursor of another order, or one altered. */
export function listing<A>(
  resource: Resource<A>,
  params: ListParams<A>,
  actor: A,
  cursorKey: CursorKey,
  within?: (t: Alias) => Sql,
): Listing {
  const aliases = new Aliases();
  const order = fingerprint(resource.name, params.order);
  const terms = termsOf(params.order, actor, aliases);
  const position = positionOf(params, cursorKey, order, terms.length);
  const cut = { limit: params.limit, terms, position, backward: params.before !== null };
  const asked = { resource, params, actor, aliases, within };
  const parts = partsOf(asked);
  const reads = readsOf(resource, params.filter, isNamed(resource, params));
  const pageReads = reads && pageReadsOf(reads, params.order);
  const statement = (total: Sql, proof: Sql) => pageStatement(parts, cut, resource.json(aliases.root, actor), total, proof);
  const page = frozen(statement);
  const recount = frozen((proof: Sql) => statement(countOf(asked), proof));
  const question = keyOf(countOf(asked));
  return {
    key: keyOf(recount(TRUE)),
    question,
    page: (known, proof = TRUE) => page(whileItHolds(known, reads ? tablesOf(reads) : []), proof),
    recount: (proof = TRUE) => recount(proof),
    unchanged: pageReads && ((snapshot, proof = TRUE) => unchanged(snapshot, tablesOf(pageReads), proof)),
    read: (rows) => {
      const head = headOf(rows);
      const { total, snapshot, ms } = head;
      if (total === null) return null;
      const body = pageBody(rows, head, cut, (at) => encodeCursor(cursorKey, order, at));
      return { ...body, counted: { total, snapshot }, ms };
    },
    tally: reads && tallyOf(question, asked, reads),
  };
}

function positionOf<A>({ source, after, before }: ListParams<A>, key: CursorKey, order: string, size: number): Position | null {
  const text = after ?? before;
  if (text === null) return null;
  const position = decodeCursor(key, order, size, text);
  const log = new FaultLog(source, after === null ? 'before' : 'after');
  if (position === null)
    log.add('invalid_cursor', '', 'is no cursor of this list and order; use startCursor or endCursor of a page as they are');
  log.done();
  return position;
}

const keyOf = ({ text, values }: Text): string =>
  createHash('sha256')
    .update(JSON.stringify([text, values]))
    .digest('base64url');

/**
 * The known total, or SQL's null when something changed since. The count is left out of the statement, not just not run: planning it
 * would cost more than the page.
 */
const whileItHolds = ({ total, snapshot }: Counted, tables: readonly string[]): Sql =>
  sql`case when ${changedSince(tables, snapshot)} then null else ${total}::bigint end`;

const unchanged = (snapshot: string, tables: readonly string[], proof: Sql): Sql =>
  sql`select true as unchanged where ${proof} and not ${changedSince(tables, snapshot)}`;

function tallyOf<A>(key: string, asked: Asked<A>, reads: Reads<A>): Tally {
  const tables = tablesOf(reads);
  return {
    key,
    changes: (snapshot) => changesSince(tables, snapshot, MOST_CHANGES),
    concerned: (changes) => {
      const changed = new Map<string, string[]>();
      for (const { relation, ids } of changes) {
        if (ids === null) return null;
        changed.set(relation, [...(changed.get(relation) ?? []), ...ids]);
      }
      return changes.length === MOST_CHANGES ? null : concerned(reads, changed, MOST_CONCERNED + 1);
    },
    count: (among) => sql`select ${countOf(asked, among)} as total`,
  };
}
