import sql from 'sql-template-tag';
import type { ReadCtx } from '../../context.ts';
import type { Reply, Target } from '../../route.ts';

interface Asked {
  target: Target;
  query: { include_deleted?: boolean };
}

/**
 * The members of an install in manifest order, each with what it lacks (`configState`) and how it differs (`drift`). What enabled members
 * lack is the same for all, and is found once: it is in the version's documents, which may be large.
 */
export async function listInstallMembers(ctx: ReadCtx, { target, query }: Asked): Promise<Reply> {
  return ctx.db.one<Reply>(sql`
    with enabled as materialized (
      select install_config_state(null, i, v, a) as state
      from integration_installs i join integration_versions v on v.id = i.integration_version_id left join auth_states a on a.id = i.auth_state_id
      where i.id = ${target.id}
    )
    select concat('{"members":[', string_agg(
      json_open(m.doc) || ',"sourceVersionId":"' || made_from(m, i) || '","kind":' || to_json(e.kind) || ',"name":' || to_json(case when m.is_clone then e.name else coalesce(s.name, e.name) end)
        || ',"configState":"' || case when m.enabled then enabled.state else 'disabled' end || '","drift":"' || member_drift(m, i, e) || '"}',
      ',' order by (m.deleted_at is not null), p.position nulls last, m.source_member_slug, m.id), ']}') as json
    from integration_members m
    cross join enabled
    join integration_installs i on i.id = m.integration_install_id
    join entities e on e.id = m.entity_id
    left join integration_version_members p on p.integration_version_id = i.integration_version_id and p.slug = m.source_member_slug
    left join integration_version_members s on s.integration_version_id = made_from(m, i) and s.entity_id = m.source_entity_id
    where m.integration_install_id = ${target.id} and (m.deleted_at is null or ${query.include_deleted ?? false})`);
}
