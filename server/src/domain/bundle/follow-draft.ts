import sql from 'sql-template-tag';
import type { ReadCtx, WriteCtx } from '../../context.ts';
import type { Json } from '../../lib/json.ts';
import { sameJson } from '../../lib/json-walk.ts';
import type { IntegrationRow } from '../integration/lock.ts';
import type { DraftDocuments } from '../integration/manifest.ts';
import { loadSnapshot } from '../integration/snapshot.ts';

/** As every integration begins. */
const EMPTY: DraftDocuments = { manifest: { members: [] }, variablesSchema: {}, authConfig: {} };

/** Whether the draft is what was last published, or was never begun: then an import may replace it, and nobody loses work. */
export async function isDraftUntouched(ctx: ReadCtx, integration: IntegrationRow): Promise<boolean> {
  const { id, currentVersionId } = integration;
  const base = currentVersionId === null ? EMPTY : await loadSnapshot(ctx.db, id, currentVersionId);
  const documents = ['manifest', 'variablesSchema', 'authConfig'] as const;
  return documents.every((name) => sameJson(integration[name], (base?.[name] ?? null) as Json));
}

/** Makes the draft what was imported, where that is the current version now. Whether it did. */
export async function followDraft(ctx: WriteCtx, draft: IntegrationRow, versionId: string): Promise<boolean> {
  const { id, manifest, variablesSchema, authConfig } = draft;
  const changed = await ctx.db.run(sql`
    update integrations set manifest = ${JSON.stringify(manifest)}, variables_schema = ${JSON.stringify(variablesSchema)},
      auth_config = ${JSON.stringify(authConfig)}, updated_at = ${ctx.now}
    where id = ${id} and current_version_id = ${versionId}`);
  return changed > 0;
}
