import sql from 'sql-template-tag';
import type { ReadCtx } from '../../context.ts';
import { textsInTurns } from '../../lib/json-pieces.ts';
import type { Reply, Target } from '../../route.ts';

interface Asked {
  target: Target;
  query: { include_deleted?: boolean };
}

/**
 * What enabled members of the install `i` of the version `v` lack to be used: credentials (`a`) that are there and valid, or a value for
 * every required variable. Of a revoked version nothing is to be used until the install moves off it.
 */
const CONFIG_STATE = sql`case
  when v.revoked_at is not null then 'disabled'
  when coalesce(v.auth_config_snapshot ->> 'type', 'none') <> 'none'
    and (a.id is null or a.deleted_at is not null or auth_state_status(a.status, a.expires_at) <> 'active') then 'needs_auth'
  when exists (
    select from json_array_elements_text(coalesce(v.variables_schema_snapshot -> 'required', '[]')) as required(name)
    where i.variables -> required.name is null) then 'needs_variables'
  else 'ready'
end`;

const MADE_FROM = sql`made_from(m.source_version_id, i.integration_version_id)`;

/** How the member `m` with the entity `e` differs from what the version of its install `i` gives. */
const DRIFT = sql`case
  when m.is_clone and e.deleted_at is not null then 'missing'
  when m.is_clone and e.definition_digest <> m.applied_digest then 'modified'
  when m.source_version_id <> i.integration_version_id then 'outdated'
  else 'none'
end`;

/** What is open at the member `m`. Few have any. */
const CONFLICTS = sql`case when m.open_conflicts = 0 then '[]' else (
  select '[' || string_agg(json_open(c.conflict::text) || ',"kept":"' || c.kept || '","sinceVersionId":"' || c.since_version_id || '"}', ',' order by c.position) || ']'
  from member_conflicts c where c.workspace_id = m.workspace_id and c.integration_member_id = m.id) end`;

/**
 * The members of an install in manifest order, each with what it lacks (`configState`) and how it differs (`drift`). What enabled members
 * lack is the same for all, and is found once: it is in the version's documents, which may be large.
 */
export async function listInstallMembers(ctx: ReadCtx, { target, query }: Asked): Promise<Reply> {
  const rows = await ctx.db.many<{ json: string }>(sql`
    with enabled as materialized (
      select ${CONFIG_STATE} as state
      from integration_installs i join integration_versions v on v.id = i.integration_version_id left join auth_states a on a.id = i.auth_state_id
      where i.id = ${target.id}
    )
    select json_open(m.doc) || ',"sourceVersionId":"' || ${MADE_FROM} || '","kind":' || to_json(v.kind) || ',"name":' || to_json(coalesce(e.name, s.name, m.source_member_slug))
        || ',"configState":"' || case when m.enabled then enabled.state else 'disabled' end || '","drift":"' || ${DRIFT}
        || '","openConflicts":' || m.open_conflicts || ',"conflicts":' || ${CONFLICTS} || '}' as json
    from integration_members m
    cross join enabled
    join integration_installs i on i.id = m.integration_install_id
    join published_entity_versions v on v.id = m.entity_version_id
    left join entities e on m.is_clone and e.workspace_id = m.workspace_id and e.id = m.entity_id
    left join integration_version_members p on p.integration_version_id = i.integration_version_id and p.slug = m.source_member_slug
    left join integration_version_members s on s.integration_version_id = ${MADE_FROM} and s.entity_id = m.source_entity_id
    where m.integration_install_id = ${target.id} and (m.deleted_at is null or ${query.include_deleted ?? false})
    order by (m.deleted_at is not null), p.position nulls last, m.source_member_slug, m.id`);
  return textsInTurns(
    'members',
    rows.map(({ json }) => json),
  );
}
