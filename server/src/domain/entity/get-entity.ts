import sql from 'sql-template-tag';
import { isPlatformAdmin } from '../../access/authorize.ts';
import type { ReadCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { type Reply, shown, type Target } from '../../route.ts';
import { entityResource } from './resource.ts';

interface Asked {
  target: Target;
  query: { entity_version_id?: string };
}

/**
 * Members of the entity's workspace see it as it stands. Members of a workspace that references it through an install see the
 * version that is pinned there (the newest pin, or the one they name), never the draft.
 */
export async function getEntity(ctx: ReadCtx, { target, query }: Asked): Promise<Reply> {
  const own = isPlatformAdmin(ctx.actor) || ctx.actor.roles.has(target.workspaceId ?? '');
  if (own && query.entity_version_id === undefined) return shown(ctx, entityResource, target.id);
  const version = own
    ? await ownVersion(ctx, target.id, query.entity_version_id)
    : await pinnedVersion(ctx, target.id, query.entity_version_id);
  if (version === null) throw new Problem('not_found', `No version ${query.entity_version_id ?? ''} of ${target.id} is visible to you.`);
  return version;
}

async function ownVersion(ctx: ReadCtx, entityId: string, versionId: string | undefined): Promise<Reply | null> {
  return ctx.db.maybe<Reply>(sql`
    select json_open((e.doc::jsonb || jsonb_build_object('currentVersionId', v.id, 'versionNumber', v.number))::text)
      || ',"definition":' || d.body || '}' as json
    from entities e
    join entity_versions v on v.entity_id = e.id
    join definitions d on d.digest = v.definition_digest
    where e.id = ${entityId} and v.id = ${versionId}`);
}

/** Name, slug and description are those of the snapshot too: what the publisher renames later is not shown, nor when it began the entity. */
async function pinnedVersion(ctx: ReadCtx, entityId: string, versionId: string | undefined): Promise<Reply | null> {
  return ctx.db.maybe<Reply>(sql`
    select json_open(json_build_object('id', v.entity_id, 'workspaceId', v.workspace_id, 'kind', v.kind, 'slug', s.entity_slug, 'name', s.name,
        'description', s.description, 'currentVersionId', v.id, 'versionNumber', v.number, 'createdBy', v.created_by,
        'createdAt', iso(v.created_at), 'updatedAt', iso(v.created_at), 'deletedAt', null, 'retentionTier', null)::text)
      || ',"definition":' || d.body || '}' as json
    from integration_members m
    join published_entity_versions v on v.id = m.entity_version_id
    join published_definitions d on d.digest = v.definition_digest
    join integration_installs i on i.id = m.integration_install_id
    join integration_version_members s on s.integration_version_id = made_from(m.source_version_id, i.integration_version_id) and s.entity_id = m.entity_id
    where m.entity_id = ${entityId} and not m.is_clone and m.deleted_at is null
      and m.workspace_id = any(${[...ctx.actor.roles.keys()]}::text[])
      and (${versionId ?? null}::text is null or v.id = ${versionId ?? null})
    order by v.number desc limit 1`);
}
