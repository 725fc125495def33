import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { WriteCtx } from '../../../context.ts';
import { Problem } from '../../../lib/errors.ts';
import { must } from '../../../lib/must.ts';
import { type Reply, shown, type Target } from '../../../route.ts';
import { record } from '../../audit/record.ts';
import { moveCurrent } from '../current.ts';
import { type IntegrationRow, refuseDeleted } from '../lock.ts';
import { loadVersion, type VersionRow } from '../lock-version.ts';
import { reviewResource } from '../review-resource.ts';
import { isContentRevoked } from '../revoked-content.ts';
import { reviewNeeds } from './needs.ts';
import type { Reject } from './schema.ts';
import { close, lockSubmission, type SubmissionRow } from './submissions.ts';
import { changeVisibility } from './visibility.ts';

/** Lets the public have what was submitted, and nothing else: load, refuse, apply, record. */
export async function approveSubmission(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  const { integration, submission } = await lockSubmission(ctx, target.id);
  refuseDecided(submission);
  refuseDeleted(integration);
  const version = await loadVersion(ctx, versionOf(submission));
  refuseYanked(version);
  await refuseRevoked(ctx, version);
  if (submission.purpose === 'listing') await refuseOutdated(ctx, integration, version);
  await close(ctx, integration, submission, 'approved');
  if (submission.purpose === 'listing') await changeVisibility(ctx, integration, 'public');
  else await offer(ctx, integration, version);
  return shown(ctx, reviewResource, target.id);
}

/** The integration stays as it is, and a held version stays held. */
export async function rejectSubmission(ctx: WriteCtx, { target, body }: { target: Target; body: Static<typeof Reject> }): Promise<Reply> {
  const { integration, submission } = await lockSubmission(ctx, target.id);
  refuseDecided(submission);
  await close(ctx, integration, submission, 'rejected', body.reason);
  return shown(ctx, reviewResource, target.id);
}

const versionOf = ({ versionId }: SubmissionRow): string => must(versionId, 'only approved submissions are without a version');

function refuseDecided({ id, state }: SubmissionRow): void {
  if (state !== 'pending') throw new Problem('review_decided', `The submission ${id} is ${state}.`, { facts: { state } });
}

function refuseYanked(version: VersionRow): void {
  if (version.yanked) throw new Problem('version_yanked', `Version ${version.version} was yanked since it was submitted.`);
}

async function refuseRevoked(ctx: WriteCtx, { id, version }: VersionRow): Promise<void> {
  if (await isContentRevoked(ctx, id))
    throw new Problem('content_revoked', `The content of version ${version} was revoked since it was submitted.`);
}

/** Newer versions go public with the submitted one, as they would have if they had come after the approval: while they ask for no more. */
async function refuseOutdated(ctx: WriteCtx, integration: IntegrationRow, submitted: VersionRow): Promise<void> {
  if (integration.currentVersionId === submitted.id || integration.currentVersionId === null) return;
  const needs = await reviewNeeds(ctx, integration.id, submitted.id, integration.currentVersionId);
  if (needs.length === 0) return;
  const detail = `${submitted.version} was submitted; ${integration.currentVersion} is current now, and ${needs.map((need) => need.detail).join('; ')}.`;
  throw new Problem('review_outdated', detail, { facts: { submitted: submitted.version, current: integration.currentVersion } });
}

async function offer(ctx: WriteCtx, integration: IntegrationRow, version: VersionRow): Promise<void> {
  await ctx.db.run(sql`update integration_versions set held_at = null where id = ${version.id}`);
  await moveCurrent(ctx, integration.id);
  const data = { integrationId: integration.id, version: version.version };
  await record(ctx, { type: 'integration.version_offered', workspaceId: integration.workspaceId, subjectId: version.id, data });
}
