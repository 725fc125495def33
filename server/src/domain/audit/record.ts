import sql from 'sql-template-tag';
import type { WriteCtx } from '../../context.ts';
import { newId, PREFIX } from '../../lib/ids.ts';

/** What happened: `noun.past_participle`, in which workspace (null: platform-wide), to what. */
export interface Happening {
  readonly type: string;
  readonly workspaceId: string | null;
  readonly subjectId: string;
  readonly data?: object;
  /** Told in a workspace that did not do it: neither who did nor with which key is said. */
  readonly byOthers?: true;
}

/**
 * Writes audit events in the transaction of what they tell: they commit together or not at all. What is told of one thing is never told
 * as earlier than what was told before, whatever became of the clock.
 */
export async function record(ctx: WriteCtx, ...happenings: readonly Happening[]): Promise<void> {
  const rows = happenings.map((happening) => ({
    id: newId(PREFIX.event),
    type: happening.type,
    workspace_id: happening.workspaceId,
    subject_id: happening.subjectId,
    actor_id: happening.byOthers ? null : ctx.actor.userId,
    key_id: happening.byOthers ? null : ctx.actor.keyId,
    data: happening.data ?? {},
  }));
  await ctx.db.run(sql`
    insert into events (id, workspace_id, type, actor_id, key_id, subject_id, request_id, data, created_at)
    select id, workspace_id, type, actor_id, key_id, subject_id, ${ctx.requestId}, data,
      greatest(${ctx.now}, (select e.created_at from events e where e.subject_id = r.subject_id order by e.created_at desc limit 1))
    from json_to_recordset(${JSON.stringify(rows)}::json)
      as r(id id, workspace_id id, type text, actor_id id, key_id id, subject_id id, data json)`);
}
