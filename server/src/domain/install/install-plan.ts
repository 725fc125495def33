import type { ReadCtx } from '../../context.ts';
import type { Problem } from '../../lib/errors.ts';
import { jsonInTurns } from '../../lib/json-pieces.ts';
import { must } from '../../lib/must.ts';
import { Turns } from '../../lib/turns.ts';
import type { Reply } from '../../route.ts';
import { type Leftover, loadLeftovers } from './adoption.ts';
import { presentState, sealPlan } from './change/plan-digest.ts';
import { Preview } from './change/preview.ts';
import { nameOf } from './dependencies/wants.ts';
import { describeDependencies, describeMembers, type Rendered } from './describe-install.ts';
import { looking } from './footing.ts';
import { cloneSlugsOf, installDigestOf, loadMeeting } from './install-digest.ts';
import { type PlannedInstall, planInstalls } from './install-version.ts';
import { type Asked, prepareInstall } from './prepare-install.ts';
import { told } from './told.ts';
import { missingVariables } from './variables.ts';

/** In definitions, this stands for the id of a clone that is still to be made. */
export const memberToken = (slug: string): string => `{{ members.${slug} }}`;

/** What an install of the same body would make, and everything that stands in its way: the recipe of the install, on a footing that only looks. */
export async function planInstallation(ctx: ReadCtx, asked: Asked): Promise<Reply> {
  const problems: Problem[] = [];
  const preview = new Preview();
  const prepared = await prepareInstall(ctx, asked, looking(ctx, problems));
  const { planned, first } = await planInstalls(ctx, prepared, preview, ({ slug }) => memberToken(slug));
  const installs = [...first, planned];
  const [slugs, met] = [await cloneSlugsOf(ctx, installs), await loadMeeting(ctx, installs)];
  const leftovers = await loadLeftovers(ctx, planned.workspaceId, planned.integration.id);
  const tell = (install: PlannedInstall, left: readonly Leftover[]) =>
    describe(ctx, install, preview, must(slugs[installs.indexOf(install)], 'one for each'), left);
  const before: object[] = [];
  for (const each of first) before.push(await tell(each, []));
  return jsonInTurns({
    ...(await tell(planned, leftovers)),
    workspaceId: planned.workspaceId,
    name: planned.name ?? null,
    parentInstallId: planned.parent?.id ?? null,
    authStateId: planned.authStateId ?? null,
    dependencies: describeDependencies(planned, first, met),
    installedFirst: before,
    blockers: [...problems, ...preview.refused.values()].map(told),
    planDigest: sealPlan(installDigestOf(installs, slugs, met), await presentState(ctx.db)),
  });
}

/** What one of the installs makes. */
async function describe(
  ctx: ReadCtx,
  install: PlannedInstall,
  preview: Preview,
  slugs: ReadonlyMap<string, string>,
  leftovers: readonly Leftover[],
) {
  const { integration, snapshot, policy, variables } = install;
  const turns = new Turns();
  const definitions: Rendered = await preview.definitions(ctx, install.plan.inserts, turns);
  return {
    integrationId: integration.id,
    integration: nameOf(integration),
    version: { id: snapshot.id, version: snapshot.version },
    memberPolicy: policy,
    variables,
    missingVariables: missingVariables(snapshot, variables),
    members: describeMembers(install, slugs, definitions, leftovers),
  };
}
