import sql from 'sql-template-tag';
import type { WriteCtx } from '../../context.ts';
import { currentOf } from '../../lib/semver.ts';

/**
 * The highest stable version that is neither yanked nor held for review is current; a prerelease only while there is no stable one.
 * For whatever changes which versions are offered: called after the change, with the integration locked.
 */
export async function moveCurrent(ctx: WriteCtx, integrationId: string): Promise<void> {
  const offered = await ctx.db.many<{ id: string; version: string }>(sql`
    select id, version from integration_versions where integration_id = ${integrationId} and yanked_at is null and held_at is null`);
  const current = currentOf(offered.map((each) => each.version));
  const row = offered.find((each) => each.version === current);
  await ctx.db.run(sql`
    update integrations set current_version_id = ${row?.id ?? null}, current_version = ${row?.version ?? null}, updated_at = ${ctx.now}
    where id = ${integrationId} and current_version_id is distinct from ${row?.id ?? null}`);
}
