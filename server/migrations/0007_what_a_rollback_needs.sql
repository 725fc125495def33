-- A rollback knows what was then: revisions tell of each member what it pinned, what was applied to it and what was written over,
-- and a clone whose rendering is not that of its install any more can be told from one that only its workspace changed.
--
-- stale: an upgrade or a reconfiguration skipped this detached member, so that applied_digest was made from an earlier version, from
-- other variables or other ids than the install has now. Cleared when a definition is applied to it again.
-- formerly: 367bc4d22290f6f0be42778cc4f7c8cc43f96048ff66f237bb3b9683c610d4ff

-- The former 0001 made functions that take rows of tables; some releases of PostgreSQL add no column with a default beside them.
drop function if exists install_config_state(integration_members, integration_installs, integration_versions, auth_states);
drop function if exists member_drift(integration_members, integration_installs, entities);

alter table integration_members add column stale boolean not null default false;

-- install_revisions.members: slug → {memberId, entityId, entityVersionId, sourceEntityId, pinnedVersionId, sourceVersionId, isClone,
-- detached, enabled, stale, missing, definition, applied, before}. definition, applied, before: digests in hex of what the clone had
-- afterwards, of what counted as applied to it, and of what this revision wrote over (null when it wrote nothing).
-- Revisions of before had the first three and the flags. What they lack is found in the histories of their entities: a version that
-- has the time of its revision was written by it.
alter table install_revisions disable trigger immutable;
update install_revisions r set members = coalesce((
  select json_object_agg(x.slug, json_build_object('memberId', m.id, 'entityId', e.id, 'entityVersionId', x.value ->> 'entityVersionId',
      'sourceEntityId', coalesce(p.entity_id, m.source_entity_id), 'pinnedVersionId', coalesce(p.entity_version_id, m.entity_version_id),
      'sourceVersionId', r.to_version_id, 'isClone', e.id <> coalesce(p.entity_id, m.source_entity_id),
      'detached', (x.value ->> 'detached')::boolean, 'enabled', (x.value ->> 'enabled')::boolean, 'stale', false, 'missing', false,
      'definition', encode(v.definition_digest, 'hex'),
      'applied', case when e.id <> coalesce(p.entity_id, m.source_entity_id)
        then encode(case when (x.value ->> 'detached')::boolean then coalesce(m.applied_digest, v.definition_digest) else v.definition_digest end, 'hex') end,
      'before', encode(before.definition_digest, 'hex')) order by x.slug)
  from json_each(r.members) as x(slug, value)
  join integration_members m on m.id = x.value ->> 'memberId'
  join entities e on e.id = x.value ->> 'entityId'
  join entity_versions v on v.id = x.value ->> 'entityVersionId'
  left join integration_version_members p on p.integration_version_id = r.to_version_id and p.slug = x.slug
  left join entity_versions before on before.entity_id = e.id and before.number = v.number - 1 and v.created_at = r.created_at
), '{}')
where exists (select 1 from json_each(r.members) x where x.value -> 'definition' is null);
alter table install_revisions enable trigger immutable;
