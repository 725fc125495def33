import type { Sql } from 'sql-template-tag';
import type { Actor, ReadCtx } from '../context.ts';
import { hot } from '../db/hot.ts';
import { must } from '../lib/must.ts';
import { type Listing, listing, type PageRow, type Shelf } from '../listing/list.ts';
import { type ListParams, parseListParams } from '../listing/params.ts';
import type { Alias } from '../query/resource.ts';
import type { ListRoute, Reply, Target } from '../route.ts';
import { bodyReader, NO_FIELDS } from './body.ts';
import { type Ask, type Asked, type Endpoint, PROVEN, type Run } from './endpoint.ts';
import { queryReader } from './query-string.ts';

/** `GET path`, and `POST path/search` with the same parameters as a body, for filters that no URL can hold. */
export function listEndpoints(route: ListRoute, shelf: Shelf): readonly Endpoint[] {
  const { path, permission, list } = route;
  const form = {
    permission,
    names: permission.need === 'target' ? permission.resource : null,
    single: false,
    created: null,
    guarded: null,
    writes: false,
  } as const;
  return [
    {
      ...form,
      method: 'GET',
      path,
      readQuery: (raw) => parseListParams(list, raw, 'query'),
      readBody: bodyReader(NO_FIELDS),
      ...readList(route, shelf, ({ query }) => query as ListParams<Actor>),
    },
    {
      ...form,
      method: 'POST',
      path: `${path}/search`,
      readQuery: queryReader(NO_FIELDS),
      readBody: (json) => parseListParams(list, json, 'body'),
      ...readList(route, shelf, ({ body }) => body as ListParams<Actor>),
    },
  ];
}

/** How often to wait for others who count the same, before counting beside them. */
const WAITS = 3;

/** With the known total, while it holds; else counted, by one of those who ask at the same time. Null when the proof does not hold. */
async function answer(
  open: () => Listing,
  rowsOf: (statement: Sql) => Promise<PageRow[]>,
  { totals }: Shelf,
  proof: Sql,
): Promise<Reply | null> {
  for (let wait = 0; wait < WAITS; wait++) {
    const { known, key, statement, recount, body } = open();
    if (key === null) break;
    const rows = known ? await rowsOf(statement(proof)) : null;
    const found = rows && replyOf(rows, body);
    if (rows?.length === 0 || found) return found;
    const counted = await totals.alone(key, () => rowsOf(recount(proof)));
    if (counted !== null) return replyOf(counted, body);
  }
  const { recount, body } = open();
  return replyOf(await rowsOf(recount(proof)), body);
}

function replyOf(rows: readonly PageRow[], body: Listing['body']): Reply | null {
  const json = rows.length === 0 ? null : body(rows);
  return json === null ? null : { json };
}

/** A list at the top is one statement; one below a parent asks for the parent first. */
function readList(route: ListRoute, shelf: Shelf, paramsOf: (asked: Asked) => ListParams<Actor>): { run: Run<ReadCtx>; ask: Ask | null } {
  const { list, within, permission } = route;
  const page = async (ctx: ReadCtx, asked: Asked, proof: Sql, target: Target | null) => {
    const narrowed = within && target ? (t: Alias) => within(target, t) : undefined;
    const open = () => listing(list, paramsOf(asked), ctx.actor, shelf, narrowed);
    const rowsOf = (statement: Sql) => ctx.db.many<PageRow>(hot(statement));
    return answer(open, rowsOf, shelf, proof);
  };
  return {
    ask: permission.need === 'key' ? (ctx, asked, proof) => page(ctx, asked, proof, null) : null,
    run: async (ctx, asked, target) => must(await page(ctx, asked, PROVEN, target), 'a list that is proven has a row'),
  };
}
