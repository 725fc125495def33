/**
 * Whether a workspace may take a version: one answer, asked wherever the content of a version goes into a workspace or out of the server.
 * The install policy, which is the workspace's own, comes on top (`domain/install/policy.ts`).
 */
import sql, { join, type Sql } from 'sql-template-tag';
import type { Alias } from '../query/resource.ts';

/** What can stand against a version. Those that hide it come first. */
export const OBSTACLES = [
  'not_visible',
  'integration_deleted',
  'version_revoked',
  'content_revoked',
  'version_in_review',
  'publisher_suspended',
  'version_yanked',
] as const;
export type Obstacle = (typeof OBSTACLES)[number];

const REVOKED = ['version_revoked', 'content_revoked'] as const;
const NOT_OFFERED = ['not_visible', ...REVOKED, 'version_in_review', 'publisher_suspended'] as const;

/** How a version is taken, and what counts then. An install keeps what it has: the more it has it, the less counts. */
const WAYS = {
  /** Found by `publisher/slug`, as dependencies are. */
  name: OBSTACLES,
  /** Asked for by its id. */
  id: OBSTACLES,
  /** By an install that has another version. Those of a deleted integration still reach what is published. */
  upgrade: [...NOT_OFFERED, 'version_yanked'],
  /** By an install that had it when it was uninstalled. */
  restore: NOT_OFFERED,
  /** By an install that had it before another one. */
  back: [...REVOKED, 'version_in_review'],
  /** By an install that has it, as the newest that it may have: that takes seeing what is offered. */
  newest: ['not_visible', ...REVOKED],
  /** By an install that has it, whatever else there is: applied again, or more of it. */
  again: REVOKED,
  /** Out of the server as a bundle. */
  export: OBSTACLES,
} as const satisfies Record<string, readonly Obstacle[]>;
export type Way = keyof typeof WAYS;

/** Who takes it, how. */
export interface Taking {
  readonly way: Way;
  /** Empty where nobody's workspace is asked about: see `seesAll`. */
  readonly workspaceId: string;
  /** Platform admins see everything; nothing else is waived for them. */
  readonly seesAll?: boolean;
  /** Reads what is held for a review, to decide on it. */
  readonly reviews?: boolean;
}

/** The version and its integration, as the statement calls them. */
export interface Sides {
  readonly version: Alias;
  readonly integration: Alias;
}

const isOwn = (n: Alias, { workspaceId }: Taking): Sql => sql`${n}.workspace_id = ${workspaceId}`;

/** That the workspace sees the integration: its own, what it was granted, what is listed, and what is unlisted where it knows the id. */
export function visibleTo(n: Alias, taking: Taking): Sql {
  if (taking.seesAll) return sql`true`;
  const listed = sql`(${n}.visibility = 'public' and ${n}.current_version_id is not null)`;
  const open = taking.way === 'name' ? listed : sql`${n}.visibility <> 'private'`;
  return sql`(${isOwn(n, taking)} or ${open} or exists (
    select 1 from integration_grants tg where tg.integration_id = ${n}.id and tg.workspace_id = ${taking.workspaceId}))`;
}

export const isSuspended = (n: Alias): Sql =>
  sql`exists (select 1 from workspaces tw where tw.id = ${n}.workspace_id and tw.suspended_at is not null)`;

/** That the version's content was revoked, wherever it was published. */
export const contentRevoked = (v: Alias): Sql => sql`${v}.id in (
  select tc.integration_version_id from revoked_contents tr join version_contents tc on tc.digest = tr.digest)`;

/** What waits for a review is for its own workspace to try, where that asks for it by its id. */
function isHeld({ version: v, integration: n }: Sides, taking: Taking): Sql {
  if (taking.reviews) return sql`false`;
  const held = sql`${v}.held_at is not null`;
  return taking.way === 'name' ? held : sql`(${held} and not ${isOwn(n, taking)})`;
}

const CONDITIONS: Readonly<Record<Obstacle, (sides: Sides, taking: Taking) => Sql>> = {
  not_visible: ({ integration }, taking) => sql`not ${visibleTo(integration, taking)}`,
  integration_deleted: ({ integration }) => sql`${integration}.deleted_at is not null`,
  version_revoked: ({ version }) => sql`${version}.revoked_at is not null`,
  content_revoked: ({ version }) => contentRevoked(version),
  version_in_review: isHeld,
  publisher_suspended: ({ integration: n }, taking) => sql`(not ${isOwn(n, taking)} and ${isSuspended(n)})`,
  version_yanked: ({ version }) => sql`${version}.yanked_at is not null`,
};

/** What a workspace may carry off whatever became of the offer: its own versions, and those that it has installed. */
const keeps = ({ version: v, integration: n }: Sides, taking: Taking): Sql => sql`(${isOwn(n, taking)} or exists (
  select 1 from integration_installs ti
  where ti.integration_version_id = ${v}.id and ti.deleted_at is null and ti.workspace_id = ${taking.workspaceId}))`;

const KEPT: ReadonlySet<Obstacle> = new Set(REVOKED);

function condition(obstacle: Obstacle, sides: Sides, taking: Taking): Sql {
  const stands = CONDITIONS[obstacle](sides, taking);
  return taking.way === 'export' && !KEPT.has(obstacle) ? sql`(${stands} and not ${keeps(sides, taking)})` : stands;
}

/** True of the versions that may be taken. */
export const takeable = (sides: Sides, taking: Taking): Sql =>
  sql`not (${join(
    WAYS[taking.way].map((obstacle) => condition(obstacle, sides, taking)),
    ' or ',
  )})`;

/** Everything that stands against a version, as an array of text; empty where it may be taken. A version that is not there has none of its own. */
export const obstacles = (sides: Sides, taking: Taking): Sql =>
  sql`array_remove(array[${join(WAYS[taking.way].map((each) => sql`case when ${condition(each, sides, taking)} then ${each}::text end`))}], null)`;
