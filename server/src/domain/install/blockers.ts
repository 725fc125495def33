import type { Way } from '../../access/takeable.ts';
import type { ReadCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { compareVersions } from '../../lib/semver.ts';
import { takingOf, takingProblems } from '../integration/taking.ts';
import { dependencyBlockers } from './dependencies/blockers.ts';
import type { Along, Group } from './group.ts';
import { withJointAdvice } from './joint-advice.ts';
import { policyProblem } from './policy.ts';
import type { Ascent } from './state/ascent.ts';

/** What stands in an upgrade's way. */
export interface Blockers {
  readonly problems: readonly Problem[];
  /** The version may not be taken, so nothing of what is in it may be told. */
  readonly hidden: boolean;
}

/** Everything that stands in the way of upgrades that happen together, so that a plan can tell it all at once. An upgrade throws the first. */
export async function upgradeBlockers(ctx: ReadCtx, group: Group, along?: Along): Promise<Blockers> {
  const [own, open]: [Problem[], Ascent[]] = [[], []];
  for (const ascent of group.ascents) {
    const untakeable = await untakeableProblems(ctx, ascent);
    const about = untakeable.length > 0 ? [] : [downgrade(ascent), await refusedByPolicy(ctx, ascent)];
    own.push(...[deleted(ascent), ...untakeable, ...about].filter((problem) => problem !== null));
    if (untakeable.length === 0) open.push(ascent);
  }
  const dependencies = await dependencyBlockers(ctx, open);
  const advised = along === 'dependencies' ? dependencies : await withJointAdvice(ctx, group.root, dependencies);
  return { problems: [...own, ...advised], hidden: !open.includes(group.root) };
}

const deleted = ({ install }: Ascent): Problem | null =>
  install.deleted ? new Problem('install_deleted', `The install ${install.id} is deleted; restore it first.`) : null;

/** Explicit upgrades are the consent of whoever calls, but they need a version that the workspace may still take, or has. */
export const untakeableProblems = (ctx: ReadCtx, ascent: Ascent): Promise<readonly Problem[]> =>
  takingProblems(ctx, takingOf(ctx, wayOf(ascent), ascent.install.workspaceId), {
    integrationId: ascent.install.integrationId,
    versionId: ascent.to.id,
  });

function wayOf({ from, to, named }: Ascent): Way {
  if (to.id !== from.id) return 'upgrade';
  return named ? 'again' : 'newest';
}

/** Only a version that was asked for by its id can be lower. */
function downgrade({ install, from, to }: Ascent): Problem | null {
  if (compareVersions(to.version, from.version) >= 0) return null;
  const detail = `The install ${install.id} is at ${from.version}; ${to.version} is lower. Roll back to an earlier revision instead.`;
  return new Problem('would_downgrade', detail, { facts: { installed: from.version, asked: to.version } });
}

/** The workspace's policy is about what comes in: the version that it has already may be re-applied. */
async function refusedByPolicy(ctx: ReadCtx, { install, integration, from, to }: Ascent): Promise<Problem | null> {
  return to.id === from.id ? null : policyProblem(ctx, install.workspaceId, [{ integration, snapshot: to }]);
}
