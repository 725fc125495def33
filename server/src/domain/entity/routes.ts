import sql from 'sql-template-tag';
import { Success } from '../../lib/shape.ts';
import { type AnyRoute, reply, route } from '../../route.ts';
import { lockInstallOfClone } from './clone.ts';
import { createEntity } from './create-entity.ts';
import * as examples from './examples.ts';
import { getEntity } from './get-entity.ts';
import { purgeEntity } from './purge-entities.ts';
import { entityResource, entityVersionResource } from './resource.ts';
import * as wire from './schema.ts';
import { deleteEntity, restoreEntity, updateEntity } from './update-entity.ts';

const tag = 'Entities';
const edited = { need: 'target', resource: entityResource, role: 'editor' } as const;

export const entityRoutes: readonly AnyRoute[] = [
  {
    operationId: 'listEntities',
    path: '/api/entities',
    tag,
    summary: 'List the entities of your workspaces.',
    permission: { need: 'key' },
    list: entityResource,
    row: wire.Entity,
    example: examples.entity,
  },
  route({
    operationId: 'getEntity',
    method: 'GET',
    path: '/api/entities/{id}',
    tag,
    summary: 'Get an entity by ID.',
    description:
      "Your workspace's entities show as they stand. An entity of a publisher that an install of yours references shows the pinned version (the newest pin, or `entity_version_id`), never the draft.",
    permission: { need: 'target', resource: entityResource },
    query: wire.EntityQuery,
    answer: wire.Entity,
    example: { answer: examples.entity },
    read: getEntity,
  }),
  route({
    operationId: 'createEntity',
    method: 'POST',
    path: '/api/entities',
    tag,
    summary: 'Create an entity.',
    permission: { need: 'workspace', role: 'editor' },
    body: wire.EntityCreate,
    answer: wire.Entity,
    example: { body: examples.entityCreate, answer: examples.entity },
    created: '/api/entities/{id}',
    errors: ['slug_taken'],
    write: createEntity,
  }),
  route({
    operationId: 'updateEntity',
    method: 'PATCH',
    path: '/api/entities/{id}',
    tag,
    summary: 'Change an entity; another definition makes a new version.',
    description: 'Changing the definition of a clone detaches its member, so that no upgrade overwrites the change.',
    permission: edited,
    body: wire.EntityUpdate,
    answer: wire.Entity,
    example: { body: examples.entityUpdate, answer: examples.entity },
    errors: ['slug_taken'],
    lockFirst: lockInstallOfClone,
    write: updateEntity,
  }),
  route({
    operationId: 'deleteEntity',
    method: 'DELETE',
    path: '/api/entities/{id}',
    tag,
    summary: 'Soft-delete an entity. Published versions and installs that pin it keep working.',
    permission: { ...edited, takesAway: true },
    answer: Success,
    example: { answer: { success: true } },
    lockFirst: lockInstallOfClone,
    write: deleteEntity,
  }),
  route({
    operationId: 'restoreEntity',
    method: 'POST',
    path: '/api/entities/{id}/restore',
    tag,
    summary: 'Restore a soft-deleted entity.',
    permission: edited,
    answer: wire.Entity,
    example: { answer: examples.entity },
    errors: ['not_deleted', 'slug_taken'],
    write: restoreEntity,
  }),
  route({
    operationId: 'purgeEntity',
    method: 'DELETE',
    path: '/api/entities/{id}/purge',
    tag,
    summary: 'Permanently delete a soft-deleted entity. What published versions and installs pin of it stays.',
    permission: { ...edited, role: 'admin', takesAway: true },
    answer: Success,
    example: { answer: { success: true } },
    errors: ['not_deleted'],
    lockFirst: lockInstallOfClone,
    write: purgeEntity,
  }),
  {
    operationId: 'listEntityVersions',
    path: '/api/entities/{id}/versions',
    tag,
    summary: 'List the versions of an entity, newest first.',
    permission: { need: 'target', resource: entityResource },
    list: entityVersionResource,
    row: wire.EntityVersion,
    example: examples.entityVersion,
    within: (target, t) => sql`${t}.entity_id = ${target.id}`,
  },
  route({
    operationId: 'listEntityKinds',
    method: 'GET',
    path: '/api/entity-kinds',
    tag,
    summary: 'List the kinds of entities.',
    permission: { need: 'key', publishable: true },
    answer: wire.EntityKinds,
    example: { answer: examples.entityKinds },
    read: async (ctx) => reply({ kinds: ctx.kinds.all }),
  }),
];
