import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { WriteCtx } from '../../context.ts';
import { assign } from '../../db/assign.ts';
import { Problem } from '../../lib/errors.ts';
import { newId } from '../../lib/ids.ts';
import { versionPrefix } from '../../lib/kinds.ts';
import { must } from '../../lib/must.ts';
import { type Reply, SUCCESS, shown, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { tierOf } from '../workspace/retention.ts';
import { userOf } from '../workspace/workspaces.ts';
import { detachClone, lockInstallOfClone } from './clone.ts';
import { refuseBreakingKind, refuseTakenSlug } from './create-entity.ts';
import { type Definition, definitionFrom, storeDefinitions } from './definitions.ts';
import { followEdits } from './follow-edit.ts';
import { entityResource } from './resource.ts';
import type { EntityUpdate } from './schema.ts';

interface EntityRow {
  id: string;
  workspaceId: string;
  kind: string;
  slug: string;
  digest: Buffer;
  versionNumber: number;
  deleted: boolean;
}

type Update = Static<typeof EntityUpdate>;

/** Changes what is sent. Another definition makes a version, and detaches the member when the entity is a clone; an equal one does neither. */
export async function updateEntity(ctx: WriteCtx, { target, body }: { target: Target; body: Update }): Promise<Reply> {
  const entity = await lockEntity(ctx, target.id);
  if (entity.deleted) throw new Problem('not_found', `The entity ${entity.id} is deleted; restore it first.`);
  if (body.slug !== undefined && body.slug !== entity.slug) await refuseTakenSlug(ctx, entity.workspaceId, entity.kind, body.slug);
  const definition = await changedDefinition(ctx, entity, body);
  const versionId = definition && (await addVersion(ctx, entity, definition));
  await ctx.db.run(sql`
    update entities set ${assign({
      name: body.name,
      slug: body.slug,
      description: body.description,
      updated_at: ctx.now,
      ...(definition && { definition_digest: definition.digest, current_version_id: versionId, version_number: entity.versionNumber + 1 }),
    })} where id = ${entity.id}`);
  if (definition) {
    await detachClone(ctx, entity.id, 'edited');
    await followEdits(ctx, [entity.id]);
  }
  const data = { changed: Object.keys(body), ...(versionId && { entityVersionId: versionId }) };
  await record(ctx, { type: 'entity.updated', workspaceId: entity.workspaceId, subjectId: entity.id, data });
  return shown(ctx, entityResource, entity.id);
}

export async function deleteEntity(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  const entity = await lockEntity(ctx, target.id);
  if (entity.deleted) throw new Problem('not_found', `The entity ${entity.id} is deleted already.`);
  await ctx.db.run(sql`
    update entities set deleted_at = ${ctx.now}, updated_at = ${ctx.now},
      retention_tier = ${tierOf(sql`entities.workspace_id`)}
    where id = ${entity.id}`);
  await detachClone(ctx, entity.id, 'deleted');
  await record(ctx, { type: 'entity.deleted', workspaceId: entity.workspaceId, subjectId: entity.id });
  return SUCCESS;
}

export async function restoreEntity(ctx: WriteCtx, { target }: { target: Target }): Promise<Reply> {
  const entity = await lockEntity(ctx, target.id);
  if (!entity.deleted) throw new Problem('not_deleted', `The entity ${entity.id} is active.`);
  await refuseTakenSlug(ctx, entity.workspaceId, entity.kind, entity.slug);
  await ctx.db.run(sql`update entities set deleted_at = null, retention_tier = null, updated_at = ${ctx.now} where id = ${entity.id}`);
  await record(ctx, { type: 'entity.restored', workspaceId: entity.workspaceId, subjectId: entity.id });
  return shown(ctx, entityResource, entity.id);
}

/** The install of a clone is locked before the clone: upgrades lock in the same order. */
async function lockEntity(ctx: WriteCtx, id: string): Promise<EntityRow> {
  await lockInstallOfClone(ctx, id);
  const row = await ctx.db.maybe<EntityRow>(sql`
    select id, workspace_id as "workspaceId", kind, slug, definition_digest as digest, version_number as "versionNumber",
      deleted_at is not null as deleted
    from entities where id = ${id} and purged_at is null for update`);
  if (row === null) throw new Problem('not_found', `The entity ${id} is gone for good.`);
  return row;
}

async function changedDefinition(ctx: WriteCtx, entity: EntityRow, body: Update): Promise<Definition | null> {
  if (body.definition === undefined) return null;
  const definition = await definitionFrom(body.definition, '/definition');
  if (definition.digest.equals(entity.digest)) return null;
  refuseBreakingKind(must(ctx.kinds.named(entity.kind), 'stored kinds are registered'), body.definition);
  return definition;
}

async function addVersion(ctx: WriteCtx, entity: EntityRow, definition: Definition): Promise<string> {
  const id = newId(versionPrefix(must(ctx.kinds.named(entity.kind), 'stored kinds are registered')));
  await storeDefinitions(ctx.db, [definition]);
  await ctx.db.run(sql`
    insert into entity_versions (id, workspace_id, entity_id, number, definition_digest, created_by, created_at)
    values (${id}, ${entity.workspaceId}, ${entity.id}, ${entity.versionNumber + 1}, ${definition.digest}, ${userOf(ctx)}, ${ctx.now})`);
  return id;
}
