import sql, { raw } from 'sql-template-tag';
import type { ReadCtx, WriteCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import type { JsonObject } from '../../lib/json.ts';

export interface IntegrationRow {
  readonly id: string;
  readonly workspaceId: string;
  readonly slug: string;
  readonly publisher: string;
  readonly name: string;
  readonly description: string | null;
  readonly iconUrl: string | null;
  readonly visibility: 'private' | 'unlisted' | 'public';
  readonly trustTier: string;
  readonly currentVersionId: string | null;
  /** The highest that is offered, where that is another one. */
  readonly newestVersionId: string | null;
  readonly currentVersion: string | null;
  readonly deleted: boolean;
  readonly manifest: JsonObject;
  readonly variablesSchema: JsonObject;
  readonly authConfig: JsonObject;
}

type Raw = Omit<IntegrationRow, 'manifest' | 'variablesSchema' | 'authConfig'> &
  Record<'manifest' | 'variablesSchema' | 'authConfig', string>;

const columns = sql`id, workspace_id as "workspaceId", slug, publisher, name, description, icon_url as "iconUrl", visibility, trust_tier as "trustTier",
  current_version_id as "currentVersionId", newest_version_id as "newestVersionId", current_version as "currentVersion", deleted_at is not null as deleted,
  manifest, variables_schema as "variablesSchema", auth_config as "authConfig"`;

/**
 * What a transaction means to do with an integration. Who relies on it (install, upgrade) needs it to stay there, and waits for nobody
 * but who removes it for good. Who changes it or its versions (publish, yank, revoke, patch, delete, visibility, reviews) waits for others
 * who do, not for installs: these see it as it was before or after, and either is an order in which both could have come. Who removes it
 * waits for all.
 */
const LOCKS = { rely: 'key share', change: 'no key update', remove: 'update' } as const;

/** Locks the integration. Always the first lock that a transaction takes. */
export async function lockIntegration(ctx: WriteCtx, id: string, intent: keyof typeof LOCKS): Promise<IntegrationRow> {
  const row = await ctx.db.maybe<Raw>(sql`select ${columns} from integrations where id = ${id} for ${raw(LOCKS[intent])}`);
  if (row === null) throw new Problem('not_found', `The integration ${id} was purged meanwhile.`);
  return parsed(row);
}

export async function loadIntegration(ctx: ReadCtx, id: string): Promise<IntegrationRow> {
  return parsed(await ctx.db.one<Raw>(sql`select ${columns} from integrations where id = ${id}`));
}

function parsed(row: Raw): IntegrationRow {
  const document = (text: string): JsonObject => JSON.parse(text) as JsonObject;
  return { ...row, manifest: document(row.manifest), variablesSchema: document(row.variablesSchema), authConfig: document(row.authConfig) };
}

export function refuseDeleted(integration: IntegrationRow): void {
  if (integration.deleted) throw new Problem('integration_deleted', `The integration ${integration.id} is deleted; restore it first.`);
}
