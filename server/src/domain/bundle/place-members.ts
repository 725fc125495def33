import sql from 'sql-template-tag';
import type { WriteCtx } from '../../context.ts';
import { newId } from '../../lib/ids.ts';
import { must } from '../../lib/must.ts';
import { record } from '../audit/record.ts';
import { allotSlugs } from '../install/change/clone-slugs.ts';
import { matchMembers } from './match-members.ts';
import type { BundleMember } from './schema.ts';
import { insertEntities, rewriteEntities, type SourceEntity } from './source-entities.ts';
import { storeMembers } from './store-members.ts';

/** Where the members go. */
interface Destination {
  readonly id: string;
  readonly workspaceId: string;
}

/**
 * Gives every member its entity in the workspace: the one that an earlier version of the integration pins, brought to what the bundle
 * says, or a new one. Returns the entities' ids by the ids that stand for them in the bundle.
 */
export async function placeMembers(
  ctx: WriteCtx,
  integration: Destination,
  members: readonly BundleMember[],
): Promise<ReadonlyMap<string, string>> {
  const present = await lockEntities(ctx, await loadCandidates(ctx, integration));
  const matched = matchMembers(members, present);
  const idOf = (member: BundleMember) => matched.get(member) ?? newIdFor(ctx, member);
  const ids = new Map(members.map((member) => [member.entityId, idOf(member)]));
  const digests = await storeMembers(ctx, members, ids);
  const entities = members.map(
    (member, place): SourceEntity => ({
      id: must(ids.get(member.entityId), 'every member has an id'),
      kind: member.kind,
      slug: member.entitySlug,
      name: member.name,
      description: member.description,
      digest: must(digests[place], 'every definition was stored'),
    }),
  );
  const before = new Map(present.map((each) => [each.entityId, each]));
  await create(
    ctx,
    integration.workspaceId,
    entities.filter(({ id }) => !before.has(id)),
  );
  await change(
    ctx,
    integration.workspaceId,
    entities.flatMap((entity) => changeOf(entity, before.get(entity.id))),
  );
  return ids;
}

const newIdFor = (ctx: WriteCtx, { kind }: BundleMember): string => newId(must(ctx.kinds.named(kind), 'unknown kinds were refused').prefix);

interface Candidate {
  readonly slug: string;
  readonly entityId: string;
}

/**
 * The entities that versions of the integration pin, by every slug that their member has or had, the latest of each. Clones that upgrades
 * maintain are left alone.
 */
const loadCandidates = (ctx: WriteCtx, { id, workspaceId }: Destination): Promise<Candidate[]> =>
  ctx.db.many<Candidate>(sql`
    select distinct on (m.kind, n.slug) n.slug, m.entity_id as "entityId"
    from integration_versions v
    join integration_version_members m on m.integration_version_id = v.id
    cross join lateral unnest(array[m.slug] || m.former_slugs) with ordinality as n(slug, age)
    join entities e on e.id = m.entity_id and e.workspace_id = ${workspaceId} and e.deleted_at is null
    where v.integration_id = ${id}
      and not exists (select 1 from integration_members c where c.entity_id = e.id and c.is_clone and c.deleted_at is null)
    order by m.kind, n.slug, (n.age > 1), v.published_at desc, v.id desc`);

interface Present extends Candidate {
  readonly kind: string;
  readonly name: string;
  readonly description: string | null;
  readonly digest: Buffer;
}

/** Locks them, in order; those deleted meanwhile are out. */
async function lockEntities(ctx: WriteCtx, candidates: readonly Candidate[]): Promise<Present[]> {
  if (candidates.length === 0) return [];
  const rows = await ctx.db.many<Omit<Present, 'slug'>>(sql`
    select id as "entityId", kind, name, description, definition_digest as digest from entities
    where id = any(${candidates.map(({ entityId }) => entityId)}::text[]) and deleted_at is null
    order by id for update`);
  const byId = new Map(rows.map((row) => [row.entityId, row]));
  return candidates.flatMap(({ slug, entityId }) => {
    const row = byId.get(entityId);
    return row === undefined ? [] : [{ ...row, slug }];
  });
}

async function create(ctx: WriteCtx, workspaceId: string, entities: readonly SourceEntity[]): Promise<void> {
  if (entities.length === 0) return;
  const slugs = await allotSlugs(ctx.db, workspaceId, entities);
  const made = entities.map((entity, index) => ({ ...entity, slug: must(slugs[index], 'every entity was allotted a slug') }));
  await insertEntities(ctx, workspaceId, made);
  await record(ctx, ...made.map(({ id, kind, slug }) => ({ type: 'entity.created', workspaceId, subjectId: id, data: { kind, slug } })));
}

interface Change {
  readonly entity: SourceEntity;
  /** Fields of the entity that are others now. */
  readonly changed: readonly string[];
}

function changeOf(entity: SourceEntity, before: Present | undefined): Change[] {
  if (before === undefined) return [];
  const changed = [
    ...(entity.name === before.name ? [] : ['name']),
    ...(entity.description === before.description ? [] : ['description']),
    ...(entity.digest.equals(before.digest) ? [] : ['definition']),
  ];
  return changed.length === 0 ? [] : [{ entity, changed }];
}

async function change(ctx: WriteCtx, workspaceId: string, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  await rewriteEntities(
    ctx,
    changes.map(({ entity, changed }) => ({ ...entity, redefined: changed.includes('definition') })),
  );
  await record(
    ctx,
    ...changes.map(({ entity, changed }) => ({ type: 'entity.updated', workspaceId, subjectId: entity.id, data: { changed } })),
  );
}
