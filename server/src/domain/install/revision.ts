import sql from 'sql-template-tag';
import type { WriteCtx } from '../../context.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import type { JsonObject } from '../../lib/json.ts';
import { userOf } from '../workspace/workspaces.ts';
import type { Place } from './apply.ts';
import type { Outcome } from './plan.ts';

interface Revision {
  readonly number: number;
  readonly action: 'install' | 'upgrade' | 'uninstall' | 'restore';
  readonly fromVersionId: string | null;
  readonly variables: JsonObject;
  readonly outcome: Outcome;
}

/** Writes down what a change of an install did, and every member as it is afterwards: what a rollback goes back to. */
export async function writeRevision(
  ctx: WriteCtx,
  place: Place,
  { number, action, fromVersionId, variables, outcome }: Revision,
): Promise<void> {
  await ctx.db.run(sql`
    insert into install_revisions (id, workspace_id, integration_install_id, number, action, from_version_id, to_version_id, variables,
      updated, added, removed, skipped, members, created_by, created_at)
    select ${newId(PREFIX.revision)}, ${place.workspaceId}, ${place.installId}, ${number}, ${action}, ${fromVersionId}, ${place.versionId},
      ${JSON.stringify(variables)}, ${outcome.updated}, ${outcome.added}, ${outcome.removed}, ${outcome.skipped},
      (select coalesce(json_object_agg(m.source_member_slug, json_build_object('memberId', m.id, 'entityId', m.entity_id,
          'entityVersionId', case when m.is_clone then e.current_version_id else m.entity_version_id end,
          'detached', m.detached, 'enabled', m.enabled) order by m.source_member_slug), '{}')
        from integration_members m join entities e on e.id = m.entity_id
        where m.integration_install_id = ${place.installId} and m.deleted_at is null),
      ${userOf(ctx)}, ${ctx.now}`);
}
