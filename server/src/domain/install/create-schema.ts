/** What an install, and the plan of one, may bring. */
import Type from 'typebox';
import { entityId, flag, listOf, name, nullable, shape, text } from '../../lib/shape.ts';
import { Dependency } from '../integration/manifest.ts';
import {
  authStateId,
  channel,
  installName,
  memberPolicy,
  memberSlug,
  parentInstallId,
  variables,
  versionId,
  workspaceId,
} from './schema.ts';

const uses = Type.Array(
  shape(
    {
      integration: Dependency.properties.integration,
      name: name('The name of the install that is meant.'),
    },
    { $id: 'InstallUse' },
  ),
  {
    maxItems: 1_000,
    description: 'Which named installs meet what the version depends on. Others are met by whichever install is in the range.',
  },
);
const adopt = Type.Array(
  shape({ slug: memberSlug, entityId: entityId('A clone that an uninstall left to the workspace.') }, { $id: 'Adoption' }),
  { maxItems: 10_000, description: 'Members that take over such a clone, as a detached one, instead of making a second one.' },
);
const installOptions = {
  workspaceId,
  name: Type.Optional(nullable(installName)),
  uses: Type.Optional(uses),
  integrationVersionId: Type.Optional(versionId),
  variables: Type.Optional(variables),
  authStateId: Type.Optional(authStateId),
  memberPolicy: Type.Optional(memberPolicy),
  channel: Type.Optional(channel),
  parentInstallId: Type.Optional(parentInstallId),
  selectedMemberSlugs: Type.Optional(
    listOf(memberSlug, 'Members to take, instead of by policy; required ones and what these need come along.'),
  ),
};
export const InstallPlanCreate = shape({
  ...installOptions,
  adopt: Type.Optional(adopt),
});
export const InstallCreate = shape({
  ...installOptions,
  adopt: Type.Optional(adopt),
  planDigest: Type.Optional(text('Of an install plan: make exactly that, or nothing.', 4096)),
});

export const InstallQuery = shape({
  install_dependencies: Type.Optional(flag('Install what the version needs and the workspace does not have first, in the best version.')),
});
