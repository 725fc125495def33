-- Lists tell exact totals without counting each time: they have to know what was changed since, whoever changed it.
--
-- row_changes has one row for each statement that changed rows, written in the same transaction. ids: which rows; null where they are
-- too many to tell. Rows that are old are deleted; the row '(pruned)' then tells below which transaction changes may be missing.

create table row_changes (
  relation text collate "C" not null,
  transaction_id xid8 not null default pg_current_xact_id(),
  ids text[]
);
create index row_changes_order on row_changes (relation, transaction_id);
grant select, insert, update, delete on row_changes to mortise_app;
insert into row_changes (relation, transaction_id) values ('(pruned)', '0');

create function tell_changes() returns trigger language plpgsql as $$
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
end $$;

-- For each table that a list reads.
create procedure tell_changes_of(name regclass) language plpgsql as $$
begin
  execute format('create trigger tell_inserted after insert on %s referencing new table as new_rows
    for each statement execute function tell_changes()', name);
  execute format('create trigger tell_updated after update on %s referencing new table as new_rows old table as old_rows
    for each statement execute function tell_changes()', name);
  execute format('create trigger tell_deleted after delete on %s referencing old table as old_rows
    for each statement execute function tell_changes()', name);
  execute format('create trigger tell_truncated after truncate on %s for each statement execute function tell_changes()', name);
end $$;

call tell_changes_of('users');
call tell_changes_of('workspaces');
call tell_changes_of('workspace_memberships');
call tell_changes_of('api_keys');
call tell_changes_of('events');
call tell_changes_of('entities');
call tell_changes_of('entity_versions');
call tell_changes_of('auth_states');
call tell_changes_of('integrations');
call tell_changes_of('integration_versions');
call tell_changes_of('integration_grants');
call tell_changes_of('integration_installs');
call tell_changes_of('integration_members');
call tell_changes_of('install_revisions');
call tell_changes_of('solutions');
call tell_changes_of('solution_members');
call tell_changes_of('review_submissions');
call tell_changes_of('trusted_signers');

-- Totals were kept by it.
drop index events_noun_order;

-- The text of a JSON object without its closing brace. A third of the time of a page went into left(doc, -1), which counts characters twice. This cuts bytes.
create function json_open(doc text) returns text language sql stable parallel safe
  return convert_from(substr(convert_to(doc, getdatabaseencoding()), 1, octet_length(doc) - 1), getdatabaseencoding());

-- A workspace's own integrations in the order of the marketplace: without it, all integrations were read in that order to find them.
create index integrations_own_publisher on integrations (workspace_id, publisher, name, id) include (deleted_at);

-- The members of an install, in the order in which they are listed.
drop index integration_members_install;
create index integration_members_install on integration_members (integration_install_id, added_at, id);
