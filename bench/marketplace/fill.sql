-- A marketplace of made-up rows with realistic skew: few publishers have most integrations, few integrations most installs.
-- :n integrations, three versions for each, two installs for each. Run by the owner; see fill.ts. Statements are separated by ;;

set synchronous_commit = off;;
set work_mem = '256MB';;
set maintenance_work_mem = '512MB';;

-- The rows are right by construction: foreign keys are not checked one by one, but documents are written as always.
alter table users enable always trigger doc;;
alter table workspaces enable always trigger doc;;
alter table integrations enable always trigger doc;;
alter table published_integrations enable always trigger doc;;
alter table solutions enable always trigger doc;;
alter table integration_installs enable always trigger doc;;
set session_replication_role = replica;;

-- Ids of the right form whose order is that of the numbers.
create or replace function bench_id(prefix text, n bigint) returns id language sql immutable parallel safe
  return prefix || '_01' || lpad(to_hex(n), 24, '0');;

-- 0 … size - 1, small numbers far more often than large ones.
create or replace function bench_skewed(n bigint, size bigint) returns bigint language sql immutable parallel safe
  return least(size - 1, floor(size * power((hashint8(n)::bigint + 2147483648) / 4294967296.0, 3))::bigint);;

insert into users (id, email, name, created_at, updated_at)
select bench_id('usr', n), 'user' || n || '@bench.invalid', 'User ' || n, now(), now() from generate_series(1, 1000) n;;

insert into workspaces (id, name, handle, retention_tier, created_by, created_at, updated_at)
select bench_id('wsp', n), 'Workspace ' || n, 'bench-' || n, (array['short', 'medium', 'medium', 'medium', 'long', 'none'])[1 + n % 6],
  bench_id('usr', 1 + n % 1000), timestamptz '2024-01-01' + n * interval '1 minute', now()
from generate_series(1, greatest(10, :n / 100)) n;;

insert into integrations (id, workspace_id, slug, name, description, publisher, trust_tier, manifest, variables_schema, auth_config,
  visibility, created_by, created_at, updated_at, current_version_id, current_version)
select bench_id('int', n), bench_id('wsp', 1 + w), 'thing-' || n,
  (array['Slack', 'Mail', 'Invoice', 'Calendar', 'Report', 'Ticket', 'Search', 'Chart', 'Translate', 'Backup'])[1 + (hashint8(n) & 7)] || ' '
    || (array['agent', 'sync', 'bot', 'reader', 'writer', 'watcher', 'helper'])[1 + (n % 7)] || ' ' || n,
  case when n % 3 = 0 then null else 'Made up for the bench: number ' || n || ', ' || repeat('lorem ipsum ', 1 + (n % 20)::int) end,
  'bench-' || (1 + w), (array['verified_publisher', 'verified_publisher', 'verified_publisher', 'verified_partner', 'vendor_official', 'first_party'])[1 + n % 6],
  '{"members":[]}', '{}', '{"type":"none"}',
  case when n % 10 < 6 then 'public' when n % 10 < 9 then 'private' else 'unlisted' end,
  bench_id('usr', 1 + n % 1000), timestamptz '2024-01-01' + n * interval '7 seconds', timestamptz '2024-01-01' + n * interval '8 seconds',
  case when n % 20 <> 0 then bench_id('intver', n * 4 + 2) end, case when n % 20 <> 0 then '1.2.0' end
from (select n, bench_skewed(n, greatest(10, :n / 100)) as w from generate_series(1::bigint, :n) n) numbered;;

insert into integration_versions (id, workspace_id, integration_id, version, name, description, manifest_snapshot, variables_schema_snapshot,
  auth_config_snapshot, member_entity_versions, changelog, digest, published_by, published_at)
select bench_id('intver', i.n * 4 + v), i.workspace_id, i.id, '1.' || v || '.0', i.name, i.description, '{"members":[]}', '{}', '{"type":"none"}', '{}',
  'Change ' || v, sha256(i.id::bytea), i.created_by, i.created_at + v * interval '10 days'
from (select row_number() over (order by id) as n, id, workspace_id, name, description, created_by, created_at from integrations) i
cross join generate_series(0, 2) v;;

insert into published_integrations (id, workspace_id, slug, name, description, icon_url, publisher, trust_tier, current_version_id,
  current_version, manifest, variables_schema, auth_config, visibility, created_by, created_at, updated_at, revised)
select * from integration_faces;;

insert into solutions (id, workspace_id, name, created_by, created_at)
select bench_id('sol', n), bench_id('wsp', 1 + bench_skewed(n * 31, greatest(10, :n / 100))), 'Solution', bench_id('usr', 1 + n % 1000),
  timestamptz '2024-06-01' + n * interval '3 seconds'
from generate_series(1::bigint, :n * 2) n;;

insert into integration_installs (id, workspace_id, integration_id, integration_version_id, variables, member_policy, solution_id, installed_by,
  installed_at)
select bench_id('intins', n), s.workspace_id, bench_id('int', k), bench_id('intver', k * 4 + n % 3), '{}', 'auto_defaults', s.id, s.created_by,
  s.created_at
from (select n, 1 + bench_skewed(n * 7, :n) as k from generate_series(1::bigint, :n * 2) n) picked
join solutions s on s.id = bench_id('sol', n)
on conflict do nothing;;

set session_replication_role = origin;;
alter table users enable trigger doc;;
alter table workspaces enable trigger doc;;
alter table integrations enable trigger doc;;
alter table published_integrations enable trigger doc;;
alter table solutions enable trigger doc;;
alter table integration_installs enable trigger doc;;
vacuum analyze;;
