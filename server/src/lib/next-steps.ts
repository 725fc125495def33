/**
 * What to do about an error. The detail of a problem always ends in it: in its own sentence where whoever threw it knew better, else in the
 * one that stands here.
 */
import type { ErrorCode } from './errors.ts';

export const NEXT_STEPS: Readonly<Record<ErrorCode, string>> = {
  invalid_json: 'Correct the JSON there and send it again.',
  invalid_request: 'Correct what `errors` names and send it again.',
  invalid_filter: 'Correct the filter there and send it again.',
  invalid_order: 'Correct the order there and send it again.',
  invalid_cursor: 'Start at the first page, or use a cursor of this list and order as it was given.',
  unauthenticated: 'Send a valid key as `Authorization: Bearer <key>`.',
  forbidden: 'Ask an admin of the workspace for the role, or use a key that has it.',
  origin_not_allowed: 'Use a publishable key that is not limited, or have MORTISE_CORS_ORIGINS name the origin.',
  not_found: 'Look the id up in the list of its kind.',
  no_such_route: 'See /docs for the endpoints.',
  method_not_allowed: 'Use one of the methods in `Allow`.',
  request_timeout: 'Send it again over a faster connection.',
  slug_taken: 'Choose another slug.',
  handle_taken: 'Choose another handle.',
  email_taken: 'Use the user that has it, or another email.',
  already_member: 'Change the role of the membership instead: PATCH /api/workspace-memberships/{id}.',
  membership_accepted: 'End the membership instead: DELETE /api/workspace-memberships/{id}.',
  no_such_user: 'Take the invitation back and invite the right user.',
  bootstrap_key: 'Replace it instead: `npm run admin -- reset-key`.',
  already_granted: 'Use the grant that there is.',
  last_admin: 'Make somebody else admin first.',
  workspace_suspended: 'Ask a platform admin to unsuspend it.',
  version_exists: 'Publish under a higher version.',
  unknown_signer: 'Compare the fingerprint, then trust the key or send `acceptUnknownSigner: true`.',
  already_trusted: 'Use the signer that there is.',
  bundle_too_large: 'Split the integration into several.',
  integration_deleted: 'Restore the integration first.',
  not_deleted: 'Delete it first.',
  integration_has_installs: 'Wait until its installs are purged.',
  not_published: 'Publish a version, or name one by `integrationVersionId`.',
  version_yanked: 'Choose another version.',
  version_revoked: 'Choose another version.',
  content_revoked: 'Change what was wrong with it, or ask a platform admin to let it back.',
  publisher_suspended: 'Take another integration, or wait until a platform admin lifts the suspension.',
  version_in_review: 'Choose another version, or wait for the review.',
  no_lower_version: 'Name a version with `against`.',
  review_pending: 'Wait for the decision, or withdraw by making the integration private or unlisted.',
  review_decided: 'Have the publisher submit again.',
  review_outdated: 'Reject this submission; the publisher submits what is current.',
  already_installed: 'Upgrade the install that there is.',
  missing_dependencies: 'Install what is missing first, or send `?install_dependencies=true` with an install.',
  dependency_conflict: 'Upgrade or uninstall whoever is in the way, or take another version.',
  dependency_needs_setup: 'Install the dependency by itself first, then try again.',
  dependencies_too_complex: 'Install some of the dependencies first, one by one.',
  refused_by_policy: 'Take another version, wait, or ask an admin of the workspace to change the policy.',
  no_longer_available: 'Ask the publisher for a grant, or keep what is installed.',
  would_downgrade: 'Roll back instead: POST /api/integration-installs/{id}/rollback.',
  plan_outdated: 'Ask for the plan again, look at it, and send its digest.',
  member_needed: 'Drop the members that need it first.',
  install_deleted: 'Restore the install first, or install the integration again.',
  member_deleted: 'Add the member to its install again.',
  install_needed: 'Uninstall those first, or send `?cascade=true` for add-ons.',
  parent_inactive: 'Restore the parent first.',
  clone_adopted: 'Uninstall those, or drop the member there, first.',
  clone_purged: 'Attach the member and upgrade to get a new clone.',
  request_in_progress: 'Wait for the first request, then send this one again.',
  idempotency_key_reused: 'Use a new key for a new request.',
  not_a_clone: 'Choose a member that is a clone.',
  precondition_failed: 'Get it again, redo the change on it, and send it with the new ETag.',
  payload_too_large: 'Send less.',
  uri_too_long: 'Use POST <path>/search, which takes the same parameters as a body.',
  unsupported_media_type: 'Send the body as application/json in UTF-8, not compressed.',
  invalid_body: 'Correct what `errors` names and send it again.',
  invalid_manifest: 'Correct what `errors` names and publish again.',
  altered_bundle: 'Get the file again from the server that exported it.',
  too_many_requests: 'Try again after the seconds in `Retry-After`, with fewer requests at a time.',
  headers_too_large: 'Send less in the URL and the headers.',
  internal_error: 'Give the requestId to whoever runs this server.',
  unavailable: 'Try again after the seconds in `Retry-After`.',
};

/** Verbs with which somebody is told what to do: what follows one of them, after a stop, a semicolon or a comma with "or", is a step. */
const VERBS = [
  'Add Ask Attach Change Choose Compare Correct Create Delete Drop End Get Give Go Grant Have Install Invite Look Make Name Pass Pick Publish',
  'Put Reject Remove Rename Repeat Replace Restore Roll Run See Send Set Share Split Start Submit Take Trust Try Uninstall Upgrade Use Wait Yank',
]
  .join(' ')
  .replaceAll(' ', '|');
/** A step is no longer. */
const LONGEST = 400;
const STEP = new RegExp(`(?:^|[.;:,)] |[.;:,] (?:or|and|then) )(?:first )?(?:${VERBS})\\b(?:(?![.] [A-Z]).)*$`, 'is');

/** Whether the last sentence tells what to do. */
export const endsInStep = (detail: string): boolean => STEP.test(detail.slice(-LONGEST));

/** The detail, ending in the next step. */
export const withNextStep = (code: ErrorCode, detail: string): string =>
  endsInStep(detail) ? detail : `${detail} ${NEXT_STEPS[code]}`.trim();
