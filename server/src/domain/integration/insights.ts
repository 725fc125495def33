import sql, { type Sql } from 'sql-template-tag';
import type { Static } from 'typebox';
import type { ReadCtx } from '../../context.ts';
import { type Reply, reply, type Target } from '../../route.ts';
import type { Insights } from './insights-schema.ts';

const DAYS = 30;
const DAY = 86_400_000;
/** Members that a list names at most. */
const MOST = 20;

type Told = Static<typeof Insights>;

/**
 * What a publisher learns of all installs together: counts, by versions and members of its own. Nothing names, dates or holds content of
 * a workspace. Each count is read from an index of its own, see the end of migration 0004.
 */
export async function readInsights(ctx: ReadCtx, { target: { id } }: { target: Target }): Promise<Reply> {
  const since = new Date(ctx.now.getTime() - DAYS * DAY);
  const installs = await installsOf(ctx, id);
  const upgrades = await upgradesOf(ctx, id, since);
  const members = {
    detached: await detachedMembers(ctx, id),
    merged: await membersIn(ctx, id, since, sql`r.merged`),
    conflicted: await membersIn(ctx, id, since, sql`r.conflicted`),
  };
  return reply({ installs, upgrades: { since: since.toISOString(), ...upgrades }, members } satisfies Told);
}

async function installsOf(ctx: ReadCtx, id: string): Promise<Told['installs']> {
  const byVersion = await ctx.db.many<Told['installs']['byVersion'][number] & { jump: keyof Told['installs']['byJump'] }>(sql`
    select v.version, version_state(v.yanked_at, v.deprecated_at, v.revoked_at) as "versionState", n.installs,
      case when c.precedence_key > v.precedence_key then version_jump(v.precedence, c.precedence) else 'none' end as jump
    from (
      select integration_version_id, count(*) as installs from integration_installs
      where integration_id = ${id} and deleted_at is null group by integration_version_id) n
    join integration_versions v on v.id = n.integration_version_id
    join integrations i on i.id = v.integration_id
    left join integration_versions c on c.id = i.current_version_id
    order by v.precedence_key desc`);
  const byJump = { none: 0, patch: 0, minor: 0, major: 0, prerelease: 0 };
  for (const { jump, installs } of byVersion) byJump[jump] += installs;
  return {
    active: byVersion.reduce((sum, { installs }) => sum + installs, 0),
    byVersion: byVersion.map(({ jump: _, ...each }) => each),
    byJump,
  };
}

/** Upgrades to versions of the integration, since then. */
const recentUpgrades = (id: string, since: Date): Sql => sql`
  from integration_versions v join install_revisions r on r.to_version_id = v.id and r.action = 'upgrade' and r.created_at >= ${since}
  where v.integration_id = ${id}`;

/** How many members are in a list of a revision, over all revisions. */
const summed = (list: Sql): Sql => sql`coalesce(sum(cardinality(${list})), 0)::int`;

const upgradesOf = (ctx: ReadCtx, id: string, since: Date): Promise<Omit<Told['upgrades'], 'since'>> =>
  ctx.db.one<Omit<Told['upgrades'], 'since'>>(sql`
    select count(*) as total, ${summed(sql`r.updated`)} as updated, ${summed(sql`r.added`)} as added, ${summed(sql`r.removed`)} as removed,
      ${summed(sql`r.skipped`)} as skipped, ${summed(sql`r.merged`)} as merged, ${summed(sql`r.conflicted`)} as conflicted
    ${recentUpgrades(id, since)}`);

const detachedMembers = (ctx: ReadCtx, id: string): Promise<Told['members']['detached']> =>
  ctx.db.many<Told['members']['detached'][number]>(sql`
    select m.source_member_slug as slug, count(*) as count
    from integration_installs i join integration_members m on m.integration_install_id = i.id and m.detached and m.deleted_at is null
    where i.integration_id = ${id} and i.deleted_at is null group by 1 order by 2 desc, 1 limit ${MOST}`);

const membersIn = (ctx: ReadCtx, id: string, since: Date, list: Sql): Promise<Told['members']['merged']> =>
  ctx.db.many<Told['members']['merged'][number]>(sql`
    select slug, count(*) as count from (select unnest(${list}) as slug ${recentUpgrades(id, since)}) s
    group by 1 order by 2 desc, 1 limit ${MOST}`);
