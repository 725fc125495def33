/**
 * How an install stands to what its integration offers by now: computed where it is read, by three look-ups by primary key, so that a
 * publish writes no install. The order of two versions is that of their keys (`semver_key` in the schema).
 */
import sql, { type Sql } from 'sql-template-tag';
import { isSuspended } from '../../../access/takeable.ts';
import { JUMPS } from '../../../lib/semver.ts';
import { byVersion } from '../../../listing/ranks.ts';
import type { Alias, Field } from '../../../query/resource.ts';

export const VERSION_STATES = ['active', 'deprecated', 'yanked', 'revoked'] as const;

/** Whether the workspace may still take what `offering` offers, or why not. */
export const AVAILABILITIES = ['available', 'not_visible', 'publisher_suspended', 'not_offered'] as const;
const availability = (t: Alias): Sql => sql`(case
  when ${offeredTo(t)} is null then 'not_offered'
  when offering.workspace_id = ${t}.workspace_id then 'available'
  when offering.visibility = 'private' and not exists (
    select 1 from integration_grants g where g.integration_id = offering.id and g.workspace_id = ${t}.workspace_id) then 'not_visible'
  when ${isSuspended(sql`offering`)} then 'publisher_suspended'
  else 'available' end)`;

/** Where it may not, it is told nothing of later versions. */
const isOpen = (t: Alias): Sql => sql`${availability(t)} = 'available'`;

/** The version that the install's channel offers. */
const offeredTo = (
  t: Alias,
): Sql => sql`(case when ${t}.channel = 'prerelease' then coalesce(offering.newest_version_id, offering.current_version_id)
  else offering.current_version_id end)`;

/** `pinned` is the install's version; `offered` the one of its channel where that is higher and may be taken, else a row of nulls. */
const standing = (t: Alias, wanted: Sql): Sql => sql`(
  select ${wanted}
  from integration_versions pinned
  join integrations offering on offering.id = pinned.integration_id
  left join integration_versions offered on offered.id = ${offeredTo(t)} and offered.precedence_key > pinned.precedence_key
    and ${isOpen(t)}
  where pinned.id = ${t}.integration_version_id)`;

const AVAILABLE = sql`offered.id is not null`;
const JUMP = sql`coalesce(version_jump(pinned.precedence, offered.precedence), 'none')`;
const STATE = sql`version_state(pinned.yanked_at, pinned.deprecated_at, pinned.revoked_at)`;

export const standingJson = (t: Alias): Sql =>
  standing(
    t,
    sql`json_build_object('updateAvailable', ${AVAILABLE}, 'updateJump', ${JUMP}, 'availableVersion', offered.version,
      'versionState', ${STATE}, 'availability', ${availability(t)})::text`,
  );

/** What an install offers is told by its integration's row; what versions say of themselves here, but for their state, never changes. */
export const STANDING_READS = ['version', 'integration', 'integration.grants', 'integration.workspace'];

/** Only the first orders: the others are names, not degrees. */
export const STANDING_FIELDS: Readonly<Record<string, Field>> = {
  updateAvailable: {
    type: 'boolean',
    column: 'integration_version_id',
    reads: STANDING_READS,
    expression: (t) => standing(t, AVAILABLE),
  },
  updateJump: {
    type: 'enum',
    column: 'integration_version_id',
    values: JUMPS,
    sortable: false,
    reads: STANDING_READS,
    expression: (t) => standing(t, JUMP),
  },
  availableVersion: {
    type: 'string',
    column: 'integration_version_id',
    nullable: true,
    sortable: false,
    reads: STANDING_READS,
    rank: byVersion((t) => standing(t, sql`offered.precedence_key`)),
    expression: (t) => standing(t, sql`offered.version`),
  },
  availability: {
    type: 'enum',
    column: 'integration_version_id',
    values: AVAILABILITIES,
    sortable: false,
    reads: STANDING_READS,
    expression: (t) => standing(t, availability(t)),
  },
  versionState: {
    type: 'enum',
    column: 'integration_version_id',
    values: VERSION_STATES,
    sortable: false,
    reads: STANDING_READS,
    expression: (t) => standing(t, STATE),
  },
};
