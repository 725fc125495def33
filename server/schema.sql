-- The database on one page, as the migrations make it. Made by `npm run generate`; a test keeps it fresh.

create domain id as text collate "C";

create table api_keys (
  id id not null,
  workspace_id id,
  name text not null,
  kind text not null,
  role text,
  secret_digest bytea not null,
  created_by id not null,
  created_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone,
  revoked_at timestamp(3) with time zone,
  doc text not null,
  name_key text collate "C" generated always as (name_key(name)) stored not null,
  origins text[],
  constraint api_keys_pkey PRIMARY KEY (id),
  constraint api_keys_secret_digest_key UNIQUE (secret_digest),
  constraint api_keys_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
  constraint api_keys_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id),
  constraint api_keys_check CHECK ((kind = 'bootstrap'::text) = (workspace_id IS NULL)),
  constraint api_keys_check1 CHECK ((kind = 'bootstrap'::text) = (role IS NULL)),
  constraint api_keys_check2 CHECK (origins IS NULL OR kind = 'publishable'::text AND cardinality(origins) >= 1 AND cardinality(origins) <= 20),
  constraint api_keys_kind_check CHECK (kind = ANY (ARRAY['secret'::text, 'publishable'::text, 'bootstrap'::text])),
  constraint api_keys_name_check CHECK (char_length(name) >= 1 AND char_length(name) <= 200),
  constraint api_keys_role_check CHECK (role = ANY (ARRAY['viewer'::text, 'editor'::text, 'admin'::text])),
  constraint api_keys_secret_digest_check CHECK (octet_length(secret_digest) = 32)
);
CREATE INDEX api_keys_created ON api_keys USING btree (workspace_id, created_at, id);
CREATE UNIQUE INDEX api_keys_one_bootstrap ON api_keys USING btree (kind) WHERE kind = 'bootstrap'::text AND revoked_at IS NULL;
CREATE TRIGGER clock BEFORE UPDATE ON api_keys FOR EACH ROW WHEN (new.created_at IS DISTINCT FROM old.created_at AND new.created_at < GREATEST(old.created_at, old.revoked_at) OR new.revoked_at IS DISTINCT FROM old.revoked_at AND new.revoked_at < GREATEST(old.created_at, old.revoked_at)) EXECUTE FUNCTION keep_time('created_at', 'revoked_at');
CREATE TRIGGER doc BEFORE INSERT OR UPDATE ON api_keys FOR EACH ROW EXECUTE FUNCTION api_keys_doc();
CREATE TRIGGER tell_deleted AFTER DELETE ON api_keys REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON api_keys REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON api_keys FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON api_keys REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant delete, insert, select, update on api_keys to mortise_app;

create table auth_states (
  id id not null,
  workspace_id id not null,
  name text not null,
  type text not null,
  status text default 'active'::text not null,
  scopes text[] default '{}'::text[] not null,
  data_key_id id not null,
  sealed_secret bytea not null,
  expires_at timestamp(3) with time zone,
  created_by id not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  deleted_at timestamp(3) with time zone,
  retention_tier text,
  name_key text collate "C" generated always as (name_key(name)) stored not null,
  constraint auth_states_pkey PRIMARY KEY (id),
  constraint auth_states_workspace_id_id_key UNIQUE (workspace_id, id),
  constraint auth_states_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
  constraint auth_states_data_key_id_fkey FOREIGN KEY (data_key_id) REFERENCES data_keys(id),
  constraint auth_states_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id),
  constraint auth_states_check CHECK ((deleted_at IS NULL) = (retention_tier IS NULL)),
  constraint auth_states_name_check CHECK (char_length(name) >= 1 AND char_length(name) <= 200),
  constraint auth_states_retention_tier_check CHECK (retention_tier = ANY (ARRAY['short'::text, 'medium'::text, 'long'::text, 'none'::text])),
  constraint auth_states_status_check CHECK (status = ANY (ARRAY['active'::text, 'revoked'::text])),
  constraint auth_states_type_check CHECK (type = ANY (ARRAY['api_key'::text, 'oauth2'::text]))
);
CREATE INDEX auth_states_created ON auth_states USING btree (workspace_id, created_at, id);
CREATE TRIGGER clock BEFORE UPDATE ON auth_states FOR EACH ROW WHEN (new.created_at IS DISTINCT FROM old.created_at AND new.created_at < GREATEST(old.created_at, old.updated_at, old.deleted_at) OR new.updated_at IS DISTINCT FROM old.updated_at AND new.updated_at < GREATEST(old.created_at, old.updated_at, old.deleted_at) OR new.deleted_at IS DISTINCT FROM old.deleted_at AND new.deleted_at < GREATEST(old.created_at, old.updated_at, old.deleted_at)) EXECUTE FUNCTION keep_time('created_at', 'updated_at', 'deleted_at');
CREATE TRIGGER tell_deleted AFTER DELETE ON auth_states REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON auth_states REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON auth_states FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON auth_states REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant delete, insert, select, update on auth_states to mortise_app;

create table bundle_imports (
  integration_version_id id not null,
  workspace_id id not null,
  digest bytea not null,
  publisher text not null,
  slug text not null,
  public_key text collate "C" not null,
  imported_by id not null,
  imported_at timestamp(3) with time zone not null,
  constraint bundle_imports_pkey PRIMARY KEY (integration_version_id),
  constraint bundle_imports_imported_by_fkey FOREIGN KEY (imported_by) REFERENCES users(id),
  constraint bundle_imports_integration_version_id_fkey FOREIGN KEY (integration_version_id) REFERENCES integration_versions(id) ON DELETE CASCADE,
  constraint bundle_imports_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id),
  constraint bundle_imports_digest_check CHECK (octet_length(digest) = 32)
);
CREATE INDEX bundle_imports_own ON bundle_imports USING btree (workspace_id, imported_at);
CREATE TRIGGER immutable BEFORE UPDATE ON bundle_imports FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on bundle_imports to mortise_app;

create table data_keys (
  id id not null,
  wrapped bytea not null,
  created_at timestamp(3) with time zone not null,
  constraint data_keys_pkey PRIMARY KEY (id)
);
grant delete, insert, select, update on data_keys to mortise_app;

create table definitions (
  digest bytea not null,
  body text not null,
  refs text[] collate "C" default '{}'::text[] not null,
  variables text[] collate "C" default '{}'::text[] not null,
  constraint definitions_pkey PRIMARY KEY (digest),
  constraint definitions_check CHECK (digest = sha256(convert_to(body, 'UTF8'::name)))
);
CREATE INDEX definitions_refs ON definitions USING gin (refs) WHERE refs <> '{}'::text[];
CREATE TRIGGER immutable BEFORE UPDATE ON definitions FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant delete, insert, select on definitions to mortise_app;

create table entities (
  id id not null,
  workspace_id id not null,
  kind text not null,
  slug text collate "C" not null,
  name text not null,
  description text,
  definition_digest bytea not null,
  current_version_id id not null,
  version_number integer not null,
  created_by id not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  deleted_at timestamp(3) with time zone,
  retention_tier text,
  purged_at timestamp(3) with time zone,
  doc text not null,
  name_key text collate "C" generated always as (name_key(name)) stored not null,
  constraint entities_pkey PRIMARY KEY (id),
  constraint entities_workspace_id_id_key UNIQUE (workspace_id, id),
  constraint entities_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
  constraint entities_current_version FOREIGN KEY (id, current_version_id) REFERENCES entity_versions(entity_id, id) DEFERRABLE INITIALLY DEFERRED,
  constraint entities_definition_digest_fkey FOREIGN KEY (definition_digest) REFERENCES definitions(digest),
  constraint entities_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id),
  constraint entities_check CHECK ((deleted_at IS NULL) = (retention_tier IS NULL)),
  constraint entities_check1 CHECK (purged_at IS NULL OR deleted_at IS NOT NULL),
  constraint entities_description_check CHECK (char_length(description) <= 10000),
  constraint entities_kind_check CHECK (kind ~ '^[a-z][a-z0-9_]*$'::text),
  constraint entities_name_check CHECK (char_length(name) >= 1 AND char_length(name) <= 200),
  constraint entities_retention_tier_check CHECK (retention_tier = ANY (ARRAY['short'::text, 'medium'::text, 'long'::text, 'none'::text])),
  constraint entities_slug_check CHECK (slug ~ '^[a-z0-9](-?[a-z0-9])*$'::text AND length(slug) <= 64),
  constraint entities_version_number_check CHECK (version_number >= 1)
);
CREATE UNIQUE INDEX entities_active_slug ON entities USING btree (workspace_id, kind, slug) WHERE deleted_at IS NULL;
CREATE INDEX entities_created ON entities USING btree (workspace_id, created_at, id);
CREATE INDEX entities_definition ON entities USING btree (definition_digest);
CREATE INDEX entities_due ON entities USING btree (deleted_at) WHERE deleted_at IS NOT NULL AND purged_at IS NULL;
CREATE INDEX entities_name ON entities USING btree (workspace_id, name_key, id);
CREATE TRIGGER clock BEFORE UPDATE ON entities FOR EACH ROW WHEN (new.created_at IS DISTINCT FROM old.created_at AND new.created_at < GREATEST(old.created_at, old.updated_at, old.deleted_at, old.purged_at) OR new.updated_at IS DISTINCT FROM old.updated_at AND new.updated_at < GREATEST(old.created_at, old.updated_at, old.deleted_at, old.purged_at) OR new.deleted_at IS DISTINCT FROM old.deleted_at AND new.deleted_at < GREATEST(old.created_at, old.updated_at, old.deleted_at, old.purged_at) OR new.purged_at IS DISTINCT FROM old.purged_at AND new.purged_at < GREATEST(old.created_at, old.updated_at, old.deleted_at, old.purged_at)) EXECUTE FUNCTION keep_time('created_at', 'updated_at', 'deleted_at', 'purged_at');
CREATE TRIGGER doc BEFORE INSERT OR UPDATE ON entities FOR EACH ROW EXECUTE FUNCTION entities_doc();
CREATE TRIGGER tell_deleted AFTER DELETE ON entities REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON entities REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON entities FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON entities REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant delete, insert, select, update on entities to mortise_app;

create table entity_versions (
  id id not null,
  workspace_id id not null,
  entity_id id not null,
  number integer not null,
  definition_digest bytea not null,
  created_by id not null,
  created_at timestamp(3) with time zone not null,
  constraint entity_versions_pkey PRIMARY KEY (id),
  constraint entity_versions_entity_id_id_key UNIQUE (entity_id, id),
  constraint entity_versions_entity_id_number_key UNIQUE (entity_id, number),
  constraint entity_versions_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
  constraint entity_versions_definition_digest_fkey FOREIGN KEY (definition_digest) REFERENCES definitions(digest),
  constraint entity_versions_workspace_id_entity_id_fkey FOREIGN KEY (workspace_id, entity_id) REFERENCES entities(workspace_id, id),
  constraint entity_versions_number_check CHECK (number >= 1)
);
CREATE INDEX entity_versions_definition ON entity_versions USING btree (definition_digest);
CREATE TRIGGER immutable BEFORE UPDATE ON entity_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tell_deleted AFTER DELETE ON entity_versions REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON entity_versions REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON entity_versions FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON entity_versions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant delete, insert, select on entity_versions to mortise_app;

create table events (
  id id not null,
  transaction_id xid8 default pg_current_xact_id() not null,
  number bigint generated always as identity not null,
  workspace_id id,
  type text not null,
  noun text collate "C" generated always as (split_part(type, '.'::text, 1)) stored not null,
  actor_id id,
  key_id id,
  subject_id id not null,
  request_id text not null,
  data json not null,
  created_at timestamp(3) with time zone not null,
  doc text not null,
  constraint events_pkey PRIMARY KEY (id),
  constraint events_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES users(id),
  constraint events_key_id_fkey FOREIGN KEY (key_id) REFERENCES api_keys(id),
  constraint events_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id),
  constraint events_type_check CHECK (type ~ '^[a-z_]+\.[a-z_]+$'::text)
);
CREATE INDEX events_created ON events USING btree (workspace_id, created_at, id);
CREATE UNIQUE INDEX events_order ON events USING btree (transaction_id, number);
CREATE INDEX events_subject ON events USING btree (subject_id, created_at);
CREATE INDEX events_workspace_order ON events USING btree (workspace_id, transaction_id, number);
CREATE TRIGGER doc BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION events_doc();
CREATE TRIGGER immutable BEFORE DELETE OR UPDATE ON events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER immutable_whole BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tell_deleted AFTER DELETE ON events REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON events REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON events REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant insert, select on events to mortise_app;

create table idempotency_keys (
  key_id id not null,
  idempotency_key text collate "C" not null,
  request bytea not null,
  answer text not null,
  created_id text,
  created_at timestamp(3) with time zone not null,
  constraint idempotency_keys_pkey PRIMARY KEY (key_id, idempotency_key),
  constraint idempotency_keys_key_id_fkey FOREIGN KEY (key_id) REFERENCES api_keys(id)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys USING btree (created_at);
grant delete, insert, select, update on idempotency_keys to mortise_app;

create table install_dependencies (
  workspace_id id not null,
  integration_install_id id not null,
  "position" integer not null,
  integration text collate "C" not null,
  range text not null,
  optional boolean not null,
  integration_id id,
  locked_install_id id,
  locked_version text collate "C",
  wanted_name text collate "C",
  constraint install_dependencies_pkey PRIMARY KEY (integration_install_id, "position"),
  constraint install_dependencies_integration_id_fkey FOREIGN KEY (integration_id) REFERENCES integrations(id) ON DELETE SET NULL,
  constraint install_dependencies_workspace_id_integration_install_id_fkey FOREIGN KEY (workspace_id, integration_install_id) REFERENCES integration_installs(workspace_id, id) ON DELETE CASCADE,
  constraint install_dependencies_workspace_id_locked_install_id_fkey FOREIGN KEY (workspace_id, locked_install_id) REFERENCES integration_installs(workspace_id, id) ON DELETE SET NULL (locked_install_id)
);
CREATE INDEX install_dependencies_integration ON install_dependencies USING btree (integration_id) WHERE integration_id IS NOT NULL;
CREATE INDEX install_dependencies_locked ON install_dependencies USING btree (workspace_id, locked_install_id) WHERE locked_install_id IS NOT NULL;
CREATE INDEX install_dependencies_wanted ON install_dependencies USING btree (workspace_id, integration);
grant delete, insert, select on install_dependencies to mortise_app;

create table install_revisions (
  id id not null,
  workspace_id id not null,
  integration_install_id id not null,
  number integer not null,
  action text not null,
  from_version_id id,
  to_version_id id not null,
  variables json not null,
  updated text[] default '{}'::text[] not null,
  added text[] default '{}'::text[] not null,
  removed text[] default '{}'::text[] not null,
  skipped text[] default '{}'::text[] not null,
  members json not null,
  created_by id not null,
  created_at timestamp(3) with time zone not null,
  merged text[] default '{}'::text[] not null,
  conflicted text[] default '{}'::text[] not null,
  reason text,
  constraint install_revisions_pkey PRIMARY KEY (id),
  constraint install_revisions_integration_install_id_number_key UNIQUE (integration_install_id, number),
  constraint install_revisions_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
  constraint install_revisions_from_version_id_fkey FOREIGN KEY (from_version_id) REFERENCES integration_versions(id),
  constraint install_revisions_to_version_id_fkey FOREIGN KEY (to_version_id) REFERENCES integration_versions(id),
  constraint install_revisions_workspace_id_integration_install_id_fkey FOREIGN KEY (workspace_id, integration_install_id) REFERENCES integration_installs(workspace_id, id),
  constraint install_revisions_action_check CHECK (action = ANY (ARRAY['install'::text, 'upgrade'::text, 'reconfigure'::text, 'rollback'::text, 'add_members'::text, 'drop_member'::text, 'uninstall'::text, 'restore'::text])),
  constraint install_revisions_number_check CHECK (number >= 1),
  constraint install_revisions_reason_check CHECK (char_length(reason) >= 1 AND char_length(reason) <= 1000)
);
CREATE INDEX install_revisions_created ON install_revisions USING btree (workspace_id, created_at, id);
CREATE INDEX install_revisions_from ON install_revisions USING btree (from_version_id);
CREATE INDEX install_revisions_to ON install_revisions USING btree (to_version_id);
CREATE INDEX install_revisions_upgrades ON install_revisions USING btree (to_version_id, created_at) WHERE action = 'upgrade'::text;
CREATE TRIGGER immutable BEFORE UPDATE ON install_revisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tell_deleted AFTER DELETE ON install_revisions REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON install_revisions REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON install_revisions FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON install_revisions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant delete, insert, select on install_revisions to mortise_app;

create table integration_grants (
  id id not null,
  integration_id id not null,
  workspace_id id not null,
  created_by id not null,
  created_at timestamp(3) with time zone not null,
  doc text not null,
  constraint integration_grants_pkey PRIMARY KEY (id),
  constraint integration_grants_integration_id_workspace_id_key UNIQUE (integration_id, workspace_id),
  constraint integration_grants_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
  constraint integration_grants_integration_id_fkey FOREIGN KEY (integration_id) REFERENCES integrations(id) ON DELETE CASCADE
);
CREATE INDEX integration_grants_workspace ON integration_grants USING btree (workspace_id, integration_id);
CREATE TRIGGER doc BEFORE INSERT OR UPDATE ON integration_grants FOR EACH ROW EXECUTE FUNCTION integration_grants_doc();
CREATE TRIGGER tell_deleted AFTER DELETE ON integration_grants REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON integration_grants REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON integration_grants FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON integration_grants REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant delete, insert, select, update on integration_grants to mortise_app;

create table integration_installs (
  id id not null,
  workspace_id id not null,
  integration_id id not null,
  integration_version_id id not null,
  variables json not null,
  auth_state_id id,
  member_policy text not null,
  parent_install_id id,
  solution_id id not null,
  revision integer default 1 not null,
  installed_by id not null,
  installed_at timestamp(3) with time zone not null,
  last_upgraded_at timestamp(3) with time zone,
  deleted_at timestamp(3) with time zone,
  retention_tier text,
  doc text not null,
  upgrade_policy text default 'manual'::text not null,
  min_release_age_hours integer,
  channel text default 'stable'::text not null,
  name text collate "C",
  constraint integration_installs_pkey PRIMARY KEY (id),
  constraint integration_installs_workspace_id_id_key UNIQUE (workspace_id, id),
  constraint integration_installs_installed_by_fkey FOREIGN KEY (installed_by) REFERENCES users(id),
  constraint integration_installs_integration_id_fkey FOREIGN KEY (integration_id) REFERENCES integrations(id),
  constraint integration_installs_integration_id_integration_version_id_fkey FOREIGN KEY (integration_id, integration_version_id) REFERENCES integration_versions(integration_id, id),
  constraint integration_installs_workspace_id_auth_state_id_fkey FOREIGN KEY (workspace_id, auth_state_id) REFERENCES auth_states(workspace_id, id),
  constraint integration_installs_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id),
  constraint integration_installs_workspace_id_parent_install_id_fkey FOREIGN KEY (workspace_id, parent_install_id) REFERENCES integration_installs(workspace_id, id),
  constraint integration_installs_workspace_id_solution_id_fkey FOREIGN KEY (workspace_id, solution_id) REFERENCES solutions(workspace_id, id),
  constraint integration_installs_channel_check CHECK (channel = ANY (ARRAY['stable'::text, 'prerelease'::text])),
  constraint integration_installs_check CHECK (parent_install_id::text <> id::text),
  constraint integration_installs_check1 CHECK ((deleted_at IS NULL) = (retention_tier IS NULL)),
  constraint integration_installs_member_policy_check CHECK (member_policy = ANY (ARRAY['auto_all'::text, 'auto_defaults'::text, 'manual'::text])),
  constraint integration_installs_min_release_age_hours_check CHECK (min_release_age_hours >= 0 AND min_release_age_hours <= 8760),
  constraint integration_installs_name_check CHECK (name <> ''::text),
  constraint integration_installs_retention_tier_check CHECK (retention_tier = ANY (ARRAY['short'::text, 'medium'::text, 'long'::text, 'none'::text])),
  constraint integration_installs_revision_check CHECK (revision >= 1),
  constraint integration_installs_upgrade_policy_check CHECK (upgrade_policy = ANY (ARRAY['manual'::text, 'patch'::text, 'minor'::text, 'all'::text]))
);
CREATE INDEX integration_installs_active ON integration_installs USING btree (integration_id, integration_version_id) WHERE deleted_at IS NULL;
CREATE INDEX integration_installs_auth_state ON integration_installs USING btree (auth_state_id) WHERE auth_state_id IS NOT NULL;
CREATE INDEX integration_installs_created ON integration_installs USING btree (workspace_id, installed_at, id);
CREATE INDEX integration_installs_name ON integration_installs USING btree (workspace_id, name, id) WHERE name IS NOT NULL;
CREATE UNIQUE INDEX integration_installs_one ON integration_installs USING btree (workspace_id, integration_id, parent_install_id, name) NULLS NOT DISTINCT WHERE deleted_at IS NULL;
CREATE INDEX integration_installs_parent ON integration_installs USING btree (parent_install_id) WHERE parent_install_id IS NOT NULL;
CREATE INDEX integration_installs_solution ON integration_installs USING btree (solution_id);
CREATE INDEX integration_installs_version ON integration_installs USING btree (integration_id, integration_version_id);
CREATE TRIGGER clock BEFORE UPDATE ON integration_installs FOR EACH ROW WHEN (new.installed_at IS DISTINCT FROM old.installed_at AND new.installed_at < GREATEST(old.installed_at, old.last_upgraded_at, old.deleted_at) OR new.last_upgraded_at IS DISTINCT FROM old.last_upgraded_at AND new.last_upgraded_at < GREATEST(old.installed_at, old.last_upgraded_at, old.deleted_at) OR new.deleted_at IS DISTINCT FROM old.deleted_at AND new.deleted_at < GREATEST(old.installed_at, old.last_upgraded_at, old.deleted_at)) EXECUTE FUNCTION keep_time('installed_at', 'last_upgraded_at', 'deleted_at');
CREATE TRIGGER doc BEFORE INSERT OR UPDATE ON integration_installs FOR EACH ROW EXECUTE FUNCTION integration_installs_doc();
CREATE TRIGGER tell_deleted AFTER DELETE ON integration_installs REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON integration_installs REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON integration_installs FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON integration_installs REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant delete, insert, select, update on integration_installs to mortise_app;

create table integration_members (
  id id not null,
  workspace_id id not null,
  integration_install_id id not null,
  source_member_slug text collate "C" not null,
  entity_id id not null,
  source_entity_id id not null,
  entity_version_id id not null,
  source_version_id id,
  is_clone boolean not null,
  clone_workspace_id id generated always as (
CASE
    WHEN is_clone THEN (workspace_id)::text
    ELSE NULL::text
END) stored,
  applied_digest bytea,
  detached boolean default false not null,
  enabled boolean default true not null,
  added_by id not null,
  added_at timestamp(3) with time zone not null,
  deleted_at timestamp(3) with time zone,
  retention_tier text,
  removed_as text,
  doc text not null,
  stale boolean default false not null,
  merge_base_digest bytea,
  open_conflicts integer default 0 not null,
  constraint integration_members_pkey PRIMARY KEY (id),
  constraint integration_members_workspace_id_id_key UNIQUE (workspace_id, id),
  constraint integration_members_added_by_fkey FOREIGN KEY (added_by) REFERENCES users(id),
  constraint integration_members_applied_digest_fkey FOREIGN KEY (applied_digest) REFERENCES definitions(digest),
  constraint integration_members_clone_workspace_id_entity_id_fkey FOREIGN KEY (clone_workspace_id, entity_id) REFERENCES entities(workspace_id, id),
  constraint integration_members_merge_base_digest_fkey FOREIGN KEY (merge_base_digest) REFERENCES definitions(digest),
  constraint integration_members_source_entity_id_entity_version_id_fkey FOREIGN KEY (source_entity_id, entity_version_id) REFERENCES published_entity_versions(entity_id, id),
  constraint integration_members_source_version_id_fkey FOREIGN KEY (source_version_id) REFERENCES integration_versions(id),
  constraint integration_members_workspace_id_integration_install_id_fkey FOREIGN KEY (workspace_id, integration_install_id) REFERENCES integration_installs(workspace_id, id),
  constraint integration_members_check CHECK (is_clone = (applied_digest IS NOT NULL)),
  constraint integration_members_check1 CHECK (is_clone OR NOT detached),
  constraint integration_members_check2 CHECK (is_clone OR entity_id::text = source_entity_id::text),
  constraint integration_members_check3 CHECK ((deleted_at IS NULL) = (retention_tier IS NULL)),
  constraint integration_members_check4 CHECK ((deleted_at IS NULL) = (removed_as IS NULL)),
  constraint integration_members_check5 CHECK (is_clone OR merge_base_digest IS NULL),
  constraint integration_members_open_conflicts_check CHECK (open_conflicts >= 0),
  constraint integration_members_removed_as_check CHECK (removed_as = ANY (ARRAY['removed'::text, 'kept'::text, 'dropped'::text, 'uninstalled'::text])),
  constraint integration_members_retention_tier_check CHECK (retention_tier = ANY (ARRAY['short'::text, 'medium'::text, 'long'::text, 'none'::text]))
);
CREATE INDEX integration_members_added ON integration_members USING btree (workspace_id, added_at, id);
CREATE UNIQUE INDEX integration_members_clone ON integration_members USING btree (entity_id) WHERE is_clone AND deleted_at IS NULL;
CREATE INDEX integration_members_detached ON integration_members USING btree (integration_install_id, source_member_slug) WHERE detached AND deleted_at IS NULL;
CREATE INDEX integration_members_entity ON integration_members USING btree (entity_id);
CREATE INDEX integration_members_install ON integration_members USING btree (integration_install_id, added_at, id);
CREATE INDEX integration_members_open_conflicts ON integration_members USING btree (integration_install_id) WHERE open_conflicts > 0 AND deleted_at IS NULL;
CREATE UNIQUE INDEX integration_members_slug ON integration_members USING btree (integration_install_id, source_member_slug) WHERE deleted_at IS NULL;
CREATE INDEX integration_members_source_version ON integration_members USING btree (source_version_id) WHERE source_version_id IS NOT NULL;
CREATE INDEX integration_members_version ON integration_members USING btree (entity_version_id);
CREATE TRIGGER clock BEFORE UPDATE ON integration_members FOR EACH ROW WHEN (new.added_at IS DISTINCT FROM old.added_at AND new.added_at < GREATEST(old.added_at, old.deleted_at) OR new.deleted_at IS DISTINCT FROM old.deleted_at AND new.deleted_at < GREATEST(old.added_at, old.deleted_at)) EXECUTE FUNCTION keep_time('added_at', 'deleted_at');
CREATE TRIGGER doc BEFORE INSERT OR UPDATE ON integration_members FOR EACH ROW EXECUTE FUNCTION integration_members_doc();
CREATE TRIGGER tell_deleted AFTER DELETE ON integration_members REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON integration_members REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON integration_members FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON integration_members REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant delete, insert, select, update on integration_members to mortise_app;

create table integration_version_members (
  integration_version_id id not null,
  slug text collate "C" not null,
  "position" integer not null,
  kind text not null,
  entity_id id not null,
  entity_version_id id not null,
  entity_slug text collate "C" not null,
  name text not null,
  description text,
  definition_digest bytea not null,
  origin text not null,
  required boolean not null,
  default_enabled boolean not null,
  fork_on_install boolean not null,
  depends_on text[] collate "C" default '{}'::text[] not null,
  former_slugs text[] collate "C" default '{}'::text[] not null,
  constraint integration_version_members_pkey PRIMARY KEY (integration_version_id, slug),
  constraint integration_version_members_integration_version_id_entity_i_key UNIQUE (integration_version_id, entity_id),
  constraint integration_version_members_integration_version_id_position_key UNIQUE (integration_version_id, "position"),
  constraint integration_version_members_definition_digest_fkey FOREIGN KEY (definition_digest) REFERENCES published_definitions(digest),
  constraint integration_version_members_entity_id_entity_version_id_fkey FOREIGN KEY (entity_id, entity_version_id) REFERENCES published_entity_versions(entity_id, id),
  constraint integration_version_members_integration_version_id_fkey FOREIGN KEY (integration_version_id) REFERENCES integration_versions(id) ON DELETE CASCADE,
  constraint integration_version_members_origin_check CHECK (origin = ANY (ARRAY['declared'::text, 'schema_closure'::text]))
);
CREATE INDEX integration_version_members_entity ON integration_version_members USING btree (entity_id);
CREATE INDEX integration_version_members_pinned ON integration_version_members USING btree (entity_version_id);
CREATE TRIGGER immutable BEFORE UPDATE ON integration_version_members FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant delete, insert, select on integration_version_members to mortise_app;

create table integration_versions (
  id id not null,
  workspace_id id not null,
  integration_id id not null,
  version text collate "C" not null,
  precedence text collate "C" generated always as (split_part(version, '+'::text, 1)) stored not null,
  manifest_snapshot json not null,
  variables_schema_snapshot json not null,
  auth_config_snapshot json not null,
  member_entity_versions json not null,
  changelog text,
  digest bytea not null,
  published_by id not null,
  published_at timestamp(3) with time zone not null,
  yanked_at timestamp(3) with time zone,
  precedence_key text collate "C" generated always as (semver_key(version)) stored not null,
  yank_reason text,
  deprecated_at timestamp(3) with time zone,
  deprecation_notice text,
  revoked_at timestamp(3) with time zone,
  held_at timestamp(3) with time zone,
  name text not null,
  description text,
  icon_url text,
  constraint integration_versions_pkey PRIMARY KEY (id),
  constraint integration_versions_integration_id_id_key UNIQUE (integration_id, id),
  constraint integration_versions_published_by_fkey FOREIGN KEY (published_by) REFERENCES users(id),
  constraint integration_versions_workspace_id_integration_id_fkey FOREIGN KEY (workspace_id, integration_id) REFERENCES integrations(workspace_id, id),
  constraint integration_versions_changelog_check CHECK (octet_length(changelog) <= 65536),
  constraint integration_versions_check CHECK (yank_reason IS NULL OR yanked_at IS NOT NULL),
  constraint integration_versions_check1 CHECK (revoked_at IS NULL OR yanked_at IS NOT NULL),
  constraint integration_versions_check2 CHECK ((deprecated_at IS NULL) = (deprecation_notice IS NULL)),
  constraint integration_versions_deprecation_notice_check CHECK (char_length(deprecation_notice) <= 2000),
  constraint integration_versions_description_check CHECK (char_length(description) <= 10000),
  constraint integration_versions_digest_check CHECK (octet_length(digest) = 32),
  constraint integration_versions_icon_url_check CHECK (icon_url ~~ 'https://%'::text AND length(icon_url) <= 2048),
  constraint integration_versions_name_check CHECK (char_length(name) >= 1 AND char_length(name) <= 200),
  constraint integration_versions_yank_reason_check CHECK (char_length(yank_reason) <= 2000)
);
CREATE INDEX integration_versions_all_precedence ON integration_versions USING btree (precedence_key, id);
CREATE INDEX integration_versions_newest ON integration_versions USING btree (published_at, id);
CREATE UNIQUE INDEX integration_versions_number ON integration_versions USING btree (integration_id, precedence) WHERE precedence IS NOT NULL;
CREATE INDEX integration_versions_own ON integration_versions USING btree (workspace_id, published_at, id);
CREATE INDEX integration_versions_own_precedence ON integration_versions USING btree (workspace_id, precedence_key, id);
CREATE INDEX integration_versions_precedence ON integration_versions USING btree (integration_id, precedence_key, id);
CREATE INDEX integration_versions_published ON integration_versions USING btree (integration_id, published_at, id) INCLUDE (workspace_id, held_at);
CREATE INDEX integration_versions_revoked ON integration_versions USING btree (integration_id) WHERE revoked_at IS NOT NULL;
CREATE TRIGGER clock BEFORE UPDATE ON integration_versions FOR EACH ROW WHEN (new.published_at IS DISTINCT FROM old.published_at AND new.published_at < GREATEST(old.published_at, old.yanked_at, old.deprecated_at, old.revoked_at, old.held_at) OR new.yanked_at IS DISTINCT FROM old.yanked_at AND new.yanked_at < GREATEST(old.published_at, old.yanked_at, old.deprecated_at, old.revoked_at, old.held_at) OR new.deprecated_at IS DISTINCT FROM old.deprecated_at AND new.deprecated_at < GREATEST(old.published_at, old.yanked_at, old.deprecated_at, old.revoked_at, old.held_at) OR new.revoked_at IS DISTINCT FROM old.revoked_at AND new.revoked_at < GREATEST(old.published_at, old.yanked_at, old.deprecated_at, old.revoked_at, old.held_at) OR new.held_at IS DISTINCT FROM old.held_at AND new.held_at < GREATEST(old.published_at, old.yanked_at, old.deprecated_at, old.revoked_at, old.held_at)) EXECUTE FUNCTION keep_time('published_at', 'yanked_at', 'deprecated_at', 'revoked_at', 'held_at');
CREATE TRIGGER immutable BEFORE UPDATE ON integration_versions FOR EACH ROW EXECUTE FUNCTION integration_versions_immutable();
CREATE TRIGGER tell_deleted AFTER DELETE ON integration_versions REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON integration_versions REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON integration_versions FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON integration_versions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant delete, insert, select, update (deprecated_at), update (deprecation_notice), update (held_at), update (revoked_at), update (yank_reason), update (yanked_at) on integration_versions to mortise_app;

create table integrations (
  id id not null,
  workspace_id id not null,
  slug text collate "C" not null,
  name text not null,
  description text,
  icon_url text,
  publisher text collate "C" not null,
  trust_tier text default 'verified_publisher'::text not null,
  current_version_id id,
  current_version text,
  manifest json not null,
  variables_schema json not null,
  auth_config json not null,
  visibility text default 'private'::text not null,
  created_by id not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  deleted_at timestamp(3) with time zone,
  retention_tier text,
  doc text not null,
  name_key text collate "C" generated always as (name_key(name)) stored not null,
  current_version_key text collate "C" generated always as (semver_key(current_version)) stored,
  newest_version_id id,
  constraint integrations_pkey PRIMARY KEY (id),
  constraint integrations_workspace_id_id_key UNIQUE (workspace_id, id),
  constraint integrations_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
  constraint integrations_current_version FOREIGN KEY (id, current_version_id) REFERENCES integration_versions(integration_id, id) DEFERRABLE INITIALLY DEFERRED,
  constraint integrations_publisher_fkey FOREIGN KEY (publisher) REFERENCES workspaces(handle),
  constraint integrations_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id),
  constraint integrations_check CHECK ((deleted_at IS NULL) = (retention_tier IS NULL)),
  constraint integrations_check1 CHECK ((current_version_id IS NULL) = (current_version IS NULL)),
  constraint integrations_description_check CHECK (char_length(description) <= 10000),
  constraint integrations_icon_url_check CHECK (icon_url ~~ 'https://%'::text AND length(icon_url) <= 2048),
  constraint integrations_name_check CHECK (char_length(name) >= 1 AND char_length(name) <= 200),
  constraint integrations_retention_tier_check CHECK (retention_tier = ANY (ARRAY['short'::text, 'medium'::text, 'long'::text, 'none'::text])),
  constraint integrations_slug_check CHECK (slug ~ '^[a-z0-9](-?[a-z0-9])*$'::text AND length(slug) <= 64),
  constraint integrations_trust_tier_check CHECK (trust_tier = ANY (ARRAY['first_party'::text, 'vendor_official'::text, 'verified_partner'::text, 'verified_publisher'::text])),
  constraint integrations_visibility_check CHECK (visibility = ANY (ARRAY['private'::text, 'unlisted'::text, 'public'::text]))
);
CREATE UNIQUE INDEX integrations_active_slug ON integrations USING btree (publisher, slug) WHERE deleted_at IS NULL;
CREATE INDEX integrations_name ON integrations USING btree (publisher, slug);
CREATE INDEX integrations_own ON integrations USING btree (workspace_id, created_at, id) INCLUDE (deleted_at);
CREATE INDEX integrations_own_name ON integrations USING btree (workspace_id, name_key, id) INCLUDE (deleted_at);
CREATE INDEX integrations_own_publisher ON integrations USING btree (workspace_id, publisher, name_key, id) INCLUDE (deleted_at);
CREATE TRIGGER clock BEFORE UPDATE ON integrations FOR EACH ROW WHEN (new.created_at IS DISTINCT FROM old.created_at AND new.created_at < GREATEST(old.created_at, old.updated_at, old.deleted_at) OR new.updated_at IS DISTINCT FROM old.updated_at AND new.updated_at < GREATEST(old.created_at, old.updated_at, old.deleted_at) OR new.deleted_at IS DISTINCT FROM old.deleted_at AND new.deleted_at < GREATEST(old.created_at, old.updated_at, old.deleted_at)) EXECUTE FUNCTION keep_time('created_at', 'updated_at', 'deleted_at');
CREATE TRIGGER doc BEFORE INSERT OR UPDATE ON integrations FOR EACH ROW EXECUTE FUNCTION integrations_doc();
CREATE TRIGGER show_inserted AFTER INSERT ON integrations REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION integrations_show_published();
CREATE TRIGGER show_updated AFTER UPDATE ON integrations REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION integrations_show_published();
CREATE TRIGGER tell_deleted AFTER DELETE ON integrations REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON integrations REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON integrations FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON integrations REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant delete, insert, select, update on integrations to mortise_app;

create table member_conflicts (
  workspace_id id not null,
  integration_member_id id not null,
  "position" integer not null,
  conflict json not null,
  kept text not null,
  since_version_id id not null,
  created_at timestamp(3) with time zone not null,
  constraint member_conflicts_pkey PRIMARY KEY (workspace_id, integration_member_id, "position"),
  constraint member_conflicts_since_version_id_fkey FOREIGN KEY (since_version_id) REFERENCES integration_versions(id) ON DELETE CASCADE,
  constraint member_conflicts_workspace_id_integration_member_id_fkey FOREIGN KEY (workspace_id, integration_member_id) REFERENCES integration_members(workspace_id, id) ON DELETE CASCADE,
  constraint member_conflicts_kept_check CHECK (kept = ANY (ARRAY['ours'::text, 'theirs'::text])),
  constraint member_conflicts_position_check CHECK ("position" >= 0)
);
CREATE INDEX member_conflicts_since ON member_conflicts USING btree (since_version_id);
grant delete, insert, select on member_conflicts to mortise_app;

create table mortise_migrations (
  name text collate "C" not null,
  digest text not null,
  applied_at timestamp with time zone default now() not null,
  constraint mortise_migrations_pkey PRIMARY KEY (name)
);
grant select on mortise_migrations to mortise_app;

create table published_definitions (
  digest bytea not null,
  body text not null,
  refs text[] collate "C" default '{}'::text[] not null,
  variables text[] collate "C" default '{}'::text[] not null,
  constraint published_definitions_pkey PRIMARY KEY (digest),
  constraint published_definitions_check CHECK (digest = sha256(convert_to(body, 'UTF8'::name)))
);
CREATE TRIGGER immutable BEFORE UPDATE ON published_definitions FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant delete, insert, select on published_definitions to mortise_app;

create table published_entity_versions (
  id id not null,
  workspace_id id not null,
  entity_id id not null,
  kind text not null,
  number integer not null,
  definition_digest bytea not null,
  created_by id not null,
  created_at timestamp(3) with time zone not null,
  constraint published_entity_versions_pkey PRIMARY KEY (id),
  constraint published_entity_versions_entity_id_id_key UNIQUE (entity_id, id),
  constraint published_entity_versions_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
  constraint published_entity_versions_definition_digest_fkey FOREIGN KEY (definition_digest) REFERENCES published_definitions(digest),
  constraint published_entity_versions_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id),
  constraint published_entity_versions_number_check CHECK (number >= 1)
);
CREATE INDEX published_entity_versions_definition ON published_entity_versions USING btree (definition_digest);
CREATE INDEX published_entity_versions_own ON published_entity_versions USING btree (workspace_id);
CREATE TRIGGER immutable BEFORE UPDATE ON published_entity_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tell_deleted AFTER DELETE ON published_entity_versions REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON published_entity_versions REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON published_entity_versions FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON published_entity_versions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant delete, insert, select on published_entity_versions to mortise_app;

create table published_integrations (
  id id not null,
  workspace_id id not null,
  slug text collate "C" not null,
  name text not null,
  description text,
  icon_url text,
  publisher text collate "C" not null,
  trust_tier text not null,
  current_version_id id,
  current_version text,
  manifest json not null,
  variables_schema json not null,
  auth_config json not null,
  visibility text not null,
  created_by id not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  deleted_at timestamp(3) with time zone,
  retention_tier text,
  revised boolean not null,
  doc text not null,
  name_key text collate "C" generated always as (name_key(name)) stored not null,
  current_version_key text collate "C" generated always as (semver_key(current_version)) stored,
  constraint published_integrations_pkey PRIMARY KEY (id),
  constraint published_integrations_id_fkey FOREIGN KEY (id) REFERENCES integrations(id) ON DELETE CASCADE,
  constraint published_integrations_deleted_at_check CHECK (deleted_at IS NULL),
  constraint published_integrations_retention_tier_check CHECK (retention_tier IS NULL)
);
CREATE INDEX published_integrations_created ON published_integrations USING btree (created_at, id) INCLUDE (workspace_id, revised) WHERE visibility = 'public'::text AND current_version_id IS NOT NULL;
CREATE INDEX published_integrations_name ON published_integrations USING btree (name_key, id) INCLUDE (workspace_id, revised) WHERE visibility = 'public'::text AND current_version_id IS NOT NULL;
CREATE INDEX published_integrations_own ON published_integrations USING btree (workspace_id, created_at, id) INCLUDE (visibility, revised);
CREATE INDEX published_integrations_publisher ON published_integrations USING btree (publisher, name_key, id) INCLUDE (workspace_id, revised) WHERE visibility = 'public'::text AND current_version_id IS NOT NULL;
CREATE TRIGGER doc BEFORE INSERT OR UPDATE ON published_integrations FOR EACH ROW EXECUTE FUNCTION integrations_doc();
CREATE TRIGGER tell_deleted AFTER DELETE ON published_integrations REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON published_integrations REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON published_integrations FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON published_integrations REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant delete, insert, select, update on published_integrations to mortise_app;

create table review_submissions (
  id id not null,
  workspace_id id not null,
  integration_id id not null,
  integration_version_id id,
  digest bytea,
  purpose text not null,
  needs json default '[]'::json not null,
  state text not null,
  requested_by id not null,
  requested_at timestamp(3) with time zone not null,
  decided_by id,
  decided_at timestamp(3) with time zone,
  reason text,
  constraint review_submissions_pkey PRIMARY KEY (id),
  constraint review_submissions_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES users(id),
  constraint review_submissions_integration_id_integration_version_id_fkey FOREIGN KEY (integration_id, integration_version_id) REFERENCES integration_versions(integration_id, id) ON DELETE CASCADE,
  constraint review_submissions_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES users(id),
  constraint review_submissions_workspace_id_integration_id_fkey FOREIGN KEY (workspace_id, integration_id) REFERENCES integrations(workspace_id, id) ON DELETE CASCADE,
  constraint review_submissions_check CHECK ((integration_version_id IS NULL) = (digest IS NULL)),
  constraint review_submissions_check1 CHECK (integration_version_id IS NOT NULL OR purpose = 'listing'::text AND state = 'approved'::text),
  constraint review_submissions_check2 CHECK ((state = 'pending'::text) = (decided_at IS NULL)),
  constraint review_submissions_check3 CHECK ((state = 'pending'::text) = (decided_by IS NULL)),
  constraint review_submissions_check4 CHECK (state <> 'rejected'::text OR reason IS NOT NULL),
  constraint review_submissions_digest_check CHECK (octet_length(digest) = 32),
  constraint review_submissions_purpose_check CHECK (purpose = ANY (ARRAY['listing'::text, 'version'::text])),
  constraint review_submissions_reason_check CHECK (char_length(reason) <= 2000),
  constraint review_submissions_state_check CHECK (state = ANY (ARRAY['pending'::text, 'approved'::text, 'rejected'::text, 'withdrawn'::text]))
);
CREATE INDEX review_submissions_integration ON review_submissions USING btree (integration_id, integration_version_id);
CREATE INDEX review_submissions_newest ON review_submissions USING btree (requested_at, id);
CREATE UNIQUE INDEX review_submissions_one_listing ON review_submissions USING btree (integration_id) WHERE purpose = 'listing'::text AND state = 'pending'::text;
CREATE UNIQUE INDEX review_submissions_one_version ON review_submissions USING btree (integration_version_id) WHERE purpose = 'version'::text;
CREATE INDEX review_submissions_requested ON review_submissions USING btree (workspace_id, requested_at, id);
CREATE INDEX review_submissions_version ON review_submissions USING btree (integration_version_id, id);
CREATE TRIGGER clock BEFORE UPDATE ON review_submissions FOR EACH ROW WHEN (new.requested_at IS DISTINCT FROM old.requested_at AND new.requested_at < GREATEST(old.requested_at, old.decided_at) OR new.decided_at IS DISTINCT FROM old.decided_at AND new.decided_at < GREATEST(old.requested_at, old.decided_at)) EXECUTE FUNCTION keep_time('requested_at', 'decided_at');
CREATE TRIGGER tell_deleted AFTER DELETE ON review_submissions REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON review_submissions REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON review_submissions FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON review_submissions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant delete, insert, select, update (decided_at), update (decided_by), update (reason), update (state) on review_submissions to mortise_app;

create table revoked_contents (
  digest bytea not null,
  integration_version_id id not null,
  revoked_at timestamp(3) with time zone not null,
  constraint revoked_contents_pkey PRIMARY KEY (digest),
  constraint revoked_contents_digest_check CHECK (octet_length(digest) = 32)
);
grant delete, insert, select on revoked_contents to mortise_app;

create table row_changes (
  relation text collate "C" not null,
  transaction_id xid8 default pg_current_xact_id() not null,
  ids text[]
);
CREATE INDEX row_changes_order ON row_changes USING btree (relation, transaction_id);
grant delete, insert, select, update on row_changes to mortise_app;

create table signing_keys (
  id id not null,
  public_key text not null,
  data_key_id id not null,
  sealed_private_key bytea not null,
  created_at timestamp(3) with time zone not null,
  constraint signing_keys_pkey PRIMARY KEY (id),
  constraint signing_keys_data_key_id_fkey FOREIGN KEY (data_key_id) REFERENCES data_keys(id)
);
CREATE UNIQUE INDEX signing_keys_one ON signing_keys USING btree ((true));
CREATE TRIGGER immutable BEFORE UPDATE ON signing_keys FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on signing_keys to mortise_app;

create table solution_members (
  id id not null,
  workspace_id id not null,
  solution_id id not null,
  integration_member_id id not null,
  entity_id id not null,
  added_at timestamp(3) with time zone not null,
  doc text not null,
  constraint solution_members_pkey PRIMARY KEY (id),
  constraint solution_members_solution_id_integration_member_id_key UNIQUE (solution_id, integration_member_id),
  constraint solution_members_integration_member_id_fkey FOREIGN KEY (integration_member_id) REFERENCES integration_members(id) ON DELETE CASCADE,
  constraint solution_members_workspace_id_solution_id_fkey FOREIGN KEY (workspace_id, solution_id) REFERENCES solutions(workspace_id, id)
);
CREATE INDEX solution_members_added ON solution_members USING btree (workspace_id, added_at, id);
CREATE INDEX solution_members_entity ON solution_members USING btree (entity_id);
CREATE INDEX solution_members_member ON solution_members USING btree (integration_member_id);
CREATE TRIGGER doc BEFORE INSERT OR UPDATE ON solution_members FOR EACH ROW EXECUTE FUNCTION solution_members_doc();
CREATE TRIGGER tell_deleted AFTER DELETE ON solution_members REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON solution_members REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON solution_members FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON solution_members REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant delete, insert, select, update on solution_members to mortise_app;

create table solutions (
  id id not null,
  workspace_id id not null,
  name text not null,
  created_by id not null,
  created_at timestamp(3) with time zone not null,
  deleted_at timestamp(3) with time zone,
  retention_tier text,
  doc text not null,
  name_key text collate "C" generated always as (name_key(name)) stored not null,
  constraint solutions_pkey PRIMARY KEY (id),
  constraint solutions_workspace_id_id_key UNIQUE (workspace_id, id),
  constraint solutions_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
  constraint solutions_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id),
  constraint solutions_check CHECK ((deleted_at IS NULL) = (retention_tier IS NULL)),
  constraint solutions_retention_tier_check CHECK (retention_tier = ANY (ARRAY['short'::text, 'medium'::text, 'long'::text, 'none'::text]))
);
CREATE INDEX solutions_created ON solutions USING btree (workspace_id, created_at, id);
CREATE TRIGGER clock BEFORE UPDATE ON solutions FOR EACH ROW WHEN (new.created_at IS DISTINCT FROM old.created_at AND new.created_at < GREATEST(old.created_at, old.deleted_at) OR new.deleted_at IS DISTINCT FROM old.deleted_at AND new.deleted_at < GREATEST(old.created_at, old.deleted_at)) EXECUTE FUNCTION keep_time('created_at', 'deleted_at');
CREATE TRIGGER doc BEFORE INSERT OR UPDATE ON solutions FOR EACH ROW EXECUTE FUNCTION solutions_doc();
CREATE TRIGGER tell_deleted AFTER DELETE ON solutions REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON solutions REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON solutions FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON solutions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant delete, insert, select, update on solutions to mortise_app;

create table trusted_signers (
  id id not null,
  name text not null,
  public_key text collate "C" not null,
  created_by id not null,
  created_at timestamp(3) with time zone not null,
  doc text not null,
  name_key text collate "C" generated always as (name_key(name)) stored not null,
  constraint trusted_signers_pkey PRIMARY KEY (id),
  constraint trusted_signers_public_key_key UNIQUE (public_key),
  constraint trusted_signers_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
  constraint trusted_signers_name_check CHECK (char_length(name) >= 1 AND char_length(name) <= 200)
);
CREATE INDEX trusted_signers_created ON trusted_signers USING btree (created_at, id);
CREATE TRIGGER doc BEFORE INSERT OR UPDATE ON trusted_signers FOR EACH ROW EXECUTE FUNCTION trusted_signers_doc();
CREATE TRIGGER tell_deleted AFTER DELETE ON trusted_signers REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON trusted_signers REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON trusted_signers FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON trusted_signers REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant delete, insert, select on trusted_signers to mortise_app;

create table unlisted_revocations (
  integration_version_id id not null,
  constraint unlisted_revocations_pkey PRIMARY KEY (integration_version_id),
  constraint unlisted_revocations_integration_version_id_fkey FOREIGN KEY (integration_version_id) REFERENCES integration_versions(id) ON DELETE CASCADE
);
grant delete, select on unlisted_revocations to mortise_app;

create table users (
  id id not null,
  email text not null,
  name text not null,
  platform_roles text[] default '{}'::text[] not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  doc text not null,
  name_key text collate "C" generated always as (name_key(name)) stored not null,
  constraint users_pkey PRIMARY KEY (id),
  constraint users_email_check CHECK (char_length(email) >= 3 AND char_length(email) <= 320),
  constraint users_name_check CHECK (char_length(name) >= 1 AND char_length(name) <= 200),
  constraint users_platform_roles_check CHECK (platform_roles <@ ARRAY['reviewer'::text, 'admin'::text])
);
CREATE INDEX users_created ON users USING btree (created_at, id);
CREATE UNIQUE INDEX users_email ON users USING btree (lower(email));
CREATE TRIGGER clock BEFORE UPDATE ON users FOR EACH ROW WHEN (new.created_at IS DISTINCT FROM old.created_at AND new.created_at < GREATEST(old.created_at, old.updated_at) OR new.updated_at IS DISTINCT FROM old.updated_at AND new.updated_at < GREATEST(old.created_at, old.updated_at)) EXECUTE FUNCTION keep_time('created_at', 'updated_at');
CREATE TRIGGER doc BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION users_doc();
CREATE TRIGGER tell_deleted AFTER DELETE ON users REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON users REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON users FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON users REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant delete, insert, select, update on users to mortise_app;

create table version_contents (
  integration_version_id id not null,
  digest bytea not null,
  constraint version_contents_pkey PRIMARY KEY (integration_version_id),
  constraint version_contents_integration_version_id_fkey FOREIGN KEY (integration_version_id) REFERENCES integration_versions(id) ON DELETE CASCADE,
  constraint version_contents_digest_check CHECK (octet_length(digest) = 32)
);
CREATE INDEX version_contents_digest ON version_contents USING btree (digest);
grant insert, select on version_contents to mortise_app;

create table workspace_memberships (
  id id not null,
  workspace_id id not null,
  user_id id not null,
  role text not null,
  created_by id not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  doc text not null,
  accepted_at timestamp(3) with time zone,
  member_id id generated always as (
CASE
    WHEN (accepted_at IS NOT NULL) THEN (user_id)::text
    ELSE NULL::text
END) stored,
  constraint workspace_memberships_pkey PRIMARY KEY (id),
  constraint workspace_memberships_workspace_id_user_id_key UNIQUE (workspace_id, user_id),
  constraint workspace_memberships_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
  constraint workspace_memberships_member_id_fkey FOREIGN KEY (member_id) REFERENCES users(id),
  constraint workspace_memberships_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id),
  constraint workspace_memberships_role_check CHECK (role = ANY (ARRAY['viewer'::text, 'editor'::text, 'admin'::text]))
);
CREATE INDEX workspace_memberships_created ON workspace_memberships USING btree (workspace_id, created_at, id);
CREATE INDEX workspace_memberships_user ON workspace_memberships USING btree (user_id, workspace_id);
CREATE TRIGGER clock BEFORE UPDATE ON workspace_memberships FOR EACH ROW WHEN (new.created_at IS DISTINCT FROM old.created_at AND new.created_at < GREATEST(old.created_at, old.updated_at, old.accepted_at) OR new.updated_at IS DISTINCT FROM old.updated_at AND new.updated_at < GREATEST(old.created_at, old.updated_at, old.accepted_at) OR new.accepted_at IS DISTINCT FROM old.accepted_at AND new.accepted_at < GREATEST(old.created_at, old.updated_at, old.accepted_at)) EXECUTE FUNCTION keep_time('created_at', 'updated_at', 'accepted_at');
CREATE TRIGGER doc BEFORE INSERT OR UPDATE ON workspace_memberships FOR EACH ROW EXECUTE FUNCTION workspace_memberships_doc();
CREATE TRIGGER tell_deleted AFTER DELETE ON workspace_memberships REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON workspace_memberships REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON workspace_memberships FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON workspace_memberships REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant delete, insert, select, update on workspace_memberships to mortise_app;

create table workspaces (
  id id not null,
  name text not null,
  handle text collate "C" not null,
  retention_tier text default 'medium'::text not null,
  suspended_at timestamp(3) with time zone,
  created_by id not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  doc text not null,
  least_trust_tier text,
  allowed_publishers text[] collate "C",
  min_release_age_hours integer,
  name_key text collate "C" generated always as (name_key(name)) stored not null,
  constraint workspaces_pkey PRIMARY KEY (id),
  constraint workspaces_handle_key UNIQUE (handle),
  constraint workspaces_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
  constraint workspaces_handle_check CHECK (handle ~ '^[a-z0-9](-?[a-z0-9])*$'::text AND length(handle) <= 64),
  constraint workspaces_least_trust_tier_check CHECK (least_trust_tier = ANY (ARRAY['first_party'::text, 'vendor_official'::text, 'verified_partner'::text, 'verified_publisher'::text])),
  constraint workspaces_min_release_age_hours_check CHECK (min_release_age_hours >= 0 AND min_release_age_hours <= 8760),
  constraint workspaces_name_check CHECK (char_length(name) >= 1 AND char_length(name) <= 200),
  constraint workspaces_retention_tier_check CHECK (retention_tier = ANY (ARRAY['short'::text, 'medium'::text, 'long'::text, 'none'::text]))
);
CREATE INDEX workspaces_created ON workspaces USING btree (created_at, id);
CREATE TRIGGER clock BEFORE UPDATE ON workspaces FOR EACH ROW WHEN (new.created_at IS DISTINCT FROM old.created_at AND new.created_at < GREATEST(old.created_at, old.updated_at, old.suspended_at) OR new.updated_at IS DISTINCT FROM old.updated_at AND new.updated_at < GREATEST(old.created_at, old.updated_at, old.suspended_at) OR new.suspended_at IS DISTINCT FROM old.suspended_at AND new.suspended_at < GREATEST(old.created_at, old.updated_at, old.suspended_at)) EXECUTE FUNCTION keep_time('created_at', 'updated_at', 'suspended_at');
CREATE TRIGGER doc BEFORE INSERT OR UPDATE ON workspaces FOR EACH ROW EXECUTE FUNCTION workspaces_doc();
CREATE TRIGGER show_published AFTER UPDATE ON workspaces FOR EACH ROW WHEN (old.suspended_at IS DISTINCT FROM new.suspended_at) EXECUTE FUNCTION workspaces_show_published();
CREATE TRIGGER tell_deleted AFTER DELETE ON workspaces REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_inserted AFTER INSERT ON workspaces REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_truncated AFTER TRUNCATE ON workspaces FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
CREATE TRIGGER tell_updated AFTER UPDATE ON workspaces REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changes();
grant delete, insert, select, update on workspaces to mortise_app;

create view integration_faces as
 SELECT i.id,
    i.workspace_id,
    i.slug,
    COALESCE(v.name, i.slug) AS name,
    v.description,
    v.icon_url,
    i.publisher,
    i.trust_tier,
    v.id AS current_version_id,
    v.version AS current_version,
    COALESCE(v.manifest_snapshot, '{"members":[]}'::json) AS manifest,
    COALESCE(v.variables_schema_snapshot, '{}'::json) AS variables_schema,
    COALESCE(v.auth_config_snapshot, '{}'::json) AS auth_config,
    i.visibility,
    i.created_by,
    i.created_at,
    i.updated_at,
    i.name IS DISTINCT FROM v.name OR i.description IS DISTINCT FROM v.description OR i.icon_url IS DISTINCT FROM v.icon_url OR i.manifest::text IS DISTINCT FROM v.manifest_snapshot::text OR i.variables_schema::text IS DISTINCT FROM v.variables_schema_snapshot::text OR i.auth_config::text IS DISTINCT FROM v.auth_config_snapshot::text AS revised
   FROM integrations i
     LEFT JOIN integration_versions v ON v.id::text = i.current_version_id::text
     JOIN workspaces w ON w.id::text = i.workspace_id::text
  WHERE i.deleted_at IS NULL AND w.suspended_at IS NULL;

CREATE OR REPLACE FUNCTION public.api_keys_doc()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.doc := json_build_object('id', new.id, 'workspaceId', new.workspace_id, 'name', new.name, 'kind', new.kind, 'role', new.role,
    'origins', new.origins, 'createdBy', new.created_by, 'createdAt', iso(new.created_at), 'expiresAt', iso(new.expires_at),
    'revokedAt', iso(new.revoked_at));
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.auth_state_status(status text, expires_at timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN CASE WHEN ((status = 'active'::text) AND (expires_at <= now())) THEN 'expired'::text ELSE status END;

CREATE OR REPLACE FUNCTION public.entities_doc()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.doc := json_build_object('id', new.id, 'workspaceId', new.workspace_id, 'kind', new.kind, 'slug', new.slug, 'name', new.name,
    'description', new.description, 'currentVersionId', new.current_version_id, 'versionNumber', new.version_number,
    'createdBy', new.created_by, 'createdAt', iso(new.created_at), 'updatedAt', iso(new.updated_at),
    'deletedAt', iso(new.deleted_at), 'retentionTier', new.retention_tier);
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.events_doc()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.doc := json_build_object('id', new.id, 'workspaceId', new.workspace_id, 'type', new.type, 'actorId', new.actor_id,
    'keyId', new.key_id, 'subjectId', new.subject_id, 'requestId', new.request_id, 'data', new.data, 'createdAt', iso(new.created_at));
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.folded(value text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (octet_length(value) = char_length(value)) THEN lower((value COLLATE "C")) ELSE replace(replace(replace(replace(translate(regexp_replace(replace(marked(value), 'й'::text, 'й'::text), '[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]'::text, ''::text, 'g'::text), 'đøłħŧıƚƀɨðȷɉɍɏȼǥƶⱥⱦɇʉ'::text, 'dolhtilbidjjrycgzateu'::text), 'ß'::text, 'ss'::text), 'æ'::text, 'ae'::text), 'œ'::text, 'oe'::text), 'þ'::text, 'th'::text) END;

CREATE OR REPLACE FUNCTION public.integration_grants_doc()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.doc := json_build_object('id', new.id, 'integrationId', new.integration_id, 'workspaceId', new.workspace_id,
    'createdBy', new.created_by, 'createdAt', iso(new.created_at));
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.integration_installs_doc()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.doc := json_build_object('id', new.id, 'integrationId', new.integration_id, 'integrationVersionId', new.integration_version_id,
    'workspaceId', new.workspace_id, 'variables', new.variables, 'authStateId', new.auth_state_id, 'memberPolicy', new.member_policy,
    'parentInstallId', new.parent_install_id, 'solutionId', new.solution_id, 'installedBy', new.installed_by,
    'installedAt', iso(new.installed_at), 'lastUpgradedAt', iso(new.last_upgraded_at),
    'deletedAt', iso(new.deleted_at), 'retentionTier', new.retention_tier);
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.integration_members_doc()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.doc := json_build_object('id', new.id, 'integrationInstallId', new.integration_install_id, 'workspaceId', new.workspace_id,
    'entityId', new.entity_id, 'entityVersionId', new.entity_version_id, 'sourceMemberSlug', new.source_member_slug,
    'isClone', new.is_clone, 'detached', new.detached, 'enabled', new.enabled,
    'addedBy', new.added_by, 'addedAt', iso(new.added_at), 'deletedAt', iso(new.deleted_at), 'retentionTier', new.retention_tier);
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.integration_versions_immutable()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.integrations_doc()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.doc := json_build_object('id', new.id, 'workspaceId', new.workspace_id, 'slug', new.slug, 'name', new.name,
    'description', new.description, 'iconUrl', new.icon_url, 'publisher', new.publisher, 'trustTier', new.trust_tier,
    'currentVersion', new.current_version, 'visibility', new.visibility, 'createdBy', new.created_by,
    'deletedAt', iso(new.deleted_at), 'retentionTier', new.retention_tier,
    'createdAt', iso(new.created_at), 'updatedAt', iso(new.updated_at));
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.integrations_show_published()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform show_published(array(select id from new_rows));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.iso(timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE STRICT
RETURN to_char(($1 AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'::text);

CREATE OR REPLACE FUNCTION public.json_open(doc text)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN convert_from(substr(convert_to(doc, getdatabaseencoding()), 1, (octet_length(doc) - 1)), getdatabaseencoding());

CREATE OR REPLACE FUNCTION public.keep_time()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  was constant jsonb := to_jsonb(old);
  becomes constant jsonb := to_jsonb(new);
  latest constant timestamptz := (select max((was ->> name)::timestamptz) from unnest(tg_argv) as name);
begin
  return jsonb_populate_record(new, (
    select jsonb_object_agg(name, latest) from unnest(tg_argv) as name
    where becomes ->> name is distinct from was ->> name and (becomes ->> name)::timestamptz < latest));
end $function$;

CREATE OR REPLACE PROCEDURE public.keep_time_of(IN name regclass, VARIADIC times text[])
 LANGUAGE plpgsql
AS $procedure$
declare
  latest constant text := 'greatest(' || (select string_agg(format('old.%I', t), ', ') from unnest(times) as t) || ')';
  back constant text := (
    select string_agg(format('(new.%1$I is distinct from old.%1$I and new.%1$I < %2$s)', t, latest), ' or ') from unnest(times) as t);
begin
  execute format('create trigger clock before update on %s for each row when (%s) execute function keep_time(%s)',
    name, back, (select string_agg(quote_literal(t), ', ') from unnest(times) as t));
end $procedure$;

CREATE OR REPLACE FUNCTION public.made_from(said id, installed id)
 RETURNS id
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN COALESCE(said, installed);

CREATE OR REPLACE FUNCTION public.marked(value text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN ((lower((NORMALIZE(value, NFKD) COLLATE "und-x-icu")) COLLATE "C") ~ '[ς٠-๙Ᲊ-ᲿⰯꞸ-Ꟶ𐕰-𖺸]'::text) THEN translate((lower((NORMALIZE(value, NFKD) COLLATE "und-x-icu")) COLLATE "C"), 'ς٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯๐๑๒๓๔๕๖๗๘๙꟱ᲉᲐᲑᲒᲓᲔᲕᲖᲗᲘᲙᲚᲛᲜᲝᲞᲟᲠᲡᲢᲣᲤᲥᲦᲧᲨᲩᲪᲫᲬᲭᲮᲯᲰᲱᲲᲳᲴᲵᲶᲷᲸᲹᲺᲽᲾᲿⰯꞸꞺꞼꞾꟀꟂꟄꟅꟆꟇꟉꟋꟌ꟎Ꟑ꟒꟔ꟖꟘꟚꟜꟵ𐕰𐕱𐕲𐕳𐕴𐕵𐕶𐕷𐕸𐕹𐕺𐕼𐕽𐕾𐕿𐖀𐖁𐖂𐖃𐖄𐖅𐖆𐖇𐖈𐖉𐖊𐖌𐖍𐖎𐖏𐖐𐖑𐖒𐖔𐖕𐵐𐵑𐵒𐵓𐵔𐵕𐵖𐵗𐵘𐵙𐵚𐵛𐵜𐵝𐵞𐵟𐵠𐵡𐵢𐵣𐵤𐵥𖹀𖹁𖹂𖹃𖹄𖹅𖹆𖹇𖹈𖹉𖹊𖹋𖹌𖹍𖹎𖹏𖹐𖹑𖹒𖹓𖹔𖹕𖹖𖹗𖹘𖹙𖹚𖹛𖹜𖹝𖹞𖹟𖺠𖺡𖺢𖺣𖺤𖺥𖺦𖺧𖺨𖺩𖺪𖺫𖺬𖺭𖺮𖺯𖺰𖺱𖺲𖺳𖺴𖺵𖺶𖺷𖺸'::text, 'σ01234567890123456789012345678901234567890123456789sᲊაბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰჱჲჳჴჵჶჷჸჹჺჽჾჿⱟꞹꞻꞽꞿꟁꟃꞔʂᶎꟈꟊɤꟍ꟏ꟑꟓꟕꟗꟙꟛƛꟶ𐖗𐖘𐖙𐖚𐖛𐖜𐖝𐖞𐖟𐖠𐖡𐖣𐖤𐖥𐖦𐖧𐖨𐖩𐖪𐖫𐖬𐖭𐖮𐖯𐖰𐖱𐖳𐖴𐖵𐖶𐖷𐖸𐖹𐖻𐖼𐵰𐵱𐵲𐵳𐵴𐵵𐵶𐵷𐵸𐵹𐵺𐵻𐵼𐵽𐵾𐵿𐶀𐶁𐶂𐶃𐶄𐶅𖹠𖹡𖹢𖹣𖹤𖹥𖹦𖹧𖹨𖹩𖹪𖹫𖹬𖹭𖹮𖹯𖹰𖹱𖹲𖹳𖹴𖹵𖹶𖹷𖹸𖹹𖹺𖹻𖹼𖹽𖹾𖹿𖺻𖺼𖺽𖺾𖺿𖻀𖻁𖻂𖻃𖻄𖻅𖻆𖻇𖻈𖻉𖻊𖻋𖻌𖻍𖻎𖻏𖻐𖻑𖻒𖻓'::text) ELSE (lower((NORMALIZE(value, NFKD) COLLATE "und-x-icu")) COLLATE "C") END;

CREATE OR REPLACE FUNCTION public.name_key(name text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE WHEN ((name ~ '[0-9]'::text) OR (octet_length(name) <> char_length(name))) THEN "left"((SELECT string_agg((m.part[1] || CASE WHEN (m.part[2] = ''::text) THEN ''::text ELSE (('0'::text || lpad((char_length(ltrim(m.part[2], '0'::text)))::text, 3, '0'::text)) || ltrim(m.part[2], '0'::text)) END), ''::text ORDER BY m."position") AS string_agg FROM regexp_matches(folded(name_key.name), '([^0-9]*)([0-9]*)'::text, 'g'::text) WITH ORDINALITY m(part, "position")), 400) ELSE folded(name) END;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% rows cannot be changed (%)', tg_table_name, lower(tg_op) using errcode = 'restrict_violation';
end $function$;

CREATE OR REPLACE FUNCTION public.retention_period(tier text)
 RETURNS interval
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE tier WHEN 'short'::text THEN '7 days'::interval WHEN 'medium'::text THEN '30 days'::interval WHEN 'long'::text THEN '90 days'::interval ELSE NULL::interval END;

CREATE OR REPLACE FUNCTION public.semver_identifier_key(identifier text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE WHEN (identifier ~ '^[0-9]+$'::text) THEN ('0'::text || semver_number_key(identifier)) ELSE (('1'::text || identifier) || '!'::text) END;

CREATE OR REPLACE FUNCTION public.semver_key(version text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
BEGIN ATOMIC
 WITH parts AS (
          SELECT split_part(split_part(semver_key.version, '+'::text, 1), '-'::text, 1) AS numbers,
             substr(split_part(semver_key.version, '+'::text, 1), (length(split_part(split_part(semver_key.version, '+'::text, 1), '-'::text, 1)) + 2)) AS prerelease
         )
  SELECT (((semver_number_key(split_part(parts.numbers, '.'::text, 1)) || semver_number_key(split_part(parts.numbers, '.'::text, 2))) || semver_number_key(split_part(parts.numbers, '.'::text, 3))) ||
         CASE
             WHEN (parts.prerelease = ''::text) THEN '~'::text
             ELSE ('-'::text || ( SELECT string_agg(semver_identifier_key(i.identifier), ''::text ORDER BY i."position") AS string_agg
                FROM unnest(string_to_array(parts.prerelease, '.'::text)) WITH ORDINALITY i(identifier, "position")))
         END)
    FROM parts;
END;

CREATE OR REPLACE FUNCTION public.semver_number_key(digits text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN (lpad((length(digits))::text, 2, '0'::text) || digits);

CREATE OR REPLACE FUNCTION public.show_published(changed text[])
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.solution_members_doc()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.doc := json_build_object('id', new.id, 'workspaceId', new.workspace_id, 'solutionId', new.solution_id,
    'integrationMemberId', new.integration_member_id, 'entityId', new.entity_id, 'addedAt', iso(new.added_at));
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.solutions_doc()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.doc := json_build_object('id', new.id, 'workspaceId', new.workspace_id, 'name', new.name, 'createdBy', new.created_by,
    'createdAt', iso(new.created_at), 'deletedAt', iso(new.deleted_at), 'retentionTier', new.retention_tier);
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.tell_changes()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  most constant int := 1000;
  changed text[];
begin
  if tg_op = 'INSERT' then
    changed := array(select id from new_rows limit most + 1);
  elsif tg_op = 'DELETE' then
    changed := array(select id from old_rows limit most + 1);
  elsif tg_op = 'UPDATE' then
    changed := array(select id from new_rows union select id from old_rows limit most + 1);
  end if;
  if changed is null or cardinality(changed) > 0 then
    insert into row_changes (relation, ids) values (tg_table_name, case when cardinality(changed) <= most then changed end);
  end if;
  return null;
end $function$;

CREATE OR REPLACE PROCEDURE public.tell_changes_of(IN name regclass)
 LANGUAGE plpgsql
AS $procedure$
begin
  execute format('create trigger tell_inserted after insert on %s referencing new table as new_rows
    for each statement execute function tell_changes()', name);
  execute format('create trigger tell_updated after update on %s referencing new table as new_rows old table as old_rows
    for each statement execute function tell_changes()', name);
  execute format('create trigger tell_deleted after delete on %s referencing old table as old_rows
    for each statement execute function tell_changes()', name);
  execute format('create trigger tell_truncated after truncate on %s for each statement execute function tell_changes()', name);
end $procedure$;

CREATE OR REPLACE FUNCTION public.trusted_signers_doc()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.doc := json_build_object('id', new.id, 'name', new.name, 'publicKey', new.public_key,
    'fingerprint', encode(sha256(decode(new.public_key, 'base64')), 'hex'), 'createdBy', new.created_by, 'createdAt', iso(new.created_at));
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.users_doc()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.doc := json_build_object('id', new.id, 'email', new.email, 'name', new.name, 'platformRoles', to_json(new.platform_roles),
    'createdAt', iso(new.created_at), 'updatedAt', iso(new.updated_at));
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.version_jump(lower text, upper text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE WHEN ((upper ~~ '%-%'::text) OR (split_part(lower, '-'::text, 1) = split_part(upper, '-'::text, 1))) THEN 'prerelease'::text WHEN (split_part(lower, '.'::text, 1) <> split_part(upper, '.'::text, 1)) THEN 'major'::text WHEN (split_part(lower, '.'::text, 2) <> split_part(upper, '.'::text, 2)) THEN 'minor'::text ELSE 'patch'::text END;

CREATE OR REPLACE FUNCTION public.version_state(yanked_at timestamp with time zone, deprecated_at timestamp with time zone, revoked_at timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (revoked_at IS NOT NULL) THEN 'revoked'::text WHEN (yanked_at IS NOT NULL) THEN 'yanked'::text WHEN (deprecated_at IS NOT NULL) THEN 'deprecated'::text ELSE 'active'::text END;

CREATE OR REPLACE FUNCTION public.workspace_memberships_doc()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.doc := json_build_object('id', new.id, 'workspaceId', new.workspace_id, 'userId', new.user_id, 'role', new.role,
    'state', case when new.accepted_at is null then 'invited' else 'accepted' end, 'createdBy', new.created_by,
    'createdAt', iso(new.created_at), 'acceptedAt', iso(new.accepted_at), 'updatedAt', iso(new.updated_at));
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.workspaces_doc()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.doc := json_build_object('id', new.id, 'name', new.name, 'handle', new.handle, 'retentionTier', new.retention_tier,
    'installPolicy', json_build_object('leastTrustTier', new.least_trust_tier, 'allowedPublishers', to_json(new.allowed_publishers),
      'minReleaseAgeHours', new.min_release_age_hours),
    'suspendedAt', iso(new.suspended_at), 'createdBy', new.created_by,
    'createdAt', iso(new.created_at), 'updatedAt', iso(new.updated_at));
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.workspaces_show_published()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform show_published(array(select id from integrations where workspace_id = new.id));
  return null;
end $function$;
