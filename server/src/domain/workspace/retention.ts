import sql, { type Sql } from 'sql-template-tag';

/** The retention tier that a workspace's rows take on when they are deleted; `workspaceId` is a column or a value. */
export const tierOf = (workspaceId: Sql): Sql => sql`(select w.retention_tier from workspaces w where w.id = ${workspaceId})`;
