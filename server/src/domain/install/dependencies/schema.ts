import { PREFIX } from '../../../lib/ids.ts';
import { flag, idOf, listOf, nullable, shape, text } from '../../../lib/shape.ts';

const integrationName = text('`publisher/slug` of the integration that is wanted.', 129);
export const InstallDependency = shape(
  {
    integration: integrationName,
    range: text('SemVer range that it must be in.', 256),
    optional: flag('Not needed; but where it is installed, it must be in the range.'),
    installName: nullable(text('The name of the install that is meant; null: whichever is in the range.', 200)),
    ok: flag('Whether what is installed now does.'),
    installId: nullable(idOf(PREFIX.install, 'The install that meets the want now, else one that does not; null: none.')),
    version: nullable(text('The version of that install.', 64)),
    lockedInstallId: nullable(idOf(PREFIX.install, 'The install that met the want when it was resolved; null: none did, or it is purged.')),
    lockedVersion: nullable(text('Its version then.', 64)),
  },
  { $id: 'InstallDependency' },
);
export const InstallDependencies = shape({ dependencies: listOf(InstallDependency, 'In the order of the manifest.') });
