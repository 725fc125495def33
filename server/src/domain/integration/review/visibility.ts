import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import { isPlatformAdmin, requireRole } from '../../../access/authorize.ts';
import type { WriteCtx } from '../../../context.ts';
import { Problem } from '../../../lib/errors.ts';
import { type Reply, shown, type Target } from '../../../route.ts';
import { record } from '../../audit/record.ts';
import { type IntegrationRow, lockIntegration, refuseDeleted } from '../lock.ts';
import { integrationResource } from '../resource.ts';
import type { VisibilityUpdate } from '../schema.ts';
import { close, isApproved, openListing, type SubmissionRow, submit } from './submissions.ts';

type Visibility = IntegrationRow['visibility'];

/** Private and unlisted at once; public once a reviewer has approved the content of the current version. */
export async function setVisibility(
  ctx: WriteCtx,
  { target, body }: { target: Target; body: Static<typeof VisibilityUpdate> },
): Promise<Reply> {
  const integration = await lockIntegration(ctx, target.id, 'change');
  refuseDeleted(integration);
  if (body.visibility === 'public') await askForPublic(ctx, integration);
  else await withdraw(ctx, integration, body.visibility);
  return shown(ctx, integrationResource, target.id);
}

async function askForPublic(ctx: WriteCtx, integration: IntegrationRow): Promise<void> {
  requireRole(ctx.actor, integration.workspaceId, 'admin');
  if (integration.visibility === 'public') return;
  const open = await openListing(ctx, integration.id);
  const listing = { purpose: 'listing', versionId: integration.currentVersionId } as const;
  if (await wasApproved(ctx, integration)) {
    if (open !== null) await close(ctx, integration, open, 'withdrawn');
  } else if (isPlatformAdmin(ctx.actor)) {
    if (open !== null) await close(ctx, integration, open, open.versionId === listing.versionId ? 'approved' : 'withdrawn');
    if (open?.versionId !== listing.versionId) await submit(ctx, integration, listing);
  } else {
    refuseUnpublished(integration);
    refuseOpen(integration, open);
    await submit(ctx, integration, listing);
    return;
  }
  await changeVisibility(ctx, integration, 'public');
}

const wasApproved = async (ctx: WriteCtx, { id, currentVersionId }: IntegrationRow): Promise<boolean> =>
  currentVersionId !== null && (await isApproved(ctx, id, currentVersionId));

function refuseUnpublished(integration: IntegrationRow): void {
  if (integration.currentVersionId === null)
    throw new Problem('not_published', `The integration ${integration.id} has no current version to review; publish one first.`);
}

function refuseOpen(integration: IntegrationRow, open: SubmissionRow | null): void {
  if (open === null) return;
  throw new Problem('review_pending', `The submission ${open.id} of ${integration.id} waits for a reviewer already.`, {
    facts: { reviewSubmissionId: open.id },
  });
}

/** What was approved stays so; only a request that nobody decided on yet is taken back. */
async function withdraw(ctx: WriteCtx, integration: IntegrationRow, visibility: Visibility): Promise<void> {
  const open = await openListing(ctx, integration.id);
  if (open !== null) await close(ctx, integration, open, 'withdrawn');
  if (visibility !== integration.visibility) await changeVisibility(ctx, integration, visibility);
}

/** Writes the visibility, which differs from what it was. */
export async function changeVisibility(ctx: WriteCtx, integration: IntegrationRow, visibility: Visibility): Promise<void> {
  await ctx.db.run(sql`update integrations set visibility = ${visibility}, updated_at = ${ctx.now} where id = ${integration.id}`);
  const data = { from: integration.visibility, to: visibility };
  await record(ctx, { type: 'integration.visibility_changed', workspaceId: integration.workspaceId, subjectId: integration.id, data });
}
