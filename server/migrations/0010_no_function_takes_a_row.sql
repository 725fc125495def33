-- No function takes a table's row: PostgreSQL 15.20 and its siblings add no column with a default to a table of which an SQL function does.
--
-- What was computed by such functions is now in the statements that ask for it. Databases made by the former texts of 0001, 0004 and 0009
-- still have them.

drop function if exists install_config_state(integration_members, integration_installs, integration_versions, auth_states);
drop function if exists member_drift(integration_members, integration_installs, entities);
drop function if exists made_from(integration_members, integration_installs);

-- The version that a member was made from: the one that it says, or else its install's.
create function made_from(said id, installed id) returns id
language sql immutable parallel safe return coalesce(said, installed);
