-- An integration may be installed more than once in a workspace, under different names, and an install says which of them it means.

alter table integration_installs add column name text collate "C" check (name <> '');
drop index integration_installs_one;
create unique index integration_installs_one on integration_installs (workspace_id, integration_id, parent_install_id, name)
  nulls not distinct where deleted_at is null;
create index integration_installs_name on integration_installs (workspace_id, name, id) where name is not null;

-- Null: whichever is in the range.
alter table install_dependencies add column wanted_name text collate "C";
