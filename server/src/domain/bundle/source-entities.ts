import sql, { type Sql } from 'sql-template-tag';
import type { WriteCtx } from '../../context.ts';
import { newId } from '../../lib/ids.ts';
import { versionPrefix } from '../../lib/kinds.ts';
import { must } from '../../lib/must.ts';
import { userOf } from '../workspace/workspaces.ts';

/** An entity as a bundle wants it. */
export interface SourceEntity {
  readonly id: string;
  readonly kind: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  /** Of its definition, which is stored. */
  readonly digest: Buffer;
}

const recordset = (rows: readonly object[]): Sql => sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)`;

const versionIdFor = (ctx: WriteCtx, { kind }: SourceEntity): string =>
  newId(versionPrefix(must(ctx.kinds.named(kind), 'unknown kinds were refused')));

const rowOf = (ctx: WriteCtx, entity: SourceEntity) => ({
  ...entity,
  digest: `\\x${entity.digest.toString('hex')}`,
  version_id: versionIdFor(ctx, entity),
});

/** Makes the entities, each with its first version, in one statement. */
export async function insertEntities(ctx: WriteCtx, workspaceId: string, entities: readonly SourceEntity[]): Promise<void> {
  const rows = entities.map((entity) => rowOf(ctx, entity));
  await ctx.db.run(sql`
    with r as (
      select * from ${recordset(rows)} as r(id id, kind text, slug text, name text, description text, digest bytea, version_id id)
    ), e as (
      insert into entities (id, workspace_id, kind, slug, name, description, definition_digest, current_version_id, version_number,
        created_by, created_at, updated_at)
      select id, ${workspaceId}, kind, slug, name, description, digest, version_id, 1, ${userOf(ctx)}, ${ctx.now}, ${ctx.now} from r
    )
    insert into entity_versions (id, workspace_id, entity_id, number, definition_digest, created_by, created_at)
    select version_id, ${workspaceId}, id, 1, digest, ${userOf(ctx)}, ${ctx.now} from r`);
}

/** Writes name and description, and where it is `redefined` the next version. An entity keeps the slug that it has here. */
export async function rewriteEntities(ctx: WriteCtx, entities: readonly (SourceEntity & { redefined: boolean })[]): Promise<void> {
  const rows = entities.map((entity) => ({ ...rowOf(ctx, entity), redefined: entity.redefined }));
  await ctx.db.run(sql`
    with r as (
      select r.*, e.workspace_id, e.version_number + 1 as number
      from ${recordset(rows)} as r(id id, name text, description text, digest bytea, version_id id, redefined boolean)
      join entities e on e.id = r.id
    ), v as (
      insert into entity_versions (id, workspace_id, entity_id, number, definition_digest, created_by, created_at)
      select version_id, workspace_id, id, number, digest, ${userOf(ctx)}, ${ctx.now} from r where redefined
    )
    update entities e set name = r.name, description = r.description, updated_at = ${ctx.now}, definition_digest = r.digest,
      current_version_id = case when r.redefined then r.version_id else e.current_version_id end,
      version_number = case when r.redefined then r.number else e.version_number end
    from r where e.id = r.id`);
}
