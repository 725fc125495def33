import { PREFIX } from '../../../lib/ids.ts';
import { idOf, listOf, nullable, oneOf, prose, shape, text, timestamp } from '../../../lib/shape.ts';
import { NEED_KINDS } from '../consent/comparable.ts';
import { PURPOSES, SUBMISSION_STATES } from '../review-resource.ts';

export const ConsentNeed = shape(
  {
    kind: oneOf(
      NEED_KINDS,
      'What is new. auth_url, auth_header: where and how credentials are sent; host: where members go; member_kind: what kinds of entities they are; member_mode: a reference became a clone, or a clone a reference; listing, in reviews alone: how it is shown.',
    ),
    detail: text('The need as a sentence.', 65_536),
    added: listOf(text('An auth type, a scope, a URL, a host, a variable, a kind, a member.', 4_096), 'What is new.'),
  },
  { $id: 'ConsentNeed' },
);

export const ReviewSubmission = shape(
  {
    id: idOf(PREFIX.review, 'The submission.'),
    workspaceId: idOf(PREFIX.workspace, 'The source workspace.'),
    integrationId: idOf(PREFIX.integration, 'The integration.'),
    integrationVersionId: nullable(
      idOf(PREFIX.version, 'The version to look at; null: a platform admin made the integration public before anything was published.'),
    ),
    digest: nullable(text('Digest of that version, in hex: what the decision is bound to.', 64)),
    purpose: oneOf(
      PURPOSES,
      'listing: approval makes the integration public; version: approval offers the version, which asks more than the one before.',
    ),
    needs: listOf(ConsentNeed, 'What the version asks more of installers than the one before.'),
    state: oneOf(SUBMISSION_STATES, 'withdrawn: the publisher asked for another visibility before anybody decided.'),
    requestedBy: idOf(PREFIX.user, 'Who submitted it.'),
    requestedAt: timestamp('When it was submitted.'),
    decidedBy: nullable(idOf(PREFIX.user, 'Who decided, or withdrew it.')),
    decidedAt: nullable(timestamp('When; null while it is pending.')),
    reason: nullable(text('Why it was rejected.', 2_000)),
  },
  { $id: 'ReviewSubmission' },
);

export const Reject = shape({ reason: prose('Why, for the publisher.', 2_000, 1) });
