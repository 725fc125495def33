import type { Sql } from 'sql-template-tag';
import type { Actor, ReadCtx } from '../context.ts';
import type { Source } from '../lib/fault-log.ts';
import type { Json } from '../lib/json.ts';
import { must } from '../lib/must.ts';
import { Recent } from '../lib/recent.ts';
import { answerList } from '../listing/answer.ts';
import type { CursorKey } from '../listing/cursor.ts';
import type { Ledgers } from '../listing/ledgers.ts';
import { type Listing, listing } from '../listing/list.ts';
import { type ListParams, parseListParams } from '../listing/params.ts';
import type { Alias, Resource } from '../query/resource.ts';
import type { ListRoute, Reply, Target } from '../route.ts';
import { bodyReader, NO_FIELDS } from './body.ts';
import { type Ask, type Asked, type Endpoint, PROVEN, type Run } from './endpoint.ts';
import { queryReader } from './query-string.ts';

/** What all lists of a server share. */
export interface Shelf {
  readonly ledgers: Ledgers;
  /** Seals cursors. */
  readonly cursorKey: CursorKey;
}

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
      readQuery: paramsReader(list, 'query'),
      readBody: bodyReader(NO_FIELDS),
      ...readList(route, shelf, ({ query }) => query as ListParams<Actor>),
    },
    {
      ...form,
      method: 'POST',
      path: `${path}/search`,
      readQuery: queryReader(NO_FIELDS),
      readBody: paramsReader(list, 'body'),
      ...readList(route, shelf, ({ body }) => body as ListParams<Actor>),
    },
  ];
}

/** As many questions of a list are remembered as they were understood, and as many statements as they were made for an asker. */
const QUESTIONS = 500;

/** Reads a list's parameters. Who asks the same again gets the same object. */
function paramsReader(list: Resource<Actor>, source: Source): (raw: Json) => ListParams<Actor> {
  const recent = new Recent<ListParams<Actor>>(QUESTIONS);
  return (raw) => recent.remember(JSON.stringify(raw), () => parseListParams(list, raw, source));
}

type Compile = (params: ListParams<Actor>, actor: Actor, target: Target | null) => Listing;

/** Makes a list's statements, once for a question and an asker that are the same objects as before. */
function compiler({ list, within }: ListRoute, { cursorKey }: Shelf): Compile {
  const recent = new Recent<Listing>(QUESTIONS);
  const numberOf = numbers();
  return (params, actor, target) => {
    if (within && target) return listing(list, params, actor, cursorKey, (t: Alias) => within(target, t));
    return recent.remember(`${numberOf(params)} ${numberOf(actor)}`, () => listing(list, params, actor, cursorKey));
  };
}

/** Gives each object a number of its own. */
function numbers(): (object: object) => number {
  const known = new WeakMap<object, number>();
  let last = 0;
  return (object) => {
    const number = known.get(object) ?? ++last;
    known.set(object, number);
    return number;
  };
}

/** A list at the top is one statement; one below a parent asks for the parent first. */
function readList(route: ListRoute, shelf: Shelf, paramsOf: (asked: Asked) => ListParams<Actor>): { run: Run<ReadCtx>; ask: Ask | null } {
  const compile = compiler(route, shelf);
  const page = async (ctx: ReadCtx, asked: Asked, proof: Sql, target: Target | null): Promise<Reply | null> => {
    const found = await answerList(compile(paramsOf(asked), ctx.actor, target), ctx.db, shelf.ledgers, proof);
    return found && { json: found.json, ...(found.rest && { rest: found.rest }), source: found };
  };
  return {
    ask: route.permission.need === 'key' ? (ctx, asked, proof) => page(ctx, asked, proof, null) : null,
    run: async (ctx, asked, target) => must(await page(ctx, asked, PROVEN, target), 'a list that is proven has a head'),
  };
}
