import type { WriteCtx } from '../../context.ts';
import { type Reply, shown } from '../../route.ts';
import { storing } from './change/materialize.ts';
import { refuseMoved } from './change/plan-digest.ts';
import { holding } from './footing.ts';
import { presentOf } from './install-digest.ts';
import { makeInstall, planInstalls } from './install-version.ts';
import { type Asked, prepareInstall } from './prepare-install.ts';
import { installAsMade } from './resource.ts';

/** Installs a version into the body's workspace, and what it needs before it: load, refuse, plan, apply, record; whole or not at all. */
export async function installIntegration(ctx: WriteCtx, asked: Asked): Promise<Reply> {
  const prepared = await prepareInstall(ctx, asked, holding(ctx));
  const { planned, first } = await planInstalls(ctx, prepared, storing(ctx));
  const { planDigest } = asked.body;
  if (planDigest !== undefined) await refuseMoved(ctx, planDigest, await presentOf(ctx, [...first, planned]));
  for (const each of first) await makeInstall(ctx, each);
  return shown(ctx, installAsMade, await makeInstall(ctx, planned), 'created');
}
