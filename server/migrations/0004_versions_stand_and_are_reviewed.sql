-- Versions can be withdrawn, warned of and held for review; installs can be compared with what is offered without being written.
--
-- integration_versions.yanked_at: no new installs. revoked_at: yanked for malice, and what is installed of it is disabled.
-- deprecated_at: still installable, with a notice. held_at: waits for a review and is not offered until that approves it.
-- precedence_key: text whose byte order is SemVer precedence, so that "is there a newer one" is one comparison.
-- formerly: 654ce4d385991a685ea38d206a7561cf113507bae5e3f98c6393f28cea5cbaeb

-- The former 0001 made functions that take rows of tables; some releases of PostgreSQL add no column with a default beside them.
drop function if exists install_config_state(integration_members, integration_installs, integration_versions, auth_states);
drop function if exists member_drift(integration_members, integration_installs, entities);

-- A number that sorts as text: how many digits it has, then the digits.
create function semver_number_key(digits text) returns text language sql immutable strict parallel safe
  return lpad(length(digits)::text, 2, '0') || digits;

-- One identifier of a prerelease: numbers come before words. '!' is below every character of a word, so that a word comes before those
-- that it begins.
create function semver_identifier_key(identifier text) returns text language sql immutable strict parallel safe
  return case when identifier ~ '^[0-9]+$' then '0' || semver_number_key(identifier) else '1' || identifier || '!' end;

-- The three numbers, then '~' for a stable version or '-' and the identifiers for a prerelease: those come before it. Build metadata
-- does not count.
create function semver_key(version text) returns text language sql immutable strict parallel safe
begin atomic
  with parts as (
    select split_part(split_part(version, '+', 1), '-', 1) as numbers,
      substr(split_part(version, '+', 1), length(split_part(split_part(version, '+', 1), '-', 1)) + 2) as prerelease
  )
  select semver_number_key(split_part(numbers, '.', 1)) || semver_number_key(split_part(numbers, '.', 2))
    || semver_number_key(split_part(numbers, '.', 3))
    || case when prerelease = '' then '~' else '-' || (
      select string_agg(semver_identifier_key(identifier), '' order by position)
      from unnest(string_to_array(prerelease, '.')) with ordinality as i(identifier, position)) end
  from parts;
end;

alter table integration_versions
  add column precedence_key text not null collate "C" generated always as (semver_key(version)) stored,
  add column yank_reason text check (char_length(yank_reason) <= 2000),
  add column deprecated_at timestamptz(3),
  add column deprecation_notice text check (char_length(deprecation_notice) <= 2000),
  add column revoked_at timestamptz(3),
  add column held_at timestamptz(3),
  add check (yank_reason is null or yanked_at is not null),
  add check (revoked_at is null or yanked_at is not null),
  add check ((deprecated_at is null) = (deprecation_notice is null));
create index integration_versions_precedence on integration_versions (integration_id, precedence_key);
grant update (yanked_at, yank_reason, deprecated_at, deprecation_notice, revoked_at, held_at) on integration_versions to mortise_app;

-- How a version stands, in one word; the gravest.
create function version_state(yanked_at timestamptz, deprecated_at timestamptz, revoked_at timestamptz) returns text
language sql immutable parallel safe return case
  when revoked_at is not null then 'revoked'
  when yanked_at is not null then 'yanked'
  when deprecated_at is not null then 'deprecated'
  else 'active'
end;

-- How far it is from one version up to another: the first of the three numbers that differs. 'prerelease' when none does, and whenever
-- the upper one is a prerelease: whoever wants stable versions is not led to it by a small number. Both without build metadata.
create function version_jump(lower text, upper text) returns text language sql immutable strict parallel safe return case
  when upper like '%-%' or split_part(lower, '-', 1) = split_part(upper, '-', 1) then 'prerelease'
  when split_part(lower, '.', 1) <> split_part(upper, '.', 1) then 'major'
  when split_part(lower, '.', 2) <> split_part(upper, '.', 2) then 'minor'
  else 'patch'
end;

-- Reviews ------------------------------------------------------------------------------------------------------------------

-- What somebody asked a reviewer to let the public have. purpose listing: the integration as public, with this version as its current
-- one; version: this version, which asks more of installers than the one before (needs). Bound to the digest, which never changes.
-- Without a version: a platform admin made the integration public before anything was published.
create table review_submissions (
  id id primary key,
  workspace_id id not null,
  integration_id id not null,
  integration_version_id id,
  digest bytea check (octet_length(digest) = 32),
  purpose text not null check (purpose in ('listing', 'version')),
  needs json not null default '[]',
  state text not null check (state in ('pending', 'approved', 'rejected', 'withdrawn')),
  requested_by id not null references users,
  requested_at timestamptz(3) not null,
  decided_by id references users,
  decided_at timestamptz(3),
  reason text check (char_length(reason) <= 2000),
  foreign key (workspace_id, integration_id) references integrations (workspace_id, id) on delete cascade,
  foreign key (integration_id, integration_version_id) references integration_versions (integration_id, id) on delete cascade,
  check ((integration_version_id is null) = (digest is null)),
  check (integration_version_id is not null or (purpose = 'listing' and state = 'approved')),
  check ((state = 'pending') = (decided_at is null)),
  check ((state = 'pending') = (decided_by is null)),
  check (state <> 'rejected' or reason is not null)
);
create unique index review_submissions_one_listing on review_submissions (integration_id) where purpose = 'listing' and state = 'pending';
create unique index review_submissions_one_version on review_submissions (integration_version_id) where purpose = 'version';
create index review_submissions_integration on review_submissions (integration_id, integration_version_id);
create index review_submissions_version on review_submissions (integration_version_id, id);
create index review_submissions_requested on review_submissions (workspace_id, requested_at, id);
create index review_submissions_newest on review_submissions (requested_at, id);
grant select, insert, delete on review_submissions to mortise_app;
grant update (state, decided_by, decided_at, reason) on review_submissions to mortise_app;

-- What is public already was made so by a platform admin; the review of that day is written down.
insert into review_submissions (id, workspace_id, integration_id, integration_version_id, digest, purpose, state, requested_by,
  requested_at, decided_by, decided_at)
select 'intrev' || substr(i.id, 4), i.workspace_id, i.id, v.id, v.digest, 'listing', 'approved', i.created_by, i.updated_at, i.created_by, i.updated_at
from integrations i left join integration_versions v on v.id = i.current_version_id
where i.visibility = 'public';

-- Insights -----------------------------------------------------------------------------------------------------------------

-- What a publisher is told of all installs at once is counted from these, without their rows.
create index integration_installs_active on integration_installs (integration_id, integration_version_id) where deleted_at is null;
create index install_revisions_upgrades on install_revisions (to_version_id, created_at) where action = 'upgrade';
create index integration_members_detached on integration_members (source_version_id, source_member_slug) where detached and deleted_at is null;
