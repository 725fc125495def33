import type { Sql } from 'sql-template-tag';

/** What a field holds, which decides its operators, its cast in SQL and its schema in the API. */
export type FieldType = 'id' | 'string' | 'number' | 'boolean' | 'timestamp' | 'enum' | 'json';

/** The alias under which a table stands in one statement, made by the compiler (`t`, `t1` …), as SQL. */
export type Alias = Sql;

/** `A`: who is asking. Where nobody is, any field will do. */
export interface Field<A = never> {
  readonly type: FieldType;
  /** Column of the resource's table. */
  readonly column: string;
  /** Replaces the bare column where the value is computed. */
  readonly expression?: (t: Alias) => Sql;
  /** What it is ordered by, and compared with by `lt` to `gte`, where that is not the value itself. */
  readonly rank?: Rank;
  /** Who sees the value of a row in sight. To all others it is null, in filters and orders as in the row's JSON. Absent: everybody. */
  readonly visibleTo?: (actor: A, t: Alias) => Sql;
  /** Relations by which `expression` and `visibleTo` look at other tables, as in `scopeReads`. */
  readonly reads?: readonly string[];
  readonly nullable?: true;
  /** Its value changes as time goes by, without any write: totals that depend on it are counted each time. */
  readonly changesWithTime?: true;
  /** `enum`: the values. */
  readonly values?: readonly string[];
  /** `id`: the prefixes of the ids it holds; absent means any. */
  readonly prefixes?: readonly string[];
  /** False: shown, but not to be filtered by (absent: filterable). */
  readonly filterable?: false;
  /** False: shown, but not to be ordered by (absent: sortable, but for `json`, which never is). */
  readonly sortable?: false;
}

/** Keys whose byte order is the order of the values. */
export interface Rank {
  /** The key of a row's value. */
  readonly key: (t: Alias) => Sql;
  /** The key of a value that is compared with. */
  readonly of: (value: Sql) => Sql;
  /** Why a value has no key, or null. */
  readonly fault?: (value: string) => string | null;
}

export interface Relation<A> {
  /** A function, since descriptions refer to one another. */
  readonly to: () => Resource<A>;
  readonly kind: 'one' | 'many';
  /** `one`: whether there may be none. */
  readonly nullable?: true;
  /** Instead of the target's scope: which rows the actor may reach, given that the row from which they are reached is in scope. */
  readonly within?: (actor: A, to: Alias) => Sql;
  /** How a row of the target belongs to a row of this resource. */
  readonly join: (from: Alias, to: Alias) => Sql;
}

/** A query parameter that filters without the filter language: `trust_tier=…` is `{ trustTier: { eq: … } }`. */
export interface Shorthand {
  readonly field: string;
  /** Absent: `eq`. */
  readonly op?: 'icontains';
  readonly description: string;
}

/** Rows that an actor sees: of the resource's table, or of what stands in its place, a table or a subselect with the same columns. */
export interface Part {
  readonly from?: Sql;
  readonly where: Sql;
  /** None of its rows is in a part before it. It comes last. */
  readonly apart?: true;
}

/** One declarative description per resource: the only source for SQL, validation, OpenAPI, shorthands, cursors and the typed client. `A`: who is asking. */
export interface Resource<A> {
  /** Entity name in the API: `Integration` gives `IntegrationFilter`, `IntegrationOrderBy`. */
  readonly name: string;
  readonly table: string;
  /** Prefixes of its ids. Absent: those of the entity kinds, which are configured. */
  readonly prefixes?: readonly string[];
  /** The row's whole JSON text, exactly as the API shows it. */
  readonly json: (t: Alias, actor: A) => Sql;
  readonly fields: Readonly<Record<string, Field<A>>>;
  readonly relations: Readonly<Record<string, Relation<A>>>;
  /** The id of the workspace that a row belongs to: a column, an expression, or null for platform-wide rows. Absent: `workspace_id`. */
  readonly workspaceColumn?: string | null | ((t: Alias, actor: A) => Sql);
  /** Which rows the actor may list, count, filter by and reach through relations. */
  readonly scope: (actor: A, t: Alias) => Sql;
  /** The same rows in parts, for lists, where `scope` is an OR that no index serves: each part has an index, and is never null. */
  readonly scopeParts?: (actor: A, t: Alias) => readonly Part[];
  /** Rows beyond the scope that lists show to who names them, by their ids or one of these fields. `reads`: as `scopeReads`, for relations too. */
  readonly named?: {
    readonly by: readonly string[];
    readonly parts: (actor: A, t: Alias) => readonly Part[];
    readonly reads: readonly string[];
  };
  /** Which rows relations lead to, where that is more than the scope. */
  readonly reach?: (actor: A, t: Alias) => Sql;
  /** The rows in scope as they show to the actor, for relations: what stands in the table's place. Absent: the table, under `scope`. */
  readonly shownAs?: (actor: A) => Sql;
  /** Its rows are never changed, only removed: nobody may lock them, and nobody has to. */
  readonly immutable?: true;
  /** The least role that sees any row, where `scope` asks for more than being a member of its workspace. */
  readonly seenBy?: 'admin' | 'platform_admin';
  /** Which rows the actor may get by id, where that is more than it may list. */
  readonly sight?: (actor: A, t: Alias) => Sql;
  /** Instead of `sight`: the forms in which a row may show to the actor by its id, deleted or not. It shows in the first that is there. */
  readonly forms?: (actor: A, t: Alias) => readonly Part[];
  /** Other tables that parts read, with rows of the same ids. */
  readonly faces?: readonly string[];
  /** Relations by which `scope` and `deletedScope` look at other tables, step by step: `integration.grants`. Totals follow the changes there. */
  readonly scopeReads?: readonly string[];
  /** Relations by which `json` looks at other tables. Pages told again follow the changes there. */
  readonly jsonReads?: readonly string[];
  /** Present where rows are soft-deleted: which deleted rows `include_deleted` may show to the actor. */
  readonly deletedScope?: (actor: A, t: Alias) => Sql;
  readonly shorthands: Readonly<Record<string, Shorthand>>;
  /** Absent: `createdAt desc`. */
  readonly defaultOrder?: readonly { readonly field: string; readonly direction: 'asc' | 'desc' }[];
}
