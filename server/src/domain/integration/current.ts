import sql, { raw } from 'sql-template-tag';
import { contentRevoked } from '../../access/takeable.ts';
import type { WriteCtx } from '../../context.ts';
import { compareVersions, currentOf } from '../../lib/semver.ts';

interface Offered {
  id: string;
  version: string;
}

/**
 * The highest stable version that is neither yanked nor held for review nor revoked by its content is current; a prerelease only while
 * there is no stable one. The newest is the highest of all, for who follows prereleases: null where that is the current one.
 * For whatever changes which versions are offered: called after the change, with the integration locked.
 */
export async function moveCurrent(ctx: WriteCtx, integrationId: string): Promise<void> {
  const offered = await ctx.db.many<Offered>(sql`
    select v.id, v.version from integration_versions v
    where v.integration_id = ${integrationId} and v.yanked_at is null and v.held_at is null and not ${contentRevoked(raw('v'))}`);
  const current = currentOf(offered.map((each) => each.version));
  const row = offered.find((each) => each.version === current);
  const highest = offered.reduce<Offered | null>((top, each) => (top && compareVersions(top.version, each.version) > 0 ? top : each), null);
  const newest = highest === null || highest === row ? null : highest.id;
  const id = row?.id ?? null;
  await ctx.db.run(sql`
    update integrations set current_version_id = ${id}, current_version = ${row?.version ?? null}, newest_version_id = ${newest},
      updated_at = case when current_version_id is distinct from ${id} then ${ctx.now} else updated_at end
    where id = ${integrationId} and (current_version_id is distinct from ${id} or newest_version_id is distinct from ${newest})`);
}
