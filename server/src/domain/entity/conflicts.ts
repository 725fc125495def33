/** Conflicts of merges that nobody has decided yet: they are kept with the member until somebody does. */
import sql from 'sql-template-tag';
import type { WriteCtx } from '../../context.ts';
import type { Db } from '../../db/pool.ts';
import type { Json } from '../../lib/json.ts';
import { canonicalJson } from '../../lib/json-canonical.ts';
import type { Conflict } from '../../lib/merge/settle.ts';

/** Which side stands at the place until it is decided. */
export type Kept = 'ours' | 'theirs';

export interface HeldConflict extends Conflict {
  readonly kept: Kept;
}

export interface OpenConflict extends HeldConflict {
  /** The version with which it came. */
  readonly sinceVersionId: string;
}

/** What is open at a member after a change. `versionId`: the version that the change is of. */
export interface Holding {
  readonly memberId: string;
  readonly workspaceId: string;
  readonly versionId: string;
  readonly conflicts: readonly HeldConflict[];
}

/** Open conflicts by member, in the order of the document. Members without any are in none. */
export async function loadConflicts(db: Db, memberIds: readonly string[]): Promise<ReadonlyMap<string, readonly OpenConflict[]>> {
  if (memberIds.length === 0) return new Map();
  const rows = await db.many<{ memberId: string; conflict: string; kept: Kept; sinceVersionId: string }>(sql`
    select integration_member_id as "memberId", conflict, kept, since_version_id as "sinceVersionId" from member_conflicts
    where integration_member_id = any(${[...memberIds]}::text[]) order by integration_member_id, position`);
  const byMember = Map.groupBy(rows, ({ memberId }) => memberId);
  return new Map(
    [...byMember].map(([id, found]) => [
      id,
      found.map(({ conflict, kept, sinceVersionId }) => ({ ...(JSON.parse(conflict) as Conflict), kept, sinceVersionId })),
    ]),
  );
}

/** Writes what is open now, and how many. What was open before stays since when it was. */
export async function holdConflicts(ctx: WriteCtx, holdings: readonly Holding[]): Promise<void> {
  if (holdings.length === 0) return;
  const ids = holdings.map(({ memberId }) => memberId);
  const before = await loadConflicts(ctx.db, ids);
  const rows = holdings.flatMap(({ memberId, workspaceId, versionId, conflicts }) =>
    conflicts.map(({ kept, ...conflict }, position) => ({
      workspace_id: workspaceId,
      member_id: memberId,
      position,
      conflict,
      kept,
      since: sinceWhen(conflict, before.get(memberId) ?? []) ?? versionId,
    })),
  );
  await ctx.db.run(sql`delete from member_conflicts where integration_member_id = any(${ids}::text[])`);
  await ctx.db.run(sql`
    insert into member_conflicts (workspace_id, integration_member_id, position, conflict, kept, since_version_id, created_at)
    select workspace_id, member_id, position, conflict, kept, since, ${ctx.now}
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(workspace_id id, member_id id, position int, conflict json, kept text, since id)`);
  const counts = holdings.map(({ memberId, conflicts }) => ({ id: memberId, open: conflicts.length }));
  await ctx.db.run(sql`
    update integration_members m set open_conflicts = r.open from json_to_recordset(${JSON.stringify(counts)}::json) as r(id id, open int)
    where m.id = r.id and m.open_conflicts <> r.open`);
}

/** The version with which a conflict came that was open before: it begins at the same, whatever the sides made of that since. Pure. */
export function sinceWhen(conflict: Conflict, before: readonly OpenConflict[]): string | undefined {
  const start = textOf(conflict.base);
  const same = before.filter(({ base }) => textOf(base) === start);
  const found = same.find(({ pointer }) => pointer === conflict.pointer) ?? same.find(({ ours }) => textOf(ours) === textOf(conflict.ours));
  return found?.sinceVersionId;
}

const textOf = (value: Json | undefined): string => (value === undefined ? '' : canonicalJson(value));

/** As a merge that keeps ours tells them. */
export const keptOurs = (conflicts: readonly Conflict[]): HeldConflict[] => conflicts.map((each) => ({ ...each, kept: 'ours' }));
