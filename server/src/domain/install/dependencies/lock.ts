import sql from 'sql-template-tag';
import type { WriteCtx } from '../../../context.ts';
import type { Snapshot } from '../../integration/snapshot.ts';
import { loadInstalled } from './installed.ts';
import { meeting, type Uses, wantsOf } from './wants.ts';

/**
 * Keeps what the install's version wants and what meets it now. Whatever moves an install to another version calls this once the row
 * is moved, or the install would be held to what it no longer wants.
 */
export async function lockDependencies(
  ctx: WriteCtx,
  installId: string,
  workspaceId: string,
  { manifest }: Pick<Snapshot, 'manifest'>,
  uses: Uses,
): Promise<void> {
  await ctx.db.run(sql`delete from install_dependencies where integration_install_id = ${installId}`);
  const wants = wantsOf(manifest, uses);
  if (wants.length === 0) return;
  const installed = await loadInstalled(
    ctx,
    workspaceId,
    wants.map(({ integration }) => integration),
  );
  const meet = meeting(installed);
  const rows = wants.map((want, position) => {
    const [met] = meet(want);
    return {
      ...want,
      wanted_name: want.installName,
      position,
      integration_id: met?.integrationId,
      locked_install_id: met?.installId,
      locked_version: met?.version,
    };
  });
  await ctx.db.run(sql`
    insert into install_dependencies (workspace_id, integration_install_id, position, integration, range, optional, wanted_name, integration_id,
      locked_install_id, locked_version)
    select ${workspaceId}, ${installId}, position, integration, range, optional, wanted_name, integration_id, locked_install_id, locked_version
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(position int, integration text, range text, optional boolean,
      wanted_name text, integration_id id, locked_install_id id, locked_version text)`);
}
