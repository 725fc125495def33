import sql, { type Sql } from 'sql-template-tag';
import type { Actor, ReadCtx, StepCtx, WriteCtx } from '../context.ts';
import type { Json } from '../lib/json.ts';
import type { Resource } from '../query/resource.ts';
import type { BodyLimits, Permission, Reply, Target } from '../route.ts';
import type { Guarded } from './precondition.ts';
import type { RawQuery } from './query-string.ts';

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
  /** Bytes of memory that its answer takes, where that is much. */
  readonly weighs?: number | undefined;
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

/** A route as the door runs it. Every form of `AnyRoute` comes down to this one. */
export type Endpoint = Form &
  (
    | { readonly writes: false; readonly run: Run<ReadCtx>; readonly ask: Ask | null; readonly snapshot?: boolean }
    | { readonly writes: true; readonly stepwise?: false; readonly run: Run<WriteCtx>; readonly ask: null }
    | { readonly writes: true; readonly stepwise: true; readonly run: Run<StepCtx>; readonly ask: null }
  );

export type Stepwise = Extract<Endpoint, { stepwise: true }>;

/** Stands where the key was looked up already. */
export const PROVEN = sql`true`;
