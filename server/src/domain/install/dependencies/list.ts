import sql from 'sql-template-tag';
import type { ReadCtx } from '../../../context.ts';
import { must } from '../../../lib/must.ts';
import { type Reply, reply, type Target } from '../../../route.ts';
import { loadInstalled } from './installed.ts';
import { isMet, meeting, versionsOf, type Want } from './wants.ts';

interface Lock extends Want {
  readonly lockedInstallId: string | null;
  readonly lockedVersion: string | null;
}

/** What the install wants of others, what met it when that was resolved, and whether what is there now still does. */
export async function listInstallDependencies(ctx: ReadCtx, { target }: { target: Target }): Promise<Reply> {
  const locks = await ctx.db.many<Lock>(sql`
    select integration, range, optional, locked_install_id as "lockedInstallId", locked_version as "lockedVersion"
    from install_dependencies where integration_install_id = ${target.id} order by position`);
  const workspaceId = must(target.workspaceId, 'installs have a workspace');
  const installed = await loadInstalled(
    ctx,
    workspaceId,
    locks.map((lock) => lock.integration),
  );
  const versions = versionsOf(installed);
  const meet = meeting(installed);
  const first = new Map(installed.toReversed().map((each) => [each.integration, each]));
  const dependencies = locks.map(({ lockedInstallId, lockedVersion, ...want }) => {
    const there = meet(want)[0] ?? first.get(want.integration) ?? null;
    const ok = isMet(want, versions.get(want.integration) ?? []);
    return { ...want, ok, installId: there?.installId ?? null, version: there?.version ?? null, lockedInstallId, lockedVersion };
  });
  return reply({ dependencies });
}
