import sql from 'sql-template-tag';
import { isPlatformAdmin } from '../../../access/authorize.ts';
import type { WriteCtx } from '../../../context.ts';
import { Problem } from '../../../lib/errors.ts';
import { newId, PREFIX } from '../../../lib/ids.ts';
import { record } from '../../audit/record.ts';
import { userOf } from '../../workspace/workspaces.ts';
import type { ConsentNeed } from '../consent/comparable.ts';
import { type IntegrationRow, lockIntegration } from '../lock.ts';
import type { PURPOSES, SUBMISSION_STATES } from '../review-resource.ts';

type Purpose = (typeof PURPOSES)[number];
type State = (typeof SUBMISSION_STATES)[number];

/** What somebody asks a reviewer to let the public have. */
interface Request {
  readonly purpose: Purpose;
  /** Null only where a platform admin makes an integration public before anything is published. */
  readonly versionId: string | null;
  readonly needs?: readonly ConsentNeed[];
}

/** Writes a submission: it waits for a reviewer, unless whoever asks is a platform admin and decides by asking. */
export async function submit(
  ctx: WriteCtx,
  integration: IntegrationRow,
  { purpose, versionId, needs = [] }: Request,
): Promise<'pending' | 'approved'> {
  const id = newId(PREFIX.review);
  const decided = isPlatformAdmin(ctx.actor);
  const state = decided ? 'approved' : 'pending';
  await ctx.db.run(sql`
    insert into review_submissions (id, workspace_id, integration_id, integration_version_id, digest, purpose, needs, state,
      requested_by, requested_at, decided_by, decided_at)
    values (${id}, ${integration.workspaceId}, ${integration.id}, ${versionId},
      (select digest from integration_versions where id = ${versionId}), ${purpose}, ${JSON.stringify(needs)}, ${state},
      ${userOf(ctx)}, ${ctx.now}, ${decided ? userOf(ctx) : null}, ${decided ? ctx.now : null})`);
  const told = { workspaceId: integration.workspaceId, subjectId: id };
  const data = { integrationId: integration.id, integrationVersionId: versionId, purpose };
  await record(ctx, { type: 'review_submission.opened', ...told, data });
  if (decided) await record(ctx, { type: 'review_submission.approved', ...told, data });
  return state;
}

export interface SubmissionRow {
  readonly id: string;
  readonly integrationId: string;
  readonly versionId: string | null;
  readonly purpose: Purpose;
  readonly state: State;
}

const columns = sql`id, integration_id as "integrationId", integration_version_id as "versionId", purpose, state`;

export interface LockedSubmission {
  readonly integration: IntegrationRow;
  readonly submission: SubmissionRow;
}

/** Locks the submission's integration: nothing is published, yanked or decided on at the same time. */
export async function lockSubmission(ctx: WriteCtx, id: string): Promise<LockedSubmission> {
  const find = () => ctx.db.maybe<SubmissionRow>(sql`select ${columns} from review_submissions where id = ${id}`);
  const known = await find();
  const integration = known && (await lockIntegration(ctx, known.integrationId, 'change'));
  const submission = integration && (await find());
  if (!integration || !submission) throw new Problem('not_found', `The submission ${id} was purged with its integration meanwhile.`);
  return { integration, submission };
}

/** The open request to be public, if there is one. */
export const openListing = (ctx: WriteCtx, integrationId: string): Promise<SubmissionRow | null> =>
  ctx.db.maybe<SubmissionRow>(sql`
    select ${columns} from review_submissions where integration_id = ${integrationId} and purpose = 'listing' and state = 'pending'`);

/** Closes a submission and tells it. The integration is locked. */
export async function close(
  ctx: WriteCtx,
  integration: IntegrationRow,
  submission: SubmissionRow,
  state: Exclude<State, 'pending'>,
  reason: string | null = null,
): Promise<void> {
  await ctx.db.run(sql`
    update review_submissions set state = ${state}, decided_by = ${userOf(ctx)}, decided_at = ${ctx.now}, reason = ${reason}
    where id = ${submission.id}`);
  const { versionId: integrationVersionId, purpose } = submission;
  await record(ctx, {
    type: `review_submission.${state}`,
    workspaceId: integration.workspaceId,
    subjectId: submission.id,
    data: { integrationId: integration.id, integrationVersionId, purpose, ...(reason === null ? {} : { reason }) },
  });
}

/** Whether a reviewer approved this very content of the integration, whatever it was submitted for. */
export async function isApproved(ctx: WriteCtx, integrationId: string, versionId: string): Promise<boolean> {
  const found = await ctx.db.maybe(sql`
    select 1 from review_submissions r join integration_versions v on v.digest = r.digest
    where r.integration_id = ${integrationId} and r.state = 'approved' and v.id = ${versionId} limit 1`);
  return found !== null;
}
