import sql, { type Sql } from 'sql-template-tag';
import type { Actor } from '../context.ts';
import { hot } from '../db/hot.ts';
import { Problem } from '../lib/errors.ts';
import { must } from '../lib/must.ts';
import { Recent } from '../lib/recent.ts';
import { type Frozen, frozen } from '../listing/frozen.ts';
import { getStatement, likelyStatement } from '../listing/get.ts';
import type { GetRoute, Reply } from '../route.ts';
import { bodyReader, NO_FIELDS } from './body.ts';
import { type Ask, type Endpoint, PROVEN } from './endpoint.ts';
import { queryReader } from './query-string.ts';

/** For as many askers the statement of a get is kept as it was made. */
const ASKERS = 500;

/** `GET path/{id}`: one row in one statement. */
export function getEndpoint({ path, get, publishable }: GetRoute): Endpoint {
  const recent = new Recent<Frozen<[id: Sql, proof: Sql]>, Actor>(ASKERS);
  const statementFor = (actor: Actor) =>
    recent.remember(actor, () => frozen((id: Sql, proof: Sql) => likelyStatement(get, id, actor, proof)));
  const ask: Ask = (ctx, { id }, proof) => ctx.db.maybe<Reply>(hot(statementFor(ctx.actor)(sql`${id}`, proof)));
  return {
    method: 'GET',
    path,
    permission: { need: 'key', ...(publishable ? { publishable } : {}) },
    names: get,
    readQuery: queryReader(NO_FIELDS),
    readBody: bodyReader(NO_FIELDS),
    single: true,
    created: null,
    guarded: null,
    writes: false,
    ask,
    run: async (ctx, { id }) => {
      const row = await ctx.db.maybe<Reply>(hot(getStatement(get, must(id, 'the path has an id'), ctx.actor, PROVEN)));
      if (row === null) throw new Problem('not_found', `No ${get.name} ${id} is visible to you.`);
      return row;
    },
  };
}
