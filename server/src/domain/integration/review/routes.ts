import { type AnyRoute, route } from '../../../route.ts';
import { reviewResource } from '../review-resource.ts';
import { approveSubmission, rejectSubmission } from './decide.ts';
import * as examples from './examples.ts';
import * as wire from './schema.ts';

const tag = 'Reviews';
const decided = { need: 'target', resource: reviewResource, reviewer: true } as const;

export const reviewRoutes: readonly AnyRoute[] = [
  {
    operationId: 'listReviewSubmissions',
    path: '/api/review-submissions',
    tag,
    summary: 'List what was submitted for review: of your workspaces; for reviewers, of all.',
    description: '`?state=pending` is what waits for a reviewer.',
    permission: { need: 'key' },
    list: reviewResource,
    row: wire.ReviewSubmission,
    example: examples.submission,
  },
  {
    operationId: 'getReviewSubmission',
    path: '/api/review-submissions/{id}',
    tag,
    summary: 'Get a submission by ID.',
    get: reviewResource,
    answer: wire.ReviewSubmission,
    example: examples.submission,
  },
  route({
    operationId: 'approveReviewSubmission',
    method: 'POST',
    path: '/api/review-submissions/{id}/approve',
    tag,
    summary: 'Approve a submission: the integration becomes public, or the held version is offered.',
    description:
      'For the platform roles reviewer and admin. Bound to the digest that was submitted: 409 when the version was yanked since, or when another one that asks for more became current.',
    permission: decided,
    answer: wire.ReviewSubmission,
    example: { answer: examples.approved },
    errors: ['review_decided', 'integration_deleted', 'version_yanked', 'content_revoked', 'review_outdated'],
    write: approveSubmission,
  }),
  route({
    operationId: 'rejectReviewSubmission',
    method: 'POST',
    path: '/api/review-submissions/{id}/reject',
    tag,
    summary: 'Reject a submission, with a reason: the integration stays as it is, a held version stays held.',
    description: 'For the platform roles reviewer and admin.',
    permission: decided,
    body: wire.Reject,
    answer: wire.ReviewSubmission,
    example: { body: examples.reject, answer: examples.rejected },
    errors: ['review_decided'],
    write: rejectSubmission,
  }),
];
