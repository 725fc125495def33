import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { WriteCtx } from '../../context.ts';
import { badBody, Problem } from '../../lib/errors.ts';
import { newId } from '../../lib/ids.ts';
import type { JsonObject } from '../../lib/json.ts';
import { validate } from '../../lib/json-schema/validate.ts';
import { type Kind, versionPrefix } from '../../lib/kinds.ts';
import { type Reply, shown } from '../../route.ts';
import { record } from '../audit/record.ts';
import { userOf } from '../workspace/workspaces.ts';
import { definitionFrom, storeDefinitions } from './definitions.ts';
import { entityResource } from './resource.ts';
import type { EntityCreate } from './schema.ts';

export async function createEntity(ctx: WriteCtx, { body }: { body: Static<typeof EntityCreate> }): Promise<Reply> {
  const kind = kindOf(ctx, body.kind);
  const definition = await definitionFrom(body.definition, '/definition');
  refuseBreakingKind(kind, body.definition);
  await refuseTakenSlug(ctx, body.workspaceId, body.kind, body.slug);
  const id = newId(kind.prefix);
  const versionId = newId(versionPrefix(kind));
  await storeDefinitions(ctx.db, [definition]);
  await ctx.db.run(sql`
    insert into entities (id, workspace_id, kind, slug, name, description, definition_digest, current_version_id, version_number,
      created_by, created_at, updated_at)
    values (${id}, ${body.workspaceId}, ${body.kind}, ${body.slug}, ${body.name}, ${body.description ?? null}, ${definition.digest},
      ${versionId}, 1, ${userOf(ctx)}, ${ctx.now}, ${ctx.now})`);
  await ctx.db.run(sql`
    insert into entity_versions (id, workspace_id, entity_id, number, definition_digest, created_by, created_at)
    values (${versionId}, ${body.workspaceId}, ${id}, 1, ${definition.digest}, ${userOf(ctx)}, ${ctx.now})`);
  await record(ctx, { type: 'entity.created', workspaceId: body.workspaceId, subjectId: id, data: { kind: body.kind, slug: body.slug } });
  return shown(ctx, entityResource, id, 'created');
}

function kindOf(ctx: WriteCtx, name: string): Kind {
  const kind = ctx.kinds.named(name);
  if (kind === null) throw badBody('/kind', `is not a kind; expected one of ${ctx.kinds.all.map((each) => each.name).join(', ')}`);
  return kind;
}

export function refuseBreakingKind(kind: Kind, definition: JsonObject): void {
  if (kind.schema === null) return;
  const faults = validate(kind.schema, definition, '/definition');
  if (faults.length > 0) throw new Problem('invalid_body', `The definition breaks the schema of the kind ${kind.name}.`, { faults });
}

export async function refuseTakenSlug(ctx: WriteCtx, workspaceId: string, kind: string, slug: string): Promise<void> {
  const taken = await ctx.db.maybe<{ id: string }>(sql`
    select id from entities where workspace_id = ${workspaceId} and kind = ${kind} and slug = ${slug} and deleted_at is null`);
  if (taken !== null) throw new Problem('slug_taken', `The ${kind} ${taken.id} has the slug ${slug} already; choose another one.`);
}
