-- What outsiders see is what was published, and what versions and installs pin are rows that publish wrote, never the publisher's own.
--
-- integrations is the publisher's workbench. published_integrations has each integration as outsiders see it: what its current version
-- said of it, and no more than its slug while there is none. It is written by triggers, whoever writes: a row is there while the integration
-- is not deleted and its workspace not suspended. published_entity_versions and published_definitions are what versions pin, for good: a publisher may delete
-- and purge what it likes.

-- What the listing said when the version was published.
alter table integration_versions
  add column name text check (char_length(name) between 1 and 200),
  add column description text check (char_length(description) <= 10000),
  add column icon_url text check (icon_url like 'https://%' and length(icon_url) <= 2048);
-- No list shows another row for it: nothing to tell, of every row there is. While a trigger may change rows before they are written,
-- even one that is off, PostgreSQL computes all that is generated anew.
drop trigger immutable on integration_versions;
drop index integration_versions_published;
alter table integration_versions disable trigger user;
update integration_versions v set name = i.name, description = i.description, icon_url = i.icon_url
from integrations i where i.id = v.integration_id;
alter table integration_versions enable trigger user;
create trigger immutable before update on integration_versions for each row execute function integration_versions_immutable();
alter table integration_versions alter column name set not null;
-- Others see those that no review holds, by the index alone.
create index integration_versions_published on integration_versions (integration_id, published_at, id) include (workspace_id, held_at);

create or replace function integration_versions_immutable() returns trigger language plpgsql as $$
begin
  if (new.id, new.workspace_id, new.integration_id, new.version, new.name, new.description, new.icon_url, new.manifest_snapshot::text,
      new.variables_schema_snapshot::text, new.auth_config_snapshot::text, new.member_entity_versions::text, new.changelog, new.digest,
      new.published_by, new.published_at)
    is distinct from
     (old.id, old.workspace_id, old.integration_id, old.version, old.name, old.description, old.icon_url, old.manifest_snapshot::text,
      old.variables_schema_snapshot::text, old.auth_config_snapshot::text, old.member_entity_versions::text, old.changelog, old.digest,
      old.published_by, old.published_at)
  then
    raise exception 'published versions cannot be changed' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

-- The published split -----------------------------------------------------------------------------------------------------

-- As in definitions: by content, so that equal ones are one row.
create table published_definitions (
  digest bytea primary key,
  body text not null,
  refs text[] not null collate "C" default '{}',
  variables text[] not null collate "C" default '{}',
  check (digest = sha256(convert_to(body, 'UTF8')))
);
create trigger immutable before update on published_definitions for each row execute function refuse_change();

-- An entity version as it was when a version first pinned it; id and entity_id are those of the publisher's rows, which may be gone.
create table published_entity_versions (
  id id primary key,
  workspace_id id not null references workspaces,
  entity_id id not null,
  kind text not null,
  number int not null check (number >= 1),
  definition_digest bytea not null references published_definitions,
  created_by id not null references users,
  created_at timestamptz(3) not null,
  unique (entity_id, id)
);
create index published_entity_versions_definition on published_entity_versions (definition_digest);
create index published_entity_versions_own on published_entity_versions (workspace_id);
create trigger immutable before update on published_entity_versions for each row execute function refuse_change();

insert into published_definitions (digest, body, refs, variables)
select d.digest, d.body, d.refs, d.variables from definitions d
where d.digest in (
  select v.definition_digest from entity_versions v
  where v.id in (select entity_version_id from integration_version_members union select entity_version_id from integration_members));

insert into published_entity_versions (id, workspace_id, entity_id, kind, number, definition_digest, created_by, created_at)
select v.id, v.workspace_id, v.entity_id, e.kind, v.number, v.definition_digest, v.created_by, v.created_at
from entity_versions v join entities e on e.id = v.entity_id
where v.id in (select entity_version_id from integration_version_members union select entity_version_id from integration_members);

alter table integration_version_members
  drop constraint integration_version_members_definition_digest_fkey,
  drop constraint integration_version_members_entity_id_entity_version_id_fkey,
  drop constraint integration_version_members_entity_id_fkey,
  add foreign key (definition_digest) references published_definitions,
  add foreign key (entity_id, entity_version_id) references published_entity_versions (entity_id, id);
create index integration_version_members_pinned on integration_version_members (entity_version_id);

-- A clone is an entity of the member's own workspace; a reference leads to what was published.
alter table integration_members
  drop constraint integration_members_entity_id_fkey,
  drop constraint integration_members_source_entity_id_entity_version_id_fkey,
  add foreign key (source_entity_id, entity_version_id) references published_entity_versions (entity_id, id);
alter table solution_members drop constraint solution_members_entity_id_fkey;

-- What outsiders see --------------------------------------------------------------------------------------------------------

-- The columns of integrations. revised: the publisher's own row shows something else by now. Deleted integrations are not in here.
create table published_integrations (
  id id primary key references integrations on delete cascade,
  workspace_id id not null,
  slug text not null collate "C",
  name text not null,
  description text,
  icon_url text,
  publisher text not null collate "C",
  trust_tier text not null,
  current_version_id id,
  current_version text,
  manifest json not null,
  variables_schema json not null,
  auth_config json not null,
  visibility text not null,
  created_by id not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  deleted_at timestamptz(3) check (deleted_at is null),
  retention_tier text check (retention_tier is null),
  revised boolean not null,
  doc text not null
);
create trigger doc before insert or update on published_integrations for each row execute function integrations_doc();

-- What outsiders are to see of every integration: the columns of published_integrations but for doc, in their order.
create view integration_faces with (security_invoker) as
  select i.id, i.workspace_id, i.slug, coalesce(v.name, i.slug) as name, v.description, v.icon_url, i.publisher, i.trust_tier,
    v.id as current_version_id, v.version as current_version, coalesce(v.manifest_snapshot, '{"members":[]}') as manifest,
    coalesce(v.variables_schema_snapshot, '{}') as variables_schema, coalesce(v.auth_config_snapshot, '{}') as auth_config, i.visibility,
    i.created_by, i.created_at, i.updated_at,
    (i.name, i.description, i.icon_url, i.manifest::text, i.variables_schema::text, i.auth_config::text) is distinct from
      (v.name, v.description, v.icon_url, v.manifest_snapshot::text, v.variables_schema_snapshot::text, v.auth_config_snapshot::text) as revised
  from integrations i
  left join integration_versions v on v.id = i.current_version_id
  join workspaces w on w.id = i.workspace_id
  where i.deleted_at is null and w.suspended_at is null;

-- Brings what outsiders see of these integrations up to date. updated_at tells when that last changed, and nothing of work in progress.
-- By index alone: its plans are kept for a session, and may have been made while there was next to nothing.
create function show_published(changed text[]) returns void language plpgsql set enable_seqscan = off as $$
begin
  -- Whoever suspends the workspace at this moment waits, and then finds what is written here.
  perform 1 from workspaces w
  where w.id in (select i.workspace_id from unnest(changed) as c(id) join integrations i on i.id = c.id) order by w.id for share;
  delete from published_integrations p using unnest(changed) as c(id) where p.id = c.id and not exists (
    select 1 from integrations i join workspaces w on w.id = i.workspace_id
    where i.id = p.id and i.deleted_at is null and w.suspended_at is null);
  insert into published_integrations as p (id, workspace_id, slug, name, description, icon_url, publisher, trust_tier, current_version_id,
    current_version, manifest, variables_schema, auth_config, visibility, created_by, created_at, updated_at, revised)
  select f.* from unnest(changed) as c(id) join integration_faces f on f.id = c.id
  on conflict (id) do update set slug = excluded.slug, name = excluded.name, description = excluded.description, icon_url = excluded.icon_url,
    publisher = excluded.publisher, trust_tier = excluded.trust_tier, current_version_id = excluded.current_version_id,
    current_version = excluded.current_version, manifest = excluded.manifest, variables_schema = excluded.variables_schema,
    auth_config = excluded.auth_config, visibility = excluded.visibility, revised = excluded.revised,
    updated_at = case
      when excluded.revised and (p.current_version_id, p.slug, p.publisher, p.trust_tier, p.visibility) is not distinct from
        (excluded.current_version_id, excluded.slug, excluded.publisher, excluded.trust_tier, excluded.visibility) then p.updated_at
      else excluded.updated_at end
  where not (p.revised and excluded.revised and (p.current_version_id, p.slug, p.publisher, p.trust_tier, p.visibility) is not distinct from
    (excluded.current_version_id, excluded.slug, excluded.publisher, excluded.trust_tier, excluded.visibility));
end $$;

create function integrations_show_published() returns trigger language plpgsql as $$
begin
  perform show_published(array(select id from new_rows));
  return null;
end $$;
create trigger show_inserted after insert on integrations referencing new table as new_rows
  for each statement execute function integrations_show_published();
create trigger show_updated after update on integrations referencing new table as new_rows
  for each statement execute function integrations_show_published();

create function workspaces_show_published() returns trigger language plpgsql as $$
begin
  perform show_published(array(select id from integrations where workspace_id = new.id));
  return null;
end $$;
create trigger show_published after update on workspaces for each row when (old.suspended_at is distinct from new.suspended_at)
  execute function workspaces_show_published();

-- All at once, by plans for many, and the indexes when all is there.
insert into published_integrations (id, workspace_id, slug, name, description, icon_url, publisher, trust_tier, current_version_id,
  current_version, manifest, variables_schema, auth_config, visibility, created_by, created_at, updated_at, revised)
select * from integration_faces;

-- What is included lets lists be counted without the rows.
create index published_integrations_created on published_integrations (created_at, id) include (workspace_id, revised)
  where visibility = 'public' and current_version_id is not null;
create index published_integrations_publisher on published_integrations (publisher, name, id) include (workspace_id, revised)
  where visibility = 'public' and current_version_id is not null;
create index published_integrations_name on published_integrations (name, id) include (workspace_id, revised)
  where visibility = 'public' and current_version_id is not null;
create index published_integrations_own on published_integrations (workspace_id, created_at, id) include (visibility, revised);
drop index integrations_public_created, integrations_public_publisher, integrations_public_name;

call tell_changes_of('published_integrations');
call tell_changes_of('published_entity_versions');

grant select, insert, delete on published_definitions, published_entity_versions to mortise_app;
grant select, insert, update, delete on published_integrations to mortise_app;
grant select on integration_faces to mortise_app;
