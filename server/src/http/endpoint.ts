import sql, { type Sql } from 'sql-template-tag';
import type { Actor, ReadCtx, WriteCtx } from '../context.ts';
import { hot } from '../db/hot.ts';
import { Problem } from '../lib/errors.ts';
import type { Json } from '../lib/json.ts';
import { Recent } from '../lib/recent.ts';
import { type Frozen, frozen } from '../listing/frozen.ts';
import { getStatement } from '../listing/get.ts';
import type { Resource } from '../query/resource.ts';
import type { AnyRoute, BodyLimits, GetRoute, Permission, Reply, Route, Target } from '../route.ts';
import { bodyReader, NO_FIELDS } from './body.ts';
import { listEndpoints, type Shelf } from './list-endpoint.ts';
import type { Guarded } from './precondition.ts';
import { queryReader, type RawQuery } from './query-string.ts';

/** What a request asks for, parsed and checked. */
export interface Asked {
  /** The id in the path; null where the path has none. */
  readonly id: string | null;
  readonly query: unknown;
  readonly body: unknown;
}

/** What both reading and writing endpoints say of themselves. */
export interface Form {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: `/${string}`;
  readonly permission: Permission;
  /** What the id in the path is an id of, where the route says so. */
  readonly names: Resource<Actor> | null;
  readonly readQuery: (raw: RawQuery) => unknown;
  readonly readBody: (json: Json) => unknown;
  /** Absent: as for every body. */
  readonly limits?: BodyLimits | undefined;
  /** One resource: its answer carries an ETag. */
  readonly single: boolean;
  /** Path of what was created, with `{id}`. */
  readonly created: string | null;
  /** PATCH and DELETE of one row: what an `If-Match` is held against. */
  readonly guarded: Guarded | null;
}

export type Run<C> = (ctx: C, asked: Asked, target: Target) => Promise<Reply>;

/** A read that is one statement, under the proof that the asker's key is still valid: null when that, or the row, is not there. */
export type Ask = (ctx: ReadCtx, asked: Asked, proof: Sql) => Promise<Reply | null>;

type Input = Parameters<Extract<Route, { read: unknown }>['read']>[1];

/** A route as the door runs it. Every form of `AnyRoute` comes down to this one. */
export type Endpoint = Form &
  (
    | { readonly writes: false; readonly run: Run<ReadCtx>; readonly ask: Ask | null; readonly snapshot?: boolean }
    | { readonly writes: true; readonly run: Run<WriteCtx>; readonly ask: null }
  );

export function endpointsOf(route: AnyRoute, shelf: Shelf): readonly Endpoint[] {
  if ('list' in route) return listEndpoints(route, shelf);
  return ['get' in route ? getEndpoint(route) : verbEndpoint(route)];
}

function verbEndpoint(route: Route): Endpoint {
  const form: Form = {
    method: route.method,
    path: route.path,
    permission: route.permission,
    names: route.permission.need === 'target' ? route.permission.resource : null,
    readQuery: queryReader(route.query ?? NO_FIELDS),
    readBody: bodyReader(route.body ?? NO_FIELDS),
    limits: route.limits,
    single: route.method === 'GET',
    created: route.created ?? null,
    guarded: guardedBy(route),
  };
  // The door has checked query and body by the very schemas that type the verb.
  const input = (asked: Asked, target: Target) => ({ target, query: asked.query as Input['query'], body: asked.body });
  return 'write' in route
    ? { ...form, writes: true, ask: null, run: (ctx, asked, target) => route.write(ctx, input(asked, target)) }
    : {
        ...form,
        writes: false,
        ask: null,
        snapshot: route.snapshot ?? false,
        run: (ctx, asked, target) => route.read(ctx, input(asked, target)),
      };
}

function guardedBy(route: Route): Guarded | null {
  if (!('write' in route) || route.method === 'POST' || route.permission.need !== 'target') return null;
  return { resource: route.permission.resource, lockFirst: route.lockFirst ?? null };
}

/** Stands where the key was looked up already. */
export const PROVEN = sql`true`;
/** For as many askers the statement of a get is kept as it was made. */
const ASKERS = 500;

function getEndpoint({ path, get, publishable }: GetRoute): Endpoint {
  const recent = new Recent<Frozen<[id: Sql, proof: Sql]>, Actor>(ASKERS);
  const statementFor = (actor: Actor) =>
    recent.remember(actor, () => frozen((id: Sql, proof: Sql) => sql`${getStatement(get, id, actor)} and ${proof}`));
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
    run: async (ctx, asked) => {
      const { id } = asked;
      const row = await ask(ctx, asked, PROVEN);
      if (row === null) throw new Problem('not_found', `No ${get.name} ${id} is visible to you.`);
      return row;
    },
  };
}
