-- Installs change in more ways than by installs and upgrades: members come and go later, upgrades merge, policies say how far they may go.
--
-- install_revisions.merged: members whose clone took the new definition beside the workspace's own edits. conflicted: those in which
-- both had changed the same place, so that the workspace's stayed.
-- formerly: fb0e9529ef18079a18508fb623138a2ea4fed4a507d75666b87cb8db11266106

-- The former 0001 made functions that take rows of tables; some releases of PostgreSQL add no column with a default beside them.
drop function if exists install_config_state(integration_members, integration_installs, integration_versions, auth_states);
drop function if exists member_drift(integration_members, integration_installs, entities);

alter table install_revisions
  drop constraint install_revisions_action_check,
  add constraint install_revisions_action_check
    check (action in ('install', 'upgrade', 'reconfigure', 'rollback', 'add_members', 'drop_member', 'uninstall', 'restore')),
  add column merged text[] not null default '{}',
  add column conflicted text[] not null default '{}';

-- How far an install may be upgraded without anybody asking for it, and how old a version has to be by then.
alter table integration_installs
  add column upgrade_policy text not null default 'manual' check (upgrade_policy in ('manual', 'patch', 'minor', 'all')),
  add column min_release_age_hours int check (min_release_age_hours between 0 and 8760);
