import sql from 'sql-template-tag';
import type { ReadCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { must } from '../../lib/must.ts';
import type { IntegrationRow } from '../integration/lock.ts';
import type { Snapshot } from '../integration/snapshot.ts';
import { type Breach, breachesOf, type InstallPolicy } from '../workspace/install-policy.ts';
import { nameOf } from './wants.ts';

/** A version that is about to be taken. */
export interface Candidate {
  readonly integration: IntegrationRow;
  readonly snapshot: Pick<Snapshot, 'id' | 'version'>;
}

interface Row extends InstallPolicy {
  versionId: string;
  publishedAt: Date;
}

type Refused = Breach & { readonly integration: string; readonly version: string };

/**
 * What the workspace's install policy has against the candidates, all at once; null when it lets them in. It is about others'
 * integrations: the workspace's own are always let in. It binds platform admins as well.
 */
export async function policyProblem(ctx: ReadCtx, workspaceId: string, candidates: readonly Candidate[]): Promise<Problem | null> {
  const foreign = candidates.filter(({ integration }) => integration.workspaceId !== workspaceId);
  if (foreign.length === 0) return null;
  const rows = await ctx.db.many<Row>(sql`
    select v.id as "versionId", v.published_at as "publishedAt", w.least_trust_tier as "leastTrustTier",
      w.allowed_publishers as "allowedPublishers", w.min_release_age_hours as "minReleaseAgeHours"
    from workspaces w join integration_versions v on v.id = any(${foreign.map(({ snapshot }) => snapshot.id)}::text[])
    where w.id = ${workspaceId}`);
  const broken = foreign.flatMap(({ integration, snapshot }): Refused[] => {
    const row = must(
      rows.find(({ versionId }) => versionId === snapshot.id),
      'a workspace and a version that are there have a row',
    );
    const name = nameOf(integration);
    return breachesOf(row, { ...integration, ...row }, ctx.now).map((each) => ({ integration: name, version: snapshot.version, ...each }));
  });
  return broken.length === 0 ? null : new Problem('refused_by_policy', tell(workspaceId, broken), { facts: { broken } });
}

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
