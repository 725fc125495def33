import sql from 'sql-template-tag';
import type { ReadCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { must } from '../../lib/must.ts';
import type { IntegrationRow } from '../integration/lock.ts';
import type { Snapshot } from '../integration/snapshot.ts';
import { type Breach, breachesOf, type InstallPolicy, type Release } from '../workspace/install-policy.ts';
import { nameOf } from './dependencies/wants.ts';

/** A version that is about to be taken. */
export interface Candidate {
  readonly integration: IntegrationRow;
  readonly snapshot: Pick<Snapshot, 'id' | 'version'>;
}

interface Row extends InstallPolicy {
  versionId: string;
  publishedAt: Date;
}

const rules = sql`w.least_trust_tier as "leastTrustTier", w.allowed_publishers as "allowedPublishers",
  w.min_release_age_hours as "minReleaseAgeHours"`;

type Refused = Breach & { readonly integration: string; readonly version: string };

/**
 * What the workspace's install policy has against the candidates, all at once; null when it lets them in. It is about others'
 * integrations: the workspace's own are always let in. It binds platform admins as well.
 */
export async function policyProblem(ctx: ReadCtx, workspaceId: string, candidates: readonly Candidate[]): Promise<Problem | null> {
  const foreign = candidates.filter(({ integration }) => integration.workspaceId !== workspaceId);
  if (foreign.length === 0) return null;
  const rows = await ctx.db.many<Row>(sql`
    select v.id as "versionId", v.published_at as "publishedAt", ${rules}
    from workspaces w join integration_versions v on v.id = any(${foreign.map(({ snapshot }) => snapshot.id)}::text[])
    where w.id = ${workspaceId}`);
  const broken = foreign.flatMap(({ integration, snapshot }): Refused[] => {
    const row = must(
      rows.find(({ versionId }) => versionId === snapshot.id),
      'a workspace and a version that are there have a row',
    );
    return refusedBy(row, { ...integration, ...row, ...snapshot }, ctx.now);
  });
  return broken.length === 0 ? null : new Problem('refused_by_policy', tell(workspaceId, broken), { facts: { broken } });
}

/** A version that comes from elsewhere, as it says of itself. */
export interface Claim extends Release {
  readonly slug: string;
  readonly version: string;
}

/** Refuses what comes in from elsewhere under the workspace's own name, as the policy would refuse it from its publisher. */
export async function refuseClaimByPolicy(ctx: ReadCtx, workspaceId: string, claim: Claim): Promise<void> {
  const policy = await ctx.db.one<InstallPolicy>(sql`select ${rules} from workspaces w where w.id = ${workspaceId}`);
  const broken = refusedBy(policy, claim, ctx.now);
  if (broken.length > 0) throw new Problem('refused_by_policy', tell(workspaceId, broken), { facts: { broken } });
}

const refusedBy = (policy: InstallPolicy, claim: Claim, now: Date): Refused[] =>
  breachesOf(policy, claim, now).map((each) => ({ integration: nameOf(claim), version: claim.version, ...each }));

export async function refuseByPolicy(ctx: ReadCtx, workspaceId: string, candidates: readonly Candidate[]): Promise<void> {
  const problem = await policyProblem(ctx, workspaceId, candidates);
  if (problem !== null) throw problem;
}

function tell(workspaceId: string, broken: readonly Refused[]): string {
  const sentences = broken.map(({ integration, version, rule, wanted, found }) => {
    const list = [wanted].flat().join(', ') || 'none';
    return `${integration} ${version} (${rule}: wanted ${list}, found ${found})`;
  });
  return `The install policy of the workspace ${workspaceId} refuses ${sentences.join('; ')}.`;
}
