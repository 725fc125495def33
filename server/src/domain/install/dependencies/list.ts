import sql from 'sql-template-tag';
import type { ReadCtx } from '../../../context.ts';
import { must } from '../../../lib/must.ts';
import { type Reply, reply, type Target } from '../../../route.ts';
import { loadInstalled } from './installed.ts';
import { isMet, meaning, meeting, type Want } from './wants.ts';

interface Lock extends Want {
  readonly wantedName: string | null;
  readonly lockedInstallId: string | null;
  readonly lockedVersion: string | null;
}

/** What the install wants of others, what met it when that was resolved, and whether what is there now still does. */
export async function listInstallDependencies(ctx: ReadCtx, { target }: { target: Target }): Promise<Reply> {
  const locks = await ctx.db.many<Lock>(sql`
    select integration, range, optional, wanted_name as "wantedName", locked_install_id as "lockedInstallId", locked_version as "lockedVersion"
    from install_dependencies where integration_install_id = ${target.id} order by position`);
  const workspaceId = must(target.workspaceId, 'installs have a workspace');
  const installed = await loadInstalled(
    ctx,
    workspaceId,
    locks.map((lock) => lock.integration),
  );
  const meant = meaning(installed);
  const meet = meeting(installed);
  const dependencies = locks.map(({ wantedName, lockedInstallId, lockedVersion, ...lock }) => {
    const want = wantedName === null ? lock : { ...lock, installName: wantedName };
    const there = meet(want)[0] ?? meant(want)[0] ?? null;
    const versions = meant(want).map(({ version }) => version);
    const met = { ok: isMet(want, versions), installId: there?.installId ?? null, version: there?.version ?? null };
    return { ...lock, installName: wantedName, ...met, lockedInstallId, lockedVersion };
  });
  return reply({ dependencies });
}
