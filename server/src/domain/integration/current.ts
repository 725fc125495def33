import sql, { raw } from 'sql-template-tag';
import { contentRevoked } from '../../access/takeable.ts';
import type { WriteCtx } from '../../context.ts';
import { currentOf } from '../../lib/semver.ts';

/**
 * The highest stable version that is neither yanked nor held for review nor revoked by its content is current; a prerelease only while
 * there is no stable one.
 * For whatever changes which versions are offered: called after the change, with the integration locked.
 */
export async function moveCurrent(ctx: WriteCtx, integrationId: string): Promise<void> {
  const offered = await ctx.db.many<{ id: string; version: string }>(sql`
    select v.id, v.version from integration_versions v
    where v.integration_id = ${integrationId} and v.yanked_at is null and v.held_at is null and not ${contentRevoked(raw('v'))}`);
  const current = currentOf(offered.map((each) => each.version));
  const row = offered.find((each) => each.version === current);
  await ctx.db.run(sql`
    update integrations set current_version_id = ${row?.id ?? null}, current_version = ${row?.version ?? null}, updated_at = ${ctx.now}
    where id = ${integrationId} and current_version_id is distinct from ${row?.id ?? null}`);
}
