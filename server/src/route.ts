import sql, { raw, type Sql } from 'sql-template-tag';
import type { Static, TObject, TSchema } from 'typebox';
import type { Actor, ReadCtx, Role, StepCtx, WriteCtx } from './context.ts';
import type { ErrorCode } from './lib/errors.ts';
import type { JsonLimits } from './lib/json-parse.ts';
import type { Pieces } from './lib/pieces.ts';
import type { Alias, Resource } from './query/resource.ts';

/** Who may call a route. The door checks it before the verb runs; 404 hides, 403 admits. */
export type Permission =
  /** Anybody, without a key. */
  | { readonly need: 'nothing' }
  /** Any valid key; `publishable` ones only where the route says so. */
  | { readonly need: 'key'; readonly publishable?: true }
  | { readonly need: 'platform_admin' }
  /** The row of `resource` whose id is in the path must be in sight (404); with a `role`, the actor must have it in the row's workspace (403). */
  | {
      readonly need: 'target';
      readonly resource: Resource<Actor>;
      readonly role?: Role;
      readonly platformAdmin?: true;
      /** Only for those who decide on reviews: the platform roles reviewer and admin. */
      readonly reviewer?: true;
      /** Only for people: somebody who is signed in, or a platform admin in their name. Whose row it is the verb asks. */
      readonly person?: true;
      readonly publishable?: true;
      /** Takes power or data away and adds none, so a suspended workspace may do it as well: its admins must be able to revoke a key. */
      readonly takesAway?: true;
      /** And the actor must have this role in the workspace that the body's `workspaceId` names. */
      readonly into?: Role;
    }
  /** The workspace named by `workspaceId` in the body: unknown or hidden → 422, role too low → 403. */
  | { readonly need: 'workspace'; readonly role: Role };

/** The row that the path names: in sight of the actor, who has the role that the route needs. */
export interface Target {
  readonly id: string;
  /** The workspace that the row belongs to; null for platform-wide rows. */
  readonly workspaceId: string | null;
}

/** The answer of a verb: the body's text; that of a write has no `rest`, since it may have to be kept for a retry. `id` names what was created, for `Location`. */
export interface Reply extends Pieces {
  readonly id?: string;
  /** What a replay by Idempotency-Key answers, where that must differ: without secrets. */
  readonly replay?: string;
  /** Name under which a browser would save the answer: letters, digits and `.-_+` only. */
  readonly file?: string;
  /** The same object whenever the same bytes are answered again: what is made of them is kept with it. */
  readonly source?: object;
}

/** What a body may have, where that is more than the server takes by default. */
export interface BodyLimits extends JsonLimits {
  readonly bytes: number;
}

/** What the door has parsed and checked. */
export interface Input<Q extends TObject, B extends TSchema> {
  readonly target: Target;
  readonly query: Static<Q>;
  readonly body: Static<B>;
}

interface Shape<Q extends TObject, B extends TSchema> {
  /** camelCase verb + noun, unique: `publishIntegration`. */
  readonly operationId: string;
  /** OpenAPI form, with `{id}` for the one path parameter. */
  readonly path: `/${string}`;
  readonly tag: string;
  /** One line, as in the published reference where it has one. */
  readonly summary: string;
  /** Markdown: rules a caller wants to know. */
  readonly description?: string;
  readonly permission: Permission;
  readonly query?: Q;
  readonly body?: B;
  /** For bodies larger than others may be. They are received only from who may hope to be let through. */
  readonly limits?: BodyLimits;
  /** Bytes that the answer may have, where that is much: as many requests are answered at a time as there is memory for. */
  readonly weighs?: number;
  /** Schema of the answer's body; named schemas (`$id`) become components. */
  readonly answer: TSchema;
  readonly example?: { readonly body?: unknown; readonly answer: unknown };
  /** Errors of this route beyond those that follow from its permission and shapes. */
  readonly errors?: readonly ErrorCode[];
  /** 201: path of what was created, with `{id}`. Absent: 200. */
  readonly created?: `/${string}`;
}

interface Read<Q extends TObject, B extends TSchema> extends Shape<Q, B> {
  /** POST for a read whose parameters are in the body: `…/search`, `…/upgrade-plan`. */
  readonly method: 'GET' | 'POST';
  readonly read: (ctx: ReadCtx, input: Input<Q, B>) => Promise<Reply>;
  /** Reads by several statements that have to see the same state. */
  readonly snapshot?: true;
}

interface Write<Q extends TObject, B extends TSchema> extends Shape<Q, B> {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly write: (ctx: WriteCtx, input: Input<Q, B>) => Promise<Reply>;
  /** Takes the locks that come before the target's own, when the door locks it for `If-Match`. */
  readonly lockFirst?: (ctx: WriteCtx, id: string) => Promise<unknown>;
  /** For a POST: the ETag that an `If-Match` is held against, told under the locks that the verb takes. */
  readonly matches?: (ctx: WriteCtx, id: string) => Promise<string>;
}

/** Writes much, in several transactions: done again, it goes on with what is left. */
interface Steps<Q extends TObject, B extends TSchema> extends Shape<Q, B> {
  readonly method: 'POST';
  readonly steps: (ctx: StepCtx, input: Input<Q, B>) => Promise<Reply>;
}

/** A list: becomes `GET path` and `POST path/search` with the list parameters of its resource. */
export interface ListRoute {
  readonly operationId: string;
  readonly path: `/${string}`;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly permission: Permission;
  readonly list: Resource<Actor>;
  /** Schema of one row. */
  readonly row: TSchema;
  readonly example?: unknown;
  /** Narrows a list below a parent (`/api/entities/{id}/versions`) to the target's rows. */
  readonly within?: (target: Target, t: Alias) => Sql;
}

/** `GET path/{id}`: one row by id, in one statement, or 404. */
export interface GetRoute {
  readonly operationId: string;
  readonly path: `/${string}`;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly get: Resource<Actor>;
  readonly publishable?: true;
  readonly answer: TSchema;
  readonly example?: unknown;
}

type Typed<Q extends TObject, B extends TSchema> = Read<Q, B> | Write<Q, B> | Steps<Q, B>;

/** A route as the doors see it: plain data. */
export type Route = Typed<TObject, TSchema>;

export const isWrite = (route: Route): boolean => !('read' in route);

/** Every form a noun's `routes.ts` may hold. */
export type AnyRoute = Route | ListRoute | GetRoute;

/** Types the verb of a route by the route's own schemas. */
export function route<Q extends TObject, B extends TSchema>(shape: Typed<Q, B>): Route {
  return shape as unknown as Route;
}

/** A verb's answer made of a value rather than of the database's own text. */
export const reply = (value: unknown, id?: string): Reply => ({ json: JSON.stringify(value), ...(id === undefined ? {} : { id }) });

/** A verb's answer made of the row as it now stands, in the database's own text. `created` adds its Location. */
export async function shown(ctx: ReadCtx, resource: Resource<Actor>, id: string, created?: 'created'): Promise<Reply> {
  const t = raw('t');
  const row = await ctx.db.one<{ json: string }>(
    sql`select ${resource.json(t, ctx.actor)} as json from ${raw(resource.table)} t where t.id = ${id}`,
  );
  return created === undefined ? row : { ...row, id };
}

export const SUCCESS: Reply = reply({ success: true });
