-- Who gives a grant is not told whether there is such a workspace: workspace_id is just what was said. One that nobody has lets nobody in.
alter table integration_grants drop constraint integration_grants_workspace_id_fkey;

-- What was revoked before contents were remembered is not known by its content yet, which the server alone can tell. It does so behind its
-- start, version by version, and takes each from this table. Whatever is in it may still be published again under another number.
create table unlisted_revocations (
  integration_version_id id primary key references integration_versions on delete cascade
);
grant select, delete on unlisted_revocations to mortise_app;

insert into unlisted_revocations (integration_version_id)
select v.id from integration_versions v
where v.revoked_at < (select applied_at from mortise_migrations where name = '0012_what_may_be_taken.sql')
  and not exists (
    select 1 from version_contents c join revoked_contents r on r.digest = c.digest where c.integration_version_id = v.id);
