-- Installs keep what their dependencies were resolved to, and workspaces say what may be installed in them.

-- What an install's version wants of other integrations (copied from its manifest, in that order), and what met it when that was
-- resolved: at the install, and again at every change of the version. Installs made before this table have no memory of the latter.
create table install_dependencies (
  workspace_id id not null,
  integration_install_id id not null,
  position int not null,
  integration text not null collate "C",
  range text not null,
  optional boolean not null,
  integration_id id references integrations on delete set null,
  locked_install_id id,
  locked_version text collate "C",
  primary key (integration_install_id, position),
  foreign key (workspace_id, integration_install_id) references integration_installs (workspace_id, id) on delete cascade,
  foreign key (workspace_id, locked_install_id) references integration_installs (workspace_id, id) on delete set null (locked_install_id)
);
create index install_dependencies_wanted on install_dependencies (workspace_id, integration);
create index install_dependencies_integration on install_dependencies (integration_id) where integration_id is not null;
create index install_dependencies_locked on install_dependencies (workspace_id, locked_install_id) where locked_install_id is not null;

insert into install_dependencies (workspace_id, integration_install_id, position, integration, range, optional)
select i.workspace_id, i.id, d.number - 1, d.item ->> 'integration', d.item ->> 'range', coalesce((d.item ->> 'optional')::boolean, false)
from integration_installs i
join integration_versions v on v.id = i.integration_version_id
cross join lateral json_array_elements(coalesce(v.manifest_snapshot -> 'dependencies', '[]')) with ordinality as d(item, number);

-- Dependencies name integrations, and an install of a deleted one still meets them.
create index integrations_name on integrations (publisher, slug);

grant select, insert, delete on install_dependencies to mortise_app;

-- Null: no such rule. An empty list of publishers allows none but the workspace itself.
alter table workspaces
  add column least_trust_tier text check (least_trust_tier in ('first_party', 'vendor_official', 'verified_partner', 'verified_publisher')),
  add column allowed_publishers text[] collate "C",
  add column min_release_age_hours int check (min_release_age_hours between 0 and 8760);

create or replace function workspaces_doc() returns trigger language plpgsql as $$
begin
  new.doc := json_build_object('id', new.id, 'name', new.name, 'handle', new.handle, 'retentionTier', new.retention_tier,
    'installPolicy', json_build_object('leastTrustTier', new.least_trust_tier, 'allowedPublishers', to_json(new.allowed_publishers),
      'minReleaseAgeHours', new.min_release_age_hours),
    'suspendedAt', iso(new.suspended_at), 'createdBy', new.created_by,
    'createdAt', iso(new.created_at), 'updatedAt', iso(new.updated_at));
  return new;
end $$;
update workspaces set id = id;
