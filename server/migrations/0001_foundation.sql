-- The nouns of the foundation: tenants, entities, integrations with immutable versions, installs, audit events.
--
-- House rules of this schema
--   ids are TypeIDs as text in the "C" order: what the API shows is what is stored, and byte order is age.
--   timestamptz(3): what is stored is what the API shows, so no cursor or filter can miss by microseconds.
--   workspace_id leads the indexes of everything a tenant owns; composite foreign keys keep a row's parts in one workspace.
--   doc is the row's ready JSON text, written with the row by a trigger; lists join these bytes instead of building JSON.
--   json columns keep the author's key order; what is hashed is canonical text, never a column of type jsonb.
-- formerly: ecd3cf501453bcb305b66d3324a870c12b81695692b07622bc35d499194265ea

create domain id as text collate "C";

create function iso(timestamptz) returns text language sql stable strict parallel safe
  return to_char($1 at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

-- How long a deleted row is kept; null: for ever.
create function retention_period(tier text) returns interval language sql immutable parallel safe
  return case tier when 'short' then interval '7 days' when 'medium' then interval '30 days' when 'long' then interval '90 days' end;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% rows cannot be changed (%)', tg_table_name, lower(tg_op) using errcode = 'restrict_violation';
end $$;

-- Tenants ------------------------------------------------------------------------------------------------------------

create table users (
  id id primary key,
  email text not null check (char_length(email) between 3 and 320),
  name text not null check (char_length(name) between 1 and 200),
  platform_roles text[] not null default '{}' check (platform_roles <@ array['reviewer', 'admin']),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  doc text not null
);
create unique index users_email on users (lower(email));
create index users_created on users (created_at, id);

create function users_doc() returns trigger language plpgsql as $$
begin
  new.doc := json_build_object('id', new.id, 'email', new.email, 'name', new.name, 'platformRoles', to_json(new.platform_roles),
    'createdAt', iso(new.created_at), 'updatedAt', iso(new.updated_at));
  return new;
end $$;
create trigger doc before insert or update on users for each row execute function users_doc();

create table workspaces (
  id id primary key,
  name text not null check (char_length(name) between 1 and 200),
  handle text not null collate "C" unique check (handle ~ '^[a-z0-9](-?[a-z0-9])*$' and length(handle) <= 64),
  retention_tier text not null default 'medium' check (retention_tier in ('short', 'medium', 'long', 'none')),
  suspended_at timestamptz(3),
  created_by id not null references users,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  doc text not null
);
create index workspaces_created on workspaces (created_at, id);

create function workspaces_doc() returns trigger language plpgsql as $$
begin
  new.doc := json_build_object('id', new.id, 'name', new.name, 'handle', new.handle, 'retentionTier', new.retention_tier,
    'suspendedAt', iso(new.suspended_at), 'createdBy', new.created_by,
    'createdAt', iso(new.created_at), 'updatedAt', iso(new.updated_at));
  return new;
end $$;
create trigger doc before insert or update on workspaces for each row execute function workspaces_doc();

create table workspace_memberships (
  id id primary key,
  workspace_id id not null references workspaces,
  user_id id not null references users,
  role text not null check (role in ('viewer', 'editor', 'admin')),
  created_by id not null references users,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  doc text not null,
  unique (workspace_id, user_id)
);
create index workspace_memberships_user on workspace_memberships (user_id, workspace_id);
create index workspace_memberships_created on workspace_memberships (workspace_id, created_at, id);

create function workspace_memberships_doc() returns trigger language plpgsql as $$
begin
  new.doc := json_build_object('id', new.id, 'workspaceId', new.workspace_id, 'userId', new.user_id, 'role', new.role,
    'createdBy', new.created_by, 'createdAt', iso(new.created_at), 'updatedAt', iso(new.updated_at));
  return new;
end $$;
create trigger doc before insert or update on workspace_memberships for each row execute function workspace_memberships_doc();

-- Only the SHA-256 of a secret is stored. The bootstrap key alone belongs to no workspace.
create table api_keys (
  id id primary key,
  workspace_id id references workspaces,
  name text not null check (char_length(name) between 1 and 200),
  kind text not null check (kind in ('secret', 'publishable', 'bootstrap')),
  role text check (role in ('viewer', 'editor', 'admin')),
  secret_digest bytea not null unique check (octet_length(secret_digest) = 32),
  created_by id not null references users,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  doc text not null,
  check ((kind = 'bootstrap') = (workspace_id is null)),
  check ((kind = 'bootstrap') = (role is null))
);
create unique index api_keys_one_bootstrap on api_keys (kind) where kind = 'bootstrap' and revoked_at is null;
create index api_keys_created on api_keys (workspace_id, created_at, id);

create function api_keys_doc() returns trigger language plpgsql as $$
begin
  new.doc := json_build_object('id', new.id, 'workspaceId', new.workspace_id, 'name', new.name, 'kind', new.kind, 'role', new.role,
    'createdBy', new.created_by, 'createdAt', iso(new.created_at), 'expiresAt', iso(new.expires_at), 'revokedAt', iso(new.revoked_at));
  return new;
end $$;
create trigger doc before insert or update on api_keys for each row execute function api_keys_doc();

-- Entities -----------------------------------------------------------------------------------------------------------

-- Definitions by content: body is RFC 8785 canonical JSON, digest its SHA-256. Whoever has the same definition shares the row.
-- refs: every string in the body that has the form of an entity id; variables: every name used as {{ variables.name }}.
create table definitions (
  digest bytea primary key,
  body text not null,
  refs text[] not null collate "C" default '{}',
  variables text[] not null collate "C" default '{}',
  check (digest = sha256(convert_to(body, 'UTF8')))
);
create index definitions_refs on definitions using gin (refs) where refs <> '{}';
create trigger immutable before update on definitions for each row execute function refuse_change();

-- A purged entity that something still pins stays as a tombstone (purged_at), so that every pin has its row.
create table entities (
  id id primary key,
  workspace_id id not null references workspaces,
  kind text not null check (kind ~ '^[a-z][a-z0-9_]*$'),
  slug text not null collate "C" check (slug ~ '^[a-z0-9](-?[a-z0-9])*$' and length(slug) <= 64),
  name text not null check (char_length(name) between 1 and 200),
  description text check (char_length(description) <= 10000),
  definition_digest bytea not null references definitions,
  current_version_id id not null,
  version_number int not null check (version_number >= 1),
  created_by id not null references users,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  deleted_at timestamptz(3),
  retention_tier text check (retention_tier in ('short', 'medium', 'long', 'none')),
  purged_at timestamptz(3),
  doc text not null,
  unique (workspace_id, id),
  check ((deleted_at is null) = (retention_tier is null)),
  check (purged_at is null or deleted_at is not null)
);
create unique index entities_active_slug on entities (workspace_id, kind, slug) where deleted_at is null;
create index entities_created on entities (workspace_id, created_at, id);
create index entities_definition on entities (definition_digest);
create index entities_due on entities (deleted_at) where deleted_at is not null and purged_at is null;

-- The document without its definition: that is joined from definitions where it is read.
create function entities_doc() returns trigger language plpgsql as $$
begin
  new.doc := json_build_object('id', new.id, 'workspaceId', new.workspace_id, 'kind', new.kind, 'slug', new.slug, 'name', new.name,
    'description', new.description, 'currentVersionId', new.current_version_id, 'versionNumber', new.version_number,
    'createdBy', new.created_by, 'createdAt', iso(new.created_at), 'updatedAt', iso(new.updated_at),
    'deletedAt', iso(new.deleted_at), 'retentionTier', new.retention_tier);
  return new;
end $$;
create trigger doc before insert or update on entities for each row execute function entities_doc();

create table entity_versions (
  id id primary key,
  workspace_id id not null,
  entity_id id not null,
  number int not null check (number >= 1),
  definition_digest bytea not null references definitions,
  created_by id not null references users,
  created_at timestamptz(3) not null,
  unique (entity_id, number),
  unique (entity_id, id),
  foreign key (workspace_id, entity_id) references entities (workspace_id, id)
);
create index entity_versions_definition on entity_versions (definition_digest);
create trigger immutable before update on entity_versions for each row execute function refuse_change();

alter table entities add constraint entities_current_version foreign key (id, current_version_id)
  references entity_versions (entity_id, id) deferrable initially deferred;

-- Credentials --------------------------------------------------------------------------------------------------------

-- Data keys, each wrapped by the master key; secrets are sealed under a data key, so that either can be rotated.
create table data_keys (
  id id primary key,
  wrapped bytea not null,
  created_at timestamptz(3) not null
);

create table auth_states (
  id id primary key,
  workspace_id id not null references workspaces,
  name text not null check (char_length(name) between 1 and 200),
  type text not null check (type in ('api_key', 'oauth2')),
  status text not null default 'active' check (status in ('active', 'revoked')),
  scopes text[] not null default '{}',
  data_key_id id not null references data_keys,
  sealed_secret bytea not null,
  expires_at timestamptz(3),
  created_by id not null references users,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  deleted_at timestamptz(3),
  retention_tier text check (retention_tier in ('short', 'medium', 'long', 'none')),
  unique (workspace_id, id),
  check ((deleted_at is null) = (retention_tier is null))
);
create index auth_states_created on auth_states (workspace_id, created_at, id);

-- What a reader is told: an active one past its time is expired.
create function auth_state_status(status text, expires_at timestamptz) returns text language sql stable parallel safe
  return case when status = 'active' and expires_at <= now() then 'expired' else status end;

-- Integrations -------------------------------------------------------------------------------------------------------

create table integrations (
  id id primary key,
  workspace_id id not null references workspaces,
  slug text not null collate "C" check (slug ~ '^[a-z0-9](-?[a-z0-9])*$' and length(slug) <= 64),
  name text not null check (char_length(name) between 1 and 200),
  description text check (char_length(description) <= 10000),
  icon_url text check (icon_url like 'https://%' and length(icon_url) <= 2048),
  publisher text not null collate "C" references workspaces (handle),
  trust_tier text not null default 'verified_publisher'
    check (trust_tier in ('first_party', 'vendor_official', 'verified_partner', 'verified_publisher')),
  current_version_id id,
  current_version text,
  manifest json not null,
  variables_schema json not null,
  auth_config json not null,
  visibility text not null default 'private' check (visibility in ('private', 'unlisted', 'public')),
  created_by id not null references users,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  deleted_at timestamptz(3),
  retention_tier text check (retention_tier in ('short', 'medium', 'long', 'none')),
  doc text not null,
  unique (workspace_id, id),
  check ((deleted_at is null) = (retention_tier is null)),
  check ((current_version_id is null) = (current_version is null))
);
create unique index integrations_active_slug on integrations (publisher, slug) where deleted_at is null;
-- What is included lets lists be counted without the rows.
create index integrations_own on integrations (workspace_id, created_at, id) include (deleted_at);
create index integrations_own_name on integrations (workspace_id, name, id) include (deleted_at);
create index integrations_public_created on integrations (created_at, id) include (workspace_id)
  where visibility = 'public' and current_version is not null and deleted_at is null;
create index integrations_public_publisher on integrations (publisher, name, id) include (workspace_id)
  where visibility = 'public' and current_version is not null and deleted_at is null;
create index integrations_public_name on integrations (name, id)
  where visibility = 'public' and current_version is not null and deleted_at is null;

-- The document without manifest, variablesSchema and authConfig: those are joined where it is read.
create function integrations_doc() returns trigger language plpgsql as $$
begin
  new.doc := json_build_object('id', new.id, 'workspaceId', new.workspace_id, 'slug', new.slug, 'name', new.name,
    'description', new.description, 'iconUrl', new.icon_url, 'publisher', new.publisher, 'trustTier', new.trust_tier,
    'currentVersion', new.current_version, 'visibility', new.visibility, 'createdBy', new.created_by,
    'deletedAt', iso(new.deleted_at), 'retentionTier', new.retention_tier,
    'createdAt', iso(new.created_at), 'updatedAt', iso(new.updated_at));
  return new;
end $$;
create trigger doc before insert or update on integrations for each row execute function integrations_doc();

-- precedence: the version without build metadata, which does not make a version new.
-- digest: SHA-256 over what the version holds (manifest, schemas, every member with its definition digest), for reviews and bundles.
create table integration_versions (
  id id primary key,
  workspace_id id not null,
  integration_id id not null,
  version text not null collate "C",
  precedence text not null collate "C" generated always as (split_part(version, '+', 1)) stored,
  manifest_snapshot json not null,
  variables_schema_snapshot json not null,
  auth_config_snapshot json not null,
  member_entity_versions json not null,
  changelog text check (octet_length(changelog) <= 65536),
  digest bytea not null check (octet_length(digest) = 32),
  published_by id not null references users,
  published_at timestamptz(3) not null,
  yanked_at timestamptz(3),
  unique (integration_id, precedence),
  unique (integration_id, id),
  foreign key (workspace_id, integration_id) references integrations (workspace_id, id)
);
create index integration_versions_own on integration_versions (workspace_id, published_at, id);
create index integration_versions_newest on integration_versions (published_at, id);
create index integration_versions_published on integration_versions (integration_id, published_at, id);

-- Only what happens to a version after its publication may change; its content never does.
create function integration_versions_immutable() returns trigger language plpgsql as $$
begin
  if (new.id, new.workspace_id, new.integration_id, new.version, new.manifest_snapshot::text, new.variables_schema_snapshot::text,
      new.auth_config_snapshot::text, new.member_entity_versions::text, new.changelog, new.digest, new.published_by, new.published_at)
    is distinct from
     (old.id, old.workspace_id, old.integration_id, old.version, old.manifest_snapshot::text, old.variables_schema_snapshot::text,
      old.auth_config_snapshot::text, old.member_entity_versions::text, old.changelog, old.digest, old.published_by, old.published_at)
  then
    raise exception 'published versions cannot be changed' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger immutable before update on integration_versions for each row execute function integration_versions_immutable();

alter table integrations add constraint integrations_current_version foreign key (id, current_version_id)
  references integration_versions (integration_id, id) deferrable initially deferred;

-- The members of a version with everything an install needs, so that nothing in the source workspace can change it.
-- position: manifest order, then the closure. former_slugs: what this member was called in earlier versions.
-- required_by: the members whose definition or dependsOn leads here.
create table integration_version_members (
  integration_version_id id not null references integration_versions on delete cascade,
  slug text not null collate "C",
  position int not null,
  kind text not null,
  entity_id id not null references entities,
  entity_version_id id not null,
  entity_slug text not null collate "C",
  name text not null,
  description text,
  definition_digest bytea not null references definitions,
  origin text not null check (origin in ('declared', 'schema_closure')),
  required boolean not null,
  default_enabled boolean not null,
  fork_on_install boolean not null,
  depends_on text[] not null collate "C" default '{}',
  former_slugs text[] not null collate "C" default '{}',
  primary key (integration_version_id, slug),
  unique (integration_version_id, position),
  unique (integration_version_id, entity_id),
  foreign key (entity_id, entity_version_id) references entity_versions (entity_id, id)
);
create index integration_version_members_entity on integration_version_members (entity_id);
create trigger immutable before update on integration_version_members for each row execute function refuse_change();

create table integration_grants (
  id id primary key,
  integration_id id not null references integrations on delete cascade,
  workspace_id id not null references workspaces,
  created_by id not null references users,
  created_at timestamptz(3) not null,
  doc text not null,
  unique (integration_id, workspace_id)
);
create index integration_grants_workspace on integration_grants (workspace_id, integration_id);

create function integration_grants_doc() returns trigger language plpgsql as $$
begin
  new.doc := json_build_object('id', new.id, 'integrationId', new.integration_id, 'workspaceId', new.workspace_id,
    'createdBy', new.created_by, 'createdAt', iso(new.created_at));
  return new;
end $$;
create trigger doc before insert or update on integration_grants for each row execute function integration_grants_doc();

-- Installs -----------------------------------------------------------------------------------------------------------

create table solutions (
  id id primary key,
  workspace_id id not null references workspaces,
  name text not null,
  created_by id not null references users,
  created_at timestamptz(3) not null,
  deleted_at timestamptz(3),
  retention_tier text check (retention_tier in ('short', 'medium', 'long', 'none')),
  doc text not null,
  unique (workspace_id, id),
  check ((deleted_at is null) = (retention_tier is null))
);
create index solutions_created on solutions (workspace_id, created_at, id);

create function solutions_doc() returns trigger language plpgsql as $$
begin
  new.doc := json_build_object('id', new.id, 'workspaceId', new.workspace_id, 'name', new.name, 'createdBy', new.created_by,
    'createdAt', iso(new.created_at), 'deletedAt', iso(new.deleted_at), 'retentionTier', new.retention_tier);
  return new;
end $$;
create trigger doc before insert or update on solutions for each row execute function solutions_doc();

create table integration_installs (
  id id primary key,
  workspace_id id not null references workspaces,
  integration_id id not null references integrations,
  integration_version_id id not null,
  variables json not null,
  auth_state_id id,
  member_policy text not null check (member_policy in ('auto_all', 'auto_defaults', 'manual')),
  parent_install_id id,
  solution_id id not null,
  revision int not null default 1 check (revision >= 1),
  installed_by id not null references users,
  installed_at timestamptz(3) not null,
  last_upgraded_at timestamptz(3),
  deleted_at timestamptz(3),
  retention_tier text check (retention_tier in ('short', 'medium', 'long', 'none')),
  doc text not null,
  unique (workspace_id, id),
  foreign key (integration_id, integration_version_id) references integration_versions (integration_id, id),
  foreign key (workspace_id, auth_state_id) references auth_states (workspace_id, id),
  foreign key (workspace_id, parent_install_id) references integration_installs (workspace_id, id),
  foreign key (workspace_id, solution_id) references solutions (workspace_id, id),
  check (parent_install_id <> id),
  check ((deleted_at is null) = (retention_tier is null))
);
create unique index integration_installs_one on integration_installs (workspace_id, integration_id, parent_install_id)
  nulls not distinct where deleted_at is null;
create index integration_installs_created on integration_installs (workspace_id, installed_at, id);
create index integration_installs_version on integration_installs (integration_id, integration_version_id);
create index integration_installs_parent on integration_installs (parent_install_id) where parent_install_id is not null;
create index integration_installs_auth_state on integration_installs (auth_state_id) where auth_state_id is not null;
create index integration_installs_solution on integration_installs (solution_id);

create function integration_installs_doc() returns trigger language plpgsql as $$
begin
  new.doc := json_build_object('id', new.id, 'integrationId', new.integration_id, 'integrationVersionId', new.integration_version_id,
    'workspaceId', new.workspace_id, 'variables', new.variables, 'authStateId', new.auth_state_id, 'memberPolicy', new.member_policy,
    'parentInstallId', new.parent_install_id, 'solutionId', new.solution_id, 'installedBy', new.installed_by,
    'installedAt', iso(new.installed_at), 'lastUpgradedAt', iso(new.last_upgraded_at),
    'deletedAt', iso(new.deleted_at), 'retentionTier', new.retention_tier);
  return new;
end $$;
create trigger doc before insert or update on integration_installs for each row execute function integration_installs_doc();

-- entity_id: the clone, or the publisher's entity when it is referenced. source_entity_id, entity_version_id: what is pinned.
-- source_version_id: the integration version it was made from. applied_digest: the definition last applied to the clone, the
-- base of every later merge, which nothing else could reconstruct. removed_as: why a deleted member went.
create table integration_members (
  id id primary key,
  workspace_id id not null,
  integration_install_id id not null,
  source_member_slug text not null collate "C",
  entity_id id not null references entities,
  source_entity_id id not null,
  entity_version_id id not null,
  source_version_id id not null references integration_versions,
  is_clone boolean not null,
  clone_workspace_id id generated always as (case when is_clone then workspace_id end) stored,
  applied_digest bytea references definitions,
  detached boolean not null default false,
  enabled boolean not null default true,
  added_by id not null references users,
  added_at timestamptz(3) not null,
  deleted_at timestamptz(3),
  retention_tier text check (retention_tier in ('short', 'medium', 'long', 'none')),
  removed_as text check (removed_as in ('removed', 'kept', 'dropped', 'uninstalled')),
  doc text not null,
  foreign key (workspace_id, integration_install_id) references integration_installs (workspace_id, id),
  foreign key (source_entity_id, entity_version_id) references entity_versions (entity_id, id),
  foreign key (clone_workspace_id, entity_id) references entities (workspace_id, id),
  check (is_clone = (applied_digest is not null)),
  check (is_clone or not detached),
  check (is_clone or entity_id = source_entity_id),
  check ((deleted_at is null) = (retention_tier is null)),
  check ((deleted_at is null) = (removed_as is null))
);
create unique index integration_members_slug on integration_members (integration_install_id, source_member_slug) where deleted_at is null;
create unique index integration_members_clone on integration_members (entity_id) where is_clone and deleted_at is null;
create index integration_members_entity on integration_members (entity_id);
create index integration_members_version on integration_members (entity_version_id);
create index integration_members_source_version on integration_members (source_version_id);
create index integration_members_added on integration_members (workspace_id, added_at, id);
create index integration_members_install on integration_members (integration_install_id);

create function integration_members_doc() returns trigger language plpgsql as $$
begin
  new.doc := json_build_object('id', new.id, 'integrationInstallId', new.integration_install_id, 'workspaceId', new.workspace_id,
    'entityId', new.entity_id, 'entityVersionId', new.entity_version_id, 'sourceMemberSlug', new.source_member_slug,
    'isClone', new.is_clone, 'sourceVersionId', new.source_version_id, 'detached', new.detached, 'enabled', new.enabled,
    'addedBy', new.added_by, 'addedAt', iso(new.added_at), 'deletedAt', iso(new.deleted_at), 'retentionTier', new.retention_tier);
  return new;
end $$;
create trigger doc before insert or update on integration_members for each row execute function integration_members_doc();

create table solution_members (
  id id primary key,
  workspace_id id not null,
  solution_id id not null,
  integration_member_id id not null references integration_members on delete cascade,
  entity_id id not null references entities,
  added_at timestamptz(3) not null,
  doc text not null,
  unique (solution_id, integration_member_id),
  foreign key (workspace_id, solution_id) references solutions (workspace_id, id)
);
create index solution_members_added on solution_members (workspace_id, added_at, id);
create index solution_members_member on solution_members (integration_member_id);
create index solution_members_entity on solution_members (entity_id);

create function solution_members_doc() returns trigger language plpgsql as $$
begin
  new.doc := json_build_object('id', new.id, 'workspaceId', new.workspace_id, 'solutionId', new.solution_id,
    'integrationMemberId', new.integration_member_id, 'entityId', new.entity_id, 'addedAt', iso(new.added_at));
  return new;
end $$;
create trigger doc before insert or update on solution_members for each row execute function solution_members_doc();

-- What each change of an install did. members: slug → {memberId, entityId, entityVersionId, digest} as of then.
create table install_revisions (
  id id primary key,
  workspace_id id not null,
  integration_install_id id not null,
  number int not null check (number >= 1),
  action text not null check (action in ('install', 'upgrade', 'reconfigure', 'rollback', 'uninstall', 'restore')),
  from_version_id id references integration_versions,
  to_version_id id not null references integration_versions,
  variables json not null,
  updated text[] not null default '{}',
  added text[] not null default '{}',
  removed text[] not null default '{}',
  skipped text[] not null default '{}',
  members json not null,
  created_by id not null references users,
  created_at timestamptz(3) not null,
  unique (integration_install_id, number),
  foreign key (workspace_id, integration_install_id) references integration_installs (workspace_id, id)
);
create index install_revisions_created on install_revisions (workspace_id, created_at, id);
create index install_revisions_from on install_revisions (from_version_id);
create index install_revisions_to on install_revisions (to_version_id);
create trigger immutable before update on install_revisions for each row execute function refuse_change();

-- Audit --------------------------------------------------------------------------------------------------------------

-- Written in the transaction of what it tells. A feed that must miss nothing reads in the order (transaction_id, number) and
-- only up to pg_snapshot_xmin(pg_current_snapshot()): everything below that is decided, nothing can appear behind the reader.
-- The same column tells whether anything changed since a snapshot was taken, without a counter that writers would queue for.
create table events (
  id id primary key,
  transaction_id xid8 not null default pg_current_xact_id(),
  number bigint generated always as identity,
  workspace_id id references workspaces,
  type text not null check (type ~ '^[a-z_]+\.[a-z_]+$'),
  noun text not null collate "C" generated always as (split_part(type, '.', 1)) stored,
  actor_id id references users,
  key_id id references api_keys,
  subject_id id not null,
  request_id text not null,
  data json not null,
  created_at timestamptz(3) not null,
  doc text not null
);
create unique index events_order on events (transaction_id, number);
create index events_noun_order on events (noun, transaction_id);
create index events_workspace_order on events (workspace_id, transaction_id, number);
create index events_created on events (workspace_id, created_at, id);
create index events_subject on events (subject_id, created_at);

create function events_doc() returns trigger language plpgsql as $$
begin
  new.doc := json_build_object('id', new.id, 'workspaceId', new.workspace_id, 'type', new.type, 'actorId', new.actor_id,
    'keyId', new.key_id, 'subjectId', new.subject_id, 'requestId', new.request_id, 'data', new.data, 'createdAt', iso(new.created_at));
  return new;
end $$;
create trigger doc before insert on events for each row execute function events_doc();
create trigger immutable before update or delete on events for each row execute function refuse_change();
create trigger immutable_whole before truncate on events for each statement execute function refuse_change();

-- Safe retries --------------------------------------------------------------------------------------------------------------

-- The answers of requests that carried an Idempotency-Key, written in the transaction of their effect: both are there or neither.
-- request: SHA-256 of method, path and body. answer: without secrets.
create table idempotency_keys (
  key_id id not null references api_keys,
  idempotency_key text not null collate "C",
  request bytea not null,
  answer text not null,
  created_id text,
  created_at timestamptz(3) not null,
  primary key (key_id, idempotency_key)
);
create index idempotency_keys_created on idempotency_keys (created_at);

-- The server's own role -------------------------------------------------------------------------------------------------

-- It owns nothing and can change only what has to change: events are written once, versions and definitions never updated.
grant usage on schema public to mortise_app;
grant select, insert on all tables in schema public to mortise_app;
grant usage on all sequences in schema public to mortise_app;
grant update, delete on workspaces, users, workspace_memberships, api_keys, entities, auth_states, integrations, integration_grants,
  solutions, integration_installs, integration_members, solution_members, data_keys, idempotency_keys to mortise_app;
grant update (yanked_at), delete on integration_versions to mortise_app;
grant delete on integration_version_members, install_revisions, entity_versions, definitions to mortise_app;
revoke insert, update, delete, truncate on mortise_migrations from mortise_app;
