import sql from 'sql-template-tag';
import type { ReadCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import type { InstallRow } from './state/lock.ts';

/** Clones that are to come back to the install must not have been taken over by another one meanwhile. */
export async function refuseAdopted(ctx: ReadCtx, install: InstallRow, entityIds: readonly string[]): Promise<void> {
  if (entityIds.length === 0) return;
  const taken = await ctx.db.many<{ entityId: string; installId: string }>(sql`
    select entity_id as "entityId", integration_install_id as "installId" from integration_members
    where entity_id = any(${[...entityIds]}::text[]) and is_clone and deleted_at is null and integration_install_id <> ${install.id}
    order by 1`);
  if (taken.length === 0) return;
  const installs = [...new Set(taken.map(({ installId }) => installId))];
  const named = taken.map(({ entityId, installId }) => `${entityId} is of ${installId}`).join(', ');
  throw new Problem('clone_adopted', `Clones that would come back belong to other installs by now: ${named}. Uninstall those first.`, {
    facts: { installs },
  });
}
