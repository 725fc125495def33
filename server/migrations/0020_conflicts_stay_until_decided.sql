-- What a merge could not decide stays with the member until somebody does, or both sides come to the same.
--
-- integration_members.merge_base_digest: where the next merge starts from while conflicts are open: what was last applied, but what both
-- came from at each of these places. open_conflicts: how many there are, so that lists find the members and installs that wait for a person.
alter table integration_members
  add column merge_base_digest bytea references definitions (digest),
  add column open_conflicts integer not null default 0 check (open_conflicts >= 0),
  add check (is_clone or merge_base_digest is null),
  add unique (workspace_id, id);
create index integration_members_open_conflicts on integration_members (integration_install_id) where open_conflicts > 0 and deleted_at is null;

-- In the order of the document. conflict: pointer, lines, base, ours, theirs and reason, as plans tell them. kept: which side stands there
-- meanwhile. since_version_id: the version with which it came.
create table member_conflicts (
  workspace_id id not null,
  integration_member_id id not null,
  position integer not null check (position >= 0),
  conflict json not null,
  kept text not null check (kept in ('ours', 'theirs')),
  since_version_id id not null references integration_versions on delete cascade,
  created_at timestamptz(3) not null,
  primary key (workspace_id, integration_member_id, position),
  foreign key (workspace_id, integration_member_id) references integration_members (workspace_id, id) on delete cascade
);
create index member_conflicts_since on member_conflicts (since_version_id);
grant select, insert, delete on member_conflicts to mortise_app;
