import sql from 'sql-template-tag';
import type { WriteCtx } from '../../context.ts';
import { newId, PREFIX } from '../../lib/ids.ts';

/** What happened: `noun.past_participle`, in which workspace (null: platform-wide), to what. */
export interface Happening {
  readonly type: string;
  readonly workspaceId: string | null;
  readonly subjectId: string;
  readonly data?: object;
}

/** Writes audit events in the transaction of what they tell: they commit together or not at all. */
export async function record(ctx: WriteCtx, ...happenings: readonly Happening[]): Promise<void> {
  const rows = happenings.map((happening) => ({
    id: newId(PREFIX.event),
    type: happening.type,
    workspace_id: happening.workspaceId,
    subject_id: happening.subjectId,
    data: happening.data ?? {},
  }));
  await ctx.db.run(sql`
    insert into events (id, workspace_id, type, actor_id, key_id, subject_id, request_id, data, created_at)
    select id, workspace_id, type, ${ctx.actor.userId}, ${ctx.actor.keyId}, subject_id, ${ctx.requestId}, data, ${ctx.now}
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(id id, workspace_id id, type text, subject_id id, data json)`);
}
