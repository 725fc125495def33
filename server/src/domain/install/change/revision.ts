import sql from 'sql-template-tag';
import type { WriteCtx } from '../../../context.ts';
import { newId, PREFIX } from '../../../lib/ids.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { userOf } from '../../workspace/workspaces.ts';
import type { RevisionAction } from '../resource.ts';
import { changedWhileDeleted, type Place } from './apply.ts';
import type { Merges, Outcome, Plan } from './plan.ts';

export interface Revision {
  readonly number: number;
  readonly action: RevisionAction;
  readonly fromVersionId: string | null;
  readonly variables: JsonObject;
  readonly outcome: Outcome;
  readonly merges?: Merges;
  /** Clones that the change wrote, with what they had before. */
  readonly overwritten?: readonly Overwritten[];
  readonly reason?: string | null;
}

/** A clone's definition as it was right before a change wrote another one: where a rollback of that change leads. */
export interface Overwritten {
  readonly entityId: string;
  readonly before: Buffer;
}

/** What a plan writes over. */
export const overwrittenBy = ({ updates }: Plan): Overwritten[] =>
  updates
    .filter((update) => update.write === 'rewrite' || changedWhileDeleted(update))
    .map(({ entityId, live }) => ({ entityId, before: live.cloneDigest }));

const NO_MERGES: Merges = { merged: [], conflicted: [] };

/** Writes down what a change of an install did, and every member as it is afterwards: what a rollback goes back to. */
export async function writeRevision(ctx: WriteCtx, place: Place, revision: Revision): Promise<void> {
  const { number, action, fromVersionId, variables, outcome, merges = NO_MERGES, overwritten = [], reason = null } = revision;
  await ctx.db.run(sql`
    with o as (
      select * from unnest(${overwritten.map(({ entityId }) => entityId)}::text[], ${overwritten.map(({ before }) => before)}::bytea[])
        as o(entity_id, before)
    )
    insert into install_revisions (id, workspace_id, integration_install_id, number, action, from_version_id, to_version_id, variables,
      updated, added, removed, skipped, merged, conflicted, members, reason, created_by, created_at)
    select ${newId(PREFIX.revision)}, ${place.workspaceId}, ${place.installId}, ${number}, ${action}, ${fromVersionId}, ${place.versionId},
      ${JSON.stringify(variables)}, ${outcome.updated}, ${outcome.added}, ${outcome.removed}, ${outcome.skipped}, ${merges.merged},
      ${merges.conflicted},
      (select coalesce(json_object_agg(m.source_member_slug, json_build_object('memberId', m.id, 'entityId', m.entity_id,
          'entityVersionId', case when m.is_clone then e.current_version_id else m.entity_version_id end,
          'sourceEntityId', m.source_entity_id, 'pinnedVersionId', m.entity_version_id, 'sourceVersionId', coalesce(m.source_version_id, ${place.versionId}), 'isClone', m.is_clone,
          'stale', m.stale, 'missing', e.deleted_at is not null, 'detached', m.detached, 'enabled', m.enabled, 'definition', encode(coalesce(e.definition_digest, p.definition_digest), 'hex'),
          'applied', encode(m.applied_digest, 'hex'), 'mergeBase', encode(m.merge_base_digest, 'hex'), 'before', encode(o.before, 'hex')) order by m.source_member_slug), '{}')
        from integration_members m
        join published_entity_versions p on p.id = m.entity_version_id
        left join entities e on m.is_clone and e.workspace_id = m.workspace_id and e.id = m.entity_id
        left join o on o.entity_id = m.entity_id and m.is_clone
        where m.integration_install_id = ${place.installId} and m.deleted_at is null),
      ${reason}, ${userOf(ctx)}, ${ctx.now}`);
}
