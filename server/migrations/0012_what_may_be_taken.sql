-- What a platform admin revoked is told again by its content: under another number, in another integration, out of a bundle.
--
-- version_contents.digest: SHA-256 of what a version does, the same whatever its entities' ids are, how it is numbered and what is written
-- about it. Versions from before have none until something that may be the same is revoked.
create table version_contents (
  integration_version_id id primary key references integration_versions on delete cascade,
  digest bytea not null check (octet_length(digest) = 32)
);
create index version_contents_digest on version_contents (digest);
grant select, insert on version_contents to mortise_app;

-- The contents that nobody may publish, import or take. They stay when the version that they were revoked with is purged.
create table revoked_contents (
  digest bytea primary key check (octet_length(digest) = 32),
  integration_version_id id not null,
  revoked_at timestamptz(3) not null
);
grant select, insert, delete on revoked_contents to mortise_app;

-- Has this integration a revoked version? Few have one, and every publish asks.
create index integration_versions_revoked on integration_versions (integration_id) where revoked_at is not null;
