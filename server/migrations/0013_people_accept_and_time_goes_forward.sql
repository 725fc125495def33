-- A membership is an invitation until its user accepts it, and no row's time goes back when the clock does.
--
-- accepted_at: null while it is an invitation. Whoever invites need not see the user, and must not learn whether there is one: user_id is
-- then just what was said. Once accepted, member_id holds it to a user.

alter table workspace_memberships add column accepted_at timestamptz(3);
update workspace_memberships set accepted_at = created_at;

create or replace function workspace_memberships_doc() returns trigger language plpgsql as $$
begin
  new.doc := json_build_object('id', new.id, 'workspaceId', new.workspace_id, 'userId', new.user_id, 'role', new.role,
    'state', case when new.accepted_at is null then 'invited' else 'accepted' end, 'createdBy', new.created_by,
    'createdAt', iso(new.created_at), 'acceptedAt', iso(new.accepted_at), 'updatedAt', iso(new.updated_at));
  return new;
end $$;
update workspace_memberships set id = id;

alter table workspace_memberships
  drop constraint workspace_memberships_user_id_fkey,
  add column member_id id generated always as (case when accepted_at is not null then user_id end) stored references users;

-- Times of a row that a verb sets to now: none comes before those that the row has already. Called only when the clock went back.
-- Arguments: the names of the row's times.
create function keep_time() returns trigger language plpgsql as $$
declare
  was constant jsonb := to_jsonb(old);
  becomes constant jsonb := to_jsonb(new);
  latest constant timestamptz := (select max((was ->> name)::timestamptz) from unnest(tg_argv) as name);
begin
  return jsonb_populate_record(new, (
    select jsonb_object_agg(name, latest) from unnest(tg_argv) as name
    where becomes ->> name is distinct from was ->> name and (becomes ->> name)::timestamptz < latest));
end $$;

-- For each table whose rows change. times: the first is when the row was made. The trigger's name comes before that of the one that
-- writes doc: they run in the order of their names.
create procedure keep_time_of(name regclass, variadic times text[]) language plpgsql as $$
declare
  latest constant text := 'greatest(' || (select string_agg(format('old.%I', t), ', ') from unnest(times) as t) || ')';
  back constant text := (
    select string_agg(format('(new.%1$I is distinct from old.%1$I and new.%1$I < %2$s)', t, latest), ' or ') from unnest(times) as t);
begin
  execute format('create trigger clock before update on %s for each row when (%s) execute function keep_time(%s)',
    name, back, (select string_agg(quote_literal(t), ', ') from unnest(times) as t));
end $$;

call keep_time_of('users', 'created_at', 'updated_at');
call keep_time_of('workspaces', 'created_at', 'updated_at', 'suspended_at');
call keep_time_of('workspace_memberships', 'created_at', 'updated_at', 'accepted_at');
call keep_time_of('api_keys', 'created_at', 'revoked_at');
call keep_time_of('entities', 'created_at', 'updated_at', 'deleted_at', 'purged_at');
call keep_time_of('auth_states', 'created_at', 'updated_at', 'deleted_at');
call keep_time_of('integrations', 'created_at', 'updated_at', 'deleted_at');
call keep_time_of('integration_versions', 'published_at', 'yanked_at', 'deprecated_at', 'revoked_at', 'held_at');
call keep_time_of('integration_installs', 'installed_at', 'last_upgraded_at', 'deleted_at');
call keep_time_of('integration_members', 'added_at', 'deleted_at');
call keep_time_of('solutions', 'created_at', 'deleted_at');
call keep_time_of('review_submissions', 'requested_at', 'decided_at');
