-- What somebody says about a change stands in its revision. An install may follow prereleases.

alter table install_revisions add column reason text check (char_length(reason) between 1 and 1000);
alter table integration_installs add column channel text not null default 'stable' check (channel in ('stable', 'prerelease'));

-- The highest version that is offered, where that is a prerelease above the current one: what installs on that channel follow.
alter table integrations add column newest_version_id id;
update integrations i set newest_version_id = n.id
from (
  select distinct on (v.integration_id) v.integration_id, v.id from integration_versions v
  where v.yanked_at is null and v.held_at is null
    and v.id not in (select c.integration_version_id from revoked_contents r join version_contents c on c.digest = r.digest)
  order by v.integration_id, v.precedence_key desc
) n
where n.integration_id = i.id and n.id is distinct from i.current_version_id;
