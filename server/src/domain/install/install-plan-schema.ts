/** What an install plan answers. */
import Type from 'typebox';
import { PREFIX } from '../../lib/ids.ts';
import type { Json } from '../../lib/json.ts';
import { entityId, flag, idOf, jsonObject, listOf, nullable, oneOf, shape, text, timestamp } from '../../lib/shape.ts';
import { MEMBER_POLICIES } from '../integration/manifest.ts';
import { Blocker, versionRef } from './schema.ts';

const memberSlug = text('A member slug.', 64);
const integrationName = text('`publisher/slug`.', 129);

const Adoptable = shape(
  {
    entityId: entityId('The clone.'),
    slug: text('Its slug.', 64),
    name: text('Its name.', 200),
    installId: idOf(PREFIX.install, 'The uninstalled install that left it.'),
    leftAt: timestamp('When that left it.'),
  },
  { $id: 'AdoptableClone' },
);

const PlannedInstallMember = shape(
  {
    slug: memberSlug,
    kind: text('Kind of the entity.', 40),
    name: text('Name of the entity.', 200),
    isClone: flag("Cloned into the workspace; otherwise the publisher's entity is referenced."),
    entityId: nullable(text("The publisher's entity, or the clone that is taken over; null: a clone still to be made.", 40)),
    entitySlug: nullable(text('The slug that a clone still to be made will have.', 64)),
    entityVersionId: text("The version of the publisher's entity that is pinned.", 40),
    adopted: flag('It takes over a clone that an earlier install left, as a detached one.'),
    neededBy: listOf(memberSlug, 'Members that need it.'),
    definition: Type.Unsafe<Json>({
      description:
        'What it will show, rendered; where it says `{{ members.slug }}`, the id of the clone of that member will stand. Null where no room was left in the answer.',
    }),
    adoptable: listOf(Adoptable, 'Clones that it could take over: send one as `adopt`.'),
  },
  { $id: 'PlannedInstallMember' },
);

const planned = {
  integrationId: idOf(PREFIX.integration, 'The integration.'),
  integration: integrationName,
  version: versionRef('The version that would be installed.'),
  memberPolicy: oneOf(MEMBER_POLICIES, 'Which members are taken.'),
  variables: jsonObject("Values of the version's variables, completed with defaults."),
  missingVariables: listOf(text('A name.', 256), 'Required variables without a value.'),
  members: listOf(PlannedInstallMember, 'In manifest order, then the closure.'),
};

const PlannedDependency = shape(
  {
    integration: integrationName,
    range: text('SemVer range that it must be in.', 256),
    optional: flag('Not needed; but where it is installed, it must be in the range.'),
    installName: nullable(text('The name of the install that is meant; null: whichever is in the range.', 200)),
    ok: flag('Whether it will be met.'),
    installId: nullable(idOf(PREFIX.install, 'The install that meets it; null: none does yet.')),
    version: nullable(text('The version that meets it.', 64)),
    installedFirst: flag('It is met by what is installed first.'),
  },
  { $id: 'PlannedDependency' },
);

export const InstallPlan = shape(
  {
    ...planned,
    workspaceId: idOf(PREFIX.workspace, 'The destination workspace.'),
    name: nullable(text('What tells it from other installs of the same integration.', 200)),
    parentInstallId: nullable(idOf(PREFIX.install, 'The install that this one would be an add-on of.')),
    authStateId: nullable(idOf(PREFIX.authState, 'Credentials of the destination workspace.')),
    dependencies: listOf(PlannedDependency, 'What the version wants of others, in the order of its manifest.'),
    installedFirst: listOf(
      shape(planned, { $id: 'PlannedInstall' }),
      'With `install_dependencies`: installs made before it, in this order.',
    ),
    blockers: listOf(Blocker, "Everything that stands in the install's way, all at once."),
    planDigest: text('Send it with the install to make exactly this.', 4096),
  },
  { $id: 'InstallPlan' },
);
