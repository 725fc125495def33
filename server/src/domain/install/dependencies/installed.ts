import sql, { join, type Sql } from 'sql-template-tag';
import type { ReadCtx, WriteCtx } from '../../../context.ts';
import type { Installed, NamedWant } from './wants.ts';

/** `publisher/slug` of the integration `n`. */
const name = sql`n.publisher || '/' || n.slug`;

/** The active installs `i` of these integrations `n`, deleted ones included: what is installed keeps working. */
const activeOf = (workspaceId: string, integrations: readonly string[]): Sql => sql`
  unnest(${[...new Set(integrations)]}::text[]) as wanted(name)
  join integrations n on n.publisher = split_part(wanted.name, '/', 1) and n.slug = split_part(wanted.name, '/', 2)
  join integration_installs i on i.integration_id = n.id and i.workspace_id = ${workspaceId} and i.deleted_at is null`;

/** The active installs of these integrations in the workspace, the earliest first. */
export const loadInstalled = (ctx: ReadCtx, workspaceId: string, integrations: readonly string[]): Promise<Installed[]> =>
  ctx.db.many<Installed>(sql`
    select i.id as "installId", i.integration_id as "integrationId", ${name} as integration, v.version, i.name
    from ${activeOf(workspaceId, integrations)}
    join integration_versions v on v.id = i.integration_version_id
    order by i.installed_at, i.id`);

/** Shares locks on these installs: whoever comes to rely on one holds it, so that it is not upgraded or uninstalled meanwhile. */
export async function holdInstalled(ctx: WriteCtx, workspaceId: string, integrations: readonly string[]): Promise<void> {
  if (integrations.length === 0) return;
  await ctx.db.run(sql`select 1 from ${activeOf(workspaceId, integrations)} order by i.id for share of i`);
}

const wants = sql`
  select d.integration, d.range, d.optional, d.wanted_name as "wantedName", d.integration_install_id as "installId",
    ${name} || ' ' || v.version as by
  from install_dependencies d
  join integration_installs i on i.id = d.integration_install_id
  join integrations n on n.id = i.integration_id
  join integration_versions v on v.id = i.integration_version_id`;

/** What the workspace's active installs want of these integrations; of all, where none are named. */
export function loadWants(ctx: ReadCtx, workspaceId: string, integrations?: readonly string[]): Promise<NamedWant[]> {
  const conditions = [
    sql`d.workspace_id = ${workspaceId}`,
    sql`i.deleted_at is null`,
    ...(integrations === undefined ? [] : [sql`d.integration = any(${[...integrations]}::text[])`]),
  ];
  return readWants(ctx, sql`${wants} where ${join(conditions, ' and ')} order by i.id, d.position`);
}

/** What one install wants, active or not. */
export const loadWantsOf = (ctx: ReadCtx, installId: string): Promise<NamedWant[]> =>
  readWants(ctx, sql`${wants} where i.id = ${installId} order by d.position`);

async function readWants(ctx: ReadCtx, statement: Sql): Promise<NamedWant[]> {
  const rows = await ctx.db.many<NamedWant & { wantedName: string | null }>(statement);
  return rows.map(({ wantedName, ...want }) => (wantedName === null ? want : { ...want, installName: wantedName }));
}
