-- Names are in the order in which people look for them: whatever the case and the accents, numbers by their value. Versions are in the order of
-- SemVer. The keys are stored, so that an index has them and no later PostgreSQL sees them otherwise.

-- In lower case, taken apart: accents stand behind their letters. Digits of other scripts are digits. server/src/lib/folded.ts does the same.
-- What Unicode has had capitals for since its version 11 is said here: not every PostgreSQL knows. Where nothing of it is there, nothing is
-- looked for: that takes long. Not strict, so that PostgreSQL puts the expression in the place of the call.
create function marked(value text) returns text language sql immutable parallel safe return
  case when lower(normalize(value, NFKD) collate "und-x-icu") collate "C" ~ U&'[\03C2\0660-\0E59\1C89-\1CBF\2C2F\A7B8-\A7F5\+010570-\+016EB8]'
  then translate(lower(normalize(value, NFKD) collate "und-x-icu") collate "C",
    U&'\03C2\0660\0661\0662\0663\0664\0665\0666\0667\0668\0669\06F0\06F1\06F2\06F3\06F4\06F5\06F6\06F7\06F8\06F9\0966\0967'
      '\0968\0969\096A\096B\096C\096D\096E\096F\09E6\09E7\09E8\09E9\09EA\09EB\09EC\09ED\09EE\09EF\0E50\0E51\0E52\0E53\0E54'
      '\0E55\0E56\0E57\0E58\0E59\A7F1\1C89\1C90\1C91\1C92\1C93\1C94\1C95\1C96\1C97\1C98\1C99\1C9A\1C9B\1C9C\1C9D\1C9E\1C9F'
      '\1CA0\1CA1\1CA2\1CA3\1CA4\1CA5\1CA6\1CA7\1CA8\1CA9\1CAA\1CAB\1CAC\1CAD\1CAE\1CAF\1CB0\1CB1\1CB2\1CB3\1CB4\1CB5\1CB6'
      '\1CB7\1CB8\1CB9\1CBA\1CBD\1CBE\1CBF\2C2F\A7B8\A7BA\A7BC\A7BE\A7C0\A7C2\A7C4\A7C5\A7C6\A7C7\A7C9\A7CB\A7CC\A7CE\A7D0'
      '\A7D2\A7D4\A7D6\A7D8\A7DA\A7DC\A7F5\+010570\+010571\+010572\+010573\+010574\+010575\+010576\+010577\+010578\+010579'
      '\+01057A\+01057C\+01057D\+01057E\+01057F\+010580\+010581\+010582\+010583\+010584\+010585\+010586\+010587\+010588'
      '\+010589\+01058A\+01058C\+01058D\+01058E\+01058F\+010590\+010591\+010592\+010594\+010595\+010D50\+010D51\+010D52'
      '\+010D53\+010D54\+010D55\+010D56\+010D57\+010D58\+010D59\+010D5A\+010D5B\+010D5C\+010D5D\+010D5E\+010D5F\+010D60'
      '\+010D61\+010D62\+010D63\+010D64\+010D65\+016E40\+016E41\+016E42\+016E43\+016E44\+016E45\+016E46\+016E47\+016E48'
      '\+016E49\+016E4A\+016E4B\+016E4C\+016E4D\+016E4E\+016E4F\+016E50\+016E51\+016E52\+016E53\+016E54\+016E55\+016E56'
      '\+016E57\+016E58\+016E59\+016E5A\+016E5B\+016E5C\+016E5D\+016E5E\+016E5F\+016EA0\+016EA1\+016EA2\+016EA3\+016EA4'
      '\+016EA5\+016EA6\+016EA7\+016EA8\+016EA9\+016EAA\+016EAB\+016EAC\+016EAD\+016EAE\+016EAF\+016EB0\+016EB1\+016EB2'
      '\+016EB3\+016EB4\+016EB5\+016EB6\+016EB7\+016EB8',
    U&'\03C3\0030\0031\0032\0033\0034\0035\0036\0037\0038\0039\0030\0031\0032\0033\0034\0035\0036\0037\0038\0039\0030\0031'
      '\0032\0033\0034\0035\0036\0037\0038\0039\0030\0031\0032\0033\0034\0035\0036\0037\0038\0039\0030\0031\0032\0033\0034'
      '\0035\0036\0037\0038\0039\0073\1C8A\10D0\10D1\10D2\10D3\10D4\10D5\10D6\10D7\10D8\10D9\10DA\10DB\10DC\10DD\10DE\10DF'
      '\10E0\10E1\10E2\10E3\10E4\10E5\10E6\10E7\10E8\10E9\10EA\10EB\10EC\10ED\10EE\10EF\10F0\10F1\10F2\10F3\10F4\10F5\10F6'
      '\10F7\10F8\10F9\10FA\10FD\10FE\10FF\2C5F\A7B9\A7BB\A7BD\A7BF\A7C1\A7C3\A794\0282\1D8E\A7C8\A7CA\0264\A7CD\A7CF\A7D1'
      '\A7D3\A7D5\A7D7\A7D9\A7DB\019B\A7F6\+010597\+010598\+010599\+01059A\+01059B\+01059C\+01059D\+01059E\+01059F\+0105A0'
      '\+0105A1\+0105A3\+0105A4\+0105A5\+0105A6\+0105A7\+0105A8\+0105A9\+0105AA\+0105AB\+0105AC\+0105AD\+0105AE\+0105AF'
      '\+0105B0\+0105B1\+0105B3\+0105B4\+0105B5\+0105B6\+0105B7\+0105B8\+0105B9\+0105BB\+0105BC\+010D70\+010D71\+010D72'
      '\+010D73\+010D74\+010D75\+010D76\+010D77\+010D78\+010D79\+010D7A\+010D7B\+010D7C\+010D7D\+010D7E\+010D7F\+010D80'
      '\+010D81\+010D82\+010D83\+010D84\+010D85\+016E60\+016E61\+016E62\+016E63\+016E64\+016E65\+016E66\+016E67\+016E68'
      '\+016E69\+016E6A\+016E6B\+016E6C\+016E6D\+016E6E\+016E6F\+016E70\+016E71\+016E72\+016E73\+016E74\+016E75\+016E76'
      '\+016E77\+016E78\+016E79\+016E7A\+016E7B\+016E7C\+016E7D\+016E7E\+016E7F\+016EBB\+016EBC\+016EBD\+016EBE\+016EBF'
      '\+016EC0\+016EC1\+016EC2\+016EC3\+016EC4\+016EC5\+016EC6\+016EC7\+016EC8\+016EC9\+016ECA\+016ECB\+016ECC\+016ECD'
      '\+016ECE\+016ECF\+016ED0\+016ED1\+016ED2\+016ED3')
  else lower(normalize(value, NFKD) collate "und-x-icu") collate "C" end;

-- The same without accents. U+0439 is a letter of its own, no accented one. What is ASCII, most of all, has none.
create function folded(value text) returns text language sql immutable parallel safe return case
  when octet_length(value) = char_length(value) then lower(value collate "C")
  else replace(replace(replace(replace(
    translate(regexp_replace(replace(marked(value), U&'\0438\0306', U&'\0439'),
      '[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]', '', 'g'),
      U&'\0111\00F8\0142\0127\0167\0131\019A\0180\0268\00F0\0237\0249\024D\024F\023C\01E5\01B6\2C65\2C66\0247\0289',
      'dolhtilbidjjrycgzateu'),
    U&'\00DF', 'ss'), U&'\00E6', 'ae'), U&'\0153', 'oe'), U&'\00FE', 'th')
end;

-- Its byte order is the order of names. A number is its length and its digits, so that 9 comes before 10; what is longer than an index holds
-- is cut off.
create function name_key(name text) returns text language sql immutable strict parallel safe return case
  when name ~ '[0-9]' or octet_length(name) <> char_length(name) then left((
    select string_agg(part[1] || case when part[2] = '' then ''
      else '0' || lpad(char_length(ltrim(part[2], '0'))::text, 3, '0') || ltrim(part[2], '0') end, '' order by position)
    from regexp_matches(folded(name), '([^0-9]*)([0-9]*)', 'g') with ordinality as m(part, position)), 400)
  else folded(name)
end;

alter table integrations
  add column name_key text not null collate "C" generated always as (name_key(name)) stored,
  add column current_version_key text collate "C" generated always as (semver_key(current_version)) stored;
alter table published_integrations
  add column name_key text not null collate "C" generated always as (name_key(name)) stored,
  add column current_version_key text collate "C" generated always as (semver_key(current_version)) stored;
alter table entities
  add column name_key text not null collate "C" generated always as (name_key(name)) stored;
alter table workspaces
  add column name_key text not null collate "C" generated always as (name_key(name)) stored;
alter table users
  add column name_key text not null collate "C" generated always as (name_key(name)) stored;
alter table auth_states
  add column name_key text not null collate "C" generated always as (name_key(name)) stored;
alter table api_keys
  add column name_key text not null collate "C" generated always as (name_key(name)) stored;
alter table solutions
  add column name_key text not null collate "C" generated always as (name_key(name)) stored;
alter table trusted_signers
  add column name_key text not null collate "C" generated always as (name_key(name)) stored;

drop index integrations_own_name, integrations_own_publisher, published_integrations_name, published_integrations_publisher;
create index integrations_own_name on integrations (workspace_id, name_key, id) include (deleted_at);
create index integrations_own_publisher on integrations (workspace_id, publisher, name_key, id) include (deleted_at);
create index published_integrations_name on published_integrations (name_key, id) include (workspace_id, revised)
  where visibility = 'public' and current_version_id is not null;
create index published_integrations_publisher on published_integrations (publisher, name_key, id) include (workspace_id, revised)
  where visibility = 'public' and current_version_id is not null;
create index entities_name on entities (workspace_id, name_key, id);

-- Versions, too, are listed in their order.
drop index integration_versions_precedence;
create index integration_versions_precedence on integration_versions (integration_id, precedence_key, id);
create index integration_versions_own_precedence on integration_versions (workspace_id, precedence_key, id);
create index integration_versions_all_precedence on integration_versions (precedence_key, id);

-- Pages that may use a publishable key; null: any.
alter table api_keys add column origins text[] check (origins is null or (kind = 'publishable' and cardinality(origins) between 1 and 20));
create or replace function api_keys_doc() returns trigger language plpgsql as $$
begin
  new.doc := json_build_object('id', new.id, 'workspaceId', new.workspace_id, 'name', new.name, 'kind', new.kind, 'role', new.role,
    'origins', new.origins, 'createdBy', new.created_by, 'createdAt', iso(new.created_at), 'expiresAt', iso(new.expires_at),
    'revokedAt', iso(new.revoked_at));
  return new;
end $$;
update api_keys set id = id;
