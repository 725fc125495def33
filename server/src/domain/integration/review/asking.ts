import sql from 'sql-template-tag';
import type { ReadCtx } from '../../../context.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { Comparable } from '../advice.ts';
import type { AuthConfig } from '../manifest.ts';

/** A version that asks nothing of installers. */
export const ASKS_NOTHING: Comparable = { members: [], variablesSchema: {}, authConfig: {} };

/** What a version asks of installers, without its members: they play no part in it. */
export async function loadAsking(ctx: ReadCtx, versionId: string): Promise<Comparable> {
  const row = await ctx.db.one<{ variablesSchema: string; authConfig: string }>(sql`
    select variables_schema_snapshot as "variablesSchema", auth_config_snapshot as "authConfig"
    from integration_versions where id = ${versionId}`);
  return {
    members: [],
    variablesSchema: JSON.parse(row.variablesSchema) as JsonObject,
    authConfig: JSON.parse(row.authConfig) as AuthConfig,
  };
}
