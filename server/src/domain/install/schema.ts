import Type, { type Static, type TProperties } from 'typebox';
import { PREFIX } from '../../lib/ids.ts';
import type { Json } from '../../lib/json.ts';
import { JUMPS } from '../../lib/semver.ts';
import {
  entityId,
  flag,
  idOf,
  integer,
  jsonObject,
  listOf,
  name,
  nullable,
  oneOf,
  prose,
  retentionTier,
  shape,
  text,
  timestamp,
} from '../../lib/shape.ts';
import { MEMBER_POLICIES } from '../integration/manifest.ts';
import { DISPOSITIONS } from './change/describe-plan.ts';
import { REVISION_ACTIONS, UPGRADE_POLICIES } from './resource.ts';
import { CHANNELS } from './state/channels.ts';
import { AVAILABILITIES, VERSION_STATES } from './state/standing.ts';

export const workspaceId = idOf(PREFIX.workspace, 'The destination workspace.');
export const versionId = idOf(PREFIX.version, 'The version.');
export const variables = jsonObject("Values of the version's variables, completed with defaults.");
export const authStateId = nullable(idOf(PREFIX.authState, 'Credentials of the destination workspace.'));
export const memberPolicy = oneOf(
  MEMBER_POLICIES,
  'Which members are taken: all, those enabled by default, or only required and named ones.',
);
export const channel = oneOf(
  CHANNELS,
  "What the install follows: the integration's current version, or the highest that is offered, prereleases included.",
);
export const parentInstallId = nullable(idOf(PREFIX.install, 'The install that this one is an add-on of.'));
export const installName = name('What tells this install from others of the same integration in the workspace; none by default.');
export const memberSlug = text('A member slug.', 64);
const deletedAt = nullable(timestamp('When it was soft-deleted; null while active.'));
const tier = nullable(retentionTier);

const install = {
  id: idOf(PREFIX.install, 'The install.'),
  integrationId: idOf(PREFIX.integration, 'The integration.'),
  integrationVersionId: versionId,
  workspaceId,
  variables,
  authStateId,
  memberPolicy,
  parentInstallId,
  solutionId: idOf(PREFIX.solution, "Groups the install's entities; an add-on shares its parent's."),
  installedBy: idOf(PREFIX.user, 'Who installed it.'),
  installedAt: timestamp('When it was installed.'),
  lastUpgradedAt: nullable(timestamp('When it was last upgraded; null: never.')),
  deletedAt,
  retentionTier: tier,
};
export const IntegrationInstall = shape(install, { $id: 'IntegrationInstall' });

const upgradePolicy = oneOf(
  UPGRADE_POLICIES,
  'How far the install may be upgraded without anybody asking for it: not at all, or by such a step at most.',
);
const minReleaseAgeHours = nullable(
  Type.Unsafe<number>({ type: 'integer', minimum: 0, maximum: 8760, description: 'How old a version has to be for that.' }),
);

/** An install as lists and gets show it: with how it stands to what its integration offers by now. */
export const ListedInstall = shape(
  {
    ...install,
    name: nullable(installName),
    upgradePolicy,
    channel,
    minReleaseAgeHours,
    openConflicts: integer('Places in its members that both sides changed and nobody has decided yet.'),
    updateAvailable: flag('Whether the version that the channel offers is higher than the pinned one, by SemVer precedence.'),
    updateJump: oneOf(
      JUMPS,
      'From the pinned version to the available one: the first of the three numbers that differs. prerelease: none differs, or the available one is a prerelease. none: no update.',
    ),
    availableVersion: nullable(text('SemVer text of the version that the channel offers, where that is higher; else null.', 256)),
    availability: oneOf(
      AVAILABILITIES,
      'Whether the workspace may take what is offered, or why not: the integration is not visible to it any more, its publisher is suspended, or nothing is offered.',
    ),
    versionState: oneOf(VERSION_STATES, 'How the pinned version stands. revoked: its members are disabled until the install moves off it.'),
  },
  { $id: 'ListedInstall' },
);

const member = {
  id: idOf(PREFIX.member, 'The member.'),
  integrationInstallId: idOf(PREFIX.install, 'Its install.'),
  workspaceId,
  entityId: entityId("The clone, or the publisher's entity when it is referenced."),
  entityVersionId: text("The version of the publisher's entity that is pinned.", 40),
  sourceMemberSlug: memberSlug,
  isClone: flag("Cloned into the workspace; otherwise the publisher's entity is referenced."),
  sourceVersionId: idOf(PREFIX.version, 'The integration version that it was made from.'),
  detached: flag('Skipped by upgrades: the workspace changed it, or asked for that.'),
  enabled: flag('In use.'),
  openConflicts: integer('Places that both sides changed and nobody has decided yet.'),
  addedBy: idOf(PREFIX.user, 'Who added it.'),
  addedAt: timestamp('When it was added.'),
  deletedAt,
  retentionTier: tier,
};
export const IntegrationMember = shape(member, { $id: 'IntegrationMember' });

export const InstallMembersQuery = shape({ include_deleted: Type.Optional(flag('Removed members too, after the others.')) });

export const strategies = ['skip', 'merge', 'overwrite'] as const;
const jsonPointer = (description: string) => text(description, 4096);
const anything = (description: string) => Type.Unsafe<Json>({ description });

const lineRange = (description: string) =>
  shape({ from: integer('The first line.'), to: integer('The line behind the last one.') }, { description });

const resolution = {
  pointer: Type.Optional(jsonPointer('The conflict, as a plan names it; absent: all conflicts of the member.')),
  lines: Type.Optional(lineRange('Of a conflict in some lines of a text: only these, as a plan names them.')),
  pick: oneOf(['base', 'ours', 'theirs', 'value'], "What stands there: what both came from, the workspace's, the version's, or `value`."),
  value: Type.Optional(anything('Where `pick` is value.')),
};
const MergeResolution = shape({ slug: memberSlug, ...resolution }, { $id: 'MergeResolution' });
export const Resolve = shape({
  resolutions: Type.Array(shape(resolution, { $id: 'ConflictResolution' }), {
    minItems: 1,
    maxItems: 10_000,
    description: 'How open conflicts of the member are settled. Others stay open.',
  }),
});

const along = Type.Unsafe<'dependencies' | string[]>({
  type: ['string', 'array'],
  pattern: '^dependencies$',
  'x-expected': '`dependencies`, or a list of installs',
  items: idOf(PREFIX.install, 'An active install of the same workspace.'),
  maxItems: 100,
  description:
    'What moves along, in the same transaction: `dependencies`, everything that has to for the versions to fit one another; or these installs, each as far as it goes, and no others.',
});

const planOptions = {
  integrationVersionId: Type.Optional(idOf(PREFIX.version, 'The version to go to; absent: the current one.')),
  strategy: Type.Optional(
    oneOf(
      strategies,
      "Detached clones: `skip` (default) leaves them alone, `merge` puts the new definition in beside the workspace's changes, `overwrite` replaces these and attaches the clones again.",
    ),
  ),
  with: Type.Optional(along),
  resolutions: Type.Optional(listOf(MergeResolution, 'How conflicts of a merge are settled. Others keep what the workspace has.')),
};
export const UpgradePlanOptions = shape(planOptions);
const reason = prose('Why; stands in the revision and in the event.', 1_000, 1);
export const UpgradeOptions = shape({
  ...planOptions,
  reason: Type.Optional(reason),
  planDigest: Type.Optional(text('Of a plan: do exactly that, or nothing.', 4096)),
  detail: Type.Optional(flag('Answer with merges, conflicts and the revision too.')),
});

const conflict = {
  pointer: jsonPointer('RFC 6901, into the definition.'),
  lines: Type.Optional(
    lineRange('Where it is some lines of a text, counted from 0 in the text that keeps ours; the sides are then these lines.'),
  ),
  base: Type.Optional(anything('What both came from; absent: nothing was there.')),
  ours: Type.Optional(anything("The workspace's, which stays; absent: it was deleted.")),
  theirs: Type.Optional(anything("The new version's; absent: it is gone there.")),
  reason: Type.Optional(text('Why the whole definition is in conflict, where each place would merge.', 1000)),
};
export const MergeConflict = shape(
  { ...conflict, sinceVersionId: Type.Optional(idOf(PREFIX.version, 'The version with which it came, where it is open already.')) },
  { $id: 'MergeConflict' },
);
export const OpenConflict = shape(
  {
    ...conflict,
    kept: oneOf(['ours', 'theirs'], 'Which side stands there until somebody decides. theirs: a rollback put back what was there before.'),
    sinceVersionId: idOf(PREFIX.version, 'The version with which it came.'),
  },
  { $id: 'OpenConflict' },
);
export const InstallMember = shape(
  {
    ...member,
    kind: text('Kind of the entity.', 40),
    name: text('Name of the entity.', 200),
    configState: oneOf(
      ['ready', 'needs_auth', 'needs_variables', 'disabled'],
      'What it lacks to be used. disabled: by the workspace, or because the version of the install is revoked, until it moves off that.',
    ),
    conflicts: listOf(
      OpenConflict,
      'Places that both sides changed and nobody has decided yet: POST /api/integration-members/{id}/resolve settles them.',
    ),
    drift: oneOf(
      ['none', 'modified', 'outdated', 'missing'],
      'modified: the clone differs from what was last applied; outdated: made from another version than the install pins; missing: the workspace deleted the clone.',
    ),
  },
  { $id: 'InstallMember' },
);
export const InstallMembers = shape({ members: listOf(InstallMember, 'In manifest order.') }, { $id: 'InstallMembers' });
const PatchOperation = shape(
  {
    op: oneOf(['add', 'remove', 'replace'], 'RFC 6902.'),
    path: jsonPointer('RFC 6901.'),
    value: Type.Optional(anything('Of add and replace.')),
  },
  { $id: 'PatchOperation' },
);
const patch = (description: string) => listOf(PatchOperation, description);
const patchOrNull = (description: string) =>
  Type.Unsafe<Static<typeof PatchOperation>[] | null>({ type: ['array', 'null'], items: PatchOperation, description });

const slugs = (description: string) => listOf(memberSlug, description);
export const outcome = {
  updated: slugs('Members whose definition, pin or name changed.'),
  added: slugs('Members that came new.'),
  removed: slugs('Members that went, with their clones.'),
  skipped: slugs('Detached members, and clones left to the workspace as its own.'),
};
export const UpgradeResult = shape(outcome, { $id: 'UpgradeResult' });

const conflictOfMember = shape({ slug: memberSlug, ...MergeConflict.properties });
export const ChangeReport = shape(
  {
    ...outcome,
    merged: slugs("Members in which the workspace's own changes stay beside what was written."),
    conflicts: listOf(conflictOfMember, 'Places that both sides had changed.'),
    revision: nullable(Type.Unsafe<number>({ type: 'integer', description: 'The revision that was written; null when nothing changed.' })),
  },
  { $id: 'ChangeReport' },
);

export const Blocker = shape(
  {
    code: text('As the change itself would answer it.', 60),
    title: text('What it is.', 200),
    detail: text('This case.', 8192),
    facts: jsonObject('What the problem would carry.'),
  },
  { $id: 'Blocker' },
);
export const versionRef = (description: string) => shape({ id: versionId, version: text('SemVer.', 256) }, { description });

export const which = {
  installId: idOf(PREFIX.install, 'The install.'),
  integrationId: idOf(PREFIX.integration, 'Its integration.'),
  from: versionRef('The version that it has, or had.'),
  to: versionRef('The version that it would have, or has now.'),
};
export const movedAlong = <P extends TProperties>(fields: P) =>
  listOf(shape({ ...which, ...fields }), 'With `with`: what moved along, what others need first.');
const report = ChangeReport.properties;
const JointResult = shape({ ...outcome, along: movedAlong(outcome) }, { $id: 'JointUpgradeResult' });
const JointReport = shape({ ...report, along: movedAlong(report) }, { $id: 'JointChangeReport' });
/** What is documented comes first; the report only when `detail` asks for it, and what moved along only with `with`. */
export const UpgradeAnswer = Type.Union([UpgradeResult, ChangeReport, JointResult, JointReport]);
const PlannedMember = shape(
  {
    slug: memberSlug,
    formerSlug: nullable(text('What it is called now, where it is renamed.', 64)),
    memberId: nullable(idOf(PREFIX.member, 'The member; null: still to be added.')),
    entityId: nullable(text("The clone, or the publisher's entity; null: a clone still to be made.", 40)),
    disposition: oneOf(DISPOSITIONS, 'What would become of it.'),
    reason: text('Why, as a sentence.', 4096),
    diff: patchOrNull('From what it shows now to what it would show; null: no change, or no room left in the answer.'),
    conflicts: listOf(MergeConflict, 'Places that both sides changed.'),
    referencedBy: listOf(text('An entity.', 40), 'Entities of the workspace that refer to a clone which the version has no more.'),
  },
  { $id: 'PlannedMember' },
);
const plannedUpgrade = {
  ...which,
  revision: Type.Integer({ description: 'The revision that it is at.' }),
  jump: oneOf(JUMPS, 'The first of the three numbers in which the two differ; prerelease: none does, or the target is one.'),
  strategy: oneOf(strategies, 'What becomes of detached clones.'),
  ...outcome,
  merged: slugs("Members that take the new definition beside the workspace's changes."),
  conflicted: slugs('Members with a place that both sides changed.'),
  variables: shape({
    added: listOf(text('A name.', 256), 'New variables that take their default.'),
    missing: listOf(text('A name.', 256), 'Required variables without a value: the members will show needs_variables.'),
  }),
  consent: listOf(
    shape({
      kind: oneOf(['auth_type', 'scopes', 'required_variable'], 'What the version asks anew.'),
      detail: text('As a sentence.', 4096),
      added: listOf(text('A scope, variable or type.', 500), 'What is new.'),
    }),
    'What the version asks of the workspace that the one before did not: a person should see it.',
  ),
  members: listOf(PlannedMember, 'In manifest order, then what goes.'),
};
export const UpgradePlan = shape(
  {
    ...plannedUpgrade,
    blockers: listOf(Blocker, "Everything that stands in the upgrade's way, all at once."),
    along: Type.Optional(
      listOf(shape(plannedUpgrade, { $id: 'PlannedUpgrade' }), 'With `with`: what moves along, what others need first.'),
    ),
    planDigest: text('Send it with the upgrade to do exactly this, all of it together.', 4096),
  },
  { $id: 'UpgradePlan' },
);

export const RollbackRequest = shape({
  revision: integer('The earlier revision to go back to.', 1),
  dryRun: Type.Optional(flag('Tell what would change, and change nothing.')),
  reason: Type.Optional(reason),
});

export const InstallUpdate = shape({
  variables: Type.Optional(variables),
  authStateId: Type.Optional(authStateId),
  memberPolicy: Type.Optional(memberPolicy),
  upgradePolicy: Type.Optional(upgradePolicy),
  channel: Type.Optional(channel),
  minReleaseAgeHours: Type.Optional(minReleaseAgeHours),
});

export const MembersAdd = shape({
  slugs: Type.Array(memberSlug, { minItems: 1, maxItems: 10_000, description: 'Members of the pinned version.' }),
});

export const MemberDiff = shape(
  {
    memberId: idOf(PREFIX.member, 'The member.'),
    slug: memberSlug,
    entityId: entityId('The clone.'),
    conflicts: listOf(OpenConflict, 'Places that both sides changed and nobody has decided yet.'),
    local: patch('What the workspace changed: from the definition last applied to the clone.'),
    target: Type.Union(
      [
        shape({
          versionId: idOf(PREFIX.version, 'The version that an upgrade would take.'),
          version: text('SemVer.', 256),
          patch: patchOrNull('From the clone to what the version would make of it; null: the version has the member no more.'),
          conflicts: listOf(MergeConflict, 'Places that both sides changed.'),
        }),
        Type.Null(),
      ],
      { description: 'Null when the workspace can take no version.' },
    ),
  },
  { $id: 'MemberDiff' },
);
export const Detach = shape({ detached: flag('true: upgrades skip the clone; false: the next upgrade re-applies its definition.') });

export const MemberUpdate = shape({ enabled: flag('false: shows as disabled, and is not to be used.') });

export const UninstallQuery = shape({
  keep: Type.Optional(
    oneOf(
      ['detached', 'none', 'all'],
      'Clones left to the workspace: detached ones (default), none, or all. What these refer to stays too.',
    ),
  ),
  cascade: Type.Optional(flag('Uninstall the add-ons too.')),
});

export const InstallRevision = shape(
  {
    id: idOf(PREFIX.revision, 'The revision.'),
    integrationInstallId: idOf(PREFIX.install, 'Its install.'),
    workspaceId,
    number: Type.Integer({ description: 'Counted from 1.' }),
    action: oneOf(REVISION_ACTIONS, 'What was done.'),
    fromVersionId: nullable(idOf(PREFIX.version, 'The version before; null for the install itself.')),
    toVersionId: versionId,
    variables,
    updated: slugs('Members that were updated.'),
    added: slugs('Members that were added.'),
    removed: slugs('Members that were removed.'),
    skipped: slugs('Members that were skipped.'),
    merged: slugs("Members in which the workspace's own changes stayed beside what was written."),
    conflicted: slugs('Members with a place that both sides had changed.'),
    members: jsonObject(
      'Member slug → what it was then: `memberId`, `entityId`, `entityVersionId`, `detached`, `enabled`, and what a rollback needs.',
    ),
    reason: nullable(text('What whoever did it said about it.', 1_000)),
    createdBy: idOf(PREFIX.user, 'Who did it.'),
    createdAt: timestamp('When it was done.'),
  },
  { $id: 'InstallRevision' },
);
