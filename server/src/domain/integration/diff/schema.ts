import Type from 'typebox';
import { PREFIX } from '../../../lib/ids.ts';
import type { Json } from '../../../lib/json.ts';
import type { PatchOperation } from '../../../lib/json-patch.ts';
import { JUMPS } from '../../../lib/semver.ts';
import { flag, idOf, listOf, nullable, oneOf, shape, text } from '../../../lib/shape.ts';
import { Dependency } from '../manifest.ts';
import { ConsentNeed } from '../review/schema.ts';

export const DiffQuery = shape({
  against: Type.Optional(idOf(PREFIX.version, 'Compare with this version of the same integration; by default with the next lower one.')),
});

const slug = (description: string) => text(description, 64);
const names = (description: string) => listOf(text('A name.', 4_096), description);
const patch = Type.Unsafe<readonly PatchOperation[]>({ type: 'array', items: { type: 'object' }, description: 'JSON patch (RFC 6902).' });
const anything = (description: string) => Type.Unsafe<Json>({ description });

const side = (description: string) => shape({ id: idOf(PREFIX.version, description), version: text('SemVer text.', 256) });

const member = shape({
  slug: slug('The member.'),
  kind: text('Kind of the entity.', 40),
  name: text('Name of the entity.', 200),
  origin: oneOf(['declared', 'schema_closure'], 'Declared in the manifest, or a schema that a member refers to.'),
});

export const FLAGS = ['kind', 'name', 'description', 'origin', 'required', 'defaultEnabled', 'forkOnInstall', 'dependsOn'] as const;
export const OMISSIONS = ['too_large', 'not_visible'] as const;

export const MemberChange = shape({
  slug: slug('The member, by its new name.'),
  flags: listOf(
    shape({ flag: oneOf(FLAGS, 'What changed about it.'), before: anything('As it was.'), after: anything('As it is.') }),
    'What changed beside the definition.',
  ),
  patch: nullable(patch),
  patchOmitted: nullable(
    oneOf(
      OMISSIONS,
      'Why `patch` is null. too_large: the patches of one answer hold 1 MiB; not_visible: definitions show to the source workspace, to reviewers, and where the integration is installed.',
    ),
  ),
});

const dependency = shape({ integration: text('`publisher/slug`.', 129), before: nullableDependency(), after: nullableDependency() });

function nullableDependency() {
  return Type.Unsafe<{ range: string; optional?: boolean } | null>({
    type: ['object', 'null'],
    properties: { range: Dependency.properties.range, optional: Dependency.properties.optional },
    required: ['range'],
    additionalProperties: false,
    description: 'The range; null where the version does not have the dependency.',
  });
}

export const VersionDiff = shape(
  {
    from: side('The version that is compared with.'),
    to: side('The version that was asked for.'),
    members: shape({
      added: listOf(member, 'New members, in the order of the manifest.'),
      removed: listOf(member, 'Members that are gone.'),
      renamed: listOf(shape({ slug: slug('The new name.'), before: slug('The old one.') }), 'Members that go by another name.'),
      changed: listOf(MemberChange, 'Members whose definition or declaration differs; renamed ones too.'),
    }),
    variables: shape({
      added: names('New variables.'),
      removed: names('Variables that are gone.'),
      changed: names('Variables whose schema differs.'),
      required: names('Variables that have become required.'),
      optional: names('Variables that are no longer required.'),
      patch,
    }),
    auth: shape({ patch }),
    dependencies: listOf(dependency, 'Dependencies that came, went, or have another range.'),
    consent: listOf(ConsentNeed, 'What it asks more of installers.'),
    semver: shape({
      least: oneOf(['none', 'patch', 'minor', 'major'], 'The least SemVer step that fits the change.'),
      made: oneOf(JUMPS, 'The step that the numbers make; none: the version is not higher.'),
      fits: flag(
        'Whether the step made is enough. While the major number is 0, a step counts as the next bigger one; to a prerelease, anything fits.',
      ),
      reasons: listOf(text('A change and the step it asks for.', 4_096), 'Why.'),
    }),
  },
  { $id: 'VersionDiff' },
);
