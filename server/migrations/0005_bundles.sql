-- Versions travel between servers as bundles: who signs here, whom this server trusts, and where an imported version came from.

-- The server's own Ed25519 key pair, made at its first start: one row. The private key is sealed under a data key, like auth states.
create table signing_keys (
  id id primary key,
  public_key text not null,
  data_key_id id not null references data_keys,
  sealed_private_key bytea not null,
  created_at timestamptz(3) not null
);
create unique index signing_keys_one on signing_keys ((true));
create trigger immutable before update on signing_keys for each row execute function refuse_change();

-- Whose signatures platform admins vouch for. public_key: base64 of its SPKI.
create table trusted_signers (
  id id primary key,
  name text not null check (char_length(name) between 1 and 200),
  public_key text not null collate "C" unique,
  created_by id not null references users,
  created_at timestamptz(3) not null,
  doc text not null
);
create index trusted_signers_created on trusted_signers (created_at, id);

create function trusted_signers_doc() returns trigger language plpgsql as $$
begin
  new.doc := json_build_object('id', new.id, 'name', new.name, 'publicKey', new.public_key,
    'fingerprint', encode(sha256(decode(new.public_key, 'base64')), 'hex'), 'createdBy', new.created_by, 'createdAt', iso(new.created_at));
  return new;
end $$;
create trigger doc before insert or update on trusted_signers for each row execute function trusted_signers_doc();

-- Where an imported version came from: the integration as its bundle named it, and who signed that.
-- digest: SHA-256 of the bundle's canonical content, the same on every server that has the version.
create table bundle_imports (
  integration_version_id id primary key references integration_versions on delete cascade,
  workspace_id id not null references workspaces,
  digest bytea not null check (octet_length(digest) = 32),
  publisher text not null,
  slug text not null,
  public_key text not null collate "C",
  imported_by id not null references users,
  imported_at timestamptz(3) not null
);
create index bundle_imports_own on bundle_imports (workspace_id, imported_at);
create trigger immutable before update on bundle_imports for each row execute function refuse_change();

grant select, insert on signing_keys, trusted_signers, bundle_imports to mortise_app;
grant delete on trusted_signers to mortise_app;
