-- What must always hold, whatever happened before. Each statement returns the rows that break its sentence; none may.
-- Run after every database test file, and by `npm run doctor`.

-- name: a version is unique ignoring build metadata
select integration_id, precedence, count(*) from integration_versions group by 1, 2 having count(*) > 1;

-- name: a definition's digest is the SHA-256 of its body
select encode(digest, 'hex') as digest from definitions where digest <> sha256(convert_to(body, 'UTF8'));

-- name: an entity shows the definition of its current version, the highest
select e.id from entities e join entity_versions v on v.id = e.current_version_id
where v.entity_id <> e.id or v.definition_digest <> e.definition_digest or v.number <> e.version_number
  or v.number <> (select max(number) from entity_versions where entity_id = e.id);

-- name: an entity's versions are numbered without gaps
select entity_id from entity_versions group by entity_id having count(*) <> max(number) or min(number) <> 1;

-- name: the current version exists, is of its integration, bears the number shown, and is neither yanked nor held for review
select i.id from integrations i left join integration_versions v on v.id = i.current_version_id
where i.current_version_id is not null
  and (v.id is null or v.integration_id <> i.id or v.version <> i.current_version or v.yanked_at is not null or v.held_at is not null);

-- name: the current version is the highest stable one of those offered, and a prerelease only while there is no stable one
select i.id from integrations i
where i.current_version_id is distinct from (
  select v.id::text from integration_versions v where v.integration_id = i.id and v.yanked_at is null and v.held_at is null
    and not exists (select 1 from version_contents c join revoked_contents r on r.digest = c.digest where c.integration_version_id = v.id)
  order by (v.precedence like '%-%'), v.precedence_key desc limit 1);

-- name: what was revoked is known by its content; what is not yet, the server lists behind its start
select integration_version_id from unlisted_revocations;

-- name: the newest version is the highest of those offered, where that is another than the current one
select i.id from integrations i
where i.newest_version_id is distinct from (
  select nullif(v.id::text, i.current_version_id::text) from integration_versions v
  where v.integration_id = i.id and v.yanked_at is null and v.held_at is null
    and not exists (select 1 from version_contents c join revoked_contents r on r.digest = c.digest where c.integration_version_id = v.id)
  order by v.precedence_key desc limit 1);

-- name: a version is held exactly while its own submission is not approved
select v.id from integration_versions v
where (v.held_at is not null) <> exists (
  select 1 from review_submissions r where r.integration_version_id = v.id and r.purpose = 'version' and r.state <> 'approved');

-- name: a submission is bound to the digest of its version
select r.id from review_submissions r join integration_versions v on v.id = r.integration_version_id
where r.digest <> v.digest or r.integration_id <> v.integration_id or r.workspace_id <> v.workspace_id;

-- name: a public integration was approved, and nobody is still asked to let it be public
select i.id from integrations i
where i.visibility = 'public' and (
  not exists (select 1 from review_submissions r where r.integration_id = i.id and r.state = 'approved')
  or exists (select 1 from review_submissions r where r.integration_id = i.id and r.purpose = 'listing' and r.state = 'pending'));

-- name: an integration is published under its workspace's handle
select i.id from integrations i join workspaces w on w.id = i.workspace_id where i.publisher <> w.handle;

-- name: a version's map of entity versions is that of its members
select v.id from integration_versions v
where v.member_entity_versions::jsonb is distinct from
  (select jsonb_object_agg(m.slug, m.entity_version_id) from integration_version_members m where m.integration_version_id = v.id);

-- name: a version's members pin what was published of the source workspace
select m.integration_version_id, m.slug
from integration_version_members m
join integration_versions v on v.id = m.integration_version_id
join published_entity_versions p on p.id = m.entity_version_id
where p.entity_id <> m.entity_id or p.definition_digest <> m.definition_digest or p.workspace_id <> v.workspace_id or p.kind <> m.kind;

-- name: what was published is what the publisher had, as far as that is still there
select p.id from published_entity_versions p join entity_versions v on v.id = p.id
where (p.workspace_id, p.entity_id, p.number, p.definition_digest) is distinct from (v.workspace_id, v.entity_id, v.number, v.definition_digest);

-- name: a published definition is the one that others have under its digest
select encode(p.digest, 'hex') as digest from published_definitions p join definitions d on d.digest = p.digest
where p.body <> d.body or p.refs <> d.refs or p.variables <> d.variables;

-- name: there is something for outsiders to see exactly while neither the integration is deleted nor its workspace suspended
select i.id from integrations i join workspaces w on w.id = i.workspace_id
where (i.deleted_at is null and w.suspended_at is null)
  <> exists (select 1 from published_integrations p where p.id = i.id);

-- name: outsiders see what the current version said, and nothing of the draft
select p.id from published_integrations p
join integrations i on i.id = p.id
left join integration_versions v on v.id = p.current_version_id
where p.current_version_id is distinct from i.current_version_id
  or (p.name, p.description, p.icon_url, p.manifest::text, p.variables_schema::text, p.auth_config::text, p.current_version) is distinct from
    (coalesce(v.name, i.slug), v.description, v.icon_url, coalesce(v.manifest_snapshot::text, '{"members":[]}'),
      coalesce(v.variables_schema_snapshot::text, '{}'), coalesce(v.auth_config_snapshot::text, '{}'), v.version)
  or (p.workspace_id, p.slug, p.publisher, p.trust_tier, p.visibility, p.created_by, p.created_at) is distinct from
    (i.workspace_id, i.slug, i.publisher, i.trust_tier, i.visibility, i.created_by, i.created_at)
  or not p.revised and p.doc <> i.doc;

-- name: a version's declared members are those of its manifest
select v.id from integration_versions v
where (select coalesce(array_agg(d ->> 'slug' order by n), '{}') from json_array_elements(coalesce(v.manifest_snapshot -> 'members', '[]')) with ordinality as t(d, n))
  is distinct from
  (select coalesce(array_agg(m.slug::text order by m.position), '{}') from integration_version_members m where m.integration_version_id = v.id and m.origin = 'declared');

-- name: an imported version is of the workspace that imported it, and has its event
select b.integration_version_id from bundle_imports b join integration_versions v on v.id = b.integration_version_id
where b.workspace_id <> v.workspace_id
  or not exists (select 1 from events e where e.subject_id = v.id and e.type = 'bundle.imported' and e.data ->> 'digest' = encode(b.digest, 'hex'));

-- name: a server has one signing key at most, sealed under a data key that is there
select k.id from signing_keys k left join data_keys d on d.id = k.data_key_id
where d.id is null or (select count(*) from signing_keys) > 1;

-- name: an install's version is of its integration
select i.id from integration_installs i join integration_versions v on v.id = i.integration_version_id where v.integration_id <> i.integration_id;

-- name: the add-ons of an active install's tree are in one workspace and one solution, and their parents are active
select i.id from integration_installs i join integration_installs p on p.id = i.parent_install_id
where i.workspace_id <> p.workspace_id or (i.deleted_at is null and (i.solution_id <> p.solution_id or p.deleted_at is not null));

-- name: installs form a tree
with recursive up(start, id, depth) as (
  select id, parent_install_id, 1 from integration_installs where parent_install_id is not null
  union all
  select u.start, i.parent_install_id, u.depth + 1 from up u join integration_installs i on i.id = u.id
  where i.parent_install_id is not null and u.depth < 100
)
select start from up where start = id or depth >= 100;

-- name: an install's auth state is of its workspace
select i.id from integration_installs i join auth_states a on a.id = i.auth_state_id where a.workspace_id <> i.workspace_id;

-- name: an install's dependencies are those of its version, in that order
select i.id from integration_installs i join integration_versions v on v.id = i.integration_version_id
where (select coalesce(jsonb_agg(jsonb_build_array(d ->> 'integration', d ->> 'range', coalesce((d ->> 'optional')::boolean, false)) order by n), '[]')
    from json_array_elements(coalesce(v.manifest_snapshot -> 'dependencies', '[]')) with ordinality as t(d, n))
  is distinct from
  (select coalesce(jsonb_agg(jsonb_build_array(l.integration, l.range, l.optional) order by l.position), '[]')
    from install_dependencies l where l.integration_install_id = i.id);

-- name: a dependency is locked to an install of its workspace and of the integration that it names
select l.integration_install_id, l.position
from install_dependencies l
join integration_installs i on i.id = l.integration_install_id
left join integration_installs met on met.id = l.locked_install_id
left join integrations n on n.id = l.integration_id
where l.workspace_id <> i.workspace_id or met.workspace_id <> i.workspace_id or met.integration_id <> l.integration_id or met.id = i.id
  or n.publisher || '/' || n.slug <> l.integration;

-- name: what an active install needs is installed
select l.integration_install_id, l.integration
from install_dependencies l join integration_installs i on i.id = l.integration_install_id
where i.deleted_at is null and not l.optional and not exists (
  select 1 from integration_installs o join integrations n on n.id = o.integration_id
  where o.workspace_id = i.workspace_id and o.deleted_at is null and o.id <> i.id and n.publisher || '/' || n.slug = l.integration
    and (l.wanted_name is null or o.name = l.wanted_name));

-- name: an active install has one active member per slug, each a slug of its version
select m.integration_install_id, m.source_member_slug
from integration_members m
join integration_installs i on i.id = m.integration_install_id
left join integration_version_members s on s.integration_version_id = i.integration_version_id and s.slug = m.source_member_slug
where i.deleted_at is null and m.deleted_at is null and s.slug is null;

-- name: an active install has every required member of its version
select i.id, s.slug
from integration_installs i
join integration_version_members s on s.integration_version_id = i.integration_version_id and s.required
where i.deleted_at is null and not exists (
  select 1 from integration_members m where m.integration_install_id = i.id and m.source_member_slug = s.slug and m.deleted_at is null);

-- name: what an active attached member depends on is installed too
select m.integration_install_id, m.source_member_slug, needed.slug
from integration_members m
join integration_installs i on i.id = m.integration_install_id
join integration_version_members s on s.integration_version_id = i.integration_version_id and s.slug = m.source_member_slug
cross join lateral unnest(s.depends_on) as needed(slug)
where i.deleted_at is null and m.deleted_at is null and not m.detached and not exists (
  select 1 from integration_members n where n.integration_install_id = i.id and n.source_member_slug = needed.slug and n.deleted_at is null);

-- name: members of a deleted install are deleted
select m.id from integration_members m join integration_installs i on i.id = m.integration_install_id
where i.deleted_at is not null and m.deleted_at is null;

-- name: an attached member of an active install pins what its version pins
select m.id from integration_members m
join integration_installs i on i.id = m.integration_install_id
join integration_version_members s on s.integration_version_id = i.integration_version_id and s.slug = m.source_member_slug
where i.deleted_at is null and m.deleted_at is null and not m.detached and m.source_version_id is null
  and (m.entity_version_id <> s.entity_version_id or m.source_entity_id <> s.entity_id);

-- name: a removed member says the version that it was made from
select id from integration_members where deleted_at is not null and removed_as <> 'uninstalled' and source_version_id is null;

-- name: an active member says a version only where it is not its install's
select m.id from integration_members m join integration_installs i on i.id = m.integration_install_id
where m.deleted_at is null and m.source_version_id = i.integration_version_id;

-- name: a clone lives in its install's workspace and is the clone of one member
select m.id from integration_members m join entities e on e.id = m.entity_id
where m.is_clone and m.deleted_at is null
  and (e.workspace_id <> m.workspace_id or exists (
    select 1 from integration_members o where o.entity_id = m.entity_id and o.id <> m.id and o.is_clone and o.deleted_at is null));

-- name: an attached clone is active and has the definition that was last applied
select m.id from integration_members m join entities e on e.id = m.entity_id
where m.is_clone and not m.detached and m.deleted_at is null
  and not exists (select 1 from events x where x.subject_id = m.id and x.type = 'integration_member.attached')
  and (e.deleted_at is not null or e.definition_digest <> m.applied_digest);

-- name: an attached clone without tokens and references is its pinned definition
select m.id from integration_members m
join published_entity_versions p on p.id = m.entity_version_id
join published_definitions d on d.digest = p.definition_digest
where m.is_clone and not m.detached and m.deleted_at is null and d.variables = '{}' and d.refs = '{}' and m.applied_digest <> d.digest;

-- name: a member has as many open conflicts as it says, and what a merge left open has a base
select m.id from integration_members m
left join lateral (
  select count(*) as n, count(*) filter (where c.kept = 'ours') as left_open from member_conflicts c
  where c.workspace_id = m.workspace_id and c.integration_member_id = m.id) c on true
where m.open_conflicts <> c.n or (m.deleted_at is null and (m.merge_base_digest is not null) <> (c.left_open > 0));

-- name: a reference inside an active attached clone leads to an entity of its workspace or of its publisher
select m.id, target.id
from integration_members m
join definitions d on d.digest = m.applied_digest
join published_entity_versions p on p.id = m.entity_version_id
cross join lateral unnest(d.refs) as target(id)
left join entities t on t.id = target.id
where not m.detached and m.deleted_at is null and t.workspace_id is not null and t.workspace_id not in (m.workspace_id, p.workspace_id);

-- name: every active member is in its install's solution, and nothing else is
select m.id from integration_members m join integration_installs i on i.id = m.integration_install_id
full join solution_members s on s.integration_member_id = m.id
where (m.deleted_at is null) is distinct from (s.id is not null)
  or (s.id is not null and (s.solution_id <> i.solution_id or s.entity_id <> m.entity_id));

-- name: a solution is active exactly while an install of it is
select s.id from solutions s
where (s.deleted_at is null) <> exists (select 1 from integration_installs i where i.solution_id = s.id and i.deleted_at is null);

-- name: an install's revisions are numbered without gaps up to its own
select i.id from integration_installs i
where i.revision <> (select count(*) from install_revisions r where r.integration_install_id = i.id)
  or i.revision <> (select max(number) from install_revisions r where r.integration_install_id = i.id);

-- name: an install's last revision that moved it leads to its version
select i.id from integration_installs i join install_revisions r on r.integration_install_id = i.id and r.number = i.revision
where r.to_version_id <> i.integration_version_id;

-- name: every created, published and installed thing has its event
select id from integrations i where not exists (select 1 from events e where e.subject_id = i.id and e.type = 'integration.created')
union all
select id from integration_versions v where not exists (select 1 from events e where e.subject_id = v.id and e.type = 'integration.published')
union all
select id from integration_installs i where not exists (select 1 from events e where e.subject_id = i.id and e.type = 'integration_install.created')
union all
select id from workspaces w where not exists (select 1 from events e where e.subject_id = w.id and e.type = 'workspace.created')
union all
select id from review_submissions r where r.state <> 'pending'
  and not exists (select 1 from events e where e.subject_id = r.id and e.type = 'review_submission.' || r.state);

-- name: documents are those of their rows
select id::text from workspaces where doc::json -> 'installPolicy' ->> 'leastTrustTier' is distinct from least_trust_tier
  or (doc::json -> 'installPolicy' ->> 'minReleaseAgeHours')::int is distinct from min_release_age_hours
  or json_array_length(nullif(doc::json -> 'installPolicy' ->> 'allowedPublishers', '')::json) is distinct from cardinality(allowed_publishers)
union all
select id::text from integrations where doc::json ->> 'updatedAt' <> iso(updated_at)
union all
select id from entities where doc::json ->> 'versionNumber' <> version_number::text
union all
select id from integration_members where doc::json ->> 'detached' <> detached::text;

-- name: the server's role owns nothing and bypasses nothing
select rolname from pg_roles where rolname = 'mortise_app' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)
union all
select c.relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = 'mortise_app' and c.relnamespace = 'public'::regnamespace;
