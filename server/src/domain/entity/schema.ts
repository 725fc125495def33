import Type from 'typebox';
import { PREFIX } from '../../lib/ids.ts';
import {
  entityId,
  idOf,
  jsonObject,
  listOf,
  name as nameOf,
  nullable,
  prose,
  retentionTier,
  shape,
  slug,
  text,
  timestamp,
} from '../../lib/shape.ts';

const kind = text('Kind of the entity, one of GET /api/entity-kinds.', 40, 1);
const name = nameOf();
const description = nullable(prose('What it is for.', 10_000));
const definition = jsonObject(
  'The definition: any JSON object, up to 1 MiB and 64 levels. A string that is a whole entity id refers to that entity; `{{ variables.name }}` takes an install variable.',
);
const entitySlug = slug('Unique per workspace and kind among active entities.');
const createdBy = idOf(PREFIX.user, 'Who made it.');

export const Entity = shape(
  {
    id: entityId('The entity; its prefix tells the kind.'),
    workspaceId: idOf(PREFIX.workspace, 'The workspace that owns it.'),
    kind,
    slug: entitySlug,
    name,
    description,
    currentVersionId: text('Id of the version that `definition` is.', 40),
    versionNumber: Type.Integer({ description: 'Number of that version, counted from 1.' }),
    createdBy,
    createdAt: timestamp('When it was created.'),
    updatedAt: timestamp('When it last changed.'),
    deletedAt: nullable(timestamp('When it was soft-deleted; null while active.')),
    retentionTier: nullable(retentionTier),
    definition,
  },
  { $id: 'Entity' },
);

export const EntityCreate = shape({
  workspaceId: idOf(PREFIX.workspace, 'The workspace that will own it.'),
  kind,
  slug: entitySlug,
  name,
  description: Type.Optional(description),
  definition,
});

export const EntityUpdate = shape({
  name: Type.Optional(name),
  slug: Type.Optional(entitySlug),
  description: Type.Optional(description),
  definition: Type.Optional(definition),
});

export const EntityVersion = shape(
  {
    id: text('The entity version.', 40),
    entityId: entityId('The entity.'),
    number: Type.Integer({ description: 'Counted from 1.' }),
    digest: text('SHA-256 of the canonical JSON (RFC 8785) of the definition, in hex.', 64),
    createdBy,
    createdAt: timestamp('When it was made.'),
    definition,
  },
  { $id: 'EntityVersion' },
);

export const EntityQuery = shape({
  entity_version_id: Type.Optional(text('A version of the entity that you may see, instead of the current one.', 40)),
});

export const EntityKind = shape(
  {
    name: kind,
    prefix: text('Prefix of the ids of its entities.', 3),
    mergeKeys: Type.Optional(
      jsonObject('What names the items of lists in its definitions: pointers of lists, in which `*` is any item, and keys.'),
    ),
    schema: nullable(jsonObject('JSON Schema that its definitions are validated against; null: any object.')),
    exposes: Type.Optional(
      listOf(text('JSON pointer, `*` for every item.', 500), 'Where its definitions name hosts: installers consent to what stands there.'),
    ),
  },
  { $id: 'EntityKind' },
);
export const EntityKinds = shape({ kinds: listOf(EntityKind, 'All kinds.') }, { $id: 'EntityKinds' });
