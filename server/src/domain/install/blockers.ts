import { isPlatformAdmin } from '../../access/authorize.ts';
import type { ReadCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { compareVersions } from '../../lib/semver.ts';
import type { IntegrationRow } from '../integration/lock.ts';
import type { Snapshot } from '../integration/snapshot.ts';
import { inReview, isAvailable } from './availability.ts';
import { dependencyBlockers } from './dependency-blockers.ts';
import type { InstallRow } from './lock.ts';
import { policyProblem } from './policy.ts';

/** An upgrade that somebody asks for: of which install, from what it has to what it would have. */
export interface Ascent {
  readonly install: InstallRow;
  readonly integration: IntegrationRow;
  readonly from: Snapshot;
  readonly to: Snapshot;
}

/** Everything that stands in the upgrade's way, so that a plan can tell it all at once. An upgrade throws the first. */
export async function upgradeBlockers(ctx: ReadCtx, ascent: Ascent): Promise<readonly Problem[]> {
  const found = [
    deleted(ascent),
    await noLongerAvailable(ctx, ascent),
    downgrade(ascent),
    yanked(ascent),
    held(ascent),
    await refusedByPolicy(ctx, ascent),
    ...(await dependencyBlockers(ctx, ascent)),
  ];
  return found.filter((problem) => problem !== null);
}

const deleted = ({ install }: Ascent): Problem | null =>
  install.deleted ? new Problem('install_deleted', `The install ${install.id} is deleted; restore it first.`) : null;

/** Explicit upgrades are the consent of whoever calls, but they need a version that the workspace may still take. */
async function noLongerAvailable(ctx: ReadCtx, { integration, install }: Ascent): Promise<Problem | null> {
  if (isPlatformAdmin(ctx.actor) || (await isAvailable(ctx, integration, install.workspaceId))) return null;
  return new Problem(
    'no_longer_available',
    `The integration ${integration.id} is private now and the workspace ${install.workspaceId} holds no grant; the install stays as it is.`,
  );
}

/** Only a version that was asked for by its id can be lower. */
function downgrade({ install, from, to }: Ascent): Problem | null {
  if (compareVersions(to.version, from.version) >= 0) return null;
  const detail = `The install ${install.id} is at ${from.version}; ${to.version} is lower. Roll back to an earlier revision instead.`;
  return new Problem('would_downgrade', detail, { facts: { installed: from.version, asked: to.version } });
}

/** A yanked version is not moved to, but an install that has it may re-apply it. */
function yanked({ from, to }: Ascent): Problem | null {
  if (!to.yanked || to.id === from.id) return null;
  return new Problem('version_yanked', `Version ${to.version} is yanked; upgrade to another one.`);
}

/** The workspace's policy is about what comes in: the version that it has already may be re-applied. */
async function refusedByPolicy(ctx: ReadCtx, { install, integration, from, to }: Ascent): Promise<Problem | null> {
  return to.id === from.id ? null : policyProblem(ctx, install.workspaceId, [{ integration, snapshot: to }]);
}

const held = ({ install, integration, from, to }: Ascent): Problem | null =>
  to.id === from.id ? null : inReview(integration, to, install.workspaceId);
