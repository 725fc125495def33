import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { WriteCtx } from '../../context.ts';
import { type Reply, shown, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { type LockedVersion, lockVersion } from './lock-version.ts';
import { versionResource } from './resource.ts';
import type { Deprecate } from './schema.ts';

/** Shows a notice to whoever has or takes the version. A deprecated one gets the new notice and keeps its day. */
export async function deprecateVersion(
  ctx: WriteCtx,
  { target, body }: { target: Target; body: Static<typeof Deprecate> },
): Promise<Reply> {
  const locked = await lockVersion(ctx, target.id);
  if (locked.version.deprecationNotice !== body.notice) {
    await ctx.db.run(sql`
      update integration_versions set deprecated_at = coalesce(deprecated_at, ${ctx.now}), deprecation_notice = ${body.notice}
      where id = ${target.id}`);
    await tell(ctx, locked, 'deprecated', { notice: body.notice });
  }
  return shown(ctx, versionResource, target.id);
}

export async function undeprecateVersion(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  const locked = await lockVersion(ctx, target.id);
  if (locked.version.deprecationNotice !== null) {
    await ctx.db.run(sql`update integration_versions set deprecated_at = null, deprecation_notice = null where id = ${target.id}`);
    await tell(ctx, locked, 'undeprecated', {});
  }
  return shown(ctx, versionResource, target.id);
}

async function tell(ctx: WriteCtx, { integration, version }: LockedVersion, what: string, more: object): Promise<void> {
  const data = { integrationId: integration.id, version: version.version, ...more };
  await record(ctx, { type: `integration.version_${what}`, workspaceId: integration.workspaceId, subjectId: version.id, data });
}
