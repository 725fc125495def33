import sql from 'sql-template-tag';
import type { ReadCtx, WriteCtx } from '../../../context.ts';
import { installOrder } from '../../integration/graph.ts';
import { type InstallRow, lockInstallRow, lockIntegrations } from './lock.ts';

interface Node {
  id: string;
  integrationId: string;
}

/** The active add-ons of an install, and theirs, transitively. */
export const loadAddOns = (ctx: ReadCtx, id: string): Promise<Node[]> =>
  ctx.db.many<Node>(sql`
    with recursive tree(id, "integrationId") as (
      select id, integration_id from integration_installs where parent_install_id = ${id} and deleted_at is null
      union
      select i.id, i.integration_id from tree t join integration_installs i on i.parent_install_id = t.id where i.deleted_at is null
    )
    select * from tree order by id`);

/**
 * Locks the add-ons of a locked install, transitively: all integrations, then all installs, each in the order of their ids. An add-on
 * that came while this waited is locked as well; once its parent is locked, none comes any more.
 */
export async function lockAddOns(ctx: WriteCtx, id: string): Promise<InstallRow[]> {
  const locked = new Map<string, InstallRow>();
  for (let open = await loadAddOns(ctx, id); open.length > 0; ) {
    await lockIntegrations(
      ctx,
      open.map(({ integrationId }) => integrationId),
    );
    for (const each of open) locked.set(each.id, await lockInstallRow(ctx, each.id, 'update'));
    open = (await loadAddOns(ctx, id)).filter((each) => !locked.has(each.id));
  }
  return [...locked.values()].filter((install) => !install.deleted);
}

/** The installs with add-ons before their parents and dependents before what they need, otherwise as given. Pure. */
export function uninstallOrder(
  installs: readonly Pick<InstallRow, 'id' | 'parentInstallId'>[],
  needs: ReadonlyMap<string, readonly string[]>,
): string[] {
  const nodes = installs.map(({ id, parentInstallId }) => {
    const dependsOn = [...(needs.get(id) ?? []), ...(parentInstallId === null ? [] : [parentInstallId])];
    return { slug: id, entityId: id, dependsOn, refs: [] };
  });
  return installOrder(nodes)
    .map(({ slug }) => slug)
    .reverse();
}
