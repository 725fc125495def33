import sql, { empty, raw, type Sql } from 'sql-template-tag';
import type { ReadCtx, WriteCtx } from '../../../context.ts';
import { Problem } from '../../../lib/errors.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { must } from '../../../lib/must.ts';
import { type IntegrationRow, loadIntegration, lockIntegration } from '../../integration/lock.ts';
import type { MemberPolicy } from '../../integration/manifest.ts';
import { loadSnapshot, type Snapshot } from '../../integration/snapshot.ts';
import type { Channel } from './channels.ts';

export interface InstallRow {
  readonly id: string;
  readonly workspaceId: string;
  readonly integrationId: string;
  readonly versionId: string;
  readonly variables: JsonObject;
  readonly authStateId: string | null;
  readonly memberPolicy: MemberPolicy;
  readonly channel: Channel;
  readonly parentInstallId: string | null;
  readonly name: string | null;
  /** Which named installs meet its wants, by integration. */
  readonly uses: ReadonlyMap<string, string>;
  readonly solutionId: string;
  readonly revision: number;
  readonly deleted: boolean;
}

/** Relies on the integration, then locks the install: the fixed order that keeps changes of one install in a queue and all others apart. */
export async function lockInstall(ctx: WriteCtx, id: string): Promise<{ install: InstallRow; integration: IntegrationRow }> {
  const known = await ctx.db.maybe<{ integrationId: string }>(
    sql`select integration_id as "integrationId" from integration_installs where id = ${id}`,
  );
  if (known === null) throw purged(id);
  const integration = await lockIntegration(ctx, known.integrationId, 'rely');
  return { integration, install: await lockInstallRow(ctx, id, 'update') };
}

/** Locks the install alone: exclusively, or shared for what changes a single member of it. */
export const lockInstallRow = (ctx: WriteCtx, id: string, strength: 'update' | 'share'): Promise<InstallRow> =>
  readInstall(ctx, id, sql`for ${raw(strength)}`);

/** An install and its integration as they stand, for those who only look. */
export async function loadInstall(ctx: ReadCtx, id: string): Promise<{ install: InstallRow; integration: IntegrationRow }> {
  const install = await readInstall(ctx, id, empty);
  return { install, integration: await loadIntegration(ctx, install.integrationId) };
}

/** A version of the install's integration: by default the one that it pins. */
export const versionOf = async (ctx: ReadCtx, install: InstallRow, id = install.versionId): Promise<Snapshot> =>
  must(await loadSnapshot(ctx.db, install.integrationId, id), 'installs pin versions of their integration');

async function readInstall(ctx: ReadCtx, id: string, lock: Sql): Promise<InstallRow> {
  const row = await ctx.db.maybe<Omit<InstallRow, 'variables' | 'uses'> & { variables: string; uses: string | null }>(sql`
    select id, workspace_id as "workspaceId", integration_id as "integrationId", integration_version_id as "versionId", variables,
      auth_state_id as "authStateId", member_policy as "memberPolicy", channel, parent_install_id as "parentInstallId", name,
      (select json_object_agg(d.integration, d.wanted_name) from install_dependencies d
        where d.integration_install_id = integration_installs.id and d.wanted_name is not null) as uses,
      solution_id as "solutionId", revision, deleted_at is not null as deleted
    from integration_installs where id = ${id} ${lock}`);
  if (row === null) throw purged(id);
  const uses = new Map(Object.entries(JSON.parse(row.uses ?? '{}') as Record<string, string>));
  return { ...row, uses, variables: JSON.parse(row.variables) as JsonObject };
}

/** The active install of an integration in a workspace under a parent and a name: there is one at the most. */
export async function activeInstall(
  ctx: ReadCtx,
  { workspaceId, integrationId, parentInstallId, name }: Pick<InstallRow, 'workspaceId' | 'integrationId' | 'parentInstallId' | 'name'>,
): Promise<string | null> {
  const found = await ctx.db.maybe<{ id: string }>(sql`
    select id from integration_installs
    where workspace_id = ${workspaceId} and integration_id = ${integrationId} and deleted_at is null
      and parent_install_id is not distinct from ${parentInstallId} and name is not distinct from ${name}`);
  return found?.id ?? null;
}

const purged = (id: string) => new Problem('not_found', `The install ${id} was purged meanwhile.`);

export function refuseDeletedInstall(install: InstallRow): void {
  if (install.deleted) throw new Problem('install_deleted', `The install ${install.id} is deleted; restore it first.`);
}

/** Relies on several integrations, in the order of their ids. */
export async function lockIntegrations(ctx: WriteCtx, ids: readonly string[]): Promise<void> {
  await ctx.db.run(sql`select 1 from integrations where id = any(${[...ids]}::text[]) order by id for key share`);
}
