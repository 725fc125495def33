import { READING_ERRORS } from './reading-errors.ts';

/**
 * The error catalogue: code, status and title side by side. `explain` is the page behind the problem's `type`
 * (`/docs/errors/<code>`): what happened, and what to do next.
 */
export const CATALOGUE = {
  ...READING_ERRORS,
  forbidden: {
    status: 403,
    title: 'Not allowed',
    explain:
      'You may see this, but your role does not allow the change. The detail names the role that is needed; an admin of the workspace can give it.',
  },
  origin_not_allowed: {
    status: 403,
    title: 'Not from this origin',
    explain:
      "Browsers ask before a page of another origin uses the API. Publishable keys may be used on any page, unless the key itself is limited to some origins (`origins`). For secret keys, whoever runs the server names the page's origin in MORTISE_CORS_ORIGINS.",
  },
  not_found: {
    status: 404,
    title: 'Not found',
    explain: 'Nothing with this id exists, or it is not visible to you: the two are not told apart.',
  },
  no_such_route: { status: 404, title: 'No such endpoint', explain: 'The path is not one of the API. See /docs for the endpoints.' },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    explain: 'The path exists, but not with this method. The `Allow` header lists the methods it has.',
  },
  request_timeout: {
    status: 408,
    title: 'The request took too long to arrive',
    explain: 'The request was not received in time. Send it again over a faster connection.',
  },
  slug_taken: {
    status: 409,
    title: 'The slug is taken',
    explain: 'Another active thing already has this slug. Choose another slug, or restore, rename or delete the other one first.',
  },
  handle_taken: {
    status: 409,
    title: 'The handle is taken',
    explain: 'Workspace handles are globally unique and never change. Choose another one.',
  },
  email_taken: { status: 409, title: 'The email is taken', explain: 'A user with this email exists already.' },
  already_member: {
    status: 409,
    title: 'Already a member',
    explain:
      'The user has a membership of this workspace, or an invitation into it; change its role with PATCH /api/workspace-memberships/{id}.',
  },
  membership_accepted: {
    status: 409,
    title: 'The membership is accepted',
    explain: 'Only an invitation can be declined, and this one was accepted. End the membership: DELETE /api/workspace-memberships/{id}.',
  },
  no_such_user: {
    status: 409,
    title: 'Nobody has this id',
    explain:
      'The invitation names an id that no user has, so it cannot be accepted. Take it back (DELETE /api/workspace-memberships/{id}) and invite the right one.',
  },
  bootstrap_key: {
    status: 409,
    title: 'The bootstrap key is replaced, not revoked',
    explain:
      'Without the bootstrap key nobody could speak for the platform. Whoever runs the server replaces it: `npm run admin -- reset-key`, or a new value of MORTISE_BOOTSTRAP_KEY at the next start. The old one stops working at once, for ever.',
  },
  already_granted: {
    status: 409,
    title: 'Already granted',
    explain: 'The workspace already holds a grant of this integration; the problem carries its id.',
  },
  last_admin: {
    status: 409,
    title: 'The last admin',
    explain: 'A workspace keeps at least one admin among its members; who is only invited does not count. Make somebody else admin first.',
  },
  workspace_suspended: {
    status: 409,
    title: 'The workspace is suspended',
    explain: 'A suspended workspace can be read but not changed. A platform admin can unsuspend it.',
  },
  version_exists: {
    status: 409,
    title: 'The version exists',
    explain:
      'A version with this precedence was published before (build metadata does not make a version new, and a yanked version keeps its number). Publish under a higher version.',
  },
  unknown_signer: {
    status: 409,
    title: 'The signer is not trusted here',
    explain:
      "The bundle is whole, but the key that signed it is neither this server's own nor one that a platform admin trusts. Compare `fingerprint` with the one that `GET /api/signing-key` shows on the server it came from. Then a platform admin trusts `publicKey` (`POST /api/trusted-signers`), or you send the bundle again with `acceptUnknownSigner: true`.",
  },
  already_trusted: {
    status: 409,
    title: 'Already trusted',
    explain: 'This public key is trusted already, under the name that the detail tells; `trustedSignerId` is its id.',
  },
  bundle_too_large: {
    status: 409,
    title: 'The version is too large for a bundle',
    explain: 'A bundle has 64 MiB at most, and this version has more in its members. Split the integration into several.',
  },
  integration_deleted: {
    status: 409,
    title: 'The integration is deleted',
    explain: 'Deleted integrations cannot be changed, published or newly installed. Restore it first.',
  },
  not_deleted: { status: 409, title: 'Not deleted', explain: 'Only what has been soft-deleted can be restored or purged.' },
  integration_has_installs: {
    status: 409,
    title: 'Installs pin this integration',
    explain:
      'Active installs, or deleted ones still within their retention, pin a version of this integration. Existing installs keep working, so it cannot be purged until they are gone.',
  },
  not_published: {
    status: 409,
    title: 'Nothing is published',
    explain: 'The integration has no current version to install or to review. Publish one, or name an integrationVersionId.',
  },
  version_yanked: {
    status: 409,
    title: 'The version is yanked',
    explain: 'A yanked version takes no new installs and no upgrades. Choose another version.',
  },
  version_revoked: {
    status: 409,
    title: 'The version is revoked',
    explain:
      'A platform admin revoked the version for malice. Nobody may take it, apply it again, go back to it, or carry it off as a bundle; what is installed of it is disabled until its workspace moves off it. Choose another version.',
  },
  content_revoked: {
    status: 409,
    title: 'The content is revoked',
    explain:
      'A platform admin revoked a version with this very content for malice. Under another number, in another integration or out of a bundle it is the same: it can be neither published, imported nor taken. Change what was wrong with it, or ask a platform admin to let that version back.',
  },
  publisher_suspended: {
    status: 409,
    title: 'The publisher is suspended',
    explain:
      'The workspace that publishes the integration is suspended, so nothing of it is offered. What is installed stays as it is: it can be reconfigured, rolled back and uninstalled. Take another integration, or wait until a platform admin lifts the suspension.',
  },
  version_in_review: {
    status: 409,
    title: 'The version is in review',
    explain:
      'The version asks more of installers than the one before, and no reviewer has approved it. Until then only its own workspace may take it. Choose another version, or wait: `GET /api/integration-versions/{id}` tells its `reviewState`.',
  },
  no_lower_version: {
    status: 409,
    title: 'There is no lower version',
    explain: 'The version is the lowest of its integration, so there is none to compare it with. Name one with `against`.',
  },
  review_pending: {
    status: 409,
    title: 'A review is open',
    explain:
      'Somebody asked for this integration to be public already; `reviewSubmissionId` names the submission that waits for a reviewer. Making the integration private or unlisted withdraws it.',
  },
  review_decided: {
    status: 409,
    title: 'The review is closed',
    explain: 'A submission is decided on once. To have another decision, the publisher submits again.',
  },
  review_outdated: {
    status: 409,
    title: 'Not what was submitted',
    explain:
      'Since the submission, another version became the current one, and it asks more of installers than the one that was submitted. Reject this submission; the publisher submits what is current.',
  },
  already_installed: {
    status: 409,
    title: 'Already installed',
    explain:
      'The workspace has an active install of this integration under the same parent and the same `name`; `installId` names it. Upgrade that one, or give the new one another name.',
  },
  missing_dependencies: {
    status: 409,
    title: 'Dependencies are missing',
    explain:
      'The version depends on other integrations that are not installed in the workspace in the wanted range; `missing` lists them. Install them first, or install with `?install_dependencies=true`, which installs what is not there yet. An upgrade or a restore installs nothing along. Where what is installed has to move with an upgrade, `joint` names the joint upgrade that would do.',
  },
  dependency_conflict: {
    status: 409,
    title: 'Dependencies exclude one another',
    explain:
      'No version does for everybody who wants it. `conflicts` has, for each integration: who wants it in which range (`wants`; `installId` where that is installed), which versions are installed and offered, which of these are in every range (`choices`), and the circle where dependencies go round in one (`circle`). An install moves nothing that is installed; an upgrade does with `with`: where there is a joint upgrade that would do, `joint` has it, with every install that moves. Else upgrade or uninstall whoever is in the way, or take another version.',
  },
  dependency_needs_setup: {
    status: 409,
    title: 'A dependency needs credentials or values',
    explain:
      'A dependency that would be installed along needs credentials or values of variables, which only you can give; `dependencies` says which one and what. Install it by itself first, then try again.',
  },
  dependencies_too_complex: {
    status: 409,
    title: 'The dependencies are too many',
    explain:
      'The dependencies lead to more than 100 integrations, or have more combinations of versions than are tried (`conflicts` has what the highest run into). Install some of them first, one by one: what is installed is used as it is.',
  },
  refused_by_policy: {
    status: 409,
    title: 'Refused by the install policy',
    explain:
      "The workspace's install policy does not let the version in, or a dependency of it. `broken` lists every rule that is broken, with what is wanted and what is found: the trust tier, the publisher, or the hours since the version was published. Take another version, wait, or ask an admin of the workspace to change the policy (PATCH /api/workspaces/{id}).",
  },
  no_longer_available: {
    status: 409,
    title: 'No longer available',
    explain: 'The integration is no longer visible to the workspace, so no newer version can be taken. The install keeps working as it is.',
  },
  would_downgrade: {
    status: 409,
    title: 'The version is lower',
    explain:
      'An upgrade never goes down. To get back to what an install was, roll back to an earlier revision: `POST /api/integration-installs/{id}/rollback`.',
  },
  plan_outdated: {
    status: 409,
    title: 'Something moved since the plan was made',
    explain:
      'The install or upgrade would do something else than the plan with this `planDigest` told, so it did nothing. `moved` lists what happened since. Ask for the plan again, look at it, and send its digest.',
  },
  member_needed: {
    status: 409,
    title: 'The member is needed',
    explain: 'The version requires this member, or members that are installed need it; `neededBy` names these. Drop those first.',
  },
  install_deleted: {
    status: 409,
    title: 'The install is deleted',
    explain: 'A deleted install cannot be changed. Restore it first, or install the integration again.',
  },
  member_deleted: {
    status: 409,
    title: 'The member is removed',
    explain: 'The member was removed from its install and cannot be changed.',
  },
  install_needed: {
    status: 409,
    title: 'Other installs need this one',
    explain:
      'Add-ons of this install (`addOns`) or installs that depend on its integration (`dependents`) are active. Uninstall those first; `?cascade=true` takes add-ons along.',
  },
  parent_inactive: {
    status: 409,
    title: 'The parent install is not active',
    explain: 'An add-on lives in its parent install. Restore the parent first.',
  },
  clone_purged: {
    status: 409,
    title: 'A clone is gone for good',
    explain:
      'A clone was purged, so it cannot go back to what it was. Attach its member and upgrade to get a new one, or install the integration again.',
  },
  clone_adopted: { status: 409, title: 'A clone is of another install', explain: 'Uninstall what `installs` names first.' },
  request_in_progress: {
    status: 409,
    title: 'The same request is still running',
    explain: 'Another request with this Idempotency-Key has not finished. Wait for it, then send this one again: it gets the same answer.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The Idempotency-Key belongs to another request',
    explain: 'This key was used with another method, path or body within the last 24 hours. Use a new key for a new request.',
  },
  not_a_clone: {
    status: 409,
    title: 'Not a clone',
    explain: "The member references the publisher's entity. Only a clone can be detached.",
  },
  precondition_failed: {
    status: 412,
    title: 'Changed meanwhile',
    explain: 'The resource is not the one that `If-Match` names. Get it again, redo your change on it, and send it with the new ETag.',
  },
  payload_too_large: {
    status: 413,
    title: 'The body is too large',
    explain: 'The body is over the size limit that the detail names. Send less.',
  },
  uri_too_long: {
    status: 414,
    title: 'The URL is too long',
    explain: 'URLs are capped at 16 KiB. Use POST <path>/search, which takes the same parameters as a JSON body.',
  },
  unsupported_media_type: { status: 415, title: 'Not JSON', explain: 'Bodies are `application/json` in UTF-8, not compressed.' },
  invalid_body: {
    status: 422,
    title: 'The body breaks its schema or a rule',
    explain:
      'The JSON is well formed, but a field is missing, unknown, of another type, over a limit or against a rule. `errors` lists every problem with a JSON pointer into the body.',
  },
  invalid_manifest: {
    status: 422,
    title: 'The integration cannot be published',
    explain:
      'The draft breaks one or more rules of publishing. `errors` lists all of them, each with a JSON pointer into the integration (`/manifest/…`, `/variablesSchema/…`, `/authConfig/…`) and a code.',
  },
  altered_bundle: {
    status: 422,
    title: 'The bundle is not what was signed',
    explain:
      'The content does not have the digest that the bundle states, or the signature is not one of this bundle: a byte was changed, cut off or put in since it was signed. `errors` points at what does not fit. Get the file again from the server that exported it; a bundle cannot be edited.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too much at once',
    explain:
      "Requests of one workspace share a part of the server's connections, and those that change one row come one after the other. More of them wait than may, or this one waited too long. Nothing was changed. Send fewer at a time, and try again after the seconds in `Retry-After`.",
  },
  headers_too_large: { status: 431, title: 'The headers are too large', explain: 'URL and headers together are capped at 32 KiB.' },
  internal_error: {
    status: 500,
    title: 'Something broke here',
    explain: 'An error of the server. Nothing was changed. Give the requestId to whoever runs this server; the log has the cause.',
  },
  unavailable: {
    status: 503,
    title: 'Not available right now',
    explain:
      'The database cannot be reached or is too busy. Nothing was changed, unless the answer to a commit was lost. Try again after the seconds in `Retry-After`.',
  },
} as const satisfies Record<string, { status: number; title: string; explain: string }>;

export type ErrorCode = keyof typeof CATALOGUE;

/** One fault in the input. `pointer`: RFC 6901 into the body, or `query:<name>`, `path:<name>`, `header:<name>`. */
export interface Fault {
  readonly pointer: string;
  readonly message: string;
  /** Stable snake_case, where clients may want to tell faults apart (publish does). */
  readonly code?: string;
}

/** As many faults as one answer names; who has more wrong corrects these first. */
export const MAX_FAULTS = 100;

/** An expected failure: an entry of the catalogue, a sentence about this case, and facts for the client. Becomes problem+json at the door. */
export class Problem extends Error {
  readonly code: ErrorCode;
  readonly faults: readonly Fault[];
  /** Further members of the problem object, such as `installId`. */
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, detail: string, more: { faults?: readonly Fault[]; facts?: Record<string, unknown> } = {}) {
    super(detail);
    this.name = 'Problem';
    this.code = code;
    this.faults = (more.faults ?? []).slice(0, MAX_FAULTS);
    this.facts = more.facts ?? {};
  }

  get status(): number {
    return CATALOGUE[this.code].status;
  }
}

/** 422 with one fault. */
export const badBody = (pointer: string, message: string): Problem =>
  new Problem('invalid_body', `${pointer === '' ? 'The body' : pointer} ${message}.`, { faults: [{ pointer, message }] });
