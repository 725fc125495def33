import sql from 'sql-template-tag';
import type { WriteCtx } from '../../../context.ts';
import type { ConsentNeed } from '../consent/comparable.ts';
import type { IntegrationRow } from '../lock.ts';
import { hasRevoked } from '../revoked-content.ts';
import { reviewNeeds } from './needs.ts';
import { submit } from './submissions.ts';

/**
 * Holds a version that has just been published into a public integration and asks more of installers than what the public has, or into
 * any integration of which a version was revoked: it is not offered until a reviewer approves it. A version published by a platform admin
 * is approved with that.
 */
export async function holdForReview(ctx: WriteCtx, integration: IntegrationRow, versionId: string): Promise<void> {
  const watched = await hasRevoked(ctx, integration.id);
  if (integration.visibility !== 'public' && !watched) return;
  const needs = await needsOf(ctx, integration.id, versionId);
  if (needs === null && !watched) return;
  const state = await submit(ctx, integration, { purpose: 'version', versionId, needs: needs ?? [] });
  if (state === 'pending') await ctx.db.run(sql`update integration_versions set held_at = ${ctx.now} where id = ${versionId}`);
}

/**
 * What a reviewer has to agree to, or null when there is nothing to review. The first version of all was let in when a platform admin
 * made the draft public; where everything was revoked or waits itself, nothing is let in unseen.
 */
async function needsOf(ctx: WriteCtx, integrationId: string, versionId: string): Promise<readonly ConsentNeed[] | null> {
  const { before, first } = await loadBefore(ctx, integrationId, versionId);
  if (first) return null;
  const needs = await reviewNeeds(ctx, integrationId, before, versionId);
  return before !== null && needs.length === 0 ? null : needs;
}

/** What the public had before: the next lower version that was let in, else the next higher one. `first`: there is no other at all. */
const loadBefore = (ctx: WriteCtx, integrationId: string, versionId: string) =>
  ctx.db.one<{ before: string | null; first: boolean }>(sql`
    select count(*) = 0 as first, (array_agg(o.id order by o.precedence_key < v.precedence_key desc,
        case when o.precedence_key < v.precedence_key then o.precedence_key end desc, o.precedence_key)
      filter (where o.held_at is null and o.revoked_at is null))[1] as before
    from integration_versions v join integration_versions o on o.integration_id = v.integration_id and o.id <> v.id
    where v.id = ${versionId} and v.integration_id = ${integrationId}`);
