/** Whose content an actor may read. */

import { raw } from 'sql-template-tag';
import { hasRole } from '../../access/authorize.ts';
import type { ReadCtx } from '../../context.ts';
import { firstForm, visibleStatement } from '../../listing/get.ts';
import type { IntegrationRow } from './lock.ts';
import { integrationResource, versionResource } from './resource.ts';

/** The versions that show to the actor by their id. */
export const isReadable = async (ctx: ReadCtx, versionId: string): Promise<boolean> =>
  (await ctx.db.maybe(visibleStatement(versionResource, versionId, ctx.actor))) !== null;

/** The version that the integration shows to the actor as its current one; null where that is none. */
export async function shownVersion(ctx: ReadCtx, integration: IntegrationRow): Promise<string | null> {
  if (hasRole(ctx.actor, integration.workspaceId, 'viewer')) return integration.currentVersionId;
  const shown = firstForm(integrationResource, integration.id, ctx.actor, raw('t.current_version_id'));
  return (await ctx.db.maybe<{ value: string }>(shown))?.value ?? null;
}
