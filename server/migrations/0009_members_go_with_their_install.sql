-- A member is made from its install's version; only where it is not, source_version_id says from which: when an upgrade left it alone, or
-- it was removed. So what stays as it is needs no writing when an install of ten thousand members moves to another version.
-- formerly: 82b925842ca06ef9b334a8edf3d71385b9dd633099bc06a6f00c241a8d618ad4

alter table integration_members alter column source_version_id drop not null;

drop index integration_members_source_version;
drop index integration_members_detached;

create or replace function integration_members_doc() returns trigger language plpgsql as $$
begin
  new.doc := json_build_object('id', new.id, 'integrationInstallId', new.integration_install_id, 'workspaceId', new.workspace_id,
    'entityId', new.entity_id, 'entityVersionId', new.entity_version_id, 'sourceMemberSlug', new.source_member_slug,
    'isClone', new.is_clone, 'detached', new.detached, 'enabled', new.enabled,
    'addedBy', new.added_by, 'addedAt', iso(new.added_at), 'deletedAt', iso(new.deleted_at), 'retentionTier', new.retention_tier);
  return new;
end $$;

update integration_members m
set source_version_id = nullif(m.source_version_id, case when m.deleted_at is null or m.removed_as = 'uninstalled' then i.integration_version_id end)
from integration_installs i where i.id = m.integration_install_id;

create index integration_members_source_version on integration_members (source_version_id) where source_version_id is not null;
create index integration_members_detached on integration_members (integration_install_id, source_member_slug) where detached and deleted_at is null;
