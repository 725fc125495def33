-- An update of a row whose table has a trigger before it counts computed columns as changed. One of them was in a key, so that a yank locked
-- its version as if the key changed, and waited for everybody who installed it. What is unique only in part is no key that rows refer to.

alter table integration_versions drop constraint integration_versions_integration_id_precedence_key;
create unique index integration_versions_number on integration_versions (integration_id, precedence) where precedence is not null;
